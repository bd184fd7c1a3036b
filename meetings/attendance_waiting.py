"""What waits for a member about meetings, and what the desk's page of an organisation lists of them."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.models import Attendance, Audience, MeetingState
from meetings.models.attendance import AttendanceQuerySet
from members.belongings import Belonging, Belongings
from members.models import Membership, Organization, User
from members.waiting import Waiting

LATEST = 20


def answers_wait(user: User, memberships: Sequence[Membership]) -> Iterable[Waiting]:
    """At most one query."""
    answering = [each.organization_id for each in memberships if each.may_edit or each.is_contact]
    if not answering:
        return
    rows = coming_invitations().unanswered().filter(organization__in=answering)
    keys = list(rows.order_by("meeting__starts_at", "pk").values_list("public_id", flat=True))
    if keys:
        hint = _("出席するか、だれが出るかを知らせてください。")
        address = reverse("meetings:my-answer", args=[keys[0]])
        yield Waiting(_("出欠の返事を待っている会議"), hint, len(keys), address)


def coming_invitations() -> AttendanceQuerySet:
    rows: AttendanceQuerySet = Attendance.objects.filter(
        meeting__state=MeetingState.PLANNED, meeting__starts_at__gt=timezone.now()
    )
    return rows


def written_about(organization: Organization) -> AttendanceQuerySet:
    """Invitations about which its people get mails."""
    rows: AttendanceQuerySet = Attendance.objects.filter(organization=organization)
    return rows


def invitations_of(organization: Organization) -> Belongings:
    rows = coming_invitations().filter(organization=organization, withdrawn_at=None)
    return Belongings(
        _("これからの会議の案内"),
        [_seat(row, "n月j日") for row in rows.select_related("meeting").order_by("meeting__starts_at", "pk")],
        left=_("退会した団体への案内です。担当者がいないので、返事はできません。案内を取り消してください。"),
    )


def meetings_attended_by(organization: Organization) -> Belongings:
    """The last ones to which it came, as far as it was recorded."""
    rows = Attendance.objects.coming().filter(
        organization=organization, meeting__state__in=[MeetingState.HELD, MeetingState.PUBLISHED]
    )
    newest = rows.select_related("meeting").order_by("-meeting__starts_at", "-pk")[:LATEST]
    return Belongings(_("会議への出席"), [_seat(row, "Y年n月j日") for row in newest])


def _seat(row: Attendance, day_format: str) -> Belonging:
    """All of the desk read this page; what a closed meeting is called is the secretariat's alone."""
    meeting = row.meeting
    title = _("事務局だけの会議") if meeting.audience == Audience.CLOSED else meeting.title
    day = date_format(timezone.localtime(meeting.starts_at), day_format)
    return Belonging(
        _("%(title)s（%(day)s）") % {"title": title, "day": day},
        str(row.get_answer_display()),
        reverse("meetings:desk-attendance", args=[meeting.public_id]),
    )
