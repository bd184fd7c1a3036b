"""The page behind the link in an invitation. Open to whoever holds the link.

Opening it answers nothing, so a scanner of mails answers nothing; an answer is a POST with the form's own token. It
shows the meeting and what one's own organisation has said, never anything about others.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from meetings.attendance_links import Link, read_answer_token
from meetings.forms.attendance import LinkAnswerForm
from meetings.mails.attendance import agenda_lines
from meetings.permissions.attendance import check_is_open_for_answers
from meetings.presenting.calendars import calendar_of
from meetings.services.attendance import answering as services
from meetings.views.answering import Answering
from platform_portal.access.checks import reason_against
from platform_portal.open_pages import open_page
from platform_portal.public_forms import TOO_MANY, is_limited

RATE = "60/h"


behind_a_link = open_page(unusable="meetings/public/answer_unusable.html")


@behind_a_link
def answer(request: HttpRequest, token: str) -> HttpResponse:
    link = read_answer_token(token)
    attendance = link.attendance
    page = Answering(request, attendance, form=LinkAnswerForm)
    if page.is_sent and _is_stored(request, page, link):
        # On a phone the agenda fills the first screen: straight to what has been taken down.
        return redirect(f"{reverse('meetings:answer', args=[token])}#answered")
    context = {
        "page": page,
        "form": page.form,
        "attendance": attendance,
        "people": list(attendance.attendees.all()),
        "meeting": attendance.meeting,
        "agenda": agenda_lines(attendance.meeting),
        "against": reason_against(check_is_open_for_answers, attendance.meeting),
        "token": token,
    }
    return render(request, "meetings/public/answer.html", context, status=page.status)


@behind_a_link
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The meeting for one's own calendar, with the online address: whoever holds the link is invited."""
    meeting = read_answer_token(token).attendance.meeting
    content = calendar_of([meeting], meeting.title, is_inside=True)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response


def _is_stored(request: HttpRequest, page: Answering, link: Link) -> bool:
    form: Any = page.form
    if page.is_valid() and is_limited(request, group="meeting-answer", rate=RATE):
        form.add_error(None, TOO_MANY)
        page.status = 429
        return False
    return page.store(
        lambda reply, seen: services.answer_by_link(attendance=link.attendance, reply=reply, seen=seen)
    )
