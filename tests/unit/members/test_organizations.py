"""What the models hold true of organisations."""

import pytest

from members.models import Organization
from tests.factories.members import OrganizationFactory

pytestmark = pytest.mark.django_db


class TestSearch:
    @pytest.mark.parametrize("words", ["ひきこもり", "引きこもりの 会", "ツナガリ", "居場所", "ＮＰＯ"])
    def test_finds_by_what_is_public(self, words):
        found = OrganizationFactory(
            name="NPO ひきこもりの会",
            kana="ツナガリ",
            target_people="引きこもりの人",
            profile="居場所をひらく",
        )
        OrganizationFactory(name="べつの団体", kana="ベツ", internal_note=words)
        assert list(Organization.objects.search(words)) == [found]

    def test_follows_a_change_of_some_fields_only(self):
        organization = OrganizationFactory(name="ふるい名前")
        organization.name = "あたらしい名前"
        organization.save(update_fields=["name"])
        assert Organization.objects.search("あたらしい").exists()
        assert not Organization.objects.search("ふるい").exists()
