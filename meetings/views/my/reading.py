"""The record of a meeting for those who may read more of it than everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.models import Minutes
from meetings.views.public.reading import (
    block_and_minutes,
    minutes_context,
    pdf_for,
    record_for,
    stopped_for,
    utterance_context,
)
from members.views.my.common import crumbs
from platform_portal.desk import Crumbs


@require_safe
def minutes(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Minutes.objects.select_related("meeting__body")
    row = get_object_or_404(rows, meeting__public_id=public_id)
    record = record_for(request.user, row, request.GET.get("edition", ""))
    if record is None:
        return _stopped(request, row)
    context = minutes_context(record) | {"crumbs": _crumbs(row, (_("議事録"), ""))}
    return render(request, "meetings/my/minutes.html", context)


@require_safe
def minutes_pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Minutes.objects.select_related("meeting__body")
    row = get_object_or_404(rows, meeting__public_id=public_id)
    return pdf_for(request.user, row, request.GET.get("edition", ""))


@require_safe
def utterance(request: HttpRequest, public_id: str) -> HttpResponse:
    block, row = block_and_minutes(public_id)
    record = record_for(request.user, row, request.GET.get("edition", ""))
    if record is None:
        return _stopped(request, row)
    own = reverse("meetings:my-minutes", args=[row.meeting.public_id])
    context = utterance_context(record, block) | {
        "crumbs": _crumbs(row, (_("議事録"), own), (_("1つの発言"), ""))
    }
    return render(request, "meetings/my/utterance.html", context, status=410 if block.removed_at else 200)


def _stopped(request: HttpRequest, row: Minutes) -> HttpResponse:
    """Raises Http404 for who could never read it."""
    if not stopped_for(request.user, row):
        raise Http404
    context = {"minutes": row, "crumbs": _crumbs(row, (_("議事録"), ""))}
    return render(request, "meetings/my/minutes_stopped.html", context, status=410)


def _crumbs(row: Minutes, *steps: tuple[str, str]) -> Crumbs:
    meeting = row.meeting
    return crumbs(
        (_("会議"), reverse("meetings:my-meetings")),
        (meeting.title, reverse("meetings:my-meeting", args=[meeting.public_id])),
        *steps,
    )
