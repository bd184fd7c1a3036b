"""Who may do what with accounts. Twins: `check_can_x` raises with a reason, `can_x` answers yes or no."""

from typing import Any

from django.utils.translation import gettext as _

from members.models import (
    Application,
    Charter,
    Distinction,
    Invitation,
    InvitationCondition,
    Membership,
    Organization,
    OrganizationRevision,
    OrganizationState,
    User,
)
from platform_portal.access.checks import Refused, check_has, has, passes
from platform_portal.access.roles import Permission, Role
from platform_portal.privacy import Person
from platform_portal.publishing.revisions import check_is_another_person, check_is_open


def check_can_invite(user: Any) -> None:
    check_has(user, Permission.MANAGE_USERS)


def can_invite(user: Any) -> bool:
    return passes(check_can_invite, user)


def membership_of(user: Any, organization: Organization | None) -> Membership | None:
    """With what `user` acts for `organization` today."""
    if not user.is_authenticated or not user.is_active or organization is None or not organization.is_active:
        return None
    return Membership.objects.current().filter(user=user, organization=organization).first()


def require_membership(user: Any, organization: Organization | None) -> Membership:
    """As membership_of(); raises Refused for whoever is none of its people."""
    membership = membership_of(user, organization)
    if membership is None:
        raise Refused(_("この団体の担当者ではありません。"))
    return membership


def check_can_see_organization(user: Any, organization: Organization) -> None:
    """All about it, internal fields included: its own people, and the desk."""
    if has(user, Permission.SEE_ORGANIZATIONS):
        return
    require_membership(user, organization)


def can_see_organization(user: Any, organization: Organization) -> bool:
    return passes(check_can_see_organization, user, organization)


def check_can_edit_organization(user: Any, organization: Organization) -> None:
    """Write what it says about itself: its managers and editors, and the desk."""
    if not has(user, Permission.EDIT_ORGANIZATIONS):
        check_can_write_as_member(user, organization)


def can_edit_organization(user: Any, organization: Organization) -> bool:
    return passes(check_can_edit_organization, user, organization)


def check_can_write_as_member(user: Any, organization: Organization | None) -> None:
    """Of the organisation itself or of what belongs to it: its managers and editors, whatever the desk may do."""
    if not require_membership(user, organization).may_edit:
        raise Refused(_("「閲覧のみ」の担当なので、直せません。団体の管理担当に頼んでください。"))


def can_write_as_member(user: Any, organization: Organization | None) -> bool:
    return passes(check_can_write_as_member, user, organization)


def check_can_manage_people(user: Any, organization: Organization) -> None:
    """Who acts for it, and with what: its managers, and the desk."""
    if has(user, Permission.EDIT_ORGANIZATIONS):
        return
    if not require_membership(user, organization).is_manager:
        raise Refused(_("担当者を変えられるのは、団体の管理担当だけです。管理担当に頼んでください。"))


def can_manage_people(user: Any, organization: Organization) -> bool:
    return passes(check_can_manage_people, user, organization)


def check_can_edit_on_desk(user: Any, organization: Organization) -> None:
    """Change an entry at once, and let it leave."""
    check_has(user, Permission.EDIT_ORGANIZATIONS)
    if organization.state == OrganizationState.MERGED:
        raise Refused(_("ほかの団体に統合された登録です。統合先の団体を直してください。"))


def can_edit_on_desk(user: Any, organization: Organization) -> bool:
    return passes(check_can_edit_on_desk, user, organization)


def check_can_come_back(user: Any, organization: Organization) -> None:
    check_can_edit_on_desk(user, organization)
    if organization.is_active:
        raise Refused(_("この団体は、いま加入しています。"))
    if organization.scrubbed_at is not None:
        raise Refused(_("個人情報を消した登録です。もう一度入るときは、新しく登録してください。"))


def can_come_back(user: Any, organization: Organization) -> bool:
    return passes(check_can_come_back, user, organization)


def check_can_decide_revision(user: Any, revision: OrganizationRevision) -> None:
    """Approve or return what an organisation wants to say: the desk, but never whoever wrote it."""
    check_has(user, Permission.EDIT_ORGANIZATIONS)
    check_is_open(revision)
    check_is_another_person(user, revision)


def can_decide_revision(user: Any, revision: OrganizationRevision) -> bool:
    return passes(check_can_decide_revision, user, revision)


def check_can_withdraw_revision(
    user: Any, revision: OrganizationRevision, organization: Organization
) -> None:
    check_can_write_as_member(user, organization)
    if not revision.is_returned:
        check_is_open(revision)


def can_withdraw_revision(user: Any, revision: OrganizationRevision, organization: Organization) -> bool:
    return passes(check_can_withdraw_revision, user, revision, organization)


def check_can_consent(user: Any, organization: Organization) -> None:
    """Agree to the charter: only a manager binds the organisation, nobody at the desk does."""
    if not require_membership(user, organization).is_manager:
        raise Refused(_("設置要綱への同意は、団体の管理担当だけができます。管理担当に知らせてください。"))


def can_consent(user: Any, organization: Organization) -> bool:
    return passes(check_can_consent, user, organization)


def check_can_change_membership_role(user: Any, membership: Membership) -> None:
    check_can_manage_people(user, membership.organization)
    if _is_last_manager(membership):
        raise Refused(_("最後の管理担当の権限は変えられません。先に、ほかの人を管理担当にしてください。"))


def can_change_membership_role(user: Any, membership: Membership) -> bool:
    return passes(check_can_change_membership_role, user, membership)


def check_can_end_membership(user: Any, membership: Membership) -> None:
    """Managers and the desk take people off; everybody may leave. Somebody must stay who manages.

    The desk may take off the last manager too: whoever has left the body must not keep a key to it. It then
    stands on the desk's list of organisations that nobody answers for.
    """
    if membership.ended_at is not None:
        raise Refused(_("この人は、もうこの団体の担当ではありません。画面を読み込み直してください。"))
    if user.pk != membership.user_id:
        check_can_manage_people(user, membership.organization)
    else:
        require_membership(user, membership.organization)
    if _is_last_manager(membership) and not has(user, Permission.EDIT_ORGANIZATIONS):
        raise Refused(
            _(
                "最後の管理担当は外れられません。先に、ほかの人を管理担当にしてください。団体が退会するときは、事務局に知らせてください。"
            )
        )


def can_end_membership(user: Any, membership: Membership) -> bool:
    return passes(check_can_end_membership, user, membership)


def _is_last_manager(membership: Membership) -> bool:
    """Nobody else who can sign in manages the organisation."""
    if not membership.is_manager:
        return False
    others = Membership.objects.managers().filter(organization=membership.organization_id)
    return not others.exclude(pk=membership.pk).filter(user__is_active=True).exists()


def check_can_merge_organizations(
    user: Any, source: Organization | None = None, target: Organization | None = None
) -> None:
    """Without organisations: whether the person may merge any. `source` goes up in `target`."""
    check_has(user, Permission.MERGE_ORGANIZATIONS)
    if source is None or target is None:
        return
    if source.pk == target.pk:
        raise Refused(_("同じ団体です。ちがう団体を2つ選んでください。"))
    for organization in (source, target):
        if organization.state == OrganizationState.MERGED:
            raise Refused(
                _("「%(name)s」は、もう「%(into)s」に統合されています。")
                % {"name": organization.name, "into": organization.merged_into}
            )
    if not target.is_active:
        raise Refused(_("退会した団体には統合できません。加入中の団体のほうを残してください。"))
    if Distinction.objects.between(source.pk, target.pk).exists():
        raise Refused(
            _(
                "この2つは「別の団体です」と記録されています。1つにまとめるときは、先にその記録を取り消してください。"
            )
        )


def can_merge_organizations(
    user: Any, source: Organization | None = None, target: Organization | None = None
) -> bool:
    return passes(check_can_merge_organizations, user, source, target)


def check_can_mark_different(user: Any, other: Organization | Application | None = None) -> None:
    """Say that an organisation is another body than `other`; without: than any organisation."""
    is_applying = isinstance(other, Application)
    check_has(user, Permission.DECIDE_APPLICATIONS if is_applying else Permission.MERGE_ORGANIZATIONS)


def can_mark_different(user: Any, other: Organization | Application | None = None) -> bool:
    return passes(check_can_mark_different, user, other)


def check_can_import_organizations(user: Any) -> None:
    check_has(user, Permission.IMPORT_ORGANIZATIONS)


def can_import_organizations(user: Any) -> bool:
    return passes(check_can_import_organizations, user)


def check_can_export_organizations(user: Any, *, with_contacts: bool = False) -> None:
    """Contacts: addresses, and the telephone and mail that only the secretariat uses."""
    check_has(user, Permission.SEE_ORGANIZATIONS)
    if with_contacts:
        check_has(user, Permission.EXPORT_ORGANIZATION_CONTACTS)


def can_export_organizations(user: Any, *, with_contacts: bool = False) -> bool:
    return passes(check_can_export_organizations, user, with_contacts=with_contacts)


def check_can_invite_to_organization(user: Any, organization: Organization) -> None:
    check_can_manage_people(user, organization)
    if not organization.is_active:
        raise Refused(_("退会した団体には招待できません。"))


def can_invite_to_organization(user: Any, organization: Organization) -> bool:
    return passes(check_can_invite_to_organization, user, organization)


def check_can_resend_invitation(user: Any, invitation: Invitation) -> None:
    if invitation.organization is None:
        check_has(user, Permission.MANAGE_USERS)
    elif not has(user, Permission.MANAGE_USERS):
        check_can_invite_to_organization(user, invitation.organization)
    if invitation.condition == InvitationCondition.ACCEPTED:
        raise Refused(_("この招待は、もう登録が済んでいます。"))
    if invitation.condition == InvitationCondition.WITHDRAWN:
        raise Refused(_("この招待は取り消されています。もう一度招くには、新しく招待してください。"))


def can_resend_invitation(user: Any, invitation: Invitation) -> bool:
    return passes(check_can_resend_invitation, user, invitation)


def check_can_withdraw_invitation(user: Any, invitation: Invitation) -> None:
    if invitation.organization is None:
        check_has(user, Permission.MANAGE_USERS)
    elif not has(user, Permission.MANAGE_USERS):
        check_can_manage_people(user, invitation.organization)
    if invitation.condition == InvitationCondition.ACCEPTED and not has(user, Permission.MANAGE_USERS):
        raise Refused(
            _("この招待は、もう登録が済んでいます。担当から外すときは、担当者の一覧から行ってください。")
        )
    if invitation.condition == InvitationCondition.ACCEPTED:
        raise Refused(
            _("この招待は、もう登録が済んでいます。利用を止めるには、利用者の画面から行ってください。")
        )
    if invitation.condition == InvitationCondition.WITHDRAWN:
        raise Refused(_("この招待は、すでに取り消されています。"))


def can_withdraw_invitation(user: Any, invitation: Invitation) -> bool:
    return passes(check_can_withdraw_invitation, user, invitation)


def check_can_export_personal_data(user: Any, person: Person) -> None:
    """One's own, or anybody's for whoever answers such requests."""
    if user.is_authenticated and user.pk == person.user_id:
        return
    check_has(user, Permission.EXPORT_PERSONAL_DATA)


def can_export_personal_data(user: Any, person: Person) -> bool:
    return passes(check_can_export_personal_data, user, person)


def check_can_erase_personal_data(user: Any) -> None:
    """Of people without an account too; what each erasure needs is found by `platform_portal.personal_data`."""
    check_has(user, Permission.ERASE_PERSONAL_DATA)


def can_erase_personal_data(user: Any) -> bool:
    return passes(check_can_erase_personal_data, user)


def check_can_erase_user(user: Any, other: User) -> None:
    check_can_erase_personal_data(user)
    _check_is_not_erased(other)
    if user.pk == other.pk:
        raise Refused(_("自分のデータは消せません。ほかの管理者に頼んでください。"))
    if _is_last_administrator(other):
        raise Refused(_("最後の管理者のデータは消せません。先に、ほかの人を管理者にしてください。"))


def can_erase_user(user: Any, other: User) -> bool:
    return passes(check_can_erase_user, user, other)


def _check_is_not_erased(other: User) -> None:
    if other.erased_at is not None:
        raise Refused(_("この人のデータは、もうありません。すでに消されています。"))


def check_can_edit_user(user: Any, other: User) -> None:
    """Name and section; one's own too."""
    check_has(user, Permission.MANAGE_USERS)
    _check_is_not_erased(other)


def can_edit_user(user: Any, other: User) -> bool:
    return passes(check_can_edit_user, user, other)


def check_can_change_role(user: Any, other: User) -> None:
    check_has(user, Permission.MANAGE_USERS)
    _check_is_not_erased(other)
    if user.pk == other.pk:
        raise Refused(_("自分の権限は変えられません。ほかの管理者に頼んでください。"))
    if _is_last_administrator(other):
        raise Refused(_("最後の管理者の権限は変えられません。先に、ほかの人を管理者にしてください。"))


def can_change_role(user: Any, other: User) -> bool:
    return passes(check_can_change_role, user, other)


def check_can_deactivate_user(user: Any, other: User) -> None:
    check_has(user, Permission.MANAGE_USERS)
    if not other.is_active:
        raise Refused(_("この人の利用は、すでに止められています。"))
    if user.pk == other.pk:
        raise Refused(_("自分の利用は止められません。ほかの管理者に頼んでください。"))
    if _is_last_administrator(other):
        raise Refused(_("最後の管理者の利用は止められません。先に、ほかの人を管理者にしてください。"))


def can_deactivate_user(user: Any, other: User) -> bool:
    return passes(check_can_deactivate_user, user, other)


def check_can_reactivate_user(user: Any, other: User) -> None:
    check_has(user, Permission.MANAGE_USERS)
    _check_is_not_erased(other)
    if other.is_active:
        raise Refused(_("この人は、いま利用できます。"))


def can_reactivate_user(user: Any, other: User) -> bool:
    return passes(check_can_reactivate_user, user, other)


def check_can_reset_second_factor(user: Any, other: User) -> None:
    check_has(user, Permission.MANAGE_USERS)
    if user.pk == other.pk:
        raise Refused(_("自分の2段階認証は、自分のアカウントの画面で変えてください。"))


def can_reset_second_factor(user: Any, other: User) -> bool:
    return passes(check_can_reset_second_factor, user, other)


def _is_last_administrator(other: User) -> bool:
    if not other.is_active or other.role != Role.ADMINISTRATOR:
        return False
    return not User.objects.get_queryset().administrators().exclude(pk=other.pk).exists()


def check_can_edit_member_masters(user: Any) -> None:
    """Sectors, strengths, criteria and rules of joining."""
    check_has(user, Permission.EDIT_MEMBER_MASTERS)


def can_edit_member_masters(user: Any) -> bool:
    return passes(check_can_edit_member_masters, user)


def check_can_edit_charter(user: Any, charter: Charter) -> None:
    """Write or publish a version; never one that somebody may have agreed to."""
    check_has(user, Permission.EDIT_CHARTERS)
    if charter.is_published:
        raise Refused(_("公開した設置要綱は変えられません。変えるときは、新しい版を作ってください。"))


def can_edit_charter(user: Any, charter: Charter) -> bool:
    return passes(check_can_edit_charter, user, charter)


def check_can_see_applications(user: Any) -> None:
    check_has(user, Permission.SEE_APPLICATIONS)


def can_see_applications(user: Any) -> bool:
    return passes(check_can_see_applications, user)


def check_can_decide_applications(user: Any) -> None:
    """The state of the application is the workflow's business (`members.workflow`)."""
    check_has(user, Permission.DECIDE_APPLICATIONS)


def can_decide_applications(user: Any) -> bool:
    return passes(check_can_decide_applications, user)
