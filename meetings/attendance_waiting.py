"""What waits for a member about meetings, and what the desk's page of an organisation lists of them."""

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.models import Attendance, MeetingState
from meetings.models.attendance import AttendanceQuerySet
from members.belongings import Belonging, Belongings
from members.models import Membership, Organization, User
from members.waiting import Waiting


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
        [
            Belonging(
                _("%(title)s（%(day)s）")
                % {
                    "title": row.meeting.title,
                    "day": date_format(timezone.localtime(row.meeting.starts_at), "n月j日"),
                },
                str(row.get_answer_display()),
                reverse("meetings:desk-attendance", args=[row.meeting.public_id]),
            )
            for row in rows.select_related("meeting").order_by("meeting__starts_at", "pk")
        ],
        left=_("退会した団体への案内です。担当者がいないので、返事はできません。案内を取り消してください。"),
    )
