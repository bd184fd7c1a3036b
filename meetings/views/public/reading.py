"""The record of a meeting for everybody: whole, and one block of it under its permanent address."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.models import Minutes, Utterance
from meetings.presenting.record import Record, editions_for, present_record, promises_of
from meetings.services.renderings import asked_last, current_pdf, former_pdfs
from platform_portal.desk import Crumbs
from platform_portal.page_cache import public_page

# Blocks shown before and after the one that an address leads to.
NEIGHBOURS = 2


@public_page()
def minutes(request: HttpRequest, public_id: str) -> HttpResponse:
    row = Minutes.objects.select_related("meeting__body").filter(meeting__public_id=public_id).first()
    if row is None:
        raise Http404
    record = record_for(AnonymousUser(), row, request.GET.get("edition", ""))
    if record is None:
        return _stopped(request, row) or _lead_inside(request, row, "meetings:my-minutes", public_id)
    context = minutes_context(record) | {"crumbs": _crumbs(row, (_("議事録"), ""))}
    return render(request, "meetings/public/minutes.html", context)


@public_page()
def minutes_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Minutes.objects.select_related("meeting__body")
    row = get_object_or_404(rows, meeting__public_id=public_id)
    return pdf_for(AnonymousUser(), row, request.GET.get("edition", ""))


@public_page()
def utterance(request: HttpRequest, public_id: str) -> HttpResponse:
    block, row = block_and_minutes(public_id)
    record = record_for(AnonymousUser(), row, request.GET.get("edition", ""))
    if record is None:
        return _stopped(request, row) or _lead_inside(request, row, "meetings:my-utterance", public_id)
    own = reverse("meetings:minutes", args=[row.meeting.public_id])
    context = utterance_context(record, block) | {
        "crumbs": _crumbs(row, (_("議事録"), own), (_("1つの発言"), ""))
    }
    status = 410 if block.removed_at else 200
    response = render(request, "meetings/public/utterance.html", context, status=status)
    # Its words stand in the record; what is taken out there shall not live on in a search engine.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# --- What the members' pages share ---------------------------------------------------------------
def record_for(user: Any, row: Minutes, wanted: str) -> Record | None:
    """None where `user` may read no edition of it."""
    editions = editions_for(user, row)
    return present_record(row, editions, wanted) if editions else None


def minutes_context(record: Record) -> dict[str, Any]:
    asked = asked_last(record.minutes, record.edition)
    return {
        "record": record,
        "promises": promises_of(record),
        "pdf": asked if asked and asked.rendered_at else None,
        "is_printing": asked is not None and not asked.error,
        "former_pdfs": former_pdfs(record.minutes, record.edition),
    }


def pdf_for(user: Any, row: Minutes, wanted: str) -> HttpResponse:
    """Raises Http404 where `user` may not read it, and while it is being made."""
    editions = editions_for(user, row)
    if not editions:
        raise Http404
    edition = next((each for each in editions if each == wanted), editions[0])
    pdf = current_pdf(row, edition)
    if pdf is None:
        raise Http404
    with pdf.file.open("rb") as file:
        response = HttpResponse(file.read(), content_type="application/pdf")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = (
        f'inline; filename="minutes-{row.meeting.public_id}-{edition}.pdf"'
    )
    return response


def block_and_minutes(public_id: str) -> tuple[Utterance, Minutes]:
    """Raises Http404."""
    rows = Utterance.objects.select_related("minutes__meeting__body").defer("named_vector", "labels_vector")
    block = rows.filter(public_id=public_id).first()
    if block is None:
        raise Http404
    return block, block.minutes


def utterance_context(record: Record, block: Utterance) -> dict[str, Any]:
    """The block among its neighbours. Raises Http404 for one under a closed item of the agenda."""
    place = record.place_of(block.public_id)
    if place is None:
        raise Http404
    return {
        "record": record,
        "asked": record.blocks[place],
        "asked_alone": [record.blocks[place]],
        "before": record.blocks[max(0, place - NEIGHBOURS) : place],
        "after": record.blocks[place + 1 : place + 1 + NEIGHBOURS],
    }


def stopped_for(user: Any, row: Minutes) -> bool:
    """Whether `user` could read the record until its publication was stopped."""
    return bool(Minutes.objects.suspended_to(user).filter(pk=row.pk).exists())


# --- Where there is nothing for everybody -------------------------------------------------------
def _stopped(request: HttpRequest, row: Minutes) -> HttpResponse | None:
    if not stopped_for(AnonymousUser(), row):
        return None
    context = {"minutes": row, "crumbs": _crumbs(row, (_("議事録"), ""))}
    return render(request, "meetings/public/minutes_stopped.html", context, status=410)


def _lead_inside(request: HttpRequest, row: Minutes, name: str, public_id: str) -> HttpResponse:
    """Whoever may read it is led to the page for those who take part; for others there is no record. Raises Http404."""
    if not request.user.is_authenticated:
        raise Http404
    if not editions_for(request.user, row) and not stopped_for(request.user, row):
        raise Http404
    response = redirect(name, public_id)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _crumbs(row: Minutes, *steps: tuple[str, str]) -> Crumbs:
    return [
        (_("ホーム"), reverse("consultations:home")),
        (_("会議"), reverse("meetings:meeting-list")),
        (row.meeting.title, reverse("meetings:meeting-detail", args=[row.meeting.public_id])),
        *steps,
    ]
