"""宿題: what somebody promised at a meeting, kept in sight until it is done."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.agenda import AgendaItem
from meetings.models.bodies import Body
from meetings.models.minutes import Utterance
from members.models.users import validate_one_line
from platform_portal.identifiers import PublicIdModel
from platform_portal.publishing.models import actor, paired


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def open(self) -> "ActionItemQuerySet":
        return self.filter(closed_at=None)

    def late(self) -> "ActionItemQuerySet":
        return self.open().filter(due_on__lt=timezone.localdate())


class ActionItem(PublicIdModel):
    body = models.ForeignKey(
        Body, verbose_name=_("会議体"), on_delete=models.PROTECT, related_name="action_items"
    )
    utterance = models.ForeignKey(
        Utterance,
        verbose_name=_("もとの発言"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="action_items",
    )
    text = models.CharField(_("宿題"), max_length=300, validators=[validate_one_line])
    responsible = models.CharField(_("担当"), max_length=100, blank=True, validators=[validate_one_line])
    due_on = models.DateField(_("いつまでに"), null=True, blank=True)
    is_public = models.BooleanField(_("だれでも見られるようにする"), default=False)
    # Items of later meetings at which it is taken up again.
    agenda_items = models.ManyToManyField(
        AgendaItem, verbose_name=_("取り上げる次第の項目"), related_name="action_items", blank=True
    )
    created_at = models.DateTimeField(_("書いた時刻"), default=timezone.now, editable=False)
    created_by = actor(_("書いた人"), from_the_start=True)
    closed_at = models.DateTimeField(_("終わった時刻"), null=True, blank=True, editable=False)
    closed_by = actor(_("終わりにした人"))
    outcome = models.CharField(_("どうなったか"), max_length=500, blank=True)

    objects: ClassVar[Any] = ActionItemQuerySet.as_manager()

    class Privacy:
        public = ("public_id", "body", "utterance", "text", "responsible", "due_on", "outcome", "closed_at")
        internal = ("is_public", "agenda_items", "created_at", "created_by", "closed_by")
        personal = ()

    class Meta:
        verbose_name = _("宿題")
        verbose_name_plural = _("宿題")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=paired("closed_at", "closed_by"), name="meetings_actionitem_closed_pair"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(outcome=""),
                name="meetings_actionitem_closed_with_an_outcome",
                violation_error_message=_("どうなったかを書いてください。"),
            ),
        ]

    def __str__(self) -> str:
        return self.text
