"""What the model sees of a sentence: named, readable features with how strongly each is there."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

from consultations.finding.lexicon import Expression, lexicon
from consultations.finding.reading import Reading, Unit

_LARGEST_GAP = 2
_SOUND_LENGTHS = (3, 4, 5)
# Many weak features must not drown the one idea that says it.
_LEXICON_STRENGTH, _LEXICON_CAP = 0.5, 3.0
_PAIR_STRENGTH = 0.7
_SOUND_STRENGTH = 0.45


def features(reading: Reading) -> dict[str, float]:
    """Return feature → strength:

    `lex:<slug>` summed weights of the category's expressions, `idea:<name>` and `ideas:<a>&<b>` for ideas,
    `word:<unit>` and `pair:<unit>_<unit>` for words and neighbours, `sound:<kana>` for pieces of the pronunciation
    (words written in hiragana are often split wrongly; their sound stays).
    """
    expressions = expressions_in(reading)
    ideas = ideas_in(reading, expressions)
    return {
        **_lexicon_features(expressions),
        **{f"idea:{name}": 1.0 for name in ideas},
        **{f"ideas:{a}&{b}": _PAIR_STRENGTH for a, b in itertools.combinations(ideas, 2)},
        **{f"word:{unit.key}": 1.0 for unit in reading.units},
        **{f"pair:{a.key}_{b.key}": _PAIR_STRENGTH for a, b in itertools.pairwise(reading.units)},
        **dict.fromkeys(_sounds(reading.sound), _SOUND_STRENGTH),
    }


def expressions_in(reading: Reading) -> list[Expression]:
    """The lexicon's expressions that stand in the sentence, each once."""
    return list(dict.fromkeys([*_by_words(reading.units), *_by_sound(reading.sound)]))


def ideas_in(reading: Reading, expressions: Sequence[Expression]) -> list[str]:
    """Names of the ideas that the sentence carries, sorted."""
    found = {expression.owner for expression in expressions if not expression.is_category}
    found.update(name for name, pattern in lexicon().cues if pattern.search(reading.plain))
    return sorted(found)


def stands_in(expression: Reading, sentence: Reading) -> bool:
    """Whether the words of `expression` stand in the sentence, as the lexicon's expressions do."""
    if not expression.units:
        return bool(expression.sound) and expression.sound in sentence.sound
    places = (place for place, unit in enumerate(sentence.units) if unit.normal == expression.units[0].normal)
    return any(_follows(expression.units, sentence.units, place) for place in places)


def _lexicon_features(expressions: Sequence[Expression]) -> dict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for expression in expressions:
        if expression.is_category:
            sums[f"lex:{expression.owner}"] += _LEXICON_STRENGTH * expression.weight
    return {name: min(weight, _LEXICON_CAP) for name, weight in sums.items()}


def _by_words(units: Sequence[Unit]) -> Iterator[Expression]:
    by_first_word = lexicon().by_first_word
    for start, unit in enumerate(units):
        for expression in by_first_word.get(unit.normal, ()):
            if _follows(expression.units, units, start):
                yield expression


def _follows(wanted: Sequence[Unit], units: Sequence[Unit], start: int) -> bool:
    """Whether `wanted` begins at `start` and goes on with at most _LARGEST_GAP other words between its words."""
    position = start
    for number, want in enumerate(wanted):
        last = position + 1 if number == 0 else position + _LARGEST_GAP + 1
        for candidate in range(position, min(last, len(units))):
            if units[candidate].normal == want.normal and want.marks <= units[candidate].marks:
                position = candidate + 1
                break
        else:
            return False
    return True


def _by_sound(sound: str) -> Iterator[Expression]:
    words = lexicon()
    for length in words.sound_lengths:
        for start in range(len(sound) - length + 1):
            yield from words.by_sound.get(sound[start : start + length], ())


def _sounds(sound: str) -> Iterator[str]:
    for length in _SOUND_LENGTHS:
        for start in range(len(sound) - length + 1):
            yield f"sound:{sound[start : start + length]}"
