"""Hours between text and rule, as the desk needs them."""

from dataclasses import dataclass
from importlib import import_module, util

from consultations.hours.evaluation import InvalidRule, validate_rule


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What was understood of a published text; `unparsed` is what was not."""

    opening_hours: str | None
    confidence: str
    unparsed: str
    description: str


def _has(module: str) -> bool:
    return util.find_spec(f"consultations.hours.{module}") is not None


def hours_words(rule: str) -> str:
    """The rule in plain Japanese; the rule itself when it cannot be put into words."""
    if not rule or not _has("describing"):
        return rule
    return str(import_module("consultations.hours.describing").describe(rule)) or rule


def read_hours_text(text: str) -> ParsedText:
    """Reads hours as offices write them. A rule typed as such is taken as it is."""
    stripped = text.strip()
    try:
        validate_rule(stripped)
    except InvalidRule:
        pass
    else:
        return ParsedText(stripped, "exact", "", hours_words(stripped))
    if not _has("parsing"):
        return ParsedText(None, "none", stripped, "")
    parsed = import_module("consultations.hours.parsing").parse_hours(stripped)
    return ParsedText(parsed.opening_hours, parsed.confidence, parsed.unparsed, parsed.description)
