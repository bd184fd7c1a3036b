"""確認: whoever spoke reads their own words before the record is published."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.minutes import Minutes, Utterance
from members.models import Organization
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired


class ChangeReason(models.TextChoices):
    """Why words are changed. The meaning of what was said never is."""

    OBVIOUS_ERROR = "obvious_error", _("明らかな誤り")
    ASKED_BY_SPEAKER = "asked_by_speaker", _("本人の申出")
    WORDING = "wording", _("表現の整え（意味は変えない）")


class ConfirmationRound(models.Model):
    """One time that a record is sent around. Only one is open at a time."""

    minutes = models.ForeignKey(
        Minutes, verbose_name=_("議事録"), on_delete=models.CASCADE, related_name="rounds"
    )
    due_on = models.DateField(_("返事の期限"))
    message = models.TextField(
        _("添える言葉"), max_length=1000, blank=True, validators=[MaxLengthValidator(1000)]
    )
    opened_at = models.DateTimeField(_("頼んだ時刻"), default=timezone.now, editable=False)
    opened_by = actor(_("頼んだ人"), from_the_start=True)
    closed_at = models.DateTimeField(_("締め切った時刻"), null=True, blank=True, editable=False)
    # Empty when the portal closed it after the due date.
    closed_as = models.ForeignKey(
        "members.User",
        verbose_name=_("早めに締め切った人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Privacy:
        public = ()
        internal = (
            "minutes",
            "due_on",
            "message",
            "opened_at",
            "opened_by",
            "closed_at",
            "closed_as",
        )
        personal = ()

    class Meta:
        verbose_name = _("発言の確認")
        verbose_name_plural = _("発言の確認")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["minutes"],
                condition=Q(closed_at=None),
                name="meetings_confirmationround_one_open",
                violation_error_message=_("この議事録は、いま確認を頼んでいるところです。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} {self.due_on:%Y-%m-%d}"


class ConfirmationAnswer(models.TextChoices):
    WAITING = "waiting", _("返事待ち")
    AGREED = "agreed", _("了承")
    CHANGES = "changes", _("修正案あり")
    SILENT = "silent", _("期限までに返事なし")


class ConfirmationRequest(PublicIdModel):
    """One speaker's, or one organisation's, words in one round. Answered by a signed link, without signing in."""

    round = models.ForeignKey(
        ConfirmationRound, verbose_name=_("発言の確認"), on_delete=models.CASCADE, related_name="requests"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("会員団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    label = models.CharField(_("だれの発言か"), max_length=150, validators=[validate_one_line])
    # Of a speaker who belongs to no member organisation. Empty: whoever reads the organisation's mails on the day.
    email = models.EmailField(_("送り先のメールアドレス"), blank=True)
    utterances = models.ManyToManyField(
        Utterance, verbose_name=_("発言"), related_name="confirmation_requests"
    )
    link_version = models.PositiveSmallIntegerField(default=1, editable=False)
    sent_at = models.DateTimeField(_("送った時刻"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("催促した時刻"), null=True, blank=True, editable=False)
    answer = models.CharField(
        _("返事"),
        max_length=7,
        choices=ConfirmationAnswer.choices,
        default=ConfirmationAnswer.WAITING,
        editable=False,
    )
    answered_at = models.DateTimeField(_("返事の時刻"), null=True, blank=True, editable=False)

    class Privacy:
        public = ()
        internal = (
            "public_id",
            "round",
            "organization",
            "utterances",
            "link_version",
            "sent_at",
            "reminded_at",
            "answer",
            "answered_at",
        )
        personal = ("email", "label")

    class Meta:
        verbose_name = _("確認の依頼")
        verbose_name_plural = _("確認の依頼")
        ordering = ["round", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=ConfirmationAnswer.values),
                name="meetings_confirmationrequest_answer_known",
            ),
            models.CheckConstraint(
                condition=Q(answer=ConfirmationAnswer.WAITING, answered_at=None)
                | (~Q(answer=ConfirmationAnswer.WAITING) & Q(answered_at__isnull=False)),
                name="meetings_confirmationrequest_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ProposalState(models.TextChoices):
    PENDING = "pending", _("まだ決めていない")
    ACCEPTED = "accepted", _("取り入れた")
    DECLINED = "declined", _("取り入れなかった")


class ProposedChange(models.Model):
    """What a speaker wants their words to read. The secretariat takes it in or says why not."""

    request = models.ForeignKey(
        ConfirmationRequest, verbose_name=_("確認の依頼"), on_delete=models.CASCADE, related_name="changes"
    )
    utterance = models.ForeignKey(
        Utterance, verbose_name=_("発言"), on_delete=models.PROTECT, related_name="proposed_changes"
    )
    before = models.TextField(_("前の文"))
    after = models.TextField(_("後の文"), max_length=20000, validators=[MaxLengthValidator(20000)])
    reason_kind = models.CharField(_("直すわけ"), max_length=16, choices=ChangeReason.choices)
    reason = models.CharField(_("くわしいわけ"), max_length=300, blank=True, validators=[validate_one_line])
    proposed_at = models.DateTimeField(_("申し出た時刻"), default=timezone.now, editable=False)
    state = models.CharField(
        _("扱い"),
        max_length=8,
        choices=ProposalState.choices,
        default=ProposalState.PENDING,
        editable=False,
    )
    decided_at = models.DateTimeField(_("決めた時刻"), null=True, blank=True, editable=False)
    decided_by = actor(_("決めた人"))
    decision_note = models.CharField(_("決めたわけ"), max_length=300, blank=True, editable=False)

    class Privacy:
        public = ()
        internal = (
            "request",
            "utterance",
            "before",
            "after",
            "reason_kind",
            "reason",
            "proposed_at",
            "state",
            "decided_at",
            "decided_by",
            "decision_note",
        )
        personal = ()

    class Meta:
        verbose_name = _("修正案")
        verbose_name_plural = _("修正案")
        ordering = ["request", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason_kind__in=ChangeReason.values),
                name="meetings_proposedchange_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="meetings_proposedchange_state_known"
            ),
            models.CheckConstraint(
                condition=paired("decided_at", "decided_by"), name="meetings_proposedchange_decided_pair"
            ),
            models.UniqueConstraint(
                fields=["request", "utterance"],
                condition=Q(state=ProposalState.PENDING),
                name="meetings_proposedchange_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.utterance_id}: {self.get_reason_kind_display()}"
