"""What the leak check found and somebody judged harmless. The check itself is meetings.leaks."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models.minutes import Utterance
from members.models.users import validate_one_line
from platform_portal.publishing.models import actor


class LeakDecision(models.Model):
    """「問題なし」 about one place of one text. Holds for exactly that text: an edit asks anew.

    The words themselves are not kept: they stand in the text, as long as it reads so.
    """

    utterance = models.ForeignKey(
        Utterance, verbose_name=_("発言"), on_delete=models.CASCADE, related_name="leak_decisions"
    )
    text_sha256 = models.CharField(max_length=64, editable=False)
    start = models.PositiveIntegerField(_("何文字目から"), editable=False)
    length = models.PositiveIntegerField(_("何文字"), editable=False)
    reason = models.CharField(_("問題がないわけ"), max_length=200, validators=[validate_one_line])
    decided_at = models.DateTimeField(_("決めた時刻"), default=timezone.now, editable=False)
    decided_by = actor(_("決めた人"), from_the_start=True)

    objects: ClassVar[Any] = models.Manager()

    class Privacy:
        public = ()
        internal = ("utterance", "text_sha256", "start", "length", "reason", "decided_at", "decided_by")
        personal = ()
        leads_to_nobody = "Why a name may stand may say whose it is; it is part of the work on the record."
        free_text = ("reason",)

    class Meta:
        verbose_name = _("名前のチェックの判断")
        verbose_name_plural = _("名前のチェックの判断")
        ordering = ["utterance", "start", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["utterance", "text_sha256", "start", "length"], name="meetings_leakdecision_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.utterance_id}: {self.start}"
