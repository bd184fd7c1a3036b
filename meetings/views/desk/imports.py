"""Minutes from a file: upload, a proposal beside its source, put right, accepted or dismissed."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.forms.imports import MinutesFileForm, ProposalForm, UtteranceRowForm
from meetings.importing.planning import BlockRow, agenda_rows, header_rows, moved_rows, plan_blocks
from meetings.importing.proposals import Data
from meetings.models import Body, Meeting, MinutesImport, SpeakerAlias
from meetings.parsing.source import split_lines
from meetings.permissions.minutes import check_can_import_minutes
from meetings.services import imports as services
from meetings.services.aliases import forget_alias
from meetings.services.imports import Choices
from meetings.views.desk.common import edits, get_meeting, meeting_steps, version_seen
from platform_portal.access.checks import Refused, reason_against
from platform_portal.desk import attempt, paged, reason_of
from platform_portal.japanese.calendar import format_wareki_moment
from platform_portal.sheets.files import UnreadableFileError
from platform_portal.versions import number_in

PATIENCE = dt.timedelta(minutes=10)
RECENT = 20


# --- Upload -------------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def import_start(request: HttpRequest, public_id: str) -> HttpResponse:
    """For a meeting that is there."""
    meeting = get_meeting(request, public_id)
    return _start(request, meeting.body, meeting)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def body_import(request: HttpRequest, public_id: str) -> HttpResponse:
    """For a meeting that the file brings with it."""
    return _start(request, get_object_or_404(Body, public_id=public_id), None)


def _start(request: HttpRequest, body: Body, meeting: Meeting | None) -> HttpResponse:
    form = MinutesFileForm(request.POST, request.FILES) if request.method == "POST" else MinutesFileForm()
    if request.method == "POST" and form.is_valid():
        kept = _kept(request, form, body, meeting)
        if kept is not None:
            _tell_of_earlier(request, kept)
            return redirect("meetings:desk-import-proposal", kept.public_id)
    found = MinutesImport._default_manager.filter(body=body).select_related("uploaded_by", "meeting")
    if meeting is not None:
        found = found.filter(meeting=meeting)
    context = {
        "form": form,
        "body": body,
        "meeting": meeting,
        "against": reason_against(check_can_import_minutes, request.user, meeting),
        "recent": found.defer("text", "content", "proposal")[:RECENT],
        "crumbs": meeting_steps(meeting, (_("議事録の取り込み"), "")),
    }
    return render(request, "meetings/desk/import.html", context, status=422 if form.errors else 200)


def _kept(
    request: HttpRequest, form: MinutesFileForm, body: Body, meeting: Meeting | None
) -> MinutesImport | None:
    file = form.cleaned_data["file"]
    try:
        return services.keep_import(
            file=file, file_name=file.name, body=body, meeting=meeting, by=request.user
        )
    except UnreadableFileError as error:
        form.add_error("file", error.message)
    except Refused as refused:
        form.add_error(None, refused.reason)
    return None


def _tell_of_earlier(request: HttpRequest, kept: MinutesImport) -> None:
    same = MinutesImport._default_manager.filter(sha256=kept.sha256, body=kept.body).exclude(pk=kept.pk)
    earlier = same.select_related("uploaded_by").first()
    if earlier is not None:
        messages.warning(
            request,
            _("同じファイルが、%(day)sに一度取り込まれています（%(who)s）。")
            % {
                "day": format_wareki_moment(earlier.uploaded_at),
                "who": earlier.uploaded_by.name,
            },
        )


# --- The proposal -------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = MinutesImport._default_manager.select_related("body", "meeting__body", "uploaded_by")
    kept = get_object_or_404(rows, public_id=public_id)
    if kept.meeting is not None:
        get_meeting(request, kept.meeting.public_id)
    if request.method == "POST":
        return _answer(request, kept)
    return _draw(request, kept)


@dataclass(frozen=True, slots=True)
class SourceLine:
    number: int
    text: str
    doubts: list[int]  # places in the list of doubts
    utterances: list[int]


def _draw(
    request: HttpRequest,
    kept: MinutesImport,
    *,
    form: ProposalForm | None = None,
    row_form: UtteranceRowForm | None = None,
    opened: int | None = None,
    status: int = 200,
) -> HttpResponse:
    is_open = kept.read_at is not None and kept.accepted_at is None and kept.dismissed_at is None
    is_reading = kept.read_at is None and not kept.reading_error and kept.dismissed_at is None
    is_late = timezone.now() - kept.uploaded_at > PATIENCE
    context: dict[str, Any] = {
        "kept": kept,
        "is_open": is_open,
        "is_working": is_reading and not is_late,
        "is_stuck": is_reading and is_late,
        "here": reverse("meetings:desk-import-proposal", args=[kept.public_id]),
        "crumbs": meeting_steps(
            kept.meeting, (_("議事録の取り込み"), _start_address(kept)), (kept.file_name, "")
        ),
    }
    if kept.read_at is not None:
        context |= _context_of_reading(request, kept, form, row_form, opened)
    if is_open:
        context |= _context_of_accepting(request, kept)
    return render(request, "meetings/desk/import_proposal.html", context, status=status)


def _context_of_reading(
    request: HttpRequest,
    kept: MinutesImport,
    form: ProposalForm | None,
    row_form: UtteranceRowForm | None,
    opened: int | None,
) -> dict[str, Any]:
    data = kept.proposal
    asked = number_in(request.GET.get("edit", ""))
    if opened is None and asked is not None and asked < len(data["utterances"]):
        opened = asked
    if opened is not None and row_form is None:
        row_form = UtteranceRowForm(data["utterances"][opened])
    return {
        "data": data,
        "lines": _lines_of(kept),
        "form": form or ProposalForm(data),
        "opened": opened,
        "edited": data["utterances"][opened] if opened is not None else None,
        "row_form": row_form,
    }


def _context_of_accepting(request: HttpRequest, kept: MinutesImport) -> dict[str, Any]:
    minutes, rows = plan_blocks(kept)
    meeting = kept.meeting
    return {
        "against": reason_against(check_can_import_minutes, request.user, meeting),
        "minutes": minutes,
        "seen": minutes.version if minutes else 0,
        "header": [row for row in header_rows(kept.proposal, meeting) if row.differs] if meeting else [],
        "has_agenda": meeting is not None and meeting.agenda.exists(),
        "agenda_differs": agenda_rows(kept.proposal, meeting) if meeting else [],
        "has_counts": meeting is not None and meeting.counts.exists(),
        "fates": _by_fate(rows) if minutes else {},
        "moved": moved_rows(rows),
    }


def _by_fate(rows: list[BlockRow]) -> dict[str, list[BlockRow]]:
    found: dict[str, list[BlockRow]] = {"new": [], "same": [], "changed": [], "missing": []}
    for row in rows:
        found[row.fate].append(row)
    return found


def _lines_of(kept: MinutesImport) -> list[SourceLine]:
    doubts: dict[int, list[int]] = {}
    begins: dict[int, list[int]] = {}
    for place, flag in enumerate(kept.proposal["flags"]):
        doubts.setdefault(flag["line"], []).append(place)
    for place, row in enumerate(kept.proposal["utterances"]):
        begins.setdefault(row["line"], []).append(place)
    return [
        SourceLine(
            line.number,
            kept.text[line.start : line.end],
            doubts.get(line.number, []),
            begins.get(line.number, []),
        )
        for line in split_lines(kept.text)
    ]


def _start_address(kept: MinutesImport) -> str:
    if kept.meeting is not None:
        return reverse("meetings:desk-import", args=[kept.meeting.public_id])
    return reverse("meetings:desk-body-import", args=[kept.body.public_id])


# --- Answers ------------------------------------------------------------------------------------
def _answer(request: HttpRequest, kept: MinutesImport) -> HttpResponse:
    here = reverse("meetings:desk-import-proposal", args=[kept.public_id])
    if "dismiss" in request.POST:
        attempt(
            request,
            lambda: services.dismiss_import(kept=kept, by=request.user),
            _("この取り込みは使わないことにしました。原文は残っています。"),
        )
        return redirect(here)
    if kept.read_at is None or kept.accepted_at is not None or kept.dismissed_at is not None:
        messages.error(request, _("この取り込みは、もう直せません。"))
        return redirect(here)
    if "row" in request.POST:
        return _correct_row(request, kept, here)
    return _correct_or_accept(request, kept, here)


def _correct_row(request: HttpRequest, kept: MinutesImport, here: str) -> HttpResponse:
    rows: list[Data] = kept.proposal["utterances"]
    index = number_in(request.POST["row"])
    if index is None or index >= len(rows):
        messages.error(request, _("この発言は、もうありません。"))
        return redirect(here)
    form = UtteranceRowForm(rows[index], request.POST)
    if not form.is_valid():
        return _draw(request, kept, row_form=form, opened=index, status=422)
    try:
        services.correct_import(
            kept=kept,
            parts={"utterances": form.changed(rows, index)},
            version=version_seen(request),
            by=request.user,
        )
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _draw(request, kept, row_form=form, opened=index, status=409)
    messages.success(request, _("案を直しました。"))
    return redirect(f"{here}#p-{index}")


def _correct_or_accept(request: HttpRequest, kept: MinutesImport, here: str) -> HttpResponse:
    form = ProposalForm(kept.proposal, request.POST)
    if not form.is_valid():
        messages.error(request, _("直すところがあります。印のついた欄を確かめてください。"))
        return _draw(request, kept, form=form, status=422)
    try:
        corrected = services.correct_import(
            kept=kept, parts=form.parts(), version=version_seen(request), by=request.user
        )
        if "accept" not in request.POST:
            messages.success(request, _("案を直しました。"))
            return redirect(here)
        outcome = services.accept_import(kept=corrected, choices=_choices(request), by=request.user)
    except (Refused, ValidationError) as error:
        messages.error(request, reason_of(error))
        return redirect(here)
    messages.success(
        request,
        _("議事録の下書きにしました。発言は%(blocks)s件、確かめるところは%(flags)s件です。")
        % {"blocks": outcome.utterances, "flags": outcome.flags},
    )
    return redirect("meetings:desk-minutes", outcome.minutes.meeting.public_id)


def _choices(request: HttpRequest) -> Choices:
    return Choices(
        header=frozenset(request.POST.getlist("header")),
        file=frozenset(request.POST.getlist("file")) if "differences" in request.POST else None,
        drop_missing="drop_missing" in request.POST,
        seen=number_in(request.POST.get("seen", "")),
    )


# --- Names learnt -------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def aliases(request: HttpRequest, public_id: str) -> HttpResponse:
    """How the records of one body print people; by POST one is forgotten."""
    body = get_object_or_404(Body, public_id=public_id)
    known = SpeakerAlias._default_manager.filter(body=body).select_related("organization")
    if request.method == "POST":
        key = number_in(request.POST.get("alias", ""))
        alias = known.filter(pk=key).first() if key is not None else None
        if alias is not None:
            attempt(request, lambda: forget_alias(alias=alias, by=request.user), _("呼び名を1つ消しました。"))
        return redirect("meetings:desk-aliases", body.public_id)
    context = {
        "body": body,
        "page": paged(request, known),
        "crumbs": meeting_steps(None, (body.name, ""), (_("発言者の呼び名"), "")),
    }
    return render(request, "meetings/desk/aliases.html", context)
