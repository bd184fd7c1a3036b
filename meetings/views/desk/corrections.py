"""訂正 on the desk: written for one block, looked at by another person, published."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.comparing import compare
from meetings.forms.approval import CorrectionForm, ReasonForm
from meetings.models import Correction, CorrectionState, Edition, Meeting, Minutes, Utterance
from meetings.permissions import approval as permissions
from meetings.services import corrections as services
from meetings.views.desk.common import edits, get_meeting, section_steps, version_seen
from meetings.workflow import FROZEN_STATES
from platform_portal.access.checks import reason_against
from platform_portal.desk import Crumbs, Step, attempt, paged


def _steps(meeting: Meeting, *more: Step) -> Crumbs:
    return section_steps(meeting, "desk-corrections", _("訂正"), *more)


@edits
@require_safe
def corrections(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was corrected and what waits; and the blocks of the record, to begin with one."""
    meeting = get_meeting(request, public_id)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    rows = Correction.objects.filter(utterance__minutes=minutes) if minutes else Correction.objects.none()
    rows = rows.select_related("utterance", "proposed_by", "decided_by")
    utterances = minutes.utterances.order_by("position", "pk") if minutes else Utterance.objects.none()
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "can_begin": minutes is not None and minutes.state in FROZEN_STATES,
        "waiting": rows.filter(state=CorrectionState.PROPOSED),
        "decided": rows.exclude(state=CorrectionState.PROPOSED)[:100],
        "page": paged(request, utterances),
        "crumbs": _steps(meeting),
    }
    return render(request, "meetings/desk/corrections.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def correction_create(request: HttpRequest, public_id: str, utterance_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    rows = Utterance.objects.select_related("minutes__meeting")
    utterance = get_object_or_404(rows, public_id=utterance_id, minutes__meeting=meeting)
    initial = {"after": utterance.text, "labels_after": utterance.labels_text}
    form = CorrectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        by: Any = request.user
        done = attempt(
            request,
            lambda: services.propose_correction(
                utterance=utterance,
                values=values,
                by=by,
                version=version_seen(request),
                names_are_checked=values["names_are_checked"],
            ),
            _("訂正を書きました。ほかの人が認めると、公開されます。"),
            form,
        )
        if done:
            return redirect("meetings:desk-corrections", public_id)
    context = {
        "meeting": meeting,
        "utterance": utterance,
        "labels_text": utterance.text_in(Edition.LABELS),
        "form": form,
        "against": reason_against(permissions.check_can_propose_correction, request.user, utterance),
        "crumbs": _steps(meeting, (_("訂正を書く"), "")),
    }
    return render(request, "meetings/desk/correction_form.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, public_id: str, correction_id: str) -> HttpResponse:
    """Before and after in both editions; by POST `approve`, `return` with a reason, or `withdraw`."""
    meeting = get_meeting(request, public_id)
    rows = Correction.objects.select_related("utterance__minutes__meeting", "proposed_by", "decided_by")
    found = get_object_or_404(rows, public_id=correction_id, utterance__minutes__meeting=meeting)
    form = ReasonForm(request.POST if "return" in request.POST else None)
    if request.method == "POST" and _act(request, found, form):
        return redirect("meetings:desk-corrections", public_id)
    utterance = found.utterance
    is_waiting = found.state == CorrectionState.PROPOSED
    context = {
        "meeting": meeting,
        "correction": found,
        "named": compare(found.before, found.after),
        "labels": compare(found.labels_before, found.labels_after),
        "is_waiting": is_waiting,
        "is_overtaken": is_waiting
        and (utterance.text, utterance.text_in(Edition.LABELS)) != (found.before, found.labels_before),
        "form": form,
        "no_approve": reason_against(permissions.check_can_decide_correction, request.user, found),
        "can_withdraw": permissions.can_withdraw_correction(request.user, found),
        "crumbs": _steps(meeting, (_("訂正の確認"), "")),
    }
    return render(request, "meetings/desk/correction_page.html", context)


def _act(request: HttpRequest, found: Correction, form: ReasonForm) -> bool:
    by: Any = request.user
    if "approve" in request.POST:
        return attempt(
            request,
            lambda: services.approve_correction(correction=found, by=by),
            _("訂正を公開しました。"),
        )
    if "withdraw" in request.POST:
        return attempt(
            request,
            lambda: services.withdraw_correction(correction=found, by=by),
            _("訂正を取り下げました。"),
        )
    if "return" not in request.POST or not form.is_valid():
        return False
    return attempt(
        request,
        lambda: services.return_correction(correction=found, note=form.cleaned_data["reason"], by=by),
        _("訂正を差し戻しました。"),
        form,
    )
