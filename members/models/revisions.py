"""What an organisation wants to say about itself from now on, until the desk has looked."""

from pathlib import PurePosixPath
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.organizations import Organization
from platform_portal.identifiers import PublicIdModel
from platform_portal.privacy import Person
from platform_portal.publishing.revisions import Revision, RevisionQuerySet, RevisionState


class OrganizationRevision(PublicIdModel, Revision):
    """`before` and `proposed` are what is to change, as `members.profile.describe` writes it.

    A proposed logo is a file in the storage already, shown to nobody but those who may see the organisation;
    while the change is unsettled the file is still needed.
    """

    SUBJECT = "organization"

    organization = models.ForeignKey(
        Organization, verbose_name=_("会員団体"), on_delete=models.CASCADE, related_name="revisions"
    )

    objects: ClassVar = RevisionQuerySet.as_manager()

    class Privacy(Revision.Privacy):
        internal = (*Revision.Privacy.internal, "organization")

        @staticmethod
        def also_about(person: Person) -> Q:
            """Somebody's own address proposed for the organisation, or proposals of a member that is this person."""
            found = Q(pk__in=[])
            for address in person.addresses:
                found |= Q(before__public_email__iexact=address) | Q(proposed__public_email__iexact=address)
                found |= Q(
                    organization__application__is_individual=True,
                    organization__application__contact_email__iexact=address,
                )
            return found

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
            # Compared when somebody wants to approve it, so nothing ever overtakes it.
            models.CheckConstraint(
                condition=~Q(state=RevisionState.OVERTAKEN), name="members_organizationrevision_not_overtaken"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.get_state_display()}"

    @property
    def logo_digest(self) -> str:
        """What stands in the address of the proposed picture; empty without one."""
        return PurePosixPath(self.proposed.get("logo") or "").stem
