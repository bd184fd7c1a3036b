"""One window on the desk: its state, the steps it may take, its history."""

import datetime as dt
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import permissions, services
from consultations.forms.desk import PublishForm, ReasonForm
from consultations.hours_words import hours_words
from consultations.models import ConsultationWindow
from consultations.presenting import Clock, present_detail
from consultations.presenting.checking import facts_to_approve
from consultations.views.desk.common import get_window, history_of, next_address, window_steps
from consultations.views.desk.reviewing import words_on_return
from consultations.views.editing import preview_response
from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import Refused, reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt
from platform_portal.publishing.states import State
from platform_portal.publishing.steps import WAYS_OUT, reason_against_step, steps_from
from platform_portal.versions import version_in


def _reason_against(user: object, window: ConsultationWindow, to: State) -> str:
    return reason_against_step(
        user,
        window,
        to,
        may_move=permissions.check_can_move_window,
        is_ready=services.check_is_complete,
    )


@requires(Permission.EDIT_WINDOWS)
@require_safe
def window_page(request: HttpRequest, public_id: str) -> HttpResponse:
    windows = ConsultationWindow.objects.select_related(
        "author", "submitted_by", "published_by", "verified_by"
    ).for_detail()
    window = get_window(public_id, windows)
    steps = steps_from(window.state, WINDOW_WAYS, partial(_reason_against, request.user, window))
    context = {
        "window": window,
        "steps": steps,
        "has_main_step": any(step.is_main for step in steps),
        "no_edit": reason_against(permissions.check_can_edit_window, request.user, window),
        "no_verify": reason_against(permissions.check_can_verify_window, request.user, window),
        "can_take_back": permissions.can_take_back_verification(request.user, window),
        "is_due": window.is_due,
        "on_return": words_on_return(window),
        "waiting": window.revisions.waiting().for_list(),
        "returned": window.revisions.returned_to(request.user).first(),
        "reports": window.error_reports.waiting(),
        "history": history_of(window),
        "crumbs": window_steps(window),
        "detail": present_detail(window, Clock()),
        "hours_words": hours_words(window.opening_hours, window.year_end) or _("分からない"),
    }
    return render(request, "consultations/desk/window_page.html", context)


@requires(Permission.EDIT_WINDOWS)
@require_safe
def window_preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """The residents' page as it is or would be, whatever the state."""
    window = get_window(public_id, ConsultationWindow.objects.for_detail())
    return preview_response(request, window, is_saved=True)


@requires(Permission.EDIT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_move(request: HttpRequest, public_id: str, to: str) -> HttpResponse:
    """Asks for the reason or a last yes, then takes the step."""
    window = get_window(public_id, ConsultationWindow.objects.for_detail())
    if to not in State.values:
        raise Http404
    way = WINDOW_WAYS.get((State(window.state), State(to)))
    if way is None:  # the back button, or somebody was faster
        messages.error(
            request,
            _("この窓口は「%(state)s」なので、この操作はできません。今の内容を確かめてください。")
            % {"state": window.get_state_display()},
        )
        return redirect("desk:window-page", public_id=public_id)
    is_published = to == State.PUBLISHED
    # What goes public must be what this person has read on the window's page.
    version = _version_read(request, window)
    if is_published and version != window.updated_at:
        messages.error(
            request, _("画面を開いたあとに、内容が変わりました。もう一度読んでから、認めてください。")
        )
        return redirect("desk:window-page", public_id=public_id)
    kind = PublishForm if is_published else ReasonForm
    form = kind(request.POST if request.method == "POST" else None, is_needed=way.needs_reason)
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: services.move_window(
                window=window,
                to=State(to),
                by=request.user,
                reason=form.cleaned_data["reason"],
                version=version if is_published else None,
                is_checked=form.cleaned_data.get("is_checked", False),
            ),
            _("「%(name)s」を「%(state)s」にしました。") % {"name": window.name, "state": State(to).label},
        )
        if done:
            return redirect(next_address(request, reverse("desk:window-page", args=[public_id])))
    context = {
        "window": window,
        "way": way,
        "version": version.isoformat(),
        "form": form,
        "against": _reason_against(request.user, window, State(to)),
        "is_way_out": to in WAYS_OUT,
        "shown": facts_to_approve(window) if is_published else None,
        "crumbs": window_steps(window, (str(way.label), "")),
    }
    return render(request, "consultations/desk/window_move.html", context)


def _version_read(request: HttpRequest, window: ConsultationWindow) -> dt.datetime:
    """From the form, or from the link on the window's page; whoever comes by another way reads it now."""
    if request.method == "POST":
        return version_in(request.POST.get("version", ""))
    return version_in(request.GET["version"]) if "version" in request.GET else window.updated_at


@requires(Permission.VERIFY_WINDOWS)
@post_only("desk:window-page", "public_id")
def window_verify(request: HttpRequest, public_id: str) -> HttpResponse:
    """「変わりありません」: one press, and a second one does no harm."""
    window = get_window(public_id)
    try:
        services.verify_window(window=window, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
    else:
        can_take_back = permissions.can_take_back_verification(request.user, window)
        messages.success(
            request,
            _("「%(name)s」を、今日確かめたものとして記録しました。") % {"name": window.name},
            # components/messages.html: where 「取り消す」 is sent
            extra_tags=reverse("desk:window-unverify", args=[public_id]) if can_take_back else "",
        )
    return redirect(next_address(request, reverse("desk:window-page", args=[public_id])))


@requires(Permission.VERIFY_WINDOWS)
@post_only("desk:window-page", "public_id")
def window_unverify(request: HttpRequest, public_id: str) -> HttpResponse:
    """「取り消す」 after a slip of the finger."""
    window = get_window(public_id)
    attempt(
        request,
        lambda: services.take_back_verification(window=window, by=request.user),
        _("「%(name)s」を確かめたことを取り消しました。") % {"name": window.name},
    )
    return redirect(next_address(request, reverse("desk:window-page", args=[public_id])))
