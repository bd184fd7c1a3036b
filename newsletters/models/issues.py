"""号: one newsletter as it is written, looked at by a second person, sent and kept."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator, MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.papers.serving import TYPES
from members.models.users import validate_one_line
from newsletters.models.newsletters import Newsletter, Readership
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired

LONGEST_BODY = 50_000  # characters
LONGEST_SUBJECT = 100


class IssueState(models.TextChoices):
    """Stored keys; never rename one, labels may change."""

    DRAFT = "draft", _("下書き")
    IN_REVIEW = "in_review", _("確認待ち")
    APPROVED = "approved", _("承認済み")
    SCHEDULED = "scheduled", _("送信予定")
    SENDING = "sending", _("送信中")
    PAUSED = "paused", _("一時停止中")
    COMPLETED = "completed", _("送信済み")
    CANCELLED = "cancelled", _("中止")


# Approved, and nothing in it has changed since.
BOUND_STATES = (
    IssueState.APPROVED,
    IssueState.SCHEDULED,
    IssueState.SENDING,
    IssueState.PAUSED,
    IssueState.COMPLETED,
)
# Its audience is frozen: every address has a row in the ledger.
FROZEN_STATES = (IssueState.SENDING, IssueState.PAUSED, IssueState.COMPLETED)
# Where one may be that was sent to its end before: its rest goes out once more.
RESENT_STATES = (IssueState.SENDING, IssueState.PAUSED, IssueState.CANCELLED)
EDITABLE_STATES = (IssueState.DRAFT, IssueState.IN_REVIEW, IssueState.APPROVED, IssueState.SCHEDULED)


class IssueQuerySet(models.QuerySet["Issue"]):
    def on_desk_for(self, user: Any) -> "IssueQuerySet":
        """In every state: those who write issues read all of them."""
        return self.all() if has(user, Permission.EDIT_ISSUES) else self.none()

    def unfinished(self) -> "IssueQuerySet":
        """What a sender may have something to do for."""
        return self.filter(state__in=[IssueState.SCHEDULED, IssueState.SENDING])

    def completed(self) -> "IssueQuerySet":
        """Once sent to its end; also while those that were refused get it once more, and whatever came of that."""
        return self.filter(completed_at__isnull=False)

    def published(self) -> "IssueQuerySet":
        """What everybody may read in the archive. One that was written for members stays theirs, whatever its
        newsletter has become since."""
        return self.for_members().filter(
            newsletter__readership=Readership.PUBLIC, content__readership=Readership.PUBLIC
        )

    def withdrawn_from_public(self) -> "IssueQuerySet":
        """Everybody could read it once."""
        return self.completed().filter(
            newsletter__readership=Readership.PUBLIC,
            content__readership=Readership.PUBLIC,
            is_withdrawn=True,
        )

    def for_members(self) -> "IssueQuerySet":
        """What members read: the public ones and their own."""
        return self.completed().filter(is_withdrawn=False)

    def frozen(self) -> "IssueQuerySet":
        """Those that have a ledger; also the ones that were cancelled on the way."""
        return self.filter(frozen_at__isnull=False)


class Issue(PublicIdModel):
    """`author` is who last changed the content: somebody else approves it.

    Approval keeps what will leave in `content` (newsletters.content) and its hash, audience included, in
    `approved_sha256`; any edit takes both away. The counts are set when the audience is frozen and never change.
    """

    newsletter = models.ForeignKey(
        Newsletter, verbose_name=_("メルマガ"), on_delete=models.PROTECT, related_name="issues"
    )
    number = models.PositiveIntegerField(_("号数"), null=True, blank=True, editable=False)  # from approval on
    subject = models.CharField(
        _("件名"), max_length=LONGEST_SUBJECT, blank=True, validators=[validate_one_line]
    )
    body = models.TextField(
        _("本文"), max_length=LONGEST_BODY, blank=True, validators=[MaxLengthValidator(LONGEST_BODY)]
    )
    state = models.CharField(
        _("状態"),
        max_length=10,
        choices=IssueState.choices,
        default=IssueState.DRAFT,
        db_index=True,
        editable=False,
    )
    author = actor(_("最後に書いた人"))
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("作った時刻"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)
    requested_at = models.DateTimeField(_("確認を頼んだ時刻"), null=True, blank=True, editable=False)
    requested_by = actor(_("確認を頼んだ人"))
    approved_at = models.DateTimeField(_("承認した時刻"), null=True, blank=True, editable=False)
    approved_by = actor(_("承認した人"))
    approved_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    content = models.JSONField(_("承認した内容"), null=True, blank=True, editable=False)
    send_at = models.DateTimeField(_("送る時刻"), null=True, blank=True, editable=False)
    scheduled_at = models.DateTimeField(_("予定を決めた時刻"), null=True, blank=True, editable=False)
    scheduled_by = actor(_("予定を決めた人"))
    frozen_at = models.DateTimeField(_("あて先を固めた時刻"), null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(_("止めた時刻"), null=True, blank=True, editable=False)
    paused_by = actor(_("止めた人"))
    cancelled_at = models.DateTimeField(_("中止した時刻"), null=True, blank=True, editable=False)
    cancelled_by = actor(_("中止した人"))
    completed_at = models.DateTimeField(_("送り終えた時刻"), null=True, blank=True, editable=False)
    candidate_count = models.PositiveIntegerField(_("購読者の数"), null=True, blank=True, editable=False)
    excluded_count = models.PositiveIntegerField(_("除いた数"), null=True, blank=True, editable=False)
    frozen_count = models.PositiveIntegerField(_("あて先の数"), null=True, blank=True, editable=False)
    # A mail of which nobody knows whether it arrived goes out so many times more; 0: nobody gets two copies.
    max_resends = models.PositiveSmallIntegerField(
        _("届いたか分からないとき送り直す回数"), default=1, validators=[MaxValueValidator(1)]
    )
    is_withdrawn = models.BooleanField(_("公開をやめた"), default=False, editable=False)
    page_views = models.PositiveIntegerField(_("ページが見られた回数"), default=0, editable=False)

    objects: ClassVar[Any] = IssueQuerySet.as_manager()

    class Privacy:
        public = ("public_id", "newsletter", "number", "subject", "content", "completed_at", "is_withdrawn")
        internal = (
            "body",
            "state",
            "author",
            "version",
            "created_at",
            "updated_at",
            "requested_at",
            "requested_by",
            "approved_at",
            "approved_by",
            "approved_sha256",
            "send_at",
            "scheduled_at",
            "scheduled_by",
            "frozen_at",
            "paused_at",
            "paused_by",
            "cancelled_at",
            "cancelled_by",
            "candidate_count",
            "excluded_count",
            "frozen_count",
            "max_resends",
            "page_views",
        )
        personal = ()

    class Meta:
        verbose_name = _("号")
        verbose_name_plural = _("号")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=IssueState.values), name="newsletters_issue_state_known"
            ),
            *(
                models.CheckConstraint(
                    condition=paired(f"{what}_at", f"{what}_by"), name=f"newsletters_issue_{what}_pair"
                )
                for what in ("requested", "approved", "scheduled", "paused", "cancelled")
            ),
            models.CheckConstraint(
                condition=~Q(state__in=BOUND_STATES)
                | Q(approved_at__isnull=False, content__isnull=False, number__isnull=False)
                & ~Q(approved_sha256=""),
                name="newsletters_issue_approved_is_bound",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[IssueState.DRAFT, IssueState.IN_REVIEW])
                | Q(approved_at=None, approved_sha256="", content=None, send_at=None, scheduled_at=None),
                name="newsletters_issue_open_is_not_bound",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[IssueState.SCHEDULED, *FROZEN_STATES])
                | Q(send_at__isnull=False, scheduled_at__isnull=False),
                name="newsletters_issue_scheduled_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=FROZEN_STATES)
                | Q(
                    frozen_at__isnull=False,
                    candidate_count__isnull=False,
                    excluded_count__isnull=False,
                    frozen_count__isnull=False,
                ),
                name="newsletters_issue_frozen_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(candidate_count=None, excluded_count=None, frozen_count=None)
                | Q(candidate_count=models.F("excluded_count") + models.F("frozen_count")),
                name="newsletters_issue_candidates_balance",
            ),
            models.CheckConstraint(
                condition=Q(state=IssueState.PAUSED, paused_at__isnull=False)
                | ~Q(state=IssueState.PAUSED) & Q(paused_at=None),
                name="newsletters_issue_paused_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=IssueState.COMPLETED, completed_at__isnull=False)
                | Q(state__in=RESENT_STATES)
                | Q(completed_at=None) & ~Q(state=IssueState.COMPLETED),
                name="newsletters_issue_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=IssueState.CANCELLED, cancelled_at__isnull=False)
                | ~Q(state=IssueState.CANCELLED) & Q(cancelled_at=None),
                name="newsletters_issue_cancelled_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(max_resends__lte=1), name="newsletters_issue_one_resend_at_most"
            ),
            models.UniqueConstraint(fields=["newsletter", "number"], name="newsletters_issue_number_once"),
        ]
        indexes = [
            models.Index(
                fields=["send_at"],
                name="newsletters_issue_unfinished",
                condition=Q(state__in=[IssueState.SCHEDULED, IssueState.SENDING]),
            ),
            models.Index(
                fields=["newsletter", "-completed_at"],
                name="newsletters_issue_archive",
                condition=Q(completed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.public_id


class IssueAttachment(PublicIdModel):
    """A file that goes with every copy. What it is was found by its content."""

    issue = models.ForeignKey(
        Issue, verbose_name=_("号"), on_delete=models.CASCADE, related_name="attachments"
    )
    file = models.FileField(_("ファイル"), upload_to="newsletters/attachments/", editable=False)
    name = models.CharField(_("ファイルの名前"), max_length=120, validators=[validate_one_line])
    content_type = models.CharField(_("種類"), max_length=100, editable=False)
    size = models.PositiveIntegerField(_("大きさ（バイト）"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(_("付けた時刻"), default=timezone.now, editable=False)
    added_by = actor(_("付けた人"), from_the_start=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ("public_id", "issue", "file", "name", "content_type", "size", "sha256")
        internal = ("added_at", "added_by")
        personal = ()

    class Meta:
        verbose_name = _("添付ファイル")
        verbose_name_plural = _("添付ファイル")
        ordering = ["issue", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """As papers of meetings call it."""
        return next(kind for kind, content_type in TYPES.items() if content_type == self.content_type)


class Duty(PublicIdModel):
    """Whose turn it is to write the next issue. Reminded once some days before, and once on the day."""

    newsletter = models.ForeignKey(
        Newsletter, verbose_name=_("メルマガ"), on_delete=models.PROTECT, related_name="duties"
    )
    due_on = models.DateField(_("出す日"))
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("担当"), on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(_("メモ"), max_length=200, blank=True, validators=[validate_one_line])
    issue = models.OneToOneField(
        Issue, verbose_name=_("号"), on_delete=models.SET_NULL, null=True, blank=True, related_name="duty"
    )
    reminded_at = models.DateTimeField(_("知らせた時刻"), null=True, blank=True, editable=False)
    reminded_again_at = models.DateTimeField(_("当日に知らせた時刻"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "public_id",
            "newsletter",
            "due_on",
            "editor",
            "note",
            "issue",
            "reminded_at",
            "reminded_again_at",
        )
        personal = ()

    class Meta:
        verbose_name = _("編集の当番")
        verbose_name_plural = _("編集の当番")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "due_on"],
                name="newsletters_duty_once_a_day",
                violation_error_message=_("このメルマガのこの日の当番は、もう決まっています。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.newsletter} {self.due_on:%Y-%m-%d}"
