"""Hours between text and rule, as the desk needs them."""

from consultations.hours.describing import describe
from consultations.hours.evaluation import InvalidRule, validate_rule
from consultations.hours.parsing import ParsedHours, parse_hours


def hours_words(rule: str) -> str:
    """The rule in plain Japanese; the rule itself when it cannot be put into words."""
    return describe(rule) or rule if rule else ""


def read_hours_text(text: str) -> ParsedHours:
    """Reads hours as offices write them. A rule typed as such is taken as it is."""
    stripped = text.strip()
    try:
        validate_rule(stripped)
    except InvalidRule:
        return parse_hours(stripped)
    return ParsedHours(stripped, "exact", "", hours_words(stripped))
