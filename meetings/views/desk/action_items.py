"""宿題 on the desk: found in a record, listed per body, taken up again, ended."""

from itertools import islice
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.filters import ActionItemFilter
from meetings.forms.approval import ActionItemForm, CarryForm, OutcomeForm
from meetings.models import ActionItem, Meeting, Minutes, Utterance
from meetings.permissions import approval as permissions
from meetings.permissions.minutes import can_see_draft
from meetings.promises import Suggestion, suggestions_in
from meetings.services import action_items as services
from meetings.views.desk.common import edits, get_meeting, section_steps, sees
from platform_portal.access.checks import reason_against
from platform_portal.desk import Crumbs, Step, attempt, paged
from platform_portal.versions import number_in

MOST_SUGGESTIONS = 50


def _steps(meeting: Meeting, *more: Step) -> Crumbs:
    return section_steps(meeting, "desk-action-items", _("宿題"), *more)


def _suggestions(minutes: Minutes | None) -> list[Suggestion]:
    """Sentences that sound like promises, but for those of blocks that have an item already."""
    if minutes is None:
        return []
    blocks = minutes.utterances.standing().filter(action_items=None).order_by("position", "pk")
    return list(islice(suggestions_in(blocks), MOST_SUGGESTIONS))


@sees
@require_safe
def action_items(request: HttpRequest, public_id: str) -> HttpResponse:
    """All of the meeting's body, open ones first; and what this meeting's record seems to promise."""
    meeting = get_meeting(request, public_id)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    rows = ActionItem.objects.filter(body=meeting.body).select_related("utterance__minutes__meeting")
    rows = rows.order_by(F("closed_at").desc(nulls_first=True), F("due_on").asc(nulls_last=True), "-pk")
    found = ActionItemFilter(request.GET, queryset=rows)
    can_edit = permissions.can_edit_action_items(request.user)
    context = {
        "meeting": meeting,
        "filter": found,
        "has_garbage": not found.is_valid(),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "page": paged(request, found.qs if found.is_valid() else rows),
        "can_edit": can_edit,
        "suggestions": _suggestions(minutes) if can_edit and can_see_draft(request.user, minutes) else [],
        "crumbs": _steps(meeting),
    }
    return render(request, "meetings/desk/action_items.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def action_item_create(request: HttpRequest, public_id: str) -> HttpResponse:
    """`?utterance=` ties it to a block; `&sentence=` counts among its promises, whose words then stand in the form."""
    meeting = get_meeting(request, public_id)
    utterance = _utterance_in(request, meeting)
    form = ActionItemForm(request.POST or None, initial={"text": _sentence_in(request, utterance)})
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        done = attempt(
            request,
            lambda: services.add_action_item(
                body=meeting.body, values=form.cleaned_data, by=by, utterance=utterance
            ),
            _("宿題を書きました。"),
            form,
        )
        if done:
            return redirect("meetings:desk-action-items", public_id)
    context = {
        "meeting": meeting,
        "utterance": utterance,
        "item": None,
        "form": form,
        "title": _("宿題を書く"),
        "back": reverse("meetings:desk-action-items", args=[public_id]),
        "crumbs": _steps(meeting, (_("宿題を書く"), "")),
    }
    return render(request, "meetings/desk/action_item_form.html", context)


def _utterance_in(request: HttpRequest, meeting: Meeting) -> Utterance | None:
    wanted = request.GET.get("utterance", "")
    if not wanted:
        return None
    rows: Any = Utterance.objects.standing().select_related("minutes__meeting")
    found: Utterance | None = rows.filter(public_id=wanted, minutes__meeting=meeting).first()
    if found is None:
        raise Http404
    return found


def _sentence_in(request: HttpRequest, utterance: Utterance | None) -> str:
    number = number_in(request.GET.get("sentence", ""))
    if utterance is None or number is None:
        return ""
    sentences = [each.sentence for each in suggestions_in([utterance])]
    return sentences[number] if number < len(sentences) else ""


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def action_item(request: HttpRequest, public_id: str, item_id: str) -> HttpResponse:
    """One of them; by POST `save`, `carry`, `close` with its outcome, or `reopen`."""
    meeting = get_meeting(request, public_id)
    rows = ActionItem.objects.select_related("utterance", "created_by", "closed_by", "body")
    item = get_object_or_404(rows, public_id=item_id, body=meeting.body)
    saving = ActionItemForm(request.POST if "save" in request.POST else None, instance=item)
    carrying = CarryForm(
        request.POST if "carry" in request.POST else None,
        item=item,
        initial={"title": item.text[:200] if item.is_public else ""},
    )
    closing = OutcomeForm(
        request.POST if "close" in request.POST else None, initial={"outcome": item.outcome}
    )
    if request.method == "POST":
        if _act(request, item, saving, carrying, closing):
            return redirect("meetings:desk-action-item", public_id, item_id)
        item = rows.get(pk=item.pk)
    context = {
        "meeting": meeting,
        "item": item,
        "saving": saving,
        "carrying": carrying,
        "closing": closing,
        "against": reason_against(permissions.check_can_change_action_item, request.user, item),
        "taken_up": item.agenda_items.select_related("meeting").order_by("meeting__starts_at"),
        "crumbs": _steps(meeting, (item.text[:30], "")),
    }
    return render(request, "meetings/desk/action_item_page.html", context)


def _act(
    request: HttpRequest, item: ActionItem, saving: ActionItemForm, carrying: CarryForm, closing: OutcomeForm
) -> bool:
    by: Any = request.user
    if "save" in request.POST and saving.is_valid():
        values = saving.cleaned_data
        return attempt(
            request,
            lambda: services.change_action_item(item=item, values=values, by=by),
            _("宿題を直しました。"),
            saving,
        )
    if "carry" in request.POST and carrying.is_valid():
        return attempt(
            request,
            lambda: services.carry_action_item(item=item, by=by, **carrying.cleaned_data),
            _("次第に載せました。"),
            carrying,
        )
    if "close" in request.POST and closing.is_valid():
        outcome = closing.cleaned_data["outcome"]
        return attempt(
            request,
            lambda: services.close_action_item(item=item, outcome=outcome, by=by),
            _("宿題を終わりにしました。"),
            closing,
        )
    if "reopen" in request.POST:
        return attempt(
            request,
            lambda: services.reopen_action_item(item=item, by=by),
            _("まだ終わっていないものに戻しました。"),
        )
    return False
