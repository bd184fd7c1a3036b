"""Which block of a new file is which block of the draft, so that a permanent address survives taking it in again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from platform_portal.japanese.text import normalize_width

ALIKE = 0.5  # of the pairs of characters that two texts have, these many are in both
_COMPARED = 2_000


Block = tuple[str, str]  # (who speaks as printed, words)


def match(old: Sequence[Block], new: Sequence[Block]) -> dict[int, int]:
    """{index in `new`: index in `old`}, each at most once: first what has the same words, then what lies between and is
    alike or alone there with its speaker, then the same words anywhere else.
    """
    keys = [_key(text) for _label, text in old], [_key(text) for _label, text in new]
    found: dict[int, int] = {}
    begin_old = begin_new = 0
    blocks = SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks()
    for at_old, at_new, size in blocks:
        gap = range(begin_old, at_old), range(begin_new, at_new)
        alike = _match_gap(keys, *gap)
        found |= alike | _match_alone(old, new, *gap, alike)
        found |= {at_new + n: at_old + n for n in range(size) if keys[1][at_new + n]}
        begin_old, begin_new = at_old + size, at_new + size
    return found | _match_moved(keys, found)


def _key(text: str) -> str:
    return normalize_width(text, limit=_COMPARED).replace(" ", "")


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 2] for n in range(len(text) - 1)) or frozenset([text])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _match_gap(keys: tuple[list[str], list[str]], olds: range, news: range) -> dict[int, int]:
    """Between two same blocks: the best pair first, then the next best."""
    old_pairs = {n: _pairs(keys[0][n]) for n in olds if keys[0][n]}
    new_pairs = {n: _pairs(keys[1][n]) for n in news if keys[1][n]}
    ranked = sorted(
        (
            (likeness, -abs((at_old - olds.start) - (at_new - news.start)), -at_new, -at_old)
            for at_old, one in old_pairs.items()
            for at_new, other in new_pairs.items()
            if (likeness := _likeness(one, other)) >= ALIKE
        ),
        reverse=True,
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _alike, _distance, at_new, at_old in ranked:
        if -at_new not in found and -at_old not in taken:
            found[-at_new] = -at_old
            taken.add(-at_old)
    return found


def _match_alone(
    old: Sequence[Block], new: Sequence[Block], olds: range, news: range, alike: Mapping[int, int]
) -> dict[int, int]:
    """Between the same neighbours one block of a speaker is left in each: it was written anew."""
    left_old = [n for n in olds if n not in alike.values() and old[n][0]]
    left_new = [n for n in news if n not in alike and new[n][0]]
    speakers_old, speakers_new = Counter(old[n][0] for n in left_old), Counter(new[n][0] for n in left_new)
    return {
        at_new: at_old
        for at_new in left_new
        for at_old in left_old
        if new[at_new][0] == old[at_old][0]
        and speakers_old[old[at_old][0]] == speakers_new[new[at_new][0]] == 1
    }


def _match_moved(keys: tuple[list[str], list[str]], found: dict[int, int]) -> dict[int, int]:
    taken = set(found.values())
    free: dict[str, list[int]] = {}
    for n, key in enumerate(keys[0]):
        if n not in taken and key:
            free.setdefault(key, []).append(n)
    moved: dict[int, int] = {}
    for n, key in enumerate(keys[1]):
        if n not in found and free.get(key):
            moved[n] = free[key].pop(0)
    return moved
