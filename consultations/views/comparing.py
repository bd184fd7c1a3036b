"""A pending change beside what is live, field by field, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.audit_labels import Names, field_label, value_words
from consultations.hours.evaluation import DayHours, week_table
from consultations.hours_words import hours_words
from consultations.models import WindowRevision
from consultations.opening import holiday_calendar
from consultations.views.desk.common import names_for
from platform_portal.publishing.revisions import Merge


@dataclass(frozen=True, slots=True)
class Hours:
    """A rule in words and as the coming week; what components of the form show too."""

    rule: str
    rule_words: str
    week: list[DayHours]


@dataclass(frozen=True, slots=True)
class Part:
    """One channel in the comparison. `mark`: what happens to it, in a word; `kind`: the colour beside the word."""

    mark: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One field. `seen`: what the proposer had seen, where the live value is another one now."""

    name: str
    label: str
    old: str
    new: str
    seen: str = ""
    is_conflict: bool = False
    hours: tuple[Hours, Hours] | None = None
    parts: list[Part] = field(default_factory=list)


def rows_of(revision: WindowRevision, merge: Merge | None) -> list[Row]:
    """Open changes are compared with the live window (`merge`), ended ones with what they began from."""
    live: Mapping[str, Any] = merge.live if merge else revision.before
    conflicts = merge.conflicts if merge else []
    names = names_for([live, revision.before, revision.proposed], {})
    return [
        _row(name, live.get(name), revision, names, is_conflict=name in conflicts)
        for name in revision.changed_names
    ]


def _row(name: str, old: Any, revision: WindowRevision, names: Names, *, is_conflict: bool) -> Row:
    new = revision.proposed[name]
    return Row(
        name=name,
        label=field_label(name),
        old=value_words(name, old, names),
        new=value_words(name, new, names),
        seen=value_words(name, revision.before.get(name), names) if is_conflict else "",
        is_conflict=is_conflict,
        hours=(_hours(old), _hours(new)) if name == "opening_hours" else None,
        parts=_channels(old or [], new, names) if name == "channels" else [],
    )


def _hours(rule: str) -> Hours:
    week = week_table(rule, timezone.localdate(), holiday_calendar()) if rule else []
    return Hours(rule, hours_words(rule) if rule else "", week)


def _channels(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], names: Names) -> list[Part]:
    """Which channels come, go, change and stay. A channel is known again by its kind and its number or address."""
    before = {_key(channel): channel for channel in old}
    after = {_key(channel): channel for channel in new}
    parts = []
    for key, channel in after.items():
        words = value_words("channels", [channel], names)
        if key not in before:
            parts.append(Part(_("加える"), "good", words))
        elif before[key] != channel:
            was = value_words("channels", [before[key]], names)
            parts.append(Part(_("変える"), "warn", _("%(old)s → %(new)s") % {"old": was, "new": words}))
        else:
            parts.append(Part(_("そのまま"), "closed", words))
    gone = [channel for key, channel in before.items() if key not in after]
    return [Part(_("なくす"), "bad", value_words("channels", [channel], names)) for channel in gone] + parts


def _key(channel: Mapping[str, Any]) -> tuple[Any, ...]:
    return (channel.get("kind"), channel.get("digits") or channel.get("value"))
