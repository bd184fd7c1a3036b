"""次第: what a meeting goes through, as a numbered tree."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.models.meetings import Meeting
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def hidden(self) -> "AgendaItemQuerySet":
        """Not for readers: closed, or under an item that is."""
        return self.filter(Q(is_closed=True) | Q(parent__is_closed=True) | Q(parent__parent__is_closed=True))


class AgendaItem(PublicIdModel):
    """One item. `number` is what is printed before it: 1, 4, (1). `position` counts among its brothers and sisters."""

    meeting = models.ForeignKey(
        Meeting, verbose_name=_("会議"), on_delete=models.CASCADE, related_name="agenda"
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上の項目"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
    )
    position = models.PositiveSmallIntegerField(_("並び順"), default=0)
    number = models.CharField(_("番号"), max_length=12, blank=True)
    title = models.CharField(_("件名"), max_length=200, validators=[validate_one_line])
    performer = models.CharField(_("担当する人"), max_length=100, blank=True, validators=[validate_one_line])
    planned_time = models.TimeField(_("予定の時刻"), null=True, blank=True)
    is_closed = models.BooleanField(_("公開しない"), default=False)
    closed_reason = models.CharField(
        _("公開しない理由"), max_length=200, blank=True, validators=[validate_one_line]
    )

    objects: ClassVar[Any] = AgendaItemQuerySet.as_manager()

    class Privacy:
        public = (
            "public_id",
            "meeting",
            "parent",
            "position",
            "number",
            "title",
            "performer",
            "planned_time",
            "is_closed",
            "closed_reason",
        )
        internal = ()
        personal = ()

    class Meta:
        verbose_name = _("次第の項目")
        verbose_name_plural = _("次第の項目")
        ordering = ["meeting", F("parent").asc(nulls_first=True), "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="meetings_agendaitem_not_under_itself"),
            models.CheckConstraint(
                condition=Q(is_closed=False) | ~Q(closed_reason=""),
                name="meetings_agendaitem_closed_with_a_reason",
                violation_error_message=_("公開しない理由を書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()
