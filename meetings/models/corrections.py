"""訂正: what changed in a record after everybody could read it. Entries stay for ever."""

from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.confirmation import ChangeReason
from meetings.models.minutes import Edition, Minutes, Utterance
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired


class CorrectionState(models.TextChoices):
    PROPOSED = "proposed", _("確認待ち")
    PUBLISHED = "published", _("公開した")
    RETURNED = "returned", _("差し戻した")


class HiddenIn(models.TextChoices):
    """Where words that a record should never have held are not shown again by the entry that took them out."""

    NOWHERE = "", _("どちらにも出す")
    LABELS = "labels", _("議事要旨には出さない")
    ALL = "all", _("どちらにも出さない")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def standing(self) -> "CorrectionQuerySet":
        return self.filter(state=CorrectionState.PUBLISHED)

    def published(self, edition: Edition) -> "CorrectionQuerySet":
        """What everybody may read of that edition, newest first."""
        return self._of(edition, Minutes.objects.published(edition))

    def visible_to(self, user: Any, edition: Edition) -> "CorrectionQuerySet":
        return self._of(edition, Minutes.objects.visible_to(user, edition))

    def told_in(self, edition: Edition) -> "CorrectionQuerySet":
        """Whoever reads without names is not told of changes that are seen with names alone."""
        found = self.standing()
        if edition == Edition.LABELS:
            found = found.exclude(is_removal=False, labels_before=F("labels_after"))
        return found

    def _of(self, edition: Edition, minutes: Any) -> "CorrectionQuerySet":
        found = self.told_in(edition).filter(utterance__minutes__in=minutes)
        found = found.exclude(utterance__agenda_items__in=AgendaItem.objects.hidden())
        return found.order_by("-decided_at", "-pk")


class Correction(PublicIdModel):
    """Before and after of one block, or its removal, with the reason; shown at its place once another person agreed."""

    utterance = models.ForeignKey(
        Utterance, verbose_name=_("発言"), on_delete=models.PROTECT, related_name="corrections"
    )
    is_removal = models.BooleanField(_("発言を消す"), default=False)
    before = models.TextField(_("前の文"))
    after = models.TextField(
        _("後の文"), max_length=20000, blank=True, validators=[MaxLengthValidator(20000)]
    )
    # The same in the edition without names. What it reads may be the text itself.
    labels_before = models.TextField(_("議事要旨の前の文"), blank=True)
    labels_after = models.TextField(
        _("議事要旨の後の文"), max_length=20000, blank=True, validators=[MaxLengthValidator(20000)]
    )
    before_hidden_in = models.CharField(
        _("前の文を出さないところ"), max_length=6, choices=HiddenIn.choices, blank=True
    )
    # Set by a later correction that took out what this one still shows.
    after_hidden_in = models.CharField(
        _("後の文を出さないところ"), max_length=6, choices=HiddenIn.choices, blank=True, editable=False
    )
    reason_kind = models.CharField(_("直すわけ"), max_length=16, choices=ChangeReason.choices)
    reason = models.CharField(_("くわしいわけ"), max_length=300, validators=[validate_one_line])
    state = models.CharField(
        _("状態"),
        max_length=9,
        choices=CorrectionState.choices,
        default=CorrectionState.PROPOSED,
        editable=False,
    )
    proposed_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    proposed_by = actor(_("書いた人"), from_the_start=True)
    decided_at = models.DateTimeField(_("決めた時刻"), null=True, blank=True, editable=False)
    decided_by = actor(_("決めた人"))
    decision_note = models.CharField(_("差し戻したわけ"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = CorrectionQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "utterance",
            "is_removal",
            "before",
            "after",
            "labels_before",
            "labels_after",
            "before_hidden_in",
            "after_hidden_in",
            "reason_kind",
            "reason",
            "decided_at",
        )
        internal = ("state", "proposed_at", "proposed_by", "decided_by", "decision_note")
        personal = ()

    class Meta:
        verbose_name = _("訂正")
        verbose_name_plural = _("訂正")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason_kind__in=ChangeReason.values), name="meetings_correction_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=CorrectionState.values), name="meetings_correction_state_known"
            ),
            models.CheckConstraint(
                condition=paired("decided_at", "decided_by"), name="meetings_correction_decided_pair"
            ),
            models.CheckConstraint(
                condition=Q(is_removal=True, after="") | (Q(is_removal=False) & ~Q(after="")),
                name="meetings_correction_removal_or_text",
                violation_error_message=_("直した後の文を書くか、発言を消すかを選んでください。"),
            ),
            models.CheckConstraint(
                condition=Q(before_hidden_in__in=HiddenIn.values, after_hidden_in__in=HiddenIn.values),
                name="meetings_correction_hiding_known",
            ),
            models.UniqueConstraint(
                fields=["utterance"],
                condition=Q(state=CorrectionState.PROPOSED),
                name="meetings_correction_one_waiting",
                violation_error_message=_("この発言には、確認を待っている訂正があります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.utterance_id}: {self.reason}"

    def before_in(self, edition: Edition) -> str:
        """What the readers of that edition may see; empty where it is not shown again."""
        if _is_hidden(self.before_hidden_in, edition):
            return ""
        return self.labels_before if edition == Edition.LABELS else self.before

    def after_in(self, edition: Edition) -> str:
        if _is_hidden(self.after_hidden_in, edition):
            return ""
        return self.labels_after if edition == Edition.LABELS else self.after


def _is_hidden(where: str, edition: Edition) -> bool:
    return where == HiddenIn.ALL or (where == HiddenIn.LABELS and edition == Edition.LABELS)
