"""What an organisation wants to say about itself from now on, until the desk has looked."""

from pathlib import PurePosixPath
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.organizations import Organization
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.revisions import Revision, RevisionState


class OrganizationRevisionQuerySet(models.QuerySet["OrganizationRevision"]):
    def pending(self) -> "OrganizationRevisionQuerySet":
        return self.filter(state=RevisionState.PENDING)

    def returned(self) -> "OrganizationRevisionQuerySet":
        """Given back, and nobody of the organisation has answered yet."""
        newer = OrganizationRevision.objects.filter(
            organization=models.OuterRef("organization"), proposed_at__gt=models.OuterRef("proposed_at")
        )
        return self.filter(models.Q(state=RevisionState.RETURNED) & ~models.Exists(newer))

    def open(self) -> "OrganizationRevisionQuerySet":
        """What waits for the desk, or for an answer to the desk: the files of these are still needed."""
        return self.pending() | self.returned()

    def for_list(self) -> "OrganizationRevisionQuerySet":
        return self.select_related("organization", "proposed_by", "decided_by")


class OrganizationRevision(PublicIdModel, Revision):
    """`before` and `proposed` as `members.profile.describe` writes them, only what is to change.

    A proposed logo is a file in the storage already, shown to nobody but those who may see the organisation.
    """

    organization = models.ForeignKey(
        Organization, verbose_name=_("会員団体"), on_delete=models.CASCADE, related_name="revisions"
    )

    objects: ClassVar = OrganizationRevisionQuerySet.as_manager()

    class Privacy(Revision.Privacy):
        internal = (*Revision.Privacy.internal, "organization")

    class Meta(Revision.Meta):
        verbose_name = _("団体の情報の変更の申し出")
        verbose_name_plural = _("団体の情報の変更の申し出")
        constraints = [
            *Revision.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state=RevisionState.PENDING),
                name="members_organizationrevision_one_pending",
                violation_error_message=_("この団体には、確認待ちの変更がもうあります。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_state_display()}"

    @property
    def logo_digest(self) -> str:
        """What stands in the address of the proposed picture; empty without one."""
        return PurePosixPath(self.proposed.get("logo") or "").stem
