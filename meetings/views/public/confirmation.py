"""The pages behind the link with which somebody confirms their own words. Open to whoever holds the link.

Opening them changes nothing, so a scanner of mails answers nothing; a press is a POST with the form's own token.
Only their own words can be answered, and around them no more of the draft is shown than the blocks next to them.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from meetings.comparing import compare
from meetings.confirmation_links import Link, read_link_token
from meetings.confirmation_plan import InContext, in_context
from meetings.forms.confirmation import AgreeForm, ChangeForm
from meetings.models import ConfirmationAnswer, ProposalState, ProposedChange, Utterance
from meetings.services import proposals
from meetings.services.records import ChangedMeanwhile
from platform_portal.access.checks import Refused, reason_against
from platform_portal.desk import tell
from platform_portal.open_pages import open_page
from platform_portal.public_forms import TOO_MANY, is_limited

PER_PAGE = 20
RATE = "120/h"


behind_a_link = open_page(unusable="meetings/public/confirm_unusable.html")


@behind_a_link
def confirm_utterances(request: HttpRequest, token: str) -> HttpResponse:
    """All of their words; one press says that they may stand, a page of its own takes each change."""
    link = read_link_token(token)
    if request.method != "POST":
        return _page(request, token, link)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return _page(request, token, link, problem=form.problem, status=400)
    if is_limited(request, group="meetings-agree", rate=RATE):
        return _page(request, token, link, problem=str(TOO_MANY), status=429)
    try:
        proposals.agree(request=link.request)
    except Refused as refused:
        return _page(request, token, link, problem=refused.reason, status=409)
    return redirect(f"{reverse('meetings:confirm-utterances', args=[token])}#answered")


@behind_a_link
def propose_change(request: HttpRequest, token: str, *, public_id: str) -> HttpResponse:
    """What one block should read. `withdraw` takes back a change that nobody has decided on."""
    link = read_link_token(token)
    utterance = _own(link, public_id)
    back = reverse("meetings:confirm-utterances", args=[token])
    if reason_against(proposals.check_is_running, link.request) and request.method != "POST":
        return redirect(back)
    pending = link.request.changes.filter(utterance=utterance, state=ProposalState.PENDING).first()
    form = ChangeForm(request.POST or None, initial=_initial(utterance, pending))
    status = 200
    if request.method == "POST":
        status = _take(request, link, utterance, form)
        if status == 302:
            return redirect(f"{back}#u-{public_id}")
    context = {
        "form": form,
        "row": next(iter(in_context(link.request, [utterance])), None),
        "pending": pending,
        "back": back,
        "meeting": link.request.round.minutes.meeting,
    }
    return render(request, "meetings/public/confirm_change.html", context, status=status)


def _initial(utterance: Utterance, pending: ProposedChange | None) -> dict[str, Any]:
    if pending is None:
        return {"after": utterance.text, "version": utterance.version}
    return {
        "after": pending.after,
        "reason_kind": pending.reason_kind,
        "reason": pending.reason,
        "version": utterance.version,
    }


def _take(request: HttpRequest, link: Link, utterance: Utterance, form: ChangeForm) -> int:
    """The status of the answer; 302 when it was done."""
    try:
        if "withdraw" in request.POST:
            if not form.data.get("token") or "token" in form.errors:
                return 400
            proposals.withdraw_change(request=link.request, utterance=utterance)
            return 302
        if not form.is_valid():
            return 400
        if is_limited(request, group="meetings-change", rate=RATE):
            form.add_error(None, TOO_MANY)
            return 429
        values = {name: form.cleaned_data[name] for name in ("after", "reason_kind", "reason", "version")}
        proposals.propose_change(request=link.request, utterance=utterance, **values)
    except ChangedMeanwhile as changed:
        # Their words stay in the field; the page shows what the record reads now.
        form.add_error(None, changed.reason)
        utterance.refresh_from_db()
        form.show_again(version=str(utterance.version))
        return 409
    except (Refused, ValidationError) as error:
        tell(form, error)
        return 409
    return 302


def _own(link: Link, public_id: str) -> Utterance:
    """Only among those that the link opens: words of others are not found."""
    found: Utterance | None = link.request.utterances.standing().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, token: str, link: Link, *, problem: str = "", status: int = 200
) -> HttpResponse:
    asked = link.request
    own = asked.utterances.standing().order_by("position", "pk")
    page = Paginator(own, PER_PAGE).get_page(request.GET.get("page"))
    changes: dict[int, list[ProposedChange]] = {}
    for change in asked.changes.order_by("pk"):
        changes.setdefault(change.utterance_id, []).append(change)
    asked.refresh_from_db(fields=["answer", "answered_at"])
    context = {
        "asked": asked,
        "meeting": asked.round.minutes.meeting,
        "round": asked.round,
        "token": token,
        "form": AgreeForm(),
        "page": page,
        "rows": [_row(each, changes) for each in in_context(asked, page.object_list)],
        "against": reason_against(proposals.check_is_running, asked),
        "has_answered": asked.answer in {ConfirmationAnswer.AGREED, ConfirmationAnswer.CHANGES},
        "problem": problem,
    }
    return render(request, "meetings/public/confirm_utterances.html", context, status=status)


def _row(shown: InContext, changes: dict[int, list[ProposedChange]]) -> dict[str, Any]:
    """Their words, what stands around them, and what became of each change they proposed."""
    proposed = changes.get(shown.utterance.pk, [])
    return {
        "shown": shown,
        "changes": [{"change": each, "comparison": compare(each.before, each.after)} for each in proposed],
        "has_pending": any(each.state == ProposalState.PENDING for each in proposed),
    }
