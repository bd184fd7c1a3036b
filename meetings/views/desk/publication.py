"""The way of a record to its readers: what blocks it, both editions side by side, who approves; and the leak check."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.audit_labels.history import history_of
from meetings.forms.approval import AudiencesForm, HarmlessForm, LabelsTextForm, ReasonForm
from meetings.leaks.checking import Block, blocks_of, labels_go_further, names_around
from meetings.leaks.finding import LeakKind
from meetings.models import Edition, Meeting, Minutes, MinutesPdf, Utterance
from meetings.permissions import approval as permissions
from meetings.presenting import editions
from meetings.services import leaks as leak_services
from meetings.services import publication as services
from meetings.services import renderings
from meetings.services.publication import Cause
from meetings.views.desk.common import edits, get_meeting, section_steps, version_seen
from meetings.views.desk.confirmation import get_minutes
from meetings.workflow import MINUTES_WAYS
from platform_portal.access.checks import reason_against
from platform_portal.access.methods import post_only
from platform_portal.desk import Crumbs, Step, attempt, paged
from platform_portal.publishing.states import State
from platform_portal.publishing.steps import FORWARD

BLOCKS_PER_PAGE = 30
LEAKS_PER_PAGE = 20
MOST_DECIDED = 100
# Where what stands against a record is dealt with.
PAGES = {
    Cause.EMPTY: "desk-minutes",
    Cause.NOT_HELD: "desk-meeting",
    Cause.FLAGS: "desk-minutes",
    Cause.ROUND: "desk-confirmation",
    Cause.PROPOSALS: "desk-confirmation",
    Cause.LEAKS: "desk-leaks",
}


def _address(name: str | None, meeting: Meeting) -> str:
    return reverse(f"meetings:{name}", args=[meeting.public_id]) if name else ""


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def publication(request: HttpRequest, public_id: str) -> HttpResponse:
    """By POST: `to` (a step, with its reason) or `audiences`."""
    meeting = get_meeting(request, public_id)
    minutes = Minutes.objects.filter(meeting=meeting).exists() and get_minutes(meeting)
    if not minutes:
        context: dict[str, Any] = {"meeting": meeting, "minutes": None, "crumbs": _steps(meeting)}
        return render(request, "meetings/desk/publication.html", context)
    audiences = AudiencesForm(
        request.POST if "audiences" in request.POST else None,
        initial={"named_audience": minutes.named_audience, "labels_audience": minutes.labels_audience},
    )
    reason = ReasonForm(request.POST if request.POST.get("to") else None)
    if request.method == "POST":
        is_done = (
            _move(request, minutes, reason)
            if request.POST.get("to")
            else _set_audiences(request, minutes, audiences)
        )
        if is_done:
            return redirect("meetings:desk-publication", public_id)
        minutes = get_minutes(meeting)
    obstacles = services.obstacles_of(minutes)
    utterances = minutes.utterances.standing().order_by("position", "pk")
    page = paged(request, utterances, BLOCKS_PER_PAGE)
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "obstacles": [(each, _address(PAGES.get(each.cause), meeting)) for each in obstacles],
        "steps": _steps_of(request.user, minutes, obstacles),
        "audiences": audiences,
        "no_audiences": reason_against(permissions.check_can_set_audiences, request.user, minutes),
        "readers": editions.readers_of(minutes),
        "reason": reason,
        "asked_for": request.POST.get("to", ""),
        "page": page,
        "blocks": editions.blocks_of(page.object_list),
        "needs_leak_check": labels_go_further(minutes),
        "around": [
            (each, _address(each.page, meeting))
            for each in (names_around(minutes) if labels_go_further(minutes) else [])
        ],
        "pdfs": (pdfs := _pdfs_of(minutes)),
        "lacks_pdf": any(pdf is None or pdf.error for _edition, pdf in pdfs),
        "can_print": permissions.can_print_again(request.user, minutes),
        "history": history_of(minutes),
        "crumbs": _steps(meeting),
    }
    return render(request, "meetings/desk/publication.html", context)


def _pdfs_of(minutes: Minutes) -> list[tuple[Edition, MinutesPdf | None]]:
    """Of each edition that goes out, as long as it does."""
    if minutes.state != State.PUBLISHED:
        return []
    rows = {row.edition: row for row in MinutesPdf.objects.filter(minutes=minutes).asked_last()}
    return [(edition, rows.get(edition)) for edition in editions.printed_of(minutes)]


@edits
@post_only("meetings:desk-publication", "public_id")
def print_again(request: HttpRequest, public_id: str) -> HttpResponse:
    minutes = get_minutes(get_meeting(request, public_id))
    by: Any = request.user
    attempt(
        request,
        lambda: renderings.print_again(minutes=minutes, by=by),
        _("PDFを作るように頼みました。数分たったら、このページを開き直してください。"),
    )
    return redirect(f"{reverse('meetings:desk-publication', args=[public_id])}#pdf")


def _steps(meeting: Meeting, *more: Step) -> Crumbs:
    return section_steps(meeting, "desk-publication", _("承認と公開"), *more)


def _steps_of(user: Any, minutes: Minutes, obstacles: list[services.Obstacle]) -> list[dict[str, Any]]:
    """Every way that leads on from here, also those that this person may not take."""
    found = []
    for (before, to), way in MINUTES_WAYS.items():
        if before != minutes.state:
            continue
        against = reason_against(permissions.check_can_move_minutes, user, minutes, to)
        if not against and obstacles and to in FORWARD:
            against = _("先に、上の「まだできないわけ」を片付けてください。")
        found.append(
            {
                "to": to.value,
                "label": str(way.label),
                "needs_reason": way.needs_reason,
                "against": against,
                "is_way_out": to == State.SUSPENDED,
                "is_main": to in FORWARD,
            }
        )
    # A reason for another way must not seem to be asked of whoever approves.
    return sorted(found, key=lambda step: not step["is_main"])


def _move(request: HttpRequest, minutes: Minutes, form: ReasonForm) -> bool:
    to = request.POST.get("to", "")
    if to not in State.values:
        raise Http404
    way = MINUTES_WAYS.get((State(minutes.state), State(to)))
    form.fields["reason"].required = bool(way and way.needs_reason)
    if not form.is_valid():
        return False
    by: Any = request.user
    return attempt(
        request,
        lambda: services.move_minutes(
            minutes=minutes,
            to=State(to),
            by=by,
            reason=form.cleaned_data["reason"],
            version=version_seen(request),
        ),
        _("議事録を「%(state)s」にしました。") % {"state": State(to).label},
    )


def _set_audiences(request: HttpRequest, minutes: Minutes, form: AudiencesForm) -> bool:
    if "audiences" not in request.POST or not form.is_valid():
        return False
    by: Any = request.user
    return attempt(
        request,
        lambda: services.set_audiences(
            minutes=minutes, by=by, version=version_seen(request), **form.cleaned_data
        ),
        _("読める人を決めました。"),
    )


# --- The leak check -------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def leaks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Names left in the edition without names. By POST: `write` for one block, `harmless` for one hit or for all
    organisations.
    """
    meeting = get_meeting(request, public_id)
    minutes = get_minutes(meeting)
    blocks = blocks_of(minutes)
    harmless = HarmlessForm(request.POST if "harmless" in request.POST else None)
    writing = LabelsTextForm(request.POST if "write" in request.POST else None)
    if request.method == "POST":
        is_done = (
            _write(request, minutes, writing)
            if "write" in request.POST
            else _judge(request, minutes, blocks, harmless)
        )
        if is_done:
            return redirect(request.get_full_path())
        blocks = blocks_of(minutes)
    open_blocks = [block for block in blocks if block.open_hits]
    page = paged(request, open_blocks, LEAKS_PER_PAGE)
    hits = [hit for block in open_blocks for hit in block.open_hits]
    decided = [hit for block in blocks for hit in block.hits if hit.decision is not None]
    context = {
        "meeting": meeting,
        "minutes": minutes,
        "page": page,
        "count": len(hits),
        "organization_count": sum(hit.found.kind == LeakKind.ORGANIZATION for hit in hits),
        "decided": decided[:MOST_DECIDED],
        "more_decided": max(0, len(decided) - MOST_DECIDED),
        "harmless": harmless,
        "writing": writing,
        "written_for": request.POST.get("write", ""),
        "judged": request.POST.get("harmless", ""),
        "needs_leak_check": labels_go_further(minutes),
        "against": reason_against(permissions.check_can_check_leaks, request.user, minutes),
        "is_frozen": bool(reason_against(permissions.check_is_not_frozen, minutes)),
        "crumbs": _steps(meeting, (_("名前のチェック"), "")),
    }
    return render(request, "meetings/desk/leaks.html", context)


def _write(request: HttpRequest, minutes: Minutes, form: LabelsTextForm) -> bool:
    utterance = get_object_or_404(Utterance, minutes=minutes, public_id=request.POST.get("write", ""))
    if not form.is_valid():
        return False
    by: Any = request.user
    return attempt(
        request,
        lambda: leak_services.write_labels_text(
            utterance=utterance,
            text=form.cleaned_data["labels_text"],
            by=by,
            version=version_seen(request),
        ),
        _("%(edition)sでの本文を書きました。") % {"edition": Edition.LABELS.label},
    )


def _judge(request: HttpRequest, minutes: Minutes, blocks: list[Block], form: HarmlessForm) -> bool:
    """A hit of a text that has changed since is not there any more: nothing is judged unseen."""
    wanted = request.POST.get("harmless", "")
    hits = [
        hit
        for block in blocks
        for hit in block.open_hits
        if hit.key == wanted or (wanted == "organizations" and hit.found.kind == LeakKind.ORGANIZATION)
    ]
    if not hits or not form.is_valid():
        return False
    by: Any = request.user
    return attempt(
        request,
        lambda: leak_services.judge_harmless(
            minutes=minutes, hits=hits, reason=form.cleaned_data["reason"], by=by
        ),
        _("「問題なし」と記録しました。"),
    )
