"""What waits for a member in this very app: the charter, changes that were returned, invitations."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Charter, Invitation, Membership, Organization, OrganizationRevision, User
from members.waiting import Waiting


def without_consent(memberships: Sequence[Membership], charter: Charter | None) -> list[Membership]:
    """Those whose organisation has not agreed to the charter in force. At most one query."""
    if charter is None or not memberships:
        return []
    keys = [membership.organization_id for membership in memberships]
    rows = Organization.objects.filter(pk__in=keys).without_consent_to(charter)
    lacking = set(rows.values_list("pk", flat=True))
    return [membership for membership in memberships if membership.organization_id in lacking]


def charter_waits(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    managed = [membership for membership in memberships if membership.is_manager]
    lacking = without_consent(managed, Charter.objects.in_force() if managed else None)
    if lacking:
        address = reverse("my:consent", args=[lacking[0].organization.public_id])
        hint = _("いまの設置要綱を読んで、団体として同意するかを決めてください。")
        yield Waiting(_("設置要綱への同意"), hint, len(lacking), address)


def returned_changes_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    writing = {one.organization_id: one.organization for one in memberships if one.may_edit}
    if not writing:
        return
    rows = OrganizationRevision.objects.returned().filter(organization__in=writing)
    keys = list(rows.values_list("organization_id", flat=True))
    if keys:
        address = reverse("my:organization", args=[writing[keys[0]].public_id])
        hint = _("理由を読んで、直してからもう一度申し出るか、取り下げてください。")
        yield Waiting(_("差し戻された、団体の情報の変更"), hint, len(keys), address)


def invitations_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    managed = {m.organization_id: m.organization for m in memberships if m.is_manager}
    if not managed:
        return
    rows = Invitation.objects.unsettled().filter(organization__in=managed)
    keys = list(rows.order_by("invited_at").values_list("organization_id", flat=True))
    if keys:
        address = reverse("my:people", args=[managed[keys[0]].public_id])
        hint = _("招いた人から、まだ返事がありません。届いていないときは、もう一度送れます。")
        yield Waiting(_("返事を待っている招待"), hint, len(keys), address)
