"""Abstract base of a change that waits until a second person has looked at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.access.checks import Refused
from platform_portal.publishing.models import actor, paired


class RevisionState(models.TextChoices):
    PENDING = "pending", gettext_lazy("確認待ち")
    # The live fields changed first, so that nobody can approve it. Only windows are watched so closely; a change of
    # an organisation is compared when somebody wants to approve it.
    OVERTAKEN = "overtaken", gettext_lazy("先に別の変更あり")
    APPROVED = "approved", gettext_lazy("認めて公開した")
    RETURNED = "returned", gettext_lazy("差し戻した")
    WITHDRAWN = "withdrawn", gettext_lazy("取り下げた")


R = TypeVar("R", bound="Revision")
OPEN_STATES = (RevisionState.PENDING, RevisionState.OVERTAKEN)


@dataclass(frozen=True, slots=True)
class Merge:
    """`names`: fields to apply. `conflicts`: fields of which the live value is neither the old nor the proposed one."""

    live: Mapping[str, Any]
    proposed: Mapping[str, Any]
    names: list[str]
    conflicts: list[str]

    @property
    def result(self) -> dict[str, Any]:
        """The content as it would be; fields that the change does not touch are the live ones."""
        return {**self.live, **{name: self.proposed[name] for name in [*self.names, *self.conflicts]}}


class RevisionQuerySet(models.QuerySet[R]):
    def pending(self) -> Self:
        return self.filter(state=RevisionState.PENDING)

    def waiting(self) -> Self:
        """What somebody still has to do something about."""
        return self.filter(state__in=OPEN_STATES)

    def returned(self) -> Self:
        """Given back, and nobody has answered yet with another change of the same thing."""
        subject = self.model.SUBJECT
        newer = self.model._default_manager.filter(
            **{subject: OuterRef(subject)}, proposed_at__gt=OuterRef("proposed_at")
        )
        return self.filter(~Exists(newer), state=RevisionState.RETURNED)

    def returned_to(self, user: Any) -> Self:
        """Those of them that `user` proposed."""
        return self.returned().filter(proposed_by=user)

    def unsettled(self) -> Self:
        """Waiting for the office, or for an answer to it."""
        return self.waiting() | self.returned()

    def for_list(self) -> Self:
        return self.select_related(self.model.SUBJECT, "proposed_by", "decided_by")


class Revision(models.Model):
    """`before` and `proposed` hold, as JSON scalars, the same fields of the content as it was and as it should be.

    The public sees nothing of it until it is approved. A row is never deleted: it says who asked for what.
    A subclass names what the change is of, and lets one only be pending.
    """

    SUBJECT: ClassVar[str]  # name of the foreign key to what would change

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
                condition=(Q(state__in=OPEN_STATES) & Q(decided_at=None))
                | (~Q(state__in=OPEN_STATES) & Q(decided_at__isnull=False)),
                name="%(app_label)s_%(class)s_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=RevisionState.RETURNED) | ~Q(note=""),
                name="%(app_label)s_%(class)s_returned_with_reason",
                violation_error_message=gettext_lazy("理由を書いてください。"),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_returned(self) -> bool:
        return self.state == RevisionState.RETURNED

    @property
    def changed_names(self) -> list[str]:
        """Fields of which another value is proposed, in the order of the content."""
        return [name for name, value in self.proposed.items() if self.before.get(name) != value]

    def merge_with(self, live: Mapping[str, Any]) -> Merge:
        """Beside what is live now: what can still be applied, and what somebody else has changed since."""
        merge = Merge(live, self.proposed, names=[], conflicts=[])
        for name in self.changed_names:
            if live.get(name) == self.proposed[name]:
                continue
            is_untouched = live.get(name) == self.before.get(name)
            (merge.names if is_untouched else merge.conflicts).append(name)
        return merge

    def decide(self, to: RevisionState, *, by: Any, note: str = "") -> None:
        """The writing part. Whoever calls has locked the row and checked that `by` may. Raises Refused."""
        if to == RevisionState.RETURNED and not note.strip():
            raise Refused(_("理由を書いてください。"))
        self.state, self.note = to, note.strip()
        self.decided_at, self.decided_by = timezone.now(), by
        self.save()


def lock_revision(revision: R) -> R:
    """Lock what would change before this, so that nobody waits in a circle."""
    rows = type(revision)._default_manager.select_for_update(of=("self",))
    return rows.select_related(revision.SUBJECT, "proposed_by").get(pk=revision.pk)


def check_is_open(revision: Revision) -> None:
    if not revision.is_open:
        raise Refused(
            _("この変更は、もう終わっています（%(state)s）。画面を読み込み直してください。")
            % {"state": RevisionState(revision.state).label}
        )


def check_is_another_person(user: Any, revision: Revision) -> None:
    if revision.proposed_by_id == user.pk:
        raise Refused(_("自分が書いた変更を、自分で決めることはできません。ほかの人に頼んでください。"))
