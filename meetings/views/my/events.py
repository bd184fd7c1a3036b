"""Events of one's own organisations. Fetching is authorising: what belongs to others is not found."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.event_workflow import EVENTS_OF_MOVES, RETURNED, SUSPENDED
from meetings.models import Event
from meetings.permissions import events as permissions
from meetings.services import events as services
from meetings.views import event_pages as pages
from meetings.views.event_pages import Side
from members.board_waiting import writing
from members.permissions import check_can_write_as_member
from members.views.my.common import crumbs, own_memberships
from platform_portal.access.methods import post_only
from platform_portal.audit.models import AuditEvent
from platform_portal.desk import attempt, paged
from platform_portal.publishing.states import State
from platform_portal.publishing.steps import reason_against_step


def _own(request: HttpRequest) -> Any:
    return Event.objects.acted_for_by(request.user).exclude(state=State.ARCHIVED)


MY = Side("my-event", "base_my.html", as_member=True, rows=_own, crumbs=crumbs)


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    memberships = own_memberships(request.user)
    context = {
        "page": paged(request, _own(request).for_list().order_by("-starts_at", "-pk")),
        "is_member": bool(memberships),
        "can_create": bool(writing(memberships)),
        "crumbs": crumbs((_("催し"), "")),
    }
    return pages.respond(request, MY, "meetings/events/my_list.html", context)


@require_safe
def event_page(request: HttpRequest, public_id: str) -> HttpResponse:
    event = MY.find(request, public_id)
    context = pages.event_context(request, MY, event) | {
        "remark": _remark(event),
        "can_submit": event.state in {State.DRAFT, State.SUSPENDED},
        "no_submit": _reason_against_submitting(request.user, event),
        "can_take_back": permissions.can_move_own_event(request.user, event, State.DRAFT),
    }
    return pages.respond(request, MY, "meetings/events/my_page.html", context)


def _reason_against_submitting(user: Any, event: Event) -> str:
    return reason_against_step(
        user,
        event,
        State.IN_REVIEW,
        may_move=permissions.check_can_move_own_event,
        is_ready=services.check_is_announceable,
    )


def _remark(event: Event) -> str:
    """Why the desk gave it back or stopped it."""
    if event.state not in {State.DRAFT, State.SUSPENDED}:
        return ""
    last = AuditEvent.objects.about(event).filter(type__in=EVENTS_OF_MOVES).first()
    return last.note if last is not None and last.type in {RETURNED, SUSPENDED} else ""


@require_http_methods(["GET", "HEAD", "POST"])
def event_create(request: HttpRequest) -> HttpResponse:
    memberships = own_memberships(request.user)
    organizations = writing(memberships)
    if not organizations:
        # A member that may only look is told why.
        if not memberships:
            raise Http404
        check_can_write_as_member(request.user, memberships[0].organization)
    return pages.create(request, MY, organizations)


@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.edit(request, MY, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def event_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.copy_to_days(request, MY, public_id)


@post_only("meetings:my-event", "public_id")
def event_submit(request: HttpRequest, public_id: str) -> HttpResponse:
    return _move(request, public_id, State.IN_REVIEW, _("確認を頼みました。認められると、公開されます。"))


@post_only("meetings:my-event", "public_id")
def event_take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    return _move(request, public_id, State.DRAFT, _("確認を頼んだのを取り下げました。下書きに戻っています。"))


def _move(request: HttpRequest, public_id: str, to: State, done: str) -> HttpResponse:
    event = MY.find(request, public_id)
    check_can_write_as_member(request.user, event.organization)
    attempt(request, lambda: services.move_own_event(event=event, to=to, by=request.user), done)
    return redirect("meetings:my-event", public_id=public_id)


@post_only("meetings:my-event", "public_id")
def event_revision_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.withdraw_revision(request, MY, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def event_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.cancel(request, MY, public_id)


@require_safe
def event_applicants(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.applicants(request, MY, public_id)


@require_safe
def event_applicants_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    return pages.applicants_file(request, MY, public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def event_application_cancel(request: HttpRequest, public_id: str, application_id: str) -> HttpResponse:
    return pages.cancel_application(request, MY, public_id, application_id)
