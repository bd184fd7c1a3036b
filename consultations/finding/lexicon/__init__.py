"""What residents say, by category, and the ideas their sentences are made of. Data files beside this module:

- `<slug>.tsv`: weight (1 hint … 3 says it all) and expressions, separated by 、
- `ideas.tsv`: idea and its expressions: who speaks, about whom, what happens. The model learns what ideas mean together
- `cues.tsv`: idea and a regular expression over the search form, where words are not enough (中2, 80代の母, scripts)

An expression is a few words: 「学校 行けない」 stands in every sentence in which these words follow one another with at most
two others between, whatever their ending, politeness or dialect; what the expression negates must be negated.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from consultations.finding.reading import Unit, read

CATEGORY_SLUGS = (
    "living",
    "childcare",
    "young-carer",
    "violence",
    "hikikomori",
    "mental",
    "disability",
    "education",
    "employment",
    "foreign",
    "consumer",
    "minority",
    "gender",
    "rights",
    "children",
)
_FOLDER = Path(__file__).parent
# Shorter sounds occur inside other words too easily.
_SOUND_LENGTH = 5


@dataclass(frozen=True, slots=True)
class Expression:
    """`owner` is a category slug or an idea; `sound` is empty when it is too short to be told from others."""

    owner: str
    is_category: bool
    weight: float
    units: tuple[Unit, ...]
    sound: str
    text: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    by_first_word: Mapping[str, Sequence[Expression]]
    by_sound: Mapping[str, Sequence[Expression]]
    sound_lengths: tuple[int, ...]
    cues: Sequence[tuple[str, re.Pattern[str]]]
    expressions: Sequence[Expression]


@cache
def lexicon() -> Lexicon:
    """Reads the files once per process (about a tenth of a second)."""
    expressions = [*_category_expressions(), *_idea_expressions()]
    by_first_word, by_sound = defaultdict(list), defaultdict(list)
    for expression in expressions:
        if expression.units:
            by_first_word[expression.units[0].normal].append(expression)
        if expression.sound:
            by_sound[expression.sound].append(expression)
    lengths = tuple(sorted({len(sound) for sound in by_sound}))
    return Lexicon(dict(by_first_word), dict(by_sound), lengths, _cues(), expressions)


def _category_expressions() -> Iterator[Expression]:
    for slug in CATEGORY_SLUGS:
        for weight, texts in _rows(f"{slug}.tsv"):
            yield from _expressions(slug, texts, weight=float(weight), is_category=True)


def _idea_expressions() -> Iterator[Expression]:
    for idea, texts in _rows("ideas.tsv"):
        yield from _expressions(idea, texts, weight=1.0, is_category=False)


def _expressions(owner: str, texts: str, *, weight: float, is_category: bool) -> Iterator[Expression]:
    for text in texts.split("、"):
        reading = read(text)
        sound = reading.sound if len(reading.sound) >= _SOUND_LENGTH else ""
        if len(reading.units) < len(text.split()) and not (len(text.split()) == 1 and sound):
            raise ValueError(f"{owner}: {text!r} has fewer words to look for than written")
        yield Expression(owner, is_category, weight, reading.units, sound, text)


def _cues() -> list[tuple[str, re.Pattern[str]]]:
    return [(idea, re.compile(pattern)) for idea, pattern in _rows("cues.tsv")]


def _rows(name: str) -> list[tuple[str, str]]:
    """Two columns; lines that are empty or begin with # are for the reader."""
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if line.strip() and not line.startswith("#"))
        return [(row[0], row[1]) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
