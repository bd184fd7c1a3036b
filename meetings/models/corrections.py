"""訂正: what changed in a record after everybody could read it. Entries stay for ever."""

from typing import Any, ClassVar

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.confirmation import ChangeReason
from meetings.models.minutes import Edition, Minutes, Utterance
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired


class CorrectionState(models.TextChoices):
    PROPOSED = "proposed", _("確認待ち")
    PUBLISHED = "published", _("公開した")
    RETURNED = "returned", _("差し戻した")


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def standing(self) -> "CorrectionQuerySet":
        return self.filter(state=CorrectionState.PUBLISHED)

    def published(self, edition: Edition) -> "CorrectionQuerySet":
        """What everybody may read of that edition, newest first."""
        found = self.standing().filter(utterance__minutes__in=Minutes.objects.published(edition))
        return found.exclude(utterance__agenda_items__is_closed=True).order_by("-decided_at", "-pk")


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
            models.UniqueConstraint(
                fields=["utterance"],
                condition=Q(state=CorrectionState.PROPOSED),
                name="meetings_correction_one_waiting",
                violation_error_message=_("この発言には、確認を待っている訂正があります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.utterance_id}: {self.reason}"
