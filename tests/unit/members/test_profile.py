"""What an organisation says about itself: the classes of its fields, and changes that wait for a second person."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.utils import timezone

from members import profile, services
from members.forms.organizations import OrganizationForm, ProfileForm
from members.logos import store_logo
from members.models import Membership, Organization, OrganizationRevision
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.privacy import stored_fields
from platform_portal.publishing.revisions import RevisionState
from tests.factories.members import (
    MembershipFactory,
    OrganizationFactory,
    OrganizationRevisionFactory,
    StrengthFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Membership:
    return MembershipFactory(editor=True, organization__name="もとの会")


def save(membership: Membership, **values: object) -> services.Change:
    organization = Organization.objects.get(pk=membership.organization_id)
    return services.change_own_profile(
        organization=organization,
        values=values,
        by=membership.user,
        version=services.version_of(organization),
    )


# --- Classes ------------------------------------------------------------------------------------
def test_every_field_has_exactly_one_class():
    lists = (profile.AT_ONCE, profile.AFTER_REVIEW, profile.STAFF_ONLY, profile.BY_THE_PORTAL)
    declared = [name for names in lists for name in names]
    assert len(declared) == len(set(declared))
    assert set(declared) == stored_fields(Organization)


def test_forms_offer_what_their_writers_may_change():
    assert {*ProfileForm.Meta.fields, "logo"} == {*profile.AT_ONCE, *profile.AFTER_REVIEW}
    assert set(OrganizationForm.Meta.fields) - set(ProfileForm.Meta.fields) == set(profile.STAFF_ONLY)


def test_a_description_can_be_turned_back():
    organization = OrganizationFactory(municipality=MunicipalityFactory(), target_people="子ども")
    organization.strengths.add(StrengthFactory())
    described = profile.describe(organization)
    values = profile.values_of(described)
    assert values["municipality"] == organization.municipality
    assert values["strengths"] == list(organization.strengths.all())
    profile.write(organization, {k: v for k, v in values.items() if k != "joined_on"})
    assert profile.describe(organization) == described


def test_searches_find_what_is_written():
    OrganizationFactory(name="ﾂﾅｶﾞﾘの会", profile="こども食堂を開いています")
    assert Organization.objects.search("ツナガリ 食堂").exists()
    assert not Organization.objects.search("ツナガリ 図書館").exists()


# --- At once or after review ---------------------------------------------------------------------
def test_some_changes_live_at_once_and_others_wait(editor):
    strength = StrengthFactory()
    change = save(editor, name="新しい会", target_people="子どもと家族", strengths=[strength])
    organization = Organization.objects.get()
    assert (organization.name, organization.target_people) == ("もとの会", "子どもと家族")
    assert list(organization.strengths.all()) == [strength]
    assert set(change.live) == {"target_people", "strengths"}
    revision = OrganizationRevision.objects.get()
    assert (revision.before, revision.proposed) == ({"name": "もとの会"}, {"name": "新しい会"})
    assert {event.type for event in AuditEvent.objects.about(organization)} == {
        "members.organization_changed",
        "members.organization_revision_proposed",
    }


def test_nothing_changed_leaves_no_trace(editor):
    change = save(editor, name="もとの会", target_people="")
    assert (change.live, change.revision) == ((), None)
    assert not AuditEvent.objects.exists()


def test_saving_again_replaces_what_waits_and_taking_back_withdraws_it(editor):
    first = save(editor, name="新しい会").revision
    second = save(editor, name="もっと新しい会").revision
    assert first == second
    assert second.proposed == {"name": "もっと新しい会"}
    save(editor, name="もとの会")
    first.refresh_from_db()
    assert first.state == RevisionState.WITHDRAWN


def test_what_could_never_be_approved_is_refused_at_once(editor):
    OrganizationFactory(corporate_number="7000012050002")
    with pytest.raises(ValidationError):
        save(editor, corporate_number="123")
    with pytest.raises(ValidationError, match="すでに登録"):
        save(editor, corporate_number="7000012050002")
    assert not OrganizationRevision.objects.exists()


def test_second_of_two_writers_is_told(editor):
    organization = editor.organization
    version = services.version_of(organization)
    save(editor, target_people="子ども")
    with pytest.raises(services.OrganizationChangedMeanwhile):
        services.change_own_profile(
            organization=organization, values={"target_people": "だれでも"}, by=editor.user, version=version
        )
    assert Organization.objects.get().target_people == "子ども"


def test_a_waiting_change_of_somebody_else_is_not_overwritten_unseen(editor):
    organization = editor.organization
    other = MembershipFactory(organization=organization)
    version = services.version_of(organization)
    save(other, name="相手の名前")
    with pytest.raises(services.OrganizationChangedMeanwhile):
        services.change_own_profile(
            organization=organization, values={"name": "わたしの名前"}, by=editor.user, version=version
        )


def test_viewers_and_the_desk_do_not_write_as_members(editor, owner):
    viewer = MembershipFactory(organization=editor.organization, viewer=True)
    for user in (viewer.user, owner):
        with pytest.raises(Refused):
            services.change_own_profile(
                organization=editor.organization, values={"name": "x"}, by=user, version=""
            )


# --- Decisions ----------------------------------------------------------------------------------
def test_approving_makes_it_live_and_tells_the_proposer(editor, owner):
    revision = save(editor, name="新しい会").revision
    services.approve_organization_revision(revision=revision, by=owner)
    organization = Organization.objects.get()
    assert organization.name == "新しい会"
    revision.refresh_from_db()
    assert (revision.state, revision.decided_by) == (RevisionState.APPROVED, owner)
    event = AuditEvent.objects.about(organization).first()
    assert (event.type, event.new) == ("members.organization_revision_approved", {"name": "新しい会"})
    (message,) = delivered()
    assert message.to == [editor.user.email]
    assert "認めました" in message.body


def test_returning_needs_a_reason_and_tells_it(editor, owner):
    revision = save(editor, name="新しい会").revision
    with pytest.raises(Refused, match="理由"):
        services.return_organization_revision(revision=revision, by=owner, reason=" ")
    services.return_organization_revision(revision=revision, by=owner, reason="総会の決定を確かめたいです。")
    assert Organization.objects.get().name == "もとの会"
    assert "総会の決定" in delivered()[0].body
    assert list(OrganizationRevision.objects.returned()) == [revision]
    save(editor, name="決定した会")
    assert not OrganizationRevision.objects.returned().exists()


def test_nobody_decides_on_what_they_wrote():
    staff = MembershipFactory(user__role="staff")
    revision = save(staff, name="新しい会").revision
    with pytest.raises(Refused, match="自分が書いた"):
        services.approve_organization_revision(revision=revision, by=staff.user)
    with pytest.raises(Refused, match="自分が書いた"):
        services.return_organization_revision(revision=revision, by=staff.user, reason="x")


def test_members_decide_nothing(editor):
    revision = save(editor, name="新しい会").revision
    with pytest.raises(Refused):
        services.approve_organization_revision(revision=revision, by=MembershipFactory().user)


def test_deciding_twice_is_refused(editor, owner, colleague):
    revision = save(editor, name="新しい会").revision
    services.approve_organization_revision(revision=revision, by=owner)
    with pytest.raises(Refused, match="もう終わっています"):
        services.return_organization_revision(revision=revision, by=colleague, reason="x")


def test_what_changed_meanwhile_is_not_overwritten(editor, owner, colleague):
    revision = save(editor, name="新しい会").revision
    organization = Organization.objects.get()
    services.save_organization(
        organization=organization,
        values={"name": "県が直した会"},
        by=owner,
        version=services.version_of(organization),
    )
    with pytest.raises(Refused, match="団体名"):
        services.approve_organization_revision(revision=revision, by=colleague)
    assert Organization.objects.get().name == "県が直した会"


def test_what_the_desk_has_changed_alike_meanwhile_is_no_conflict(editor, owner, colleague):
    revision = save(editor, name="新しい会", profile="新しい説明").revision
    organization = Organization.objects.get()
    services.save_organization(
        organization=organization,
        values={"name": "新しい会"},
        by=owner,
        version=services.version_of(organization),
    )
    services.approve_organization_revision(revision=revision, by=colleague)
    organization.refresh_from_db()
    assert (organization.name, organization.profile) == ("新しい会", "新しい説明")
    assert AuditEvent.objects.get(type="members.organization_revision_approved").new == {
        "profile": "新しい説明"
    }


def test_members_withdraw_their_own(editor):
    revision = save(editor, name="新しい会").revision
    with pytest.raises(Refused):
        services.withdraw_organization_revision(revision=revision, by=MembershipFactory().user)
    services.withdraw_organization_revision(revision=revision, by=editor.user)
    with pytest.raises(Refused, match="もう終わっています"):
        services.withdraw_organization_revision(revision=revision, by=editor.user)


def test_one_change_waits_for_an_organization():
    first = OrganizationRevisionFactory()
    with pytest.raises(IntegrityError):
        OrganizationRevisionFactory(organization=first.organization)


# --- Logos --------------------------------------------------------------------------------------
@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def stored() -> str:
    return store_logo(b"png")


def test_a_logo_waits_with_the_change_and_the_old_one_goes(editor, owner, committed):
    Organization.objects.update(logo=(old := stored()))
    new = stored()
    revision = save(editor, logo=new).revision
    assert Organization.objects.get().logo.name == old
    with committed():
        services.approve_organization_revision(revision=revision, by=owner)
    assert Organization.objects.get().logo.name == new
    assert default_storage.exists(new)
    assert not default_storage.exists(old)


@pytest.mark.parametrize("step", ["replace", "withdraw", "take back"])
def test_a_logo_nobody_will_see_is_deleted(step, editor, committed):
    name = stored()
    revision = save(editor, logo=name).revision
    with committed():
        if step == "replace":
            save(editor, logo=stored())
        elif step == "withdraw":
            services.withdraw_organization_revision(revision=revision, by=editor.user)
        else:
            save(editor, logo="")
    assert not default_storage.exists(name)


def returned_logo(membership: Membership, by: object) -> OrganizationRevision:
    revision = save(membership, logo=stored()).revision
    assert revision is not None
    return services.return_organization_revision(revision=revision, by=by, reason="x")


def test_a_returned_logo_goes_on_with_the_next_attempt(editor, owner, colleague, committed):
    with committed():
        returned = returned_logo(editor, owner)
        again = save(editor, logo=(name := returned.proposed["logo"]), name="新しい会").revision
        services.approve_organization_revision(revision=again, by=colleague)
        services.withdraw_organization_revision(revision=returned, by=editor.user)
    assert Organization.objects.get().logo.name == name
    assert default_storage.exists(name)


@pytest.mark.parametrize("step", ["let rest", "leave out", "leave the platform"])
def test_a_returned_logo_nobody_goes_on_with_is_deleted(step, editor, owner, committed):
    returned = returned_logo(editor, owner)
    with committed():
        if step == "let rest":
            services.withdraw_organization_revision(revision=returned, by=editor.user)
        elif step == "leave out":
            save(editor, logo="", name="新しい会")
        else:
            services.leave_platform(
                organization=editor.organization, on=timezone.localdate(), reason="x", by=owner
            )
    assert not default_storage.exists(returned.proposed["logo"])


def test_writing_anew_keeps_the_logo_that_waits(editor, committed):
    name = stored()
    save(editor, logo=name)
    with committed():
        save(editor, logo=name, name="新しい会")
    assert default_storage.exists(name)


# --- The desk -----------------------------------------------------------------------------------
def test_the_desk_writes_at_once_with_a_record(owner):
    organization = services.save_organization(
        organization=None,
        values={"name": "県が入れた会", "sector": OrganizationFactory().sector, "internal_note": "メモ"},
        by=owner,
    )
    assert AuditEvent.objects.about(organization).get().type == "members.organization_created"
    with pytest.raises(services.OrganizationChangedMeanwhile):
        services.save_organization(
            organization=organization, values={"name": "x"}, by=owner, version="2020-01-01T00:00:00+00:00"
        )


def test_leaving_ends_everything_and_coming_back_opens_it(editor, owner):
    organization = editor.organization
    services.invite_to_organization(
        organization=organization, email="new@npo.example", name="新", role="viewer", by=owner
    )
    save(editor, name="新しい会")
    left = services.leave_platform(
        organization=organization, on=timezone.localdate(), reason="解散のため", by=owner
    )
    assert not left.memberships.current().exists()
    assert not left.invitations.unsettled().exists()
    assert not left.revisions.pending().exists()
    with pytest.raises(Refused, match="すでに退会"):
        services.leave_platform(organization=organization, on=timezone.localdate(), reason="x", by=owner)
    back = services.come_back(organization=organization, by=owner)
    assert (back.is_active, back.left_on, back.leaving_reason) == (True, None, "")
    with pytest.raises(Refused, match="いま加入"):
        services.come_back(organization=organization, by=owner)


@pytest.mark.parametrize("service", ["save", "leave", "come back"])
def test_members_do_none_of_that(service, editor):
    calls = {
        "save": lambda: services.save_organization(organization=None, values={}, by=editor.user),
        "leave": lambda: services.leave_platform(
            organization=editor.organization, on=editor.organization.joined_on, reason="x", by=editor.user
        ),
        "come back": lambda: services.come_back(
            organization=OrganizationFactory(left=True), by=UserFactory(member=True)
        ),
    }
    with pytest.raises(Refused):
        calls[service]()


def test_nothing_overtakes_a_change_of_an_organization():
    with pytest.raises(IntegrityError, match="members_organizationrevision_not_overtaken"):
        OrganizationRevisionFactory(state=RevisionState.OVERTAKEN)
