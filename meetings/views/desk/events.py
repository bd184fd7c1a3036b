"""Events on the desk: the prefecture's own, and the review of what members want to announce."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.events import history_of
from meetings.event_filters import DeskEventFilter
from meetings.event_workflow import EVENT_WAYS
from meetings.forms.events import ReasonForm
from meetings.models import Event, EventRevision
from meetings.permissions import events as permissions
from meetings.services import events as services
from meetings.views import event_pages as pages
from meetings.views.event_pages import Side
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged
from platform_portal.publishing.states import State
from platform_portal.publishing.steps import WAYS_OUT, reason_against_step, steps_from


def _all(request: HttpRequest) -> Any:
    return Event.objects.all()


DESK = Side("desk-event", "base_desk.html", as_member=False, rows=_all, crumbs=crumbs)
edits = requires(Permission.EDIT_EVENTS)
approves = requires(Permission.APPROVE_EVENTS)


@edits
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    waiting = EventRevision.objects.pending().filter(event=OuterRef("pk"))
    rows = Event.objects.for_list().annotate(has_pending=Exists(waiting)).order_by("-starts_at", "-pk")
    found = DeskEventFilter(request.GET, queryset=rows)
    context = {
        "filter": found,
        "has_garbage": not found.is_valid(),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "page": paged(request, found.qs),
        "in_review": Event.objects.waiting_for_review().for_list().order_by("submitted_at", "pk")[:50],
        "pending": EventRevision.objects.pending().for_list().order_by("proposed_at")[:50],
        "crumbs": crumbs((_("催し"), "")),
    }
    return pages.respond(request, DESK, "meetings/events/desk_list.html", context)


def _reason_against(user: Any, event: Event, to: State) -> str:
    return reason_against_step(
        user,
        event,
        to,
        may_move=permissions.check_can_move_event,
        is_ready=services.check_is_announceable,
    )


@edits
@require_safe
def event_page(request: HttpRequest, public_id: str) -> HttpResponse:
    event = DESK.find(request, public_id)
    context = pages.event_context(request, DESK, event)
    pending = context["pending"]
    context |= {
        "steps": steps_from(event.state, EVENT_WAYS, partial(_reason_against, request.user, event)),
        "no_decide": reason_against(permissions.check_can_decide_event_revision, request.user, pending)
        if pending
        else "",
        "history": history_of(event),
    }
    return pages.respond(request, DESK, "meetings/events/desk_page.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def event_create(request: HttpRequest) -> HttpResponse:
    return pages.create(request, DESK, [])


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def event_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.edit(request, DESK, public_id)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def event_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.copy_to_days(request, DESK, public_id)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def event_move(request: HttpRequest, public_id: str, to: str) -> HttpResponse:
    """Asks for the reason or a last yes, then takes the step."""
    event = DESK.find(request, public_id)
    if to not in State.values:
        raise Http404
    way = EVENT_WAYS.get((State(event.state), State(to)))
    if way is None:  # the back button, or somebody was faster
        messages.error(
            request,
            _("この催しは「%(state)s」なので、この操作はできません。今の内容を確かめてください。")
            % {"state": event.get_state_display()},
        )
        return redirect("meetings:desk-event", public_id=public_id)
    form = ReasonForm(request.POST if request.method == "POST" else None, is_needed=way.needs_reason)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: services.move_event(
                event=event,
                to=State(to),
                by=request.user,
                reason=form.cleaned_data["reason"],
                version=pages.version_read(request) if to == State.PUBLISHED else None,
            ),
            _("「%(name)s」を「%(state)s」にしました。") % {"name": event.title, "state": State(to).label},
        )
        if done:
            return redirect("meetings:desk-event", public_id=public_id)
    context = pages.event_context(request, DESK, event) | {
        "way": way,
        "form": form,
        "version": event.updated_at.isoformat(),
        "against": _reason_against(request.user, event, State(to)),
        "is_publishing": to == State.PUBLISHED,
        "is_way_out": to in WAYS_OUT,
        "crumbs": DESK.steps(event, (str(way.label), "")),
    }
    return pages.respond(
        request, DESK, "meetings/events/desk_move.html", context, status=422 if form.errors else 200
    )


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def event_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.cancel(request, DESK, public_id)


# --- Changes of published events ----------------------------------------------------------------
def _pending(public_id: str) -> EventRevision:
    rows = EventRevision.objects.pending().for_list()
    found: EventRevision = get_object_or_404(rows, event__public_id=public_id)
    return found


@approves
@post_only("meetings:desk-event", "public_id")
def event_revision_approve(request: HttpRequest, public_id: str) -> HttpResponse:
    revision = _pending(public_id)
    permissions.check_can_decide_event_revision(request.user, revision)
    attempt(
        request,
        lambda: services.approve_event_revision(
            revision=revision, by=request.user, version=pages.version_read(request)
        ),
        _(
            "変更を認めました。住民の画面に出ています。日時や場所が変わったときは、申し込んだ人にメールで知らせます。"
        ),
    )
    return redirect("meetings:desk-event", public_id=public_id)


@approves
@require_http_methods(["GET", "HEAD", "POST"])
def event_revision_return(request: HttpRequest, public_id: str) -> HttpResponse:
    revision = _pending(public_id)
    permissions.check_can_decide_event_revision(request.user, revision)
    form = ReasonForm(request.POST or None, hint=_("申し出た人に、メールで届きます。"))
    if form.is_valid() and attempt(
        request,
        lambda: services.return_event_revision(
            revision=revision, by=request.user, reason=form.cleaned_data["reason"]
        ),
        _("変更を差し戻しました。"),
        form,
    ):
        return redirect("meetings:desk-event", public_id=public_id)
    event = DESK.find(request, public_id)
    context = {
        "form": form,
        "event": event,
        "rows": pages.changes_of(revision),
        "crumbs": DESK.steps(event, (_("変更を差し戻す"), "")),
    }
    return pages.respond(
        request, DESK, "meetings/events/revision_return.html", context, status=422 if form.errors else 200
    )


@edits
@post_only("meetings:desk-event", "public_id")
def event_revision_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.withdraw_revision(request, DESK, public_id)


# --- Applicants of the prefecture's own events --------------------------------------------------
@edits
@require_safe
def event_applicants(request: HttpRequest, public_id: str) -> HttpResponse:
    return pages.applicants(request, DESK, public_id)


@edits
@require_safe
def event_applicants_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    return pages.applicants_file(request, DESK, public_id)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def event_application_cancel(request: HttpRequest, public_id: str, application_id: str) -> HttpResponse:
    return pages.cancel_application(request, DESK, public_id, application_id)
