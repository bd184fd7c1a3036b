"""Invitations and attendance of one meeting: asking, watching answers come in, recording who came."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.addressees import Addressees, Trouble, trouble_with
from meetings.audit_labels.history import history_of
from meetings.forms.attendance import (
    CameForm,
    DeskAnswerForm,
    NamedForm,
    TableForm,
    WalkInForm,
    people_forms,
    typed_people,
)
from meetings.models import Answer, Attendance, Attendee, Meeting
from meetings.models.attendance import Way
from meetings.permissions import attendance as permissions
from meetings.presenting.attendance import kind_words, present_attendance, table_rows, tally_of
from meetings.services.attendance import answering, coming, inviting, letters, reminding
from meetings.views.answering import MORE, Answering
from meetings.views.desk.common import edits, get_meeting, led_back, section_steps, sees
from platform_portal.access.checks import Refused, has, reason_against
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.desk import Crumbs, Step, attempt, paged
from platform_portal.sheets.pages import download

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    attendance: Attendance
    kind: str
    people: list[Attendee]
    trouble: Trouble | None
    has_left: bool
    can_withdraw: bool


def _steps(meeting: Meeting, *more: Step) -> Crumbs:
    return section_steps(meeting, "desk-attendance", _("案内と出欠"), *more)


def table_of(meeting: Meeting) -> str:
    """The address of the page that says who was asked."""
    return reverse("meetings:desk-attendance", args=[meeting.public_id])


@sees
@require_safe
def attendance(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who was asked, what they said, and in numbers. The table alone is fetched anew by a small script."""
    meeting = get_meeting(request, public_id)
    form = TableForm(request.GET)
    page = paged(request, form.rows_of(meeting).for_table().by_kind(), PER_PAGE)
    by_kind, total = tally_of(meeting)
    user = request.user
    context = {
        "meeting": meeting,
        "form": form,
        "has_garbage": not form.is_valid(),
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "page": page,
        "rows": _rows(page.object_list, meeting, user),
        "answers": [str(label) for label in Answer.labels],
        "by_kind": by_kind,
        "letters": meeting.attendances.exclude(letter=None, notice=None).count(),
        "total": total,
        "listed": present_attendance(meeting),
        # Notes and addresses are for those who tend the list; others of the desk see who comes.
        "may_tend": has(user, Permission.EDIT_MEETINGS),
        "no_invite": reason_against(permissions.check_can_invite_to_meeting, user, meeting),
        "no_record": reason_against(permissions.check_can_record_attendance, user, meeting),
        "crumbs": _steps(meeting),
    }
    return render(request, "meetings/desk/attendance.html", context)


def _rows(attendances: Any, meeting: Meeting, user: Any) -> list[Row]:
    listed = list(attendances)
    addressees = Addressees.of_attendances(listed)
    may_withdraw = permissions.can_invite_to_meeting(user, meeting)
    return [
        Row(
            each,
            kind_words(each.organization.kind if each.organization else ""),
            list(each.attendees.all()),
            trouble_with(addressees.of(each)) if each.invited_at and not each.withdrawn_at else None,
            each.organization is not None and not each.organization.is_active,
            may_withdraw and each.invited_at is not None and each.withdrawn_at is None,
        )
        for each in listed
    ]


# --- Asking ---------------------------------------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    against = reason_against(permissions.check_can_invite_to_meeting, request.user, meeting)
    if answer := led_back(request, table_of(meeting), against):
        return answer
    if request.method == "POST":
        _say_reminded(request, meeting)
        return redirect(table_of(meeting))
    waiting = list(meeting.attendances.unanswered().select_related("organization"))
    count = len(letters.recipients_of(waiting))
    context = {
        "title": _("返事を催促する"),
        "text": _(
            "まだ返事のない%(waiting)s団体に、メールを%(count)s通送ります。返事をした団体には送りません。"
        )
        % {"waiting": len(waiting), "count": count},
        "button": _("メールを送る"),
        "back": table_of(meeting),
        "crumbs": _steps(meeting, (_("返事を催促する"), "")),
    }
    return render(request, "members/desk/confirm.html", context)


def _say_reminded(request: HttpRequest, meeting: Meeting) -> None:
    try:
        sent = reminding.remind_now(meeting=meeting, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
        return
    if sent:
        messages.success(request, _("催促のメールを%(count)s通送ります。") % {"count": sent})
    else:
        messages.info(request, _("返事を待っていて、メールの届く団体はありません。メールは送っていません。"))


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: str, attendance_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    row = _row(meeting, attendance_id)
    against = reason_against(permissions.check_can_withdraw_invitation, request.user, row)
    if answer := led_back(request, table_of(meeting), against):
        return answer
    if request.method == "POST":
        attempt(
            request,
            lambda: inviting.withdraw_invitation(attendance=row, by=request.user),
            _("「%(name)s」の案内を取り消しました。メールで知らせます。") % {"name": row.name},
        )
        return redirect(table_of(meeting))
    context = {
        "title": _("案内を取り消す"),
        "text": _(
            "「%(name)s」の案内を取り消して、そのことをメールで知らせます。前のリンクは使えなくなります。"
        )
        % {"name": row.name},
        "button": _("案内を取り消す"),
        "back": table_of(meeting),
        "crumbs": _steps(meeting, (_("案内を取り消す"), "")),
    }
    return render(request, "members/desk/confirm.html", context)


def _row(meeting: Meeting, attendance_id: str) -> Attendance:
    rows = meeting.attendances.select_related("meeting", "organization").prefetch_related("attendees")
    found: Attendance = get_object_or_404(rows, public_id=attendance_id)
    return found


# --- Answers by telephone, and who came -----------------------------------------------------------
@edits
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, public_id: str, attendance_id: str) -> HttpResponse:
    """What one organisation said by telephone, or, once the meeting has begun, who of it came."""
    meeting = get_meeting(request, public_id)
    row = _row(meeting, attendance_id)
    page = Answering(request, row, form=DeskAnswerForm, row=CameForm if meeting.has_begun else NamedForm)
    if page.is_sent:
        stored = page.store(
            lambda reply, seen: answering.record_answer(
                attendance=row, reply=reply, seen=seen, by=request.user
            )
        )
        if stored:
            messages.success(request, _("「%(name)s」の返事を記録しました。") % {"name": row.name})
            return redirect(_came_from(request, row))
    context = {
        "meeting": meeting,
        "attendance": row,
        "page": page,
        "form": page.form,
        "back": _came_from(request, row),
        "history": history_of(row),
        "against": reason_against(permissions.check_can_record_answer, request.user, row),
        "crumbs": _steps(meeting, (row.name, "")),
    }
    return render(request, "meetings/desk/attendance_record.html", context, status=page.status)


def _came_from(request: HttpRequest, row: Attendance) -> str:
    """To the list of those who came, at the same organisation, for whoever goes through it; else to the table."""
    if request.GET.get("back") != "came":
        return table_of(row.meeting)
    page = reverse("meetings:desk-attendance-came", args=[row.meeting.public_id])
    return f"{page}#row-{row.public_id}"


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def came(request: HttpRequest, public_id: str) -> HttpResponse:
    """Everybody who wanted to come, as they said it: change who differs, and save once. `as_answered`: nobody differs."""
    meeting = get_meeting(request, public_id)
    against = reason_against(permissions.check_can_record_attendance, request.user, meeting)
    if answer := led_back(request, table_of(meeting), against):
        return answer
    if request.method == "POST" and attempt(
        request,
        lambda: _record_who_came(request, meeting),
        _("だれが来たかを記録しました。"),
    ):
        return redirect(table_of(meeting))
    rows = list(meeting.attendances.filter(withdrawn_at=None).for_table().by_kind())
    context = {
        "meeting": meeting,
        "rows": [row for row in rows if row.attendees.all()],
        "others": [row for row in rows if not row.attendees.all()],
        "expected": Attendee.objects.expected().filter(attendance__meeting=meeting).count(),
        "ways": Way.choices,
        "crumbs": _steps(meeting, (_("来た人を記録する"), "")),
    }
    return render(request, "meetings/desk/attendance_came.html", context)


def _record_who_came(request: HttpRequest, meeting: Meeting) -> None:
    if "as_answered" in request.POST:
        coming.record_as_answered(meeting=meeting, by=request.user)
        return
    said = {
        int(key): how
        for name, how in request.POST.items()
        if how in Way.values
        and (key := name.removeprefix("how-")) != name
        and key.isascii()
        and key.isdigit()
        and len(key) < 19
    }
    online = {key for key, how in said.items() if how == Way.ONLINE}
    present = online | {key for key, how in said.items() if how == Way.CAME}
    coming.record_who_came(meeting=meeting, shown=said.keys(), came=present, online=online, by=request.user)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    against = reason_against(permissions.check_can_record_attendance, request.user, meeting)
    if answer := led_back(request, table_of(meeting), against):
        return answer
    wants_more, is_sent = "more" in request.POST, request.method == "POST" and "more" not in request.POST
    if wants_more:
        typed = {name: request.POST.get(name, "") for name in ("organization", "guest_name")}
        form, people = WalkInForm(initial=typed), people_forms(None, typed_people(request.POST), spare=MORE)
    else:
        form = WalkInForm(request.POST if is_sent else None)
        people = people_forms(request.POST if is_sent else None, [])
    if is_sent and all([form.is_valid(), people.is_valid()]):
        values = form.cleaned_data
        done = attempt(
            request,
            lambda: coming.add_walk_in(
                meeting=meeting,
                organization=values["organization"],
                guest_name=values["guest_name"],
                people=people.people,
                by=request.user,
            ),
            _("当日来た人を記録しました。"),
            form,
        )
        if done:
            return redirect(table_of(meeting))
    context = {
        "meeting": meeting,
        "form": form,
        "people": people,
        "crumbs": _steps(meeting, (_("当日来た人を加える"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "meetings/desk/attendance_walk_in.html", context, status=status)


# --- What comes of it -----------------------------------------------------------------------------
@edits
@require_safe
def export(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The whole table; `format`: csv (default) or xlsx. Who took it along is recorded."""
    meeting = get_meeting(request, public_id)
    permissions.check_can_tend_attendance(request.user)
    with transaction.atomic():
        audit.record(
            type="meetings.attendance_exported",
            by=request.user,
            obj=meeting,
            new={"count": meeting.attendances.count()},
        )
    return download(
        table_rows(meeting),
        name="attendance",
        title=_("出欠"),
        as_workbook=request.GET.get("format") == "xlsx",
    )


@sees
@require_safe
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list of those present as it is handed in, on paper."""
    meeting = get_meeting(request, public_id)
    context = {
        "meeting": meeting,
        "listed": present_attendance(meeting),
        "crumbs": _steps(meeting, (_("出席者の名簿"), "")),
    }
    return render(request, "meetings/desk/attendance_sheet.html", context)


@edits
@post_only("meetings:desk-attendance", "public_id")
def take_over_counts(request: HttpRequest, public_id: str) -> HttpResponse:
    meeting = get_meeting(request, public_id)
    attempt(
        request,
        lambda: coming.take_over_counts(meeting=meeting, by=request.user),
        _("出席の数を、会議の記録の「参加の数」に書きました。"),
    )
    return redirect(table_of(meeting))
