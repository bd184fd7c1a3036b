"""The same body under another spelling is pointed out; strangers are not."""

import pytest

from members.duplicates import domain_key, find_duplicates, name_key, phone_key
from tests.factories.members import ApplicationFactory, OrganizationFactory


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("特定非営利活動法人 つながり", "NPO法人つながり"),
        ("社会福祉法人　つながり会", "つながり会"),
        ("株式会社ツナガリ", "つながり（株）"),
        ("一般社団法人ﾂﾅｶﾞﾘ", "つながり"),
        ("子ども食堂 ネット・ワーク", "子ども食堂ネットワーク"),
    ],
)
def test_spellings_of_one_name(one, other):
    assert name_key(one) == name_key(other) != ""


def test_other_names_stay_apart():
    assert name_key("つながりの会") != name_key("つながりの家")


def test_phone_and_domain():
    assert phone_key("０８７（０００）００００") == phone_key("087-000-0000")
    assert domain_key("a@Group.example") == "group.example"
    assert domain_key("somebody@gmail.com") == ""


@pytest.mark.django_db
class TestHints:
    def test_says_what_is_the_same(self):
        OrganizationFactory(
            name="NPO法人みんなの食堂", office_phone="0870000000", office_email="x@group.example"
        )
        application = ApplicationFactory(organization_name="みんなの食堂", corporate_number="7010705000725")
        ApplicationFactory(
            organization_name="別名", corporate_number="7010705000725",
            contact_phone="03-0000-0000", contact_email="a@else.example",
        )  # fmt: skip
        organization, other = find_duplicates(application)
        assert organization.shared == ["名前", "電話番号", "メールアドレスの @ より後"]
        assert (other.shared, other.name) == (["法人番号"], "別名")
        assert other.address.startswith("/desk/applications/")

    def test_empty_values_are_in_common_with_nobody(self):
        OrganizationFactory()
        assert find_duplicates(ApplicationFactory()) == []

    def test_nobody_is_a_duplicate_of_itself(self):
        ApplicationFactory(unconfirmed=True, organization_name="みんなの食堂")
        assert find_duplicates(ApplicationFactory(organization_name="みんなの食堂")) == []

    def test_two_queries_for_any_number(self, django_assert_num_queries):
        OrganizationFactory.create_batch(20)
        application = ApplicationFactory()
        ApplicationFactory.create_batch(20)
        with django_assert_num_queries(2):
            find_duplicates(application)
