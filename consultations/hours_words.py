"""Hours between text and rule, as the desk and the import need them."""

import re

from consultations.hours.describing import describe
from consultations.hours.evaluation import InvalidRule, validate_rule
from consultations.hours.exceptions import read_year_end, with_exceptions
from consultations.hours.parsing import ParsedHours, parse_hours
from consultations.hours.rules import DAY, Rule, UnsupportedSyntaxError, read_rules

_CLOSED_WORD = r"(?:お?休みの?日?|(?:定休|休業|休館|休所|休診|休室|閉所|閉館|閉室|閉庁)日?|休日)"
_CLOSED_HEADING = re.compile(rf"\s*[■●○◎◆◇・※【\[(（<＜]*\s*{_CLOSED_WORD}\s*(?:[】\])）>＞:：/／\s]+|$)")
_TIME = re.compile(r"[0-9０-９]\s*(?:[:：時])")


def hours_words(rule: str, year_end: tuple[str, str] = ("", "")) -> str:
    """The rule in plain Japanese; the rule itself when it cannot be put into words.

    `year_end`: the closure that is kept beside the rule, `("12-29", "01-03")` or empty.
    """
    whole = with_exceptions(rule, year_end=read_year_end(*year_end))
    return describe(whole) or whole if whole else ""


def read_hours_text(text: str) -> ParsedHours:
    """Reads hours as offices write them, lines on closing days included. A rule typed as such is taken as it is.

    Hours without days are no finished rule, although OSM lets `08:30-17:15` stand for every day: here it is
    far more often a line of a leaflet.
    """
    stripped = text.strip()
    try:
        validate_rule(stripped)
    except InvalidRule:
        return parse_hours(*split_closed_days(stripped))
    return ParsedHours(stripped, "partial" if lacks_days(stripped) else "exact", "", hours_words(stripped))


def unread_words(read: ParsedHours, *, is_by_appointment: bool) -> str:
    """What was not understood of the text, but for 「要予約」 where the window says so by itself."""
    parts = read.unparsed.split("／")
    return "／".join(part for part in parts if not (is_by_appointment and "予約" in part))


def split_closed_days(text: str) -> tuple[str, str]:
    """Hours and closing days as two texts: 「平日9時〜17時」 and 「休み：祝日、年末年始」 on lines of their own."""
    hours: list[str] = []
    closed: list[str] = []
    lines = hours
    for line in text.splitlines():
        heading = _CLOSED_HEADING.match(line)
        if heading:
            lines = closed
            line = line[heading.end() :]
        elif not line.strip() or _TIME.search(line):
            lines = hours  # a blank line or a time of day ends the list of closing days
        lines.append(line)
    return "\n".join(hours).strip(), "\n".join(closed).strip()


def lacks_days(rule: str) -> bool:
    """Whether some hours of the rule name no day at all. Taken literally they hold every day, which few mean."""
    try:
        rules = read_rules(rule).rules
    except UnsupportedSyntaxError:
        return False
    return any(_is_bare(each) for each in rules)


def _is_bare(rule: Rule) -> bool:
    is_all_day = [(start, end) for start, end, _certainty in rule.spans] == [(0, DAY)]
    names_any = rule.selector.names_days or rule.selector.dates
    return bool(rule.spans) and not rule.is_off and not names_any and not is_all_day
