"""Two that look alike and were found to be two: nobody is asked about them again."""

from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.applications import Application
from members.models.organizations import Organization


class DistinctionQuerySet(models.QuerySet["Distinction"]):
    def between(self, one: Any, other: Any) -> "DistinctionQuerySet":
        """Of two organisations, whichever came first; `one` and `other` may be OuterRef()."""
        return self.filter(Q(one=one, other=other) | Q(one=other, other=one))

    def about(self, organization: Any, application: Application) -> "DistinctionQuerySet":
        """Of an organisation and an application, or the organisation that the application became."""
        same = Q(one=organization, application=application)
        became = application.organization_id
        if became is not None:
            same |= Q(one=organization, other=became) | Q(one=became, other=organization)
        return self.filter(same)

    def of(self, organization: Organization) -> "DistinctionQuerySet":
        return self.filter(Q(one=organization) | Q(other=organization))

    def pairs(self) -> set[frozenset[int]]:
        """Keys of organisations that are two; an application counts as the organisation that it became."""
        keys = self.annotate(second=Coalesce("other_id", "application__organization_id"))
        found = keys.exclude(second=None).values_list("one_id", "second")
        return {frozenset(pair) for pair in found}

    def for_list(self) -> "DistinctionQuerySet":
        return self.select_related("one", "other", "application", "marked_by").order_by("-marked_at", "-pk")


class Distinction(models.Model):
    """`one` is another body than `other`, or than whoever sent `application`."""

    one = models.ForeignKey(
        Organization, verbose_name=_("会員団体"), on_delete=models.CASCADE, related_name="distinctions"
    )
    other = models.ForeignKey(
        Organization,
        verbose_name=_("別の団体"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="distinctions_as_other",
    )
    application = models.ForeignKey(
        Application,
        verbose_name=_("別の団体の入会申込"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="distinctions",
    )
    marked_at = models.DateTimeField(_("記録した時刻"), default=timezone.now, editable=False)
    marked_by = models.ForeignKey(
        "members.User",
        verbose_name=_("記録した人"),
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
    )

    objects: ClassVar = DistinctionQuerySet.as_manager()

    class Privacy:
        public = ()
        internal = ("one", "other", "application", "marked_at", "marked_by")
        personal: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("別の団体という記録")
        verbose_name_plural = _("別の団体という記録")
        ordering = ["-marked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(other__isnull=False, application__isnull=True)
                | Q(other__isnull=True, application__isnull=False),
                name="members_distinction_of_two",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | ~Q(one=F("other")),
                name="members_distinction_not_of_itself",
                violation_error_message=_("同じ団体です。ちがう団体を2つ選んでください。"),
            ),
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                condition=Q(other__isnull=False),
                name="members_distinction_pair_once",
                violation_error_message=_("この2つは、もう別の団体として記録されています。"),
            ),
            models.UniqueConstraint(
                fields=["one", "application"],
                name="members_distinction_application_once",
                violation_error_message=_("この申込は、もう別の団体として記録されています。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one} {self.other or self.application}"

    def counterpart_of(self, organization: Organization) -> Organization | Application:
        """The other side of it."""
        if organization.pk != self.one_id:
            return self.one
        # One of them is there: members_distinction_of_two.
        return cast("Organization | Application", self.application or self.other)
