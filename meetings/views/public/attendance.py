"""The page behind the link in an invitation. Open to whoever holds the link.

Opening it answers nothing, so a scanner of mails answers nothing; an answer is a POST with the form's own token. It
shows the meeting and what one's own organisation has said, never anything about others.
"""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from meetings.attendance_links import Link, UnusableLinkError, read_answer_token
from meetings.forms.attendance import LinkAnswerForm
from meetings.mails.attendance import agenda_lines
from meetings.permissions.attendance import check_is_open_for_answers
from meetings.presenting.calendars import calendar_of
from meetings.services.attendance import answering as services
from meetings.views.answering import Answering
from platform_portal.access.checks import Refused, reason_against
from platform_portal.public_forms import is_limited, is_same_origin

RATE = "60/h"


def behind_a_link(view: Any) -> Any:
    """Reads the token; says in plain words what to do when it opens nothing. Keeps everything off caches."""

    # There is no session to forge a request for: the token is the key, and `is_same_origin` asks where it comes from.
    @csrf_exempt
    @login_not_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        try:
            link = read_answer_token(token)
        except UnusableLinkError as error:
            status = 404 if error.problem == "broken" else 410
            context = {"problem": error.problem, "meeting": error.meeting}
            response = render(request, "meetings/public/answer_unusable.html", context, status=status)
        else:
            response = view(request, token, link)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


@behind_a_link
def answer(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    attendance = link.attendance
    page = Answering(request, attendance, form=LinkAnswerForm)
    if page.is_sent and _is_stored(request, page, link):
        return redirect("meetings:answer", token=token)
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
def calendar(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    """The meeting for one's own calendar, with the online address: whoever holds the link is invited."""
    meeting = link.attendance.meeting
    content = calendar_of([meeting], meeting.title, is_inside=True)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response


def _is_stored(request: HttpRequest, page: Answering, link: Link) -> bool:
    if not is_same_origin(request):
        raise Refused(_("別のサイトから送られたため、受け取りませんでした。"))
    form: Any = page.form
    if form.is_trapped:
        return True
    if page.is_valid() and is_limited(request, group="meeting-answer", rate=RATE):
        form.add_error(
            None,
            _(
                "短い間にたくさん届いたため、いまは受け取れません。1時間ほどたってから、もう一度お試しください。"
            ),
        )
        page.status = 429
        return False
    return page.store(
        lambda reply, seen: services.answer_by_link(attendance=link.attendance, reply=reply, seen=seen)
    )
