"""Whether the office's own words on its hours and the rule that residents are served say the same.

Whoever changes one easily forgets the other; then the page shows both, and the reader has to guess.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from consultations.hours.exceptions import read_year_end, with_exceptions
from consultations.hours.rules import Day, RuleSequence, UnsupportedSyntaxError, read_rules
from consultations.hours_words import hours_words, read_hours_text
from consultations.models import ConsultationWindow

_FIRST_DAY, _DAYS = dt.date(2027, 1, 1), 400
_AROUND_NEW_YEAR = {(12, day) for day in range(27, 32)} | {(1, day) for day in range(1, 7)}
HOURS_FIELDS = ("opening_hours", "hours_text", "year_end_from", "year_end_to")


def hours_content(window: ConsultationWindow) -> dict[str, Any]:
    """As much of the window's content as `contradictions` looks at. Uses prefetched channels."""
    return {name: getattr(window, name) for name in HOURS_FIELDS} | {
        "channels": [
            {"opening_hours": channel.opening_hours, "hours_text": channel.hours_text}
            for channel in window.channels.all()
        ]
    }


def contradictions(content: Mapping[str, Any]) -> list[str]:
    """A sentence for every text that can be read in full and says other hours than the rule beside it.

    `content`: as `describe_content` writes it.
    """
    rule = content.get("opening_hours") or ""
    year_end = (content.get("year_end_from") or "", content.get("year_end_to") or "")
    pairs = [
        (place.get("hours_text") or "", place.get("opening_hours") or rule)
        for place in (content, *(content.get("channels") or []))
    ]
    sentences = [_sentence(text, kept, year_end) for text, kept in dict.fromkeys(pairs)]
    return [sentence for sentence in sentences if sentence]


def _sentence(text: str, rule: str, year_end: tuple[str, str]) -> str:
    if not text.strip() or not rule:
        return ""
    read = read_hours_text(text)
    if read.confidence != "exact" or read.opening_hours is None:
        return ""
    kept = with_exceptions(rule, year_end=read_year_end(*year_end))
    try:
        differ = _contradict(read_rules(read.opening_hours), read_rules(kept))
    except UnsupportedSyntaxError:  # more than our own reader knows: nobody can tell
        return ""
    said, served = hours_words(read.opening_hours), hours_words(kept)
    if not differ or said == served:
        return ""
    return _(
        "公表された文は「%(said)s」と読めますが、住民に出る受付時間は「%(served)s」です。正しいほうに合わせてください。"
    ) % {"said": said, "served": served}


def _contradict(said: RuleSequence, kept: RuleSequence) -> bool:
    """What a text leaves out (holidays, the days around New Year) it does not contradict."""
    return any(_spans(said, day) != _spans(kept, day) for day in _days_named_by(said))


def _spans(rules: RuleSequence, day: Day) -> list[tuple[int, int]]:
    return [(start, end) for start, end, _certainty in rules.spans_on(day)]


def _days_named_by(rules: RuleSequence) -> Iterator[Day]:
    has_dates = any(rule.selector.dates for rule in rules.rules)
    for offset in range(_DAYS):
        on = _FIRST_DAY + dt.timedelta(days=offset)
        if has_dates or (on.month, on.day) not in _AROUND_NEW_YEAR:
            yield Day(on, is_holiday=False)
            if rules.mentions_holidays:
                yield Day(on, is_holiday=True)
