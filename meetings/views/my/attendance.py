"""Answering an invitation for one's own organisation. Fetching is authorising."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meetings.attendance_waiting import coming_invitations
from meetings.forms.attendance import AnswerForm
from meetings.mails.attendance import agenda_lines
from meetings.models import Attendance
from meetings.permissions.attendance import check_can_answer_as_member
from meetings.services.attendance import answering as services
from meetings.views.answering import Answering
from members.views.my.common import crumbs
from platform_portal.access.checks import reason_against


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, attendance_id: str) -> HttpResponse:
    rows = Attendance.objects.acted_for_by(request.user).filter(invited_at__isnull=False)
    attendance = get_object_or_404(
        rows.select_related("meeting__body", "organization"), public_id=attendance_id
    )
    page = Answering(request, attendance, form=AnswerForm)
    if page.is_sent:
        check_can_answer_as_member(request.user, attendance)
        stored = page.store(
            lambda reply, seen: services.answer_as_member(
                attendance=attendance, reply=reply, seen=seen, by=request.user
            )
        )
        if stored:
            messages.success(request, _("返事を受け取りました。会議が始まるまで変えられます。"))
            return redirect("meetings:my-answer", attendance_id=attendance_id)
    others = coming_invitations().unanswered().acted_for_by(request.user).exclude(pk=attendance.pk)
    context = {
        "page": page,
        "form": page.form,
        "attendance": attendance,
        "people": list(attendance.attendees.all()),
        "meeting": attendance.meeting,
        "agenda": agenda_lines(attendance.meeting),
        "against": reason_against(check_can_answer_as_member, request.user, attendance),
        "others": others.select_related("meeting", "organization").order_by("meeting__starts_at", "pk")[:20],
        "crumbs": crumbs(
            (_("会議"), reverse("meetings:my-meetings")),
            (attendance.meeting.title, reverse("meetings:my-meeting", args=[attendance.meeting.public_id])),
            (_("出欠の返事"), ""),
        ),
    }
    return render(request, "meetings/my/answer.html", context, status=page.status)
