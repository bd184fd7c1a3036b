"""Abstract base of a change that waits until a second person has looked at it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.access.checks import Refused
from platform_portal.publishing.models import actor, paired


class RevisionState(models.TextChoices):
    PENDING = "pending", gettext_lazy("確認待ち")
    APPROVED = "approved", gettext_lazy("認めた")
    RETURNED = "returned", gettext_lazy("差し戻した")
    WITHDRAWN = "withdrawn", gettext_lazy("取り下げた")


class Revision(models.Model):
    """`before` and `proposed` hold, as JSON scalars, the fields of which another value is proposed.

    The public sees nothing of it until it is approved. A row is never deleted: it says who asked for what.
    A subclass names what the change is of, and lets one only be pending.
    """

    before = models.JSONField(gettext_lazy("もとの内容"))
    proposed = models.JSONField(gettext_lazy("変えたい内容"))
    # The `updated_at` at which `before` was read.
    base_at = models.DateTimeField(gettext_lazy("もとの内容の時刻"))
    state = models.CharField(
        gettext_lazy("状態"),
        max_length=10,
        choices=RevisionState.choices,
        default=RevisionState.PENDING,
        db_index=True,
        editable=False,
    )
    proposed_at = models.DateTimeField(gettext_lazy("申し出た時刻"), default=timezone.now)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=gettext_lazy("申し出た人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(gettext_lazy("決めた時刻"), null=True, blank=True, editable=False)
    decided_by = actor(gettext_lazy("決めた人"))
    note = models.CharField(gettext_lazy("差し戻す理由"), max_length=1000, blank=True, editable=False)

    class Privacy:
        public: tuple[str, ...] = ()
        internal: tuple[str, ...] = (
            "public_id",
            "before",
            "proposed",
            "base_at",
            "state",
            "proposed_at",
            "decided_at",
            "decided_by",
            "note",
        )
        personal: tuple[str, ...] = ("proposed_by",)

    class Meta:
        abstract = True
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RevisionState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=paired("decided_at", "decided_by"), name="%(app_label)s_%(class)s_decided_pair"
            ),
            models.CheckConstraint(
                condition=Q(state=RevisionState.PENDING, decided_at=None)
                | (~Q(state=RevisionState.PENDING) & Q(decided_at__isnull=False)),
                name="%(app_label)s_%(class)s_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=RevisionState.RETURNED) | ~Q(note=""),
                name="%(app_label)s_%(class)s_returned_with_reason",
                violation_error_message=gettext_lazy("理由を書いてください。"),
            ),
        ]

    @property
    def is_pending(self) -> bool:
        return self.state == RevisionState.PENDING

    @property
    def is_returned(self) -> bool:
        return self.state == RevisionState.RETURNED

    def decide(self, to: RevisionState, *, by: Any, note: str = "") -> None:
        """The writing part. Whoever calls has locked the row and checked that `by` may."""
        self.state, self.note = to, note.strip()
        self.decided_at, self.decided_by = timezone.now(), by
        self.save(update_fields=["state", "note", "decided_at", "decided_by"])


def check_is_pending(revision: Revision) -> None:
    if not revision.is_pending:
        raise Refused(
            _("この変更は、もう終わっています（%(state)s）。画面を読み込み直してください。")
            % {"state": RevisionState(revision.state).label}
        )


def check_is_another_person(user: Any, revision: Revision) -> None:
    if revision.proposed_by_id == user.pk:
        raise Refused(_("自分が書いた変更を、自分で決めることはできません。ほかの人に頼んでください。"))
