"""確かめるところ: doubts about a record. Nothing is published while one is open."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Minutes, MinutesFlag
from meetings.services.minutes import lock_draft
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.records_language import in_records_language


class Resolution(models.TextChoices):
    MENDED = "mended", gettext_lazy("直した")
    FINE = "fine", gettext_lazy("問題なし")
    DISCARDED = "discarded", gettext_lazy("捨ててよい")


def open_flags(minutes: Minutes) -> "models.QuerySet[MinutesFlag]":
    """Those that somebody must still look at, in the order of the source. For whoever publishes: none may be left."""
    return MinutesFlag._default_manager.filter(minutes=minutes, resolved_at=None).select_related("utterance")


@transaction.atomic
def resolve_flag(*, flag: MinutesFlag, how: str, note: str = "", by: Any) -> MinutesFlag:
    """How it was settled. 問題なし asks for a note; 捨ててよい is for words that found no place. Twice changes nothing."""
    minutes = lock_draft(flag.minutes, by)
    locked = MinutesFlag._default_manager.get(pk=flag.pk, minutes=minutes)
    if locked.resolved_at is not None:
        return locked
    way, note = Resolution(how), note.strip()
    if way == Resolution.FINE and not note:
        raise Refused(_("「問題なし」のときは、そう考えるわけを書いてください。"))
    if way == Resolution.DISCARDED and not locked.remainder:
        raise Refused(_("捨ててよい文がありません。「直した」か「問題なし」を選んでください。"))
    with in_records_language():
        how_settled = str(way.label)
    locked.resolution = f"{how_settled}：{note}"[:300] if note else how_settled
    locked.resolved_at, locked.resolved_by = timezone.now(), by
    locked.save(update_fields=["resolution", "resolved_at", "resolved_by"])
    audit.record(
        type="meetings.flag_resolved", by=by, obj=minutes, new={"flag": locked.pk}, note=locked.resolution
    )
    return locked


@transaction.atomic
def reopen_flag(*, flag: MinutesFlag, by: Any) -> MinutesFlag:
    minutes = lock_draft(flag.minutes, by)
    locked = MinutesFlag._default_manager.get(pk=flag.pk, minutes=minutes)
    if locked.resolved_at is None:
        return locked
    audit.record(
        type="meetings.flag_reopened", by=by, obj=minutes, old={"flag": locked.pk}, note=locked.resolution
    )
    locked.resolution, locked.resolved_at, locked.resolved_by = "", None, None
    locked.save(update_fields=["resolution", "resolved_at", "resolved_by"])
    return locked
