"""Where a member arrives after signing in: what waits, one's organisations, whom to ask."""

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.models import Charter, Invitation, Membership, Organization, User
from members.views.my.common import own_memberships
from members.waiting import Waiting, waiting_for

# In the session: the version of the charter that somebody has put off reading until the next sign-in.
LATER = "charter_put_off"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  the middleware lets nobody else in
    memberships = own_memberships(request.user)
    charter = Charter.objects.in_force()
    lacking = _without_consent(memberships, charter)
    managed = [membership for membership in lacking if membership.is_manager]
    if charter is not None and managed and request.session.get(LATER) != charter.number:
        return redirect("my:consent", managed[0].organization.public_id)
    context = {
        "memberships": memberships,
        "waiting": waiting_for(request.user, memberships),
        "uninformed": [membership for membership in lacking if not membership.is_manager],
    }
    return render(request, "members/my/home.html", context)


def _without_consent(memberships: Sequence[Membership], charter: Charter | None) -> list[Membership]:
    """Those whose organisation has not agreed to the charter in force. At most one query."""
    if charter is None or not memberships:
        return []
    keys = [membership.organization_id for membership in memberships]
    rows = Organization.objects.filter(pk__in=keys).without_consent_to(charter)
    lacking = set(rows.values_list("pk", flat=True))
    return [membership for membership in memberships if membership.organization_id in lacking]


def charter_waits(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    managed = [membership for membership in memberships if membership.is_manager]
    lacking = _without_consent(managed, Charter.objects.in_force() if managed else None)
    if lacking:
        address = reverse("my:consent", args=[lacking[0].organization.public_id])
        hint = _("いまの設置要綱を読んで、団体として同意するかを決めてください。")
        yield Waiting(_("設置要綱への同意"), hint, len(lacking), address)


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
