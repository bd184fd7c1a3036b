"""A change of a published window that waits until a second person has looked at it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models.window import ConsultationWindow
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.revisions import Revision, RevisionQuerySet, RevisionState


class WindowRevisionQuerySet(RevisionQuerySet["WindowRevision"]):
    def proposed_by_others(self, user: Any) -> Self:
        """What `user` may decide on."""
        return self.exclude(proposed_by=user)

    def for_list(self) -> Self:
        return super().for_list().select_related("window__organization")


class WindowRevision(PublicIdModel, Revision):
    """`before` and `proposed` are the whole content as services.describe_content() writes it."""

    SUBJECT = "window"

    window = models.ForeignKey(
        ConsultationWindow, verbose_name=_("相談窓口"), on_delete=models.CASCADE, related_name="revisions"
    )
    is_checked = models.BooleanField(_("実際に確かめた"), default=False, editable=False)

    objects: ClassVar = WindowRevisionQuerySet.as_manager()

    class Privacy(Revision.Privacy):
        internal = (*Revision.Privacy.internal, "window", "is_checked")

    class Meta(Revision.Meta):
        verbose_name = _("窓口の変更の申し出")
        verbose_name_plural = _("窓口の変更の申し出")
        constraints = [
            *Revision.Meta.constraints,
            models.UniqueConstraint(
                fields=["window"],
                condition=Q(state=RevisionState.PENDING),
                name="consultations_revision_one_pending",
                violation_error_message=_("この窓口には、確認待ちの変更がもうあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window} {self.get_state_display()}"
