"""Asking whether windows are still true: the rules, one round for each time a window is due, and telephone calls."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.models.window import SOURCES_WITH_A_PERSON, ConsultationWindow, VerificationSource
from members.models import Membership, Organization
from platform_portal.publishing.models import actor
from platform_portal.publishing.states import State

A_YEAR = [MinValueValidator(1), MaxValueValidator(366)]


class VerificationRules(models.Model):
    """One row: after how many days what happens when nobody confirms."""

    reminder_days = models.PositiveSmallIntegerField(
        _("もう一度頼むまで（日）"),
        default=14,
        validators=A_YEAR,
        help_text=_("はじめて頼んだ日から数えます。"),
    )
    last_days = models.PositiveSmallIntegerField(
        _("最後に頼み、電話の一覧に載せるまで（日）"),
        default=28,
        validators=A_YEAR,
        help_text=_("はじめて頼んだ日から数えます。"),
    )
    doubt_days = models.PositiveSmallIntegerField(
        _("住民の画面に「確認が取れていません」と出すまで（日）"),
        default=45,
        validators=A_YEAR,
        help_text=_("確かめる日から数えます。"),
    )
    suspend_days = models.PositiveSmallIntegerField(
        _("自動で公開を止めるまで（日）"),
        default=120,
        validators=A_YEAR,
        help_text=_(
            "確かめる日から数えます。24時間の窓口がなくなる分野があるときは止めず、職員に知らせます。"
        ),
    )
    updated_at = models.DateTimeField(_("更新した時刻"), auto_now=True)

    class Privacy:
        public = ("reminder_days", "last_days", "doubt_days", "suspend_days")
        internal = ("updated_at",)
        personal = ()

    class Meta:
        verbose_name = _("確かめるきまり")
        verbose_name_plural = _("確かめるきまり")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="consultations_verificationrules_one_row"),
            models.CheckConstraint(
                condition=Q(reminder_days__lt=F("last_days"))
                & Q(last_days__lt=F("doubt_days"))
                & Q(doubt_days__lt=F("suspend_days")),
                name="consultations_verificationrules_ordered",
                violation_error_message=_(
                    "日数は、もう一度頼む、最後に頼む、「確認が取れていません」、公開を止める、の順に長くしてください。"
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def load(cls) -> "VerificationRules":
        """The row, or unsaved defaults on a portal where nobody changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def days_to_answer(self) -> int:
        """Between the warning and the stop. So long every operator has, however late it was first asked."""
        return self.suspend_days - self.doubt_days


class Stage(models.TextChoices):
    """How often the operator has been asked. Stored keys, in this order."""

    ASKED = "asked", _("頼んだ")
    REMINDED = "reminded", _("もう一度頼んだ")
    LAST = "last", _("最後に頼んだ")
    PHONE = "phone", _("メールで頼めない")


class Outcome(models.TextChoices):
    OPEN = "open", _("返事を待っている")
    CONFIRMED = "confirmed", _("変わりなかった")
    CHANGED = "changed", _("変わっていたので直した")
    PHONED = "phoned", _("電話などで確かめた")
    LAPSED = "lapsed", _("確かめずに終わった")


class Ending(models.TextChoices):
    """By whose act a round ended: a source of verification, or the portal's own rules."""

    STAFF = VerificationSource.STAFF.value, _("職員")
    TELEPHONE = VerificationSource.TELEPHONE.value, _("電話などの返事")
    MEMBER = VerificationSource.MEMBER.value, _("運営する団体")
    LINK = VerificationSource.LINK.value, _("メールのリンク")
    PORTAL = "portal", _("ポータル")


def start_of_day(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


CALLED_STAGES = (Stage.LAST, Stage.PHONE)


class VerificationRequestQuerySet(models.QuerySet["VerificationRequest"]):
    def waiting(self) -> "VerificationRequestQuerySet":
        return self.filter(state=Outcome.OPEN)

    def to_call(self) -> "VerificationRequestQuerySet":
        """What staff must do: nobody answered, nobody can be asked, or the answer was "no longer true"."""
        return self.waiting().filter(Q(stage__in=CALLED_STAGES) | Q(told_at__isnull=False))

    def to_call_today(self, today: dt.date) -> "VerificationRequestQuerySet":
        return self.to_call().filter(Q(next_call_on=None) | Q(next_call_on__lte=today))

    def escalated(self) -> "VerificationRequestQuerySet":
        """Too old to stay, too needed to go: the last round-the-clock line of a category."""
        return self.waiting().filter(escalated_at__isnull=False)

    def stopped_by_portal(self) -> "VerificationRequestQuerySet":
        """Windows that the portal has stopped, until somebody takes them up."""
        newer = VerificationRequest.objects.filter(window=OuterRef("window"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer), is_stopped=True, window__state=State.SUSPENDED)

    def to_stop(self, today: dt.date, rules: VerificationRules) -> "VerificationRequestQuerySet":
        """Rounds whose time is over."""
        return self.waiting().filter(
            due_on__lte=today - dt.timedelta(days=rules.suspend_days),
            opened_at__lt=start_of_day(today - dt.timedelta(days=rules.days_to_answer - 1)),
        )

    def oldest_first(self) -> "VerificationRequestQuerySet":
        return self.order_by("due_on", "pk")


class VerificationRequest(models.Model):
    """One round: a window was due, its operator is asked until somebody confirms or the window is stopped."""

    window = models.ForeignKey(
        ConsultationWindow,
        verbose_name=_("相談窓口"),
        on_delete=models.CASCADE,
        related_name="verification_requests",
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("運営団体"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="verification_requests",
    )
    due_on = models.DateField(_("確かめる日"))
    opened_at = models.DateTimeField(_("頼みはじめた時刻"), default=timezone.now)
    stage = models.CharField(_("段階"), max_length=8, choices=Stage.choices, default=Stage.ASKED)
    mailed_on = models.DateField(_("最後にメールを出した日"), null=True, blank=True)
    told_at = models.DateTimeField(_("ちがうと知らせのあった時刻"), null=True, blank=True)
    next_call_on = models.DateField(_("次に電話する日"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("止められないと分かった時刻"), null=True, blank=True)
    state = models.CharField(_("結果"), max_length=9, choices=Outcome.choices, default=Outcome.OPEN)
    closed_at = models.DateTimeField(_("終わった時刻"), null=True, blank=True)
    closed_by = actor(_("終えた人"))
    ending = models.CharField(_("終わり方"), max_length=9, choices=Ending.choices, blank=True)
    is_stopped = models.BooleanField(_("自動で公開を止めた"), default=False)
    reported_on = models.DateField(_("職員に知らせた日"), null=True, blank=True)
    link_of = models.ForeignKey(
        Membership,
        verbose_name=_("だれに送ったリンクか"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects: ClassVar = VerificationRequestQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "window",
            "organization",
            "due_on",
            "opened_at",
            "stage",
            "mailed_on",
            "told_at",
            "next_call_on",
            "escalated_at",
            "state",
            "closed_at",
            "closed_by",
            "ending",
            "is_stopped",
            "reported_on",
        )
        personal = ("link_of",)

    class Meta:
        verbose_name = _("確かめる依頼")
        verbose_name_plural = _("確かめる依頼")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["window"],
                condition=Q(state=Outcome.OPEN),
                name="consultations_verificationrequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="consultations_verificationrequest_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=Outcome.OPEN,
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    ending="",
                )
                | Q(
                    state__in=[each for each in Outcome.values if each != Outcome.OPEN],
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    ending__in=SOURCES_WITH_A_PERSON,
                )
                | Q(
                    state__in=[each for each in Outcome.values if each != Outcome.OPEN],
                    closed_at__isnull=False,
                    closed_by__isnull=True,
                    ending__in=[Ending.LINK, Ending.PORTAL],
                ),
                name="consultations_verificationrequest_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(is_stopped=False) | Q(state=Outcome.LAPSED, ending=Ending.PORTAL),
                name="consultations_verificationrequest_stopped_by_portal",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="consultations_request_open",
                condition=Q(state=Outcome.OPEN),
            ),
            models.Index(fields=["organization", "mailed_on"], name="consultations_request_mailed"),
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == Outcome.OPEN

    @property
    def opened_on(self) -> dt.date:
        return timezone.localdate(self.opened_at)

    @property
    def why_called(self) -> str:
        """In words, why staff have to do something."""
        if self.is_stopped:
            return gettext("確認が取れないまま、自動で公開を止めました")
        if self.escalated_at is not None:
            return gettext("24時間の受け皿がなくなるため、止めずにいます")
        if self.told_at is not None:
            return gettext("「ちがう」と知らせがありました")
        if self.organization_id is None:
            return gettext("運営する団体が登録されていません")
        if self.stage == Stage.PHONE:
            return gettext("メールの届く担当者がいません")
        return gettext("何度か頼みましたが、返事がありません")

    @property
    def needs_call(self) -> bool:
        return self.is_open and (self.stage in CALLED_STAGES or self.told_at is not None)

    def close(self, *, state: str, ending: str, by: Any = None, is_stopped: bool = False) -> list[str]:
        """Sets what belongs to an end; returns the names for `update_fields`."""
        self.state, self.ending, self.is_stopped = state, ending, is_stopped
        self.closed_at, self.closed_by = timezone.now(), by
        self.next_call_on = self.escalated_at = None
        return [
            "state",
            "ending",
            "is_stopped",
            "closed_at",
            "closed_by",
            "next_call_on",
            "escalated_at",
        ]


class VerificationCall(models.Model):
    """One attempt of staff to ask somebody at the window, with what came of it."""

    class Way(models.TextChoices):
        TELEPHONE = "phone", _("電話")
        VISIT = "visit", _("会って")
        WRITTEN = "written", _("メール・FAX")

    class Result(models.TextChoices):
        SAME = "same", _("変わりなし")
        CHANGED = "changed", _("変わっていた")
        UNREACHED = "unreached", _("つながらない")

    request = models.ForeignKey(
        VerificationRequest,
        verbose_name=_("確かめる依頼"),
        on_delete=models.CASCADE,
        related_name="calls",
    )
    way = models.CharField(_("どうやって"), max_length=8, choices=Way.choices, default=Way.TELEPHONE)
    result = models.CharField(_("結果"), max_length=10, choices=Result.choices)
    spoken_to = models.CharField(_("話した人"), max_length=60, blank=True)
    note = models.CharField(_("聞いたこと"), max_length=500, blank=True)
    called_at = models.DateTimeField(_("いつ"), default=timezone.now)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("確かめた職員"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("request", "way", "result", "note", "called_at", "called_by")
        personal = ("spoken_to",)
        free_text = ("note",)
        withheld = ("note",)
        leads_to_nobody = "a name as it was heard on the telephone; forgotten after a year"

    class Meta:
        verbose_name = _("電話などの記録")
        verbose_name_plural = _("電話などの記録")
        ordering = ["-called_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["phone", "visit", "written"]),
                name="consultations_verificationcall_way_known",
            ),
            models.CheckConstraint(
                condition=Q(result__in=["same", "changed", "unreached"]),
                name="consultations_verificationcall_result_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.get_result_display()}"
