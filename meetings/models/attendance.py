"""出席: who is asked to a meeting, what they answered and who came."""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from members.models import Organization
from members.models.organizations import OrganizationKind
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired


class Answer(models.TextChoices):
    WAITING = "waiting", _("返事待ち")
    PRESENT = "present", _("出席")
    PROXY = "proxy", _("代理が出席")
    ONLINE = "online", _("オンラインで出席")
    ABSENT = "absent", _("欠席")


COMING = (Answer.PRESENT, Answer.PROXY, Answer.ONLINE)


class AnswerWay(models.TextChoices):
    """How an answer reached the secretariat."""

    LINK = "link", _("メールのリンクから")
    MEMBER = "member", _("サインインして")
    DESK = "desk", _("電話など（事務局が記録）")


class Way(models.TextChoices):
    """What the secretariat records of a person afterwards."""

    CAME = "came", _("来た")
    ONLINE = "online", _("オンライン")
    AWAY = "away", _("来なかった")


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def invited(self) -> "AttendanceQuerySet":
        return self.filter(invited_at__isnull=False, withdrawn_at=None)

    def acted_for_by(self, user: Any) -> "AttendanceQuerySet":
        """Those of the organisations that `user` acts for today. Fetching is authorising: others are not found."""
        return self.filter(organization__in=Organization.objects.acted_for_by(user).values("pk"))

    def told(self) -> "AttendanceQuerySet":
        """Those who have their invitation, or will get it as things stand then: they learn of changes."""
        return self.invited().exclude(letter__is_reminder=False)

    def unanswered(self) -> "AttendanceQuerySet":
        return self.invited().filter(answer=Answer.WAITING)

    def coming(self) -> "AttendanceQuerySet":
        return self.filter(answer__in=COMING, withdrawn_at=None)

    def for_table(self) -> "AttendanceQuerySet":
        return self.select_related("organization").prefetch_related("attendees")

    def by_kind(self) -> "AttendanceQuerySet":
        """In the order in which offices name those who came: 幹事団体 first, who is no member last."""
        places = [When(organization__kind=kind, then=at) for at, kind in enumerate(OrganizationKind.values)]
        return self.annotate(place=Case(*places, default=len(places))).order_by(
            "place", "organization__kana", "organization__name", "position", "pk"
        )


class InvitationLetter(models.Model):
    """Asks many at once, or tells them of a change: mails that a worker is still writing. Deleted with the last of them."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="letters"
    )
    is_reminder = models.BooleanField(_("催促"), default=False)
    message = models.TextField(
        _("メールに添える言葉"), max_length=1000, blank=True, validators=[MaxLengthValidator(1000)]
    )
    # Of a change: what people know of the meeting. What is different when the mail is written, it tells.
    before = models.JSONField(_("変わる前の内容"), default=dict, blank=True, editable=False)
    asked_at = models.DateTimeField(_("頼まれた時刻"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ()
        internal = ("meeting", "is_reminder", "message", "before", "asked_at")
        personal = ()
        free_text = ("message",)
        leads_to_nobody = "Said to all who are invited; gone when the last mail is written."

    class Meta:
        verbose_name = _("まとめて送る案内")
        verbose_name_plural = _("まとめて送る案内")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.meeting)


class Attendance(PublicIdModel):
    """One organisation at one meeting: asked, answered, came. A guest from outside has a name instead."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="attendances"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
    )
    guest_name = models.CharField(
        _("会員でない団体の名前"), max_length=100, blank=True, validators=[validate_one_line]
    )
    guest_email = models.EmailField(_("会員でない団体のメールアドレス"), blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    invited_at = models.DateTimeField(_("案内した時刻"), null=True, blank=True, editable=False)
    invited_by = actor(_("案内した人"))
    reminded_at = models.DateTimeField(_("催促した時刻"), null=True, blank=True, editable=False)
    # Of a mail that is not written yet.
    letter = models.ForeignKey(
        InvitationLetter,
        verbose_name=_("まとめて送る案内"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="attendances",
    )
    # The same of a mail about a change.
    notice = models.ForeignKey(
        InvitationLetter,
        verbose_name=_("まとめて送る変更の知らせ"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="noticed",
    )
    # Raised to make links that went out before worthless.
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)

    answer = models.CharField(_("返事"), max_length=7, choices=Answer.choices, default=Answer.WAITING)
    answer_note = models.TextField(
        _("返事の添え書き"), max_length=500, blank=True, validators=[MaxLengthValidator(500)]
    )
    answered_at = models.DateTimeField(_("返事の時刻"), null=True, blank=True, editable=False)
    answer_way = models.CharField(
        _("返事のしかた"), max_length=6, choices=AnswerWay.choices, blank=True, editable=False
    )
    # Empty when the answer came by the link in the mail, without signing in.
    answered_as = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("返事をした人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("案内を取り消した時刻"), null=True, blank=True, editable=False)
    withdrawn_by = actor(_("案内を取り消した人"))

    objects: ClassVar[Any] = AttendanceQuerySet.as_manager()

    class Privacy:
        public = ("public_id", "meeting", "organization", "position")
        internal = (
            "guest_name",
            "invited_at",
            "invited_by",
            "reminded_at",
            "letter",
            "notice",
            "link_version",
            "answer",
            "answered_at",
            "answer_way",
            "withdrawn_at",
            "withdrawn_by",
        )
        personal = ("guest_email", "answer_note", "answered_as")
        free_text = ("guest_name",)

    class Meta:
        verbose_name = _("出席")
        verbose_name_plural = _("出席")
        ordering = ["meeting", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "organization"],
                name="meetings_attendance_once",
                violation_error_message=_("この団体は、もう案内の一覧にあります。"),
            ),
            models.CheckConstraint(
                condition=(Q(organization__isnull=False) & Q(guest_name=""))
                | (Q(organization=None) & ~Q(guest_name="")),
                name="meetings_attendance_organization_or_guest",
                violation_error_message=_("会員団体を選ぶか、会員でない団体の名前を書いてください。"),
            ),
            models.CheckConstraint(
                condition=Q(answer__in=Answer.values), name="meetings_attendance_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(answer_way__in=["", *AnswerWay.values]),
                name="meetings_attendance_answer_way_known",
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.WAITING, answered_at=None)
                | (~Q(answer=Answer.WAITING) & Q(answered_at__isnull=False)),
                name="meetings_attendance_answered_at_a_time",
            ),
            models.CheckConstraint(
                condition=paired("invited_at", "invited_by"), name="meetings_attendance_invited_pair"
            ),
            models.CheckConstraint(
                condition=paired("withdrawn_at", "withdrawn_by"), name="meetings_attendance_withdrawn_pair"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.organization.name if self.organization else self.guest_name


# What the answer page asks people to write as long as they do not know who will come.
UNDECIDED: Final = "未定"


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def expected(self) -> "AttendeeQuerySet":
        """Said to come, by name, and nobody has recorded whether they did."""
        said = self.filter(has_come=None, attendance__answer__in=COMING, attendance__withdrawn_at=None)
        return said.exclude(name=UNDECIDED)


class Attendee(models.Model):
    """One person who comes, or came, for an organisation."""

    attendance = models.ForeignKey(
        Attendance, verbose_name=_("出席"), on_delete=models.CASCADE, related_name="attendees"
    )
    name = models.CharField(_("氏名"), max_length=60, validators=[validate_one_line])
    role = models.CharField(_("役職"), max_length=60, blank=True, validators=[validate_one_line])
    is_proxy = models.BooleanField(_("代理"), default=False)
    is_online = models.BooleanField(_("オンライン"), default=False)
    # Known only after the meeting.
    has_come = models.BooleanField(_("実際に出席した"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)

    objects: ClassVar[Any] = AttendeeQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = ("attendance", "is_proxy", "is_online", "has_come", "position")
        personal = ("name", "role")
        leads_to_nobody = "Named by an organisation; part of the official record of the meeting."

    class Meta:
        verbose_name = _("出席者")
        verbose_name_plural = _("出席者")
        ordering = ["attendance", "position", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_undecided(self) -> bool:
        return self.name == UNDECIDED

    @property
    def way(self) -> str:
        """How they came; as they said it, until somebody has recorded it. Nothing as long as nobody knows who."""
        if self.has_come is False:
            return Way.AWAY
        if self.has_come is None and self.is_undecided:
            return ""
        return Way.ONLINE if self.is_online else Way.CAME
