"""A change of a published window that waits until a second person has looked at it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models.window import ConsultationWindow
from consultations.workflow import RevisionState
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired

# Not proposed by anybody: whoever approves has checked, and that day counts. An ID never changes.
NOT_PROPOSED = {"public_id", "verified_on"}


OPEN_STATES = (RevisionState.PENDING, RevisionState.OVERTAKEN)


class WindowRevisionQuerySet(models.QuerySet["WindowRevision"]):
    def pending(self) -> "WindowRevisionQuerySet":
        return self.filter(state=RevisionState.PENDING)

    def waiting(self) -> "WindowRevisionQuerySet":
        """What somebody still has to do something about."""
        return self.filter(state__in=OPEN_STATES)

    def proposed_by_others(self, user: Any) -> "WindowRevisionQuerySet":
        """What `user` may decide on."""
        return self.exclude(proposed_by=user)

    def returned_to(self, user: Any) -> "WindowRevisionQuerySet":
        """Own changes that came back and were not proposed anew since."""
        own = self.model._default_manager.filter(window=models.OuterRef("window"), proposed_by=user)
        newer = own.filter(proposed_at__gt=models.OuterRef("proposed_at"))
        return self.filter(~models.Exists(newer), state=RevisionState.RETURNED, proposed_by=user)

    def for_list(self) -> "WindowRevisionQuerySet":
        return self.select_related("window", "window__organization", "proposed_by", "decided_by")


class WindowRevision(PublicIdModel):
    """`before` and `proposed` are the whole content as services.describe_content() writes it.

    Residents see nothing of it until it is approved. A row is never deleted: it says who asked for what.
    """

    window = models.ForeignKey(
        ConsultationWindow, verbose_name=_("相談窓口"), on_delete=models.CASCADE, related_name="revisions"
    )
    before = models.JSONField(_("もとの内容"))
    proposed = models.JSONField(_("変えたい内容"))
    # The window's `updated_at` that `before` was read at.
    base_at = models.DateTimeField(_("もとの内容の時刻"))
    state = models.CharField(
        _("状態"),
        max_length=10,
        choices=RevisionState.choices,
        default=RevisionState.PENDING,
        db_index=True,
        editable=False,
    )
    proposed_at = models.DateTimeField(_("申し出た時刻"), default=timezone.now)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申し出た人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("決めた時刻"), null=True, blank=True, editable=False)
    decided_by = actor(_("決めた人"))
    note = models.CharField(_("差し戻す理由"), max_length=1000, blank=True, editable=False)
    is_checked = models.BooleanField(_("実際に確かめた"), default=False, editable=False)

    objects: ClassVar = WindowRevisionQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = (
            "public_id",
            "window",
            "before",
            "proposed",
            "base_at",
            "state",
            "proposed_at",
            "decided_at",
            "decided_by",
            "note",
            "is_checked",
        )
        personal = ("proposed_by",)

    class Meta:
        verbose_name = _("窓口の変更の申し出")
        verbose_name_plural = _("窓口の変更の申し出")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["window"],
                condition=Q(state=RevisionState.PENDING),
                name="consultations_revision_one_pending",
                violation_error_message=_("この窓口には、確認待ちの変更がもうあります。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=RevisionState.values), name="consultations_revision_state_known"
            ),
            models.CheckConstraint(
                condition=paired("decided_at", "decided_by"), name="consultations_revision_decided_pair"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=OPEN_STATES) & Q(decided_at=None))
                | (~Q(state__in=OPEN_STATES) & Q(decided_at__isnull=False)),
                name="consultations_revision_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=RevisionState.RETURNED) | ~Q(note=""),
                name="consultations_revision_returned_with_a_reason",
                violation_error_message=_("理由を書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def changed_names(self) -> list[str]:
        """Fields of which another value is proposed, in the order of the content."""
        return [
            name
            for name, value in self.proposed.items()
            if name not in NOT_PROPOSED and self.before.get(name) != value
        ]
