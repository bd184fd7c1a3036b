"""Append-only record of who did what. The database itself refuses changes to it."""

from typing import Any

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.audit import kinds


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, obj: models.Model) -> "AuditEventQuerySet":
        """Events of one object, newest first."""
        return self.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("-at", "-pk")


class AuditEvent(models.Model):
    """One thing that was done.

    No foreign keys: an event outlives the user and the object it speaks of.
    `old` and `new` hold only fields that changed, as JSON scalars keyed by field name; personal ones without
    their values (docs/adr/0015).
    """

    type = models.CharField(_("種類"), max_length=80)  # dotted, e.g. consultations.window_published
    actor_id = models.BigIntegerField(_("行った人の番号"), null=True, blank=True)
    object_type = models.CharField(_("対象の種類"), max_length=80, blank=True)
    object_id = models.CharField(_("対象の番号"), max_length=40, blank=True)
    old = models.JSONField(_("前の値"), default=dict, blank=True)
    new = models.JSONField(_("後の値"), default=dict, blank=True)
    note = models.TextField(_("添え書き"), blank=True)
    at = models.DateTimeField(_("時刻"), default=timezone.now, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Privacy:
        public: tuple[str, ...] = ()
        internal = ("type", "object_type", "object_id", "old", "new", "note", "at")
        personal = ("actor_id",)
        withheld = ("old", "new", "note")
        about = ("actor_id",)

    class Meta:
        verbose_name = _("操作の記録")
        verbose_name_plural = _("操作の記録")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_event_object"),
            models.Index(fields=["-at"], name="audit_event_at"),
            models.Index(fields=["actor_id"], name="audit_event_actor"),
        ]
        triggers = [
            # TRUNCATE stays possible: test databases are emptied with it.
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_type}:{self.object_id}"

    # Named as Django names them for fields with choices: the words for people, e.g. in the export of somebody's data.
    def get_type_display(self) -> str:
        return kinds.label_of(self.type)

    def get_object_type_display(self) -> str:
        return kinds.object_label_of(self.object_type)

    @property
    def changed_fields(self) -> list[tuple[str, Any, Any]]:
        """(field name, old, new) for every field that the event touched."""
        names = list(dict.fromkeys([*self.old, *self.new]))
        return [(name, self.old.get(name), self.new.get(name)) for name in names]
