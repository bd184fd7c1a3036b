"""The desk's side of a confirmation: who is asked, what they answered, what becomes of their changes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.comparing import compare
from meetings.confirmation_plan import contacts_of, plan_requests
from meetings.forms.approval import AcceptForm, AddressForm, DeclineForm, RoundForm
from meetings.models import (
    ConfirmationAnswer,
    ConfirmationRequest,
    ConfirmationRound,
    Meeting,
    Minutes,
    ProposalState,
    ProposedChange,
)
from meetings.permissions import approval as permissions
from meetings.services import confirmation as services
from meetings.services import proposals
from meetings.services.records import tidy
from meetings.views.desk.common import edits, get_meeting, section_steps, version_seen
from platform_portal.access.checks import Refused, reason_against
from platform_portal.access.methods import post_only
from platform_portal.desk import Crumbs, Step, attempt, paged, tell


def get_minutes(meeting: Meeting) -> Minutes:
    found: Minutes = get_object_or_404(
        Minutes.objects.select_related(
            "meeting__body", "author", "submitted_by", "published_by", "suspended_by"
        ),
        meeting=meeting,
    )
    return found


def _steps(meeting: Meeting, *more: Step) -> Crumbs:
    return section_steps(meeting, "desk-confirmation", _("発言者の確認"), *more)


@edits
@require_safe
def confirmation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every round of the record, its answers, and the changes that wait for a decision."""
    meeting = get_meeting(request, public_id)
    minutes = Minutes.objects.filter(meeting=meeting).first()
    rounds = (
        ConfirmationRound.objects.filter(minutes=minutes) if minutes else ConfirmationRound.objects.none()
    )
    latest = rounds.select_related("opened_by", "closed_as").first()
    requests = ConfirmationRequest.objects.none()
    if latest is not None:
        pending = Count("changes", filter=Q(changes__state=ProposalState.PENDING), distinct=True)
        requests = latest.requests.select_related("organization").annotate(
            utterance_count=Count("utterances", distinct=True), pending_count=pending
        )
    changes = ProposedChange.objects.filter(utterance__minutes=minutes, state=ProposalState.PENDING)
    answers = _answer_counts(latest)
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "round": latest,
        "earlier_count": max(0, rounds.count() - 1),
        "page": paged(request, requests.order_by("pk")),
        "answers": answers,
        "is_complete": latest is not None
        and str(ConfirmationAnswer.WAITING.label) not in dict(answers)
        and not changes.exists(),
        "changes": changes.select_related("request", "utterance").order_by("utterance__position", "pk")
        if minutes
        else [],
        "no_open": reason_against(permissions.check_can_open_round, request.user, minutes) if minutes else "",
        "crumbs": _steps(meeting),
    }
    return render(request, "meetings/desk/confirmation.html", context)


def _answer_counts(round: ConfirmationRound | None) -> list[tuple[str, int]]:
    if round is None:
        return []
    rows = round.requests.order_by().values_list("answer").annotate(count=Count("pk"))
    found = dict(rows)
    field = ConfirmationRequest._meta.get_field("answer")
    return [(str(label), found[value]) for value, label in field.flatchoices if value in found]


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who would get which words and who has no address; then it is sent."""
    meeting = get_meeting(request, public_id)
    minutes = get_minutes(meeting)
    against = reason_against(permissions.check_can_open_round, request.user, minutes)
    plan = plan_requests(minutes)
    form = RoundForm(request.POST or None, plan=plan)
    if request.method == "POST" and not against and form.is_valid():
        done = attempt(
            request,
            lambda: services.open_round(
                minutes=minutes,
                due_on=form.cleaned_data["due_on"],
                message=form.cleaned_data["message"],
                addresses=form.addresses,
                by=_user(request),
                version=version_seen(request),
            ),
            _("発言の確認を頼むメールを送りました。"),
            form,
        )
        if done:
            return redirect("meetings:desk-confirmation", public_id)
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "form": form,
        "against": against,
        "without_address": [each for each in plan if not (each.has_address or each.guest_address)],
        "crumbs": _steps(meeting, (_("確認を頼む"), "")),
    }
    return render(request, "meetings/desk/confirmation_open.html", context)


def _user(request: HttpRequest) -> Any:
    return request.user


@edits
@post_only("meetings:desk-confirmation", "public_id")
def confirmation_close(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    round = get_object_or_404(ConfirmationRound, minutes=get_minutes(meeting), closed_at=None)
    attempt(
        request,
        lambda: services.close_round(round=round, by=_user(request)),
        _("確認を締め切りました。"),
    )
    return redirect("meetings:desk-confirmation", public_id)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation_request(request: HttpRequest, public_id: str, request_id: str) -> HttpResponse:
    """One of those asked: their words and changes; by POST `remind`, `again` (a new link) or `withdraw` (the link)."""
    meeting = get_meeting(request, public_id)
    rows = ConfirmationRequest.objects.select_related("round__minutes__meeting__body", "organization")
    asked = get_object_or_404(rows, public_id=request_id, round__minutes__meeting=meeting)
    form = AddressForm(request.POST if "again" in request.POST else None)
    if request.method == "POST" and _act_on(request, asked, form):
        return redirect("meetings:desk-confirmation-request", public_id, request_id)
    changes = asked.changes.select_related("utterance", "decided_by").order_by("pk")
    contacts = contacts_of([asked.organization]) if asked.organization and not asked.email else {}
    context = {
        "meeting": meeting,
        "asked": asked,
        "contacts": contacts.get(asked.organization_id or 0, []),
        "form": form,
        "utterances": asked.utterances.order_by("position", "pk"),
        "changes": [(each, compare(each.before, each.after)) for each in changes],
        "against": reason_against(permissions.check_can_tend_round, request.user, asked.round),
        "crumbs": _steps(meeting, (asked.label, "")),
    }
    return render(request, "meetings/desk/confirmation_request.html", context)


def _act_on(request: HttpRequest, asked: ConfirmationRequest, form: AddressForm) -> bool:
    by = _user(request)
    if "remind" in request.POST:
        return attempt(
            request, lambda: services.remind(request=asked, by=by), _("催促のメールを送りました。")
        )
    if "withdraw" in request.POST:
        return attempt(
            request,
            lambda: services.withdraw_link(request=asked, by=by),
            _("送ったリンクを使えなくしました。"),
        )
    if "again" not in request.POST or not form.is_valid():
        return False
    address = form.cleaned_data["address"]
    return attempt(
        request,
        lambda: services.send_request_again(request=asked, address=address, by=by),
        _("新しいリンクを送りました。前のリンクは使えません。"),
        form,
    )


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """One proposed change beside what the record reads now; by POST `accept` or `decline`."""
    meeting = get_meeting(request, public_id)
    rows = ProposedChange.objects.select_related(
        "utterance__minutes__meeting", "request__round", "decided_by"
    )
    change = get_object_or_404(rows, pk=pk, utterance__minutes__meeting=meeting)
    has_conflict = change.state == ProposalState.PENDING and change.utterance.text != change.before
    accepting = AcceptForm(request.POST if "accept" in request.POST else None, initial={"text": change.after})
    declining = DeclineForm(request.POST if "decline" in request.POST else None, auto_id="decline_%s")
    if request.method == "POST" and _decide(request, change, accepting, declining, has_conflict):
        return redirect("meetings:desk-confirmation", public_id)
    if request.method == "POST":
        change.utterance.refresh_from_db()
        has_conflict = change.state == ProposalState.PENDING and change.utterance.text != change.before
    context = {
        "meeting": meeting,
        "change": change,
        "is_pending": change.state == ProposalState.PENDING,
        "has_conflict": has_conflict,
        "comparison": compare(change.before, change.after),
        "meanwhile": compare(change.before, change.utterance.text) if has_conflict else None,
        "accepting": accepting,
        "declining": declining,
        "against": reason_against(permissions.check_can_decide_proposal, request.user, change),
        "crumbs": _steps(meeting, (_("修正案"), "")),
    }
    return render(request, "meetings/desk/proposal.html", context)


def _decide(
    request: HttpRequest,
    change: ProposedChange,
    accepting: AcceptForm,
    declining: DeclineForm,
    has_conflict: bool,
) -> bool:
    if "accept" in request.POST:
        if not accepting.is_valid():
            return False
        text = accepting.cleaned_data["text"]
        try:
            proposals.accept_change(
                change=change,
                by=_user(request),
                version=version_seen(request),
                note=accepting.cleaned_data["note"],
                # Where nothing has changed meanwhile, the service compares once more by itself.
                text=text if has_conflict or tidy(text) != change.after else None,
            )
        except (Refused, ValidationError) as error:
            tell(accepting, error)
            return False
        messages.success(request, _("修正案を取り入れました。申し出た人にメールで知らせます。"))
        return True
    if "decline" in request.POST and declining.is_valid():
        return attempt(
            request,
            lambda: proposals.decline_change(
                change=change, by=_user(request), note=declining.cleaned_data["note"]
            ),
            _("修正案を取り入れないことにしました。申し出た人にメールで知らせます。"),
            declining,
        )
    return False
