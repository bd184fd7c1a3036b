"""Two entries of one organisation become one."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from members import merging, services
from members.duplicates import find_pairs
from members.models import Invitation, Organization
from members.services import Side, merge_version
from platform_portal.access.checks import Refused
from platform_portal.access.roles import Role
from platform_portal.audit.models import AuditEvent
from tests.factories.consultations import WindowFactory
from tests.factories.members import (
    ApplicationFactory,
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    SectorFactory,
    StrengthFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory
from tests.racing import at_once

NUMBER = "8700110005901"


def merged(source: Organization, target: Organization, by, **sides: Side) -> Organization:
    source.refresh_from_db()
    target.refresh_from_db()
    services.merge_organizations(
        source=source, target=target, sides=sides, version=merge_version(source, target), by=by
    )
    source.refresh_from_db()
    target.refresh_from_db()
    return target


@pytest.fixture
def source(db):
    return OrganizationFactory(name="NPO法人 つながりの会", public_phone="087-111-1111")


@pytest.fixture
def target(db):
    return OrganizationFactory(name="つながりの会", profile="残る紹介")


def test_everything_that_points_to_an_organisation_is_seen_to():
    """A new model with a key to an organisation must say what becomes of its rows: see members.merging."""
    pointing = {
        relation.related_model._meta.label
        for relation in Organization._meta.get_fields(include_hidden=True)
        if relation.auto_created
        and not relation.concrete
        and relation.related_model is not Organization
        and not relation.related_model._meta.auto_created
    }
    assert pointing == {label for part in merging.parts() for label in part.models}


@pytest.mark.django_db
class TestFields:
    def test_each_field_from_the_side_that_was_chosen(self, source, target, secretariat):
        place, food = StrengthFactory(), StrengthFactory(slug="food", name="食料")
        town = MunicipalityFactory()
        source.strengths.add(place)
        target.strengths.add(food)
        source.activity_areas.add(town)
        merged(
            source,
            target,
            secretariat,
            name=Side.SOURCE,
            public_phone=Side.SOURCE,
            profile=Side.TARGET,
            strengths=Side.BOTH,
            activity_areas=Side.SOURCE,
        )
        assert (target.name, target.public_phone, target.profile) == (
            "NPO法人 つながりの会",
            "087-111-1111",
            "残る紹介",
        )
        assert set(target.strengths.all()) == {place, food}
        assert list(target.activity_areas.all()) == [town]
        assert list(Organization.objects.search("NPO法人").active()) == [target]

    def test_source_leads_to_the_target(self, source, target, secretariat):
        merged(source, target, secretariat)
        assert (source.state, source.merged_into, source.left_on) == ("merged", target, timezone.localdate())
        assert Organization.objects.survivor_of(source.public_id) == target

    def test_number_of_the_source_moves(self, source, target, secretariat):
        source.corporate_number = NUMBER
        source.save()
        merged(source, target, secretariat, corporate_number=Side.SOURCE)
        assert target.corporate_number == NUMBER

    def test_chain_leads_to_the_last(self, source, target, secretariat):
        last = OrganizationFactory()
        merged(source, target, secretariat)
        merged(target, last, secretariat)
        source.refresh_from_db()
        assert source.merged_into == last
        assert Organization.objects.survivor_of(source.public_id) == last

    def test_survivor_that_nobody_may_see_is_not_told(self, source, target, secretariat):
        merged(source, target, secretariat)
        Organization.objects.filter(pk=target.pk).update(is_listed=False)
        assert Organization.objects.survivor_of(source.public_id) is None

    def test_record_on_both(self, source, target, secretariat):
        MembershipFactory(organization=source)
        merged(source, target, secretariat, name=Side.SOURCE)
        gone = AuditEvent.objects.about(source).first()
        kept = AuditEvent.objects.about(target).first()
        assert gone.type == "members.organization_merged"
        assert gone.new["merged_into"] == target.public_id
        assert kept.type == "members.organization_absorbed"
        assert (kept.old["name"], kept.new["name"]) == ("つながりの会", "NPO法人 つながりの会")
        assert kept.new["merged_from"] == source.public_id
        assert kept.new["members.Membership"] == 1
        assert {gone.actor_id, kept.actor_id} == {secretariat.pk}

    def test_what_cannot_be_saved_changes_nothing(self, source, target, secretariat):
        MembershipFactory(organization=source)
        Organization.objects.filter(pk=source.pk).update(website="javascript:alert(1)")
        with pytest.raises(ValidationError):
            merged(source, target, secretariat, website=Side.SOURCE)
        source.refresh_from_db()
        assert source.is_active
        assert source.memberships.count() == 1


@pytest.mark.django_db
class TestBelongings:
    def test_people_come_along_and_doubles_keep_the_stronger_role(self, source, target, secretariat):
        both = UserFactory(member=True)
        MembershipFactory(organization=source, user=both, role="manager", is_contact=True)
        MembershipFactory(organization=target, user=both, role="viewer", is_contact=False)
        alone = MembershipFactory(organization=source, role="editor")
        now = timezone.now()
        former = MembershipFactory(organization=source, started_at=now, ended_at=now)
        merged(source, target, secretariat)
        kept = target.memberships.current().get(user=both)
        assert (kept.role, kept.is_contact) == ("manager", True)
        assert set(target.memberships.values_list("pk", flat=True)) == {kept.pk, alone.pk, former.pk}
        assert not source.memberships.current().exists()

    def test_weaker_role_does_not_win(self, source, target, secretariat):
        both = UserFactory(member=True)
        MembershipFactory(organization=source, user=both, role="viewer")
        MembershipFactory(organization=target, user=both, role="editor")
        merged(source, target, secretariat)
        assert target.memberships.current().get().role == "editor"

    def test_invitations_ask_nobody_twice(self, source, target, secretariat):
        own = {"role": Role.MEMBER, "membership_role": "editor"}
        InvitationFactory(email="twice@group.example", organization=target, **own)
        InvitationFactory(email="TWICE@group.example", organization=source, **own)
        MembershipFactory(organization=target, user=UserFactory(member=True, email="there@group.example"))
        InvitationFactory(email="there@group.example", organization=source, **own)
        InvitationFactory(email="new@group.example", organization=source, **own)
        merged(source, target, secretariat)
        still_open = target.invitations.open().values_list("email", flat=True)
        assert sorted(still_open) == ["new@group.example", "twice@group.example"]
        assert Invitation.objects.filter(withdrawn_by=secretariat).count() == 2

    def test_consents_and_application(self, source, target, secretariat):
        old, new = CharterFactory(), CharterFactory()
        for charter in (old, new):
            source.consents.create(charter=charter, text_hash=charter.text_hash, person_name="山田")
        target.consents.create(charter=new, text_hash=new.text_hash, person_name="田中")
        application = ApplicationFactory(
            state="approved", organization=source, decided_at=timezone.now(), decided_by=secretariat
        )
        merged(source, target, secretariat)
        assert set(target.consents.values_list("charter", flat=True)) == {old.pk, new.pk}
        assert source.consents.get().charter == new
        application.refresh_from_db()
        assert application.organization == target

    def test_an_application_of_the_targets_own_stays(self, source, target, secretariat):
        for organization in (source, target):
            ApplicationFactory(
                state="approved", organization=organization, decided_at=timezone.now(), decided_by=secretariat
            )
        merged(source, target, secretariat)
        assert source.application.pk != target.application.pk

    def test_windows_follow_and_are_found_by_the_new_name(self, source, target, secretariat, client):
        window = WindowFactory(operator="", organization=source)
        merged(source, target, secretariat)
        window.refresh_from_db()
        assert window.organization == target
        event = AuditEvent.objects.about(window).first()
        assert (event.old, event.new) == (
            {"organization": source.public_id},
            {"organization": target.public_id},
        )
        assert target.name in client.get(reverse("consultations:window-detail", args=[window.public_id])).text

    def test_queries_grow_by_rows_moved_only(self, secretariat, django_assert_max_num_queries):
        """A dozen for each part that belongs to an organisation: five parts when this was written."""
        one, other = OrganizationFactory(), OrganizationFactory()
        with django_assert_max_num_queries(12 * len(merging.parts())):
            merged(one, other, secretariat)


@pytest.mark.django_db
class TestWho:
    @pytest.mark.parametrize("role", Role.values)
    def test_only_secretariat_and_administrators(self, source, target, role):
        by = UserFactory(role=role)
        if role in {"secretariat", "administrator"}:
            assert merged(source, target, by)
            return
        with pytest.raises(Refused):
            merged(source, target, by)

    def test_not_with_itself(self, source, secretariat):
        with pytest.raises(Refused, match="同じ団体"):
            merged(source, source, secretariat)

    def test_not_into_one_that_was_merged(self, source, target, secretariat):
        third = OrganizationFactory()
        merged(source, target, secretariat)
        for pair in ((third, source), (source, third)):
            with pytest.raises(Refused, match="統合されています"):
                merged(*pair, secretariat)

    def test_not_into_one_that_left(self, source, secretariat):
        left = OrganizationFactory(left=True)
        with pytest.raises(Refused, match="退会した団体には"):
            merged(source, left, secretariat)
        assert merged(left, source, secretariat)

    def test_not_what_somebody_changed_meanwhile(self, source, target, secretariat):
        version = merge_version(source, target)
        target.profile = "ほかの人"
        target.save()
        with pytest.raises(Refused, match="ほかの人がどちらかの団体を変えました"):
            services.merge_organizations(
                source=source, target=target, sides={}, version=version, by=secretariat
            )


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_the_second_is_told():
    """Each the other way round: they neither block each other nor both succeed."""
    one, other = OrganizationFactory(), OrganizationFactory()
    people = [UserFactory(secretariat=True), UserFactory(secretariat=True)]
    version = merge_version(one, other)

    def merge(source, target, by) -> None:
        services.merge_organizations(source=source, target=target, sides={}, version=version, by=by)

    told = at_once(lambda: merge(one, other, people[0]), lambda: merge(other, one, people[1]))
    (refused,) = filter(None, told)
    assert "もう" in refused.reason
    assert "統合されています" in refused.reason
    assert Organization.objects.active().count() == 1


@pytest.mark.django_db
class TestPairs:
    @pytest.mark.parametrize(
        ("one", "other", "shared"),
        [
            ({"name": "NPO法人 ひだまり"}, {"name": "特定非営利活動法人ひだまり"}, "名前"),
            ({"name": "社会福祉法人ひだまり会"}, {"name": "ひだまり会"}, "名前"),
            ({"public_phone": "087-111-1111"}, {"office_phone": "０８７１１１１１１１"}, "電話番号"),
            ({"office_email": "a@hidamari.example"}, {"public_email": "b@hidamari.example"}, "@"),
        ],
    )
    def test_found(self, one, other, shared):
        OrganizationFactory(**one)
        OrganizationFactory(**other)
        OrganizationFactory()
        (pair,) = find_pairs()
        assert shared in pair.shared[0]

    @pytest.mark.parametrize("domain", ["gmail.com", "pref.kagawa.lg.jp"])
    def test_domains_of_many_say_nothing(self, domain):
        OrganizationFactory(office_email=f"a@{domain}")
        OrganizationFactory(office_email=f"b@{domain}")
        assert find_pairs() == []

    def test_one_telephone_for_a_whole_house_says_nothing(self):
        OrganizationFactory.create_batch(9, office_phone="087-111-1111")
        assert find_pairs() == []

    def test_same_number_of_one_that_left(self):
        OrganizationFactory(corporate_number=NUMBER)
        OrganizationFactory(corporate_number=NUMBER, left=True)
        assert len(find_pairs()) == 1

    def test_merged_and_gone_pairs_are_settled(self, source, target, secretariat):
        assert len(find_pairs()) == 1
        merged(source, target, secretariat)
        OrganizationFactory.create_batch(2, name="去った会", left=True)
        assert find_pairs() == []


def address(first: Organization, second: Organization) -> str:
    return reverse("members:organization-merge", args=[first.public_id, second.public_id])


@pytest.mark.django_db
class TestPages:
    def test_from_the_list_to_one_organisation(self, source, target, secretariat_client):
        MembershipFactory(organization=target)
        listed = secretariat_client.get(reverse("members:organization-duplicates"))
        assert address(source, target) in listed.text
        page = secretariat_client.get(address(source, target))
        assert "残る紹介" in page.text
        form = page.context["form"]
        choices = {name: form[name].value() for name in form.fields} | {"stays": "first", "name": "second"}
        asked = secretariat_client.post(address(source, target), choices)
        assert "担当者（前の担当者も）：1件が移ります" in asked.text
        assert "元に戻せません" in asked.text
        source.refresh_from_db()
        assert source.is_active
        done = secretariat_client.post(address(source, target), choices | {"confirmed": "1"}, follow=True)
        assert "統合しました" in done.text
        target.refresh_from_db()
        source.refresh_from_db()
        assert (target.merged_into, source.name, source.profile) == (source, "つながりの会", "残る紹介")

    def test_stale_page_is_told_and_nothing_happens(self, source, target, secretariat_client):
        form = secretariat_client.get(address(source, target)).context["form"]
        choices = {name: form[name].value() for name in form.fields}
        source.profile = "ほかの人"
        source.save()
        body = choices | {"confirmed": "1", "profile": "first"}
        text = secretariat_client.post(address(source, target), body, follow=True).text
        assert "ほかの人がどちらかの団体を変えました" in text
        assert Organization.objects.active().count() == 2

    def test_merged_pair_has_no_button(self, source, target, secretariat, secretariat_client):
        merged(source, target, secretariat)
        page = secretariat_client.get(address(source, target))
        assert "もう「つながりの会」に統合されています" in page.text
        assert "何が起こるかを見る" not in page.text
        answer = secretariat_client.post(address(source, target), {"stays": "first", "confirmed": "1"})
        assert answer.status_code == 422

    @pytest.mark.parametrize(
        "body", [{}, {"stays": "third"}, {"stays": "first", "version": "x" * 999}, {"stays": "\x00"}]
    )
    def test_garbage_is_refused(self, source, target, secretariat_client, body):
        assert secretariat_client.post(address(source, target), body).status_code == 422
        assert Organization.objects.active().count() == 2

    def test_choosing_by_id(self, source, target, secretariat_client):
        start = reverse("members:organization-duplicates")
        query = f"?first={source.public_id}&second={target.public_id}"
        assert secretariat_client.get(start + query).headers["Location"] == address(source, target)
        wide = "".join(chr(ord(each) + 0xFEE0) for each in source.public_id.upper())
        typed = f"?first={wide}&second=+{target.public_id.upper()}+"
        assert secretariat_client.get(start + typed).headers["Location"] == address(source, target)
        assert "ID を確かめてください" in secretariat_client.get(start + "?first=222222&second=333333").text
        assert secretariat_client.get(start + "?first=%00&second=x").status_code == 422

    def test_nothing_to_list(self, secretariat_client):
        text = secretariat_client.get(reverse("members:organization-duplicates")).text
        assert "重なっていそうな団体はありません" in text

    def test_html_in_names_is_text(self, secretariat_client):
        one = OrganizationFactory(name="<script>alert(1)</script>")
        other = OrganizationFactory(name="b")
        assert "<script>alert(1)" not in secretariat_client.get(address(one, other)).text

    def test_queries_of_the_list_do_not_grow(
        self, secretariat_client, django_assert_num_queries, django_assert_max_num_queries
    ):
        start = reverse("members:organization-duplicates")
        OrganizationFactory.create_batch(2, name="双子", sector=SectorFactory())
        secretariat_client.get(start)
        with django_assert_max_num_queries(12) as asked:
            secretariat_client.get(start)
        OrganizationFactory.create_batch(30, sector=SectorFactory(), public_phone="087-222-2222")
        for name in ("三つ子", "四つ子"):
            OrganizationFactory.create_batch(3, name=name)
        with django_assert_num_queries(len(asked.captured_queries)):
            assert secretariat_client.get(start).status_code == 200
