"""Which of the shapes in a document begin a turn: the document's own style decides, not a list of styles.

A shape is believed when sure labels (words of a role) recur in it before words that read as speech. In a believed shape a label
that says little by itself (a name, a letter, an office) counts too when it recurs or is known from the attendance.
"""

from collections import Counter, defaultdict

from meetings.parsing.labels import LIKELY, SURE, looks_like_name, read_label
from meetings.parsing.markers import Candidate, find_candidate
from meetings.parsing.shapes import is_direction, is_speech
from meetings.parsing.source import Line, squeeze
from meetings.parsing.words import KEY_OF, PRESENTING_WORDS, SPEAKERS_IN_COMPANY

# Shapes that running text has as well: believed only when the document has no better one.
RISKY = ("space", "line", "tab", "quote", "after")
_SENTENCE_ENDS = tuple("。？?！!")
_LOOK_AHEAD = 8
_SHORTEST_WRAPPED = 12
_WHOLE_LINE = 20
_SHORTEST_ACT = 6
# A label that comes once: a name of this length, an office that ends so. Longer ones may be headings.
_LONGEST_NAME = 8
_OFFICE_ENDS = ("課", "室", "市", "町", "村", "区", "県", "社協", "協議会")
_MOST_LOOKED_UP = 20_000


class Style:
    """Reads the candidates of all lines, then tells which begin a turn."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._known: frozenset[str] = frozenset()
        self._found = [find_candidate(line, index) for index, line in enumerate(lines)]
        self._candidates = [each for each in self._found if each is not None]
        self._spoken = {each.line for each in self._candidates if self._speaks(each)}

    def turns(self, known: frozenset[str] = frozenset()) -> dict[int, Candidate]:
        """Accepted candidates by index of line; `known` are names that the document lists."""
        self._known = known
        families = self._believed()
        believed = [each for each in self._candidates if each.family in families]
        first = min((each.line for each in believed if each.line in self._spoken), default=0)
        counts = Counter(each.label.key for each in believed)
        return {each.line: each for each in believed if each.line >= first and self._accepts(each, counts)}

    def _speaks(self, candidate: Candidate) -> bool:
        line = self._lines[candidate.line]
        rest = line.text[candidate.text_start :]
        if rest.strip(" 　*_"):
            if (
                candidate.family == "colon"
                and _is_header_key(candidate)
                and not rest.rstrip().endswith(_SENTENCE_ENDS)
            ):
                return False
            return is_speech(rest) or self._runs_on(candidate.line, rest)
        index = candidate.line + 1
        if index == len(self._lines):
            return False
        follower = self._found[index]
        if follower is not None and follower.label.strength == SURE and follower.family == candidate.family:
            return False
        return is_speech(self._lines[index].text) or self._runs_on(index, self._lines[index].text)

    def _runs_on(self, index: int, text: str) -> bool:
        """Words wrapped at the edge of a page: running text here, and the end of a sentence before the next label."""
        if len(text) < _SHORTEST_WRAPPED or not _reads_as_running_text(text):
            return False
        for following in range(index + 1, min(len(self._lines), index + 1 + _LOOK_AHEAD)):
            found = self._found[following]
            if found is not None and found.label.strength == SURE:
                return False
            if "。" in self._lines[following].text:
                return True
        return False

    def _believed(self) -> frozenset[str]:
        sure: dict[str, list[Candidate]] = defaultdict(list)
        vague: dict[str, list[Candidate]] = defaultdict(list)
        for each in self._candidates:
            if each.line in self._spoken:
                (sure if each.label.strength == SURE else vague)[each.family].append(each)
        if not sure:
            return self._believed_by_recurrence(vague)
        main = max(sure, key=lambda family: (len(sure[family]), not _is_risky(family), family))
        recurring = self._believed_by_recurrence(vague)
        for family in recurring:
            if (
                len(sure.get(family, ())) == 0
                and len(vague[family]) > 3 * len(sure[main])
                and not _is_risky(family)
            ):
                return recurring
        labels = {each.label.key for each in sure[main]}
        return frozenset({main} | {f for f in sure if f != main and self._joins(f, sure, main, labels)})

    def _joins(self, family: str, sure: dict[str, list[Candidate]], main: str, labels: set[str]) -> bool:
        """Whether a second shape stands beside the main one: the same people, or enough turns of its own."""
        own = sure[family]
        shared = sum(each.label.key in labels for each in own)
        if _is_risky(family):
            return _is_risky(main) and shared >= max(1, len(own) // 2)
        if _is_risky(main):
            return len(own) * 3 >= len(sure[main]) or shared == len(own)
        return shared * 2 >= len(own) or len(own) >= max(2, len(sure[main]) // 10)

    def _believed_by_recurrence(self, vague: dict[str, list[Candidate]]) -> frozenset[str]:
        """Names or letters alone: several turns, and at least one speaker comes back."""
        best: tuple[int, str] = (0, "")
        for family, found in vague.items():
            counts = Counter(each.label.key for each in found)
            back = sum(count for count in counts.values() if count > 1)
            known = sum(self._is_known(each) for each in found)
            score = max(back, known)
            needed = 4 if _is_risky(family) or family.startswith("bullet") else 3
            if score >= needed and score * 2 >= len(found) and len(counts) > 1:
                best = max(best, (score, family))
        return frozenset({best[1]} if best[1] else ())

    def _accepts(self, candidate: Candidate, counts: Counter[str]) -> bool:
        label, spoken = candidate.label, candidate.line in self._spoken
        if not spoken and self._is_heading(candidate):
            return False
        if label.strength == SURE:
            return spoken or not _is_risky(candidate.family)
        if not spoken:
            return False
        if counts[label.key] > 1 or self._is_known(candidate):
            return True
        if label.strength == LIKELY:
            return label.key in SPEAKERS_IN_COMPANY or (
                label.key.endswith(_OFFICE_ENDS) and not _is_risky(candidate.family)
            )
        return (
            len(label.key) <= _LONGEST_NAME
            and candidate.line < _MOST_LOOKED_UP
            and looks_like_name(label.key)
        )

    def _is_heading(self, candidate: Candidate) -> bool:
        """○会長 挨拶, and names that are only listed."""
        rest = self._lines[candidate.line].text[candidate.text_start :].strip()
        if not rest:
            return self._next_is_list(candidate)
        plain = squeeze(rest)
        return (
            (len(plain) <= _SHORTEST_ACT and plain.endswith(PRESENTING_WORDS))
            or (len(plain) <= 3 and candidate.label.strength < SURE)
            or not _could_be_said(rest)
        )

    def _next_is_list(self, candidate: Candidate) -> bool:
        following = self._lines[candidate.line + 1 : candidate.line + 1 + _LOOK_AHEAD]
        texts = [line.text for line in following]
        if texts and candidate.label.strength == SURE and is_direction(texts[0]):
            return False
        return not texts or (not is_speech(texts[0]) and len(texts[0]) < 30)

    def _is_known(self, candidate: Candidate) -> bool:
        return any(candidate.label.key.startswith(name) for name in self._known if len(name) >= 2)


def _reads_as_running_text(text: str) -> bool:
    """Kana between the kanji; lists of names have wide spaces or commas instead."""
    if "　" in text.strip("　") or text.count("、") * 5 > len(text):
        return False
    kana = sum("\u3041" <= character <= "\u3096" for character in text)
    return kana * 5 >= len(text)


def _is_risky(family: str) -> bool:
    return family.startswith(RISKY)


def _is_header_key(candidate: Candidate) -> bool:
    return candidate.label.key in KEY_OF


def _could_be_said(rest: str) -> bool:
    """はい, 異議なし, 賛成です: short words may be a turn; a list of people or a number of them is not."""
    if rest[-1].isdigit() or not any("\u3041" <= character <= "\u3096" for character in rest):
        return False
    if "、" not in rest:
        return True
    people = sum(read_label(part).strength == SURE for part in rest.split("、") if part)
    is_whole_line = len(rest) >= _WHOLE_LINE and "　" not in rest
    return people < 2 and (is_whole_line or _reads_as_running_text(rest))
