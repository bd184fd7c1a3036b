"""Writing a window on the desk."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations import permissions
from consultations.models import ConsultationWindow
from consultations.views.desk.common import get_window, window_steps
from consultations.views.editing import Editing, Place, hours_saying
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, crumbs


def _crumbs(window: ConsultationWindow, title: str) -> Crumbs:
    if window._state.adding:
        return crumbs((_("相談窓口"), reverse("desk:window-list")), (title, ""))
    return window_steps(window, (title, ""))


DESK = Place("consultations/desk/window_form.html", "desk", as_member=False, crumbs=_crumbs)


@requires(Permission.EDIT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_create(request: HttpRequest) -> HttpResponse:
    return Editing(request, ConsultationWindow(), DESK).respond()


@requires(Permission.EDIT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    window = get_window(public_id, ConsultationWindow.objects.for_editing())
    permissions.check_can_edit_window(request.user, window)
    return Editing(request, window, DESK).respond()


@requires(Permission.EDIT_WINDOWS)
@require_POST
def hours_preview(request: HttpRequest) -> HttpResponse:
    return hours_saying(request)
