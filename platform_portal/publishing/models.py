"""Abstract base of everything that is drafted, reviewed and published."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from platform_portal.publishing.states import State


def paired(at: str, by: str) -> Q:
    """Condition of a CheckConstraint: `at` and `by` are set together or not at all."""
    neither = Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
    both = Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
    return neither | both


def actor(label: Any, *, from_the_start: bool = False) -> "models.ForeignKey[Any, Any]":
    """Field for whoever did it, beside the time at which it was done; see paired(). Empty until it is done,
    unless that made the row: `from_the_start`.
    """
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        null=not from_the_start,
        blank=not from_the_start,
        editable=False,
        related_name="+",
    )


class Publishable(models.Model):
    """State with its author, reviewer and times. `author` is who last changed the content.

    A subclass names itself in audit types by `audit_noun`: consultations.<noun>_published.
    """

    audit_noun = ""

    state = models.CharField(
        _("公開状態"),
        max_length=12,
        choices=State.choices,
        default=State.DRAFT,
        db_index=True,
        editable=False,
    )
    author = actor(_("最後に書いた人"))
    submitted_at = models.DateTimeField(_("確認を頼んだ時刻"), null=True, blank=True, editable=False)
    submitted_by = actor(_("確認を頼んだ人"))
    published_at = models.DateTimeField(_("公開した時刻"), null=True, blank=True, editable=False)
    published_by = actor(_("公開を認めた人"))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values),
                name="%(app_label)s_%(class)s_state_known",
                violation_error_message=_("公開状態が正しくありません。"),
            ),
            models.CheckConstraint(
                condition=paired("submitted_at", "submitted_by"),
                name="%(app_label)s_%(class)s_submitted_pair",
            ),
            models.CheckConstraint(
                condition=paired("published_at", "published_by"),
                name="%(app_label)s_%(class)s_published_pair",
            ),
        ]

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED
