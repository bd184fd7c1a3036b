"""Where a member arrives after signing in: what waits, one's organisations, whom to ask."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from members.models import Charter, User
from members.own_waiting import without_consent
from members.views.my.common import own_memberships
from members.waiting import waiting_for

# In the session: the version of the charter that somebody has put off reading until the next sign-in.
LATER = "charter_put_off"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)  # noqa: S101  the middleware lets nobody else in
    memberships = own_memberships(request.user)
    charter = Charter.objects.in_force()
    lacking = without_consent(memberships, charter)
    managed = [membership for membership in lacking if membership.is_manager]
    if charter is not None and managed and request.session.get(LATER) != charter.number:
        return redirect("my:consent", managed[0].organization.public_id)
    context = {
        "memberships": memberships,
        "gone": [] if memberships else _gone(request.user),
        "waiting": waiting_for(request.user, memberships),
        "uninformed": [membership for membership in lacking if not membership.is_manager],
    }
    return render(request, "members/my/home.html", context)


def _gone(user: User) -> list[str]:
    """Names of the organisations that the person acted for and that have left."""
    rows = user.memberships.ended_by_leaving().order_by("organization__kana", "organization__name")
    return list(dict.fromkeys(rows.values_list("organization__name", flat=True)))
