"""Days that differ, written into a rule: year-end closure, single dates, periods of validity."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultations.hours.evaluation import InvalidRule
from consultations.hours.rules import MONTHS, UnsupportedSyntaxError, read_spans, write_date, write_spans

MonthDay = tuple[int, int]

_BEGINNING, _END = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def read_year_end(first: str, last: str) -> tuple[MonthDay, MonthDay] | None:
    """`12-29` and `01-03` as stored with a window; None without them."""
    if not (first and last):
        return None
    return _month_day(first), _month_day(last)


def _month_day(text: str) -> MonthDay:
    month, day = text.split("-")
    return int(month), int(day)


@dataclass(frozen=True)
class DatedException:
    """One day with other hours. `spans` like `10:00-12:00,13:00-15:00`; None means closed."""

    on: dt.date
    spans: str | None
    reason: str = ""


def with_exceptions(
    rule: str,
    *,
    year_end: tuple[MonthDay, MonthDay] | None = None,
    dated: Sequence[DatedException] = (),
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> str:
    """The rule with everything that limits it; later parts override earlier ones.

    Year-end closure first, then single dates (which may open a day at New Year), then the limits of a campaign:
    outside of them it is closed. Both limits are days of service. The reasons stay outside, since the rule
    is compared and evaluated for however many windows share it. Raises InvalidRule for spans that are none.
    """
    parts = [rule.strip().rstrip("; ")]
    if not parts[0]:
        return ""
    if year_end:
        closure = f"{write_date(*year_end[0])}-{write_date(*year_end[1])} off"
        if not _has_last_word(closure, parts[0]):
            parts.append(closure)
    parts += _dated_parts(dated)
    if valid_from and valid_from > _BEGINNING:
        parts.append(_closed_between(_BEGINNING, valid_from - dt.timedelta(days=1)))
    if valid_to and valid_to < _END:
        parts.append(_closed_between(valid_to + dt.timedelta(days=1), _END))
    return "; ".join(parts)


def _has_last_word(closure: str, rule: str) -> bool:
    """True when the rule says it already and nothing behind it opens those days again."""
    _before, found, behind = f"; {rule}".rpartition(f"; {closure}")
    return bool(found) and all(part.endswith(" off") for part in behind.split("; ") if part)


def _dated_parts(dated: Sequence[DatedException]) -> list[str]:
    """One part per date with hours; all closed dates in one."""
    closed = [_write_full_date(exception.on) for exception in dated if not exception.spans]
    parts = [f"{','.join(closed)} off"] if closed else []
    return parts + [f"{_write_full_date(each.on)} {_checked_spans(each)}" for each in dated if each.spans]


def _checked_spans(exception: DatedException) -> str:
    try:
        return write_spans(read_spans(exception.spans or ""))
    except (UnsupportedSyntaxError, ValueError) as error:
        raise InvalidRule(
            _("%(date)s の受付時間が読めません。例：10:00-12:00,13:00-15:00") % {"date": exception.on}
        ) from error


def _write_full_date(on: dt.date) -> str:
    return f"{on.year} {MONTHS[on.month - 1]} {on.day:02}"


def _closed_between(first: dt.date, last: dt.date) -> str:
    return f"{_write_full_date(first)}-{_write_full_date(last)} off"
