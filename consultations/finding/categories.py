"""From a sentence in a resident's own words to the categories it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from consultations.finding import model
from consultations.finding.crisis import is_cry
from consultations.finding.features import features, stands_in
from consultations.finding.lexicon import CATEGORY_SLUGS
from consultations.finding.reading import Reading, in_hiragana, read

# Sums grow with every feature that says the same; divided, the shares leave room for the second subject.
SOFTNESS = 2.0
# A word or two give few features to add up; if the lexicon knows them well, that is all there is to understand.
BRIEF, SOFTNESS_OF_BRIEF, WELL_KNOWN = 2, 1.0, 1.0
# A category with a smaller share is noise (on real sentences it was never the one meant); below LEAST_BEST nothing
# was understood at all.
LEAST = 0.05
LEAST_BEST = 0.08
# What one word added by staff counts, about as much as a strong word of the lexicon.
STAFF_WORD = 2.5
MOST_STAFF_WORDS = 2
# Who only cries for help gets somebody to talk to, whatever else the few words remind of.
CRY, CRY_SLUG = 4.0, "mental"
_SMALLEST_SCORE = 0.0001
_UNDERSTOOD = ("lex:", "idea:", "word:")
# How a sentence is written says something only beside what it says.
_MANNER = {"idea:all_kana", "idea:spaced_kana", "idea:polite_simple", "idea:menu_style", "idea:asks_where"}


@dataclass(frozen=True, slots=True)
class CategoryMatch:
    """`score` is the share of 1 that this category takes, in (0, 1]."""

    slug: str
    score: float


def find_categories(text: str, *, words: Mapping[str, Sequence[str]] | None = None) -> list[CategoryMatch]:
    """Return the categories that `text` is about, best first; nothing when nothing is understood.

    `words`: what staff wrote down as words of a category, by slug. Deterministic; about 1 ms, twice that when
    nothing is found and the text is read once more in hiragana.
    """
    found = _find_as_written(text, words or {})
    softer = in_hiragana(text)
    return found if found or softer == text else _find_as_written(softer, words or {})


def _find_as_written(text: str, words: Mapping[str, Sequence[str]]) -> list[CategoryMatch]:
    reading = read(text)
    found = features(reading)
    known = model.weights()
    added = _staff_words(reading, words)
    cries = is_cry(text)
    if not cries and not added and not any(_is_understood(name, known) for name in found):
        return []
    totals = model.sums(found, known)
    for slug, count in added.items():
        totals[CATEGORY_SLUGS.index(slug)] += STAFF_WORD * min(count, MOST_STAFF_WORDS)
    if cries:
        totals[CATEGORY_SLUGS.index(CRY_SLUG)] += CRY
    softness = SOFTNESS_OF_BRIEF if _is_brief_and_known(reading, found) else SOFTNESS
    return _best_first(model.shares([total / softness for total in totals]))


def _is_brief_and_known(reading: Reading, found: Mapping[str, float]) -> bool:
    lexicon_says = (strength for name, strength in found.items() if name.startswith("lex:"))
    return len(reading.units) <= BRIEF and max(lexicon_says, default=0.0) >= WELL_KNOWN


def _is_understood(feature: str, known: model.Weights) -> bool:
    return feature in known and feature.startswith(_UNDERSTOOD) and feature not in _MANNER


def _best_first(shares: Sequence[float]) -> list[CategoryMatch]:
    if max(shares) < LEAST_BEST:
        return []
    ranked = sorted(zip(shares, CATEGORY_SLUGS, strict=True), key=lambda pair: -pair[0])
    shown = [*ranked[:1], *(pair for pair in ranked[1:] if pair[0] >= LEAST)]
    return [CategoryMatch(slug, max(round(share, 4), _SMALLEST_SCORE)) for share, slug in shown]


def _staff_words(reading: Reading, words: Mapping[str, Sequence[str]]) -> dict[str, int]:
    counts = {
        slug: sum(stands_in(_expression(word), reading) for word in expressions)
        for slug, expressions in words.items()
        if slug in CATEGORY_SLUGS
    }
    return {slug: count for slug, count in counts.items() if count}


@lru_cache(maxsize=4_096)
def _expression(text: str) -> Reading:
    return read(text)
