"""Read opening hours as Japanese offices write them.

text → tokens → statements → one OSM rule. What is not understood is said in `unparsed`, and lowers the
confidence: a wrong "open" sends a person in need to a dead line.

Conventions beyond those of the words themselves:
- Hours without days are "partial", unless the closing days name a weekly closing (土日祝) or say 無休. A list of
  only holidays and New Year does not settle them: offices leave out that they rest at the weekend.
- 「受付は16時まで」 ends the hours at 16:00, since nobody is answered after it.
- What limits a channel (日曜は電話相談のみ, 来所は予約制) is no limit of the hours; it is kept in `channel_notes`.
"""

from dataclasses import dataclass
from typing import Literal

from consultations.hours.describing import describe
from consultations.hours.parsing.assembly import Assembler
from consultations.hours.parsing.grammar import Reader
from consultations.hours.rules import UnsupportedSyntaxError, read_rules

Confidence = Literal["exact", "partial", "none"]
# Longer than any field of the portal; what lies beyond is said, not read.
MAX_LENGTH = 1_000


@dataclass(frozen=True)
class ParsedHours:
    """`opening_hours` is None when nothing can be told; `unparsed` quotes what was not understood.

    `channel_notes`: what holds for other channels than the one whose hours these are, quoted or in words.
    """

    opening_hours: str | None
    confidence: Confidence
    unparsed: str
    description: str
    channel_notes: tuple[str, ...] = ()


def parse_hours(hours: str, closed_days: str = "") -> ParsedHours:
    """Read the two fields of one window, which are one rule together. Never raises."""
    reader = Reader()
    reader.read_field(hours[:MAX_LENGTH], is_closed_field=False)
    reader.read_field(closed_days[:MAX_LENGTH], is_closed_field=True)
    reading = reader.reading
    assembler = Assembler(reading)
    notes = (*reading.notes, *assembler.other_channels())
    assembled = assembler.assemble()
    beyond = (hours[MAX_LENGTH:].strip(), closed_days[MAX_LENGTH:].strip())
    unparsed = [*reading.unparsed, *assembled.objections, *beyond]
    said = "／".join(dict.fromkeys(each for each in unparsed if each))
    if not assembled.rule or not _is_readable(assembled.rule):
        everything = "／".join(dict.fromkeys(each.strip() for each in (hours, closed_days) if each.strip()))
        return ParsedHours(None, "none", everything, "")
    confidence: Confidence = "exact" if assembled.is_complete and not said else "partial"
    return ParsedHours(assembled.rule, confidence, said, describe(assembled.rule), notes)


def _is_readable(rule: str) -> bool:
    """A rule that our own reader refuses (a span past the second midnight) must not leave this module."""
    try:
        read_rules(rule)
    except UnsupportedSyntaxError:
        return False
    return True
