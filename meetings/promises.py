"""Where somebody seems to have promised something. Offered to a person, never set by itself."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meetings.models import Utterance, UtteranceKind

_PROMISE = re.compile(
    r"検討(?:する|し(?:ます|たい|て(?:い(?:く|き)|まいり))|させて(?:いただ|頂)|していただ)"
    r"|確認(?:する|し(?:ます|たい|て(?:お(?:き|く)|回答|報告|まいり))|させて(?:いただ|頂))"
    r"|考えて(?:おります|いきます|いきたい|まいります)"
    r"|次回(?:の会議)?(?:に|まで|は|で|、)"
    r"|持ち帰(?:り|って|らせて)|調べて(?:お|み|回答|報告)|後日(?:、)?(?:回答|報告|お知らせ|連絡)"
    r"|(?:回答|報告|共有|提供|提示|周知)(?:いた)?(?:し(?:ます|たい)|させて(?:いただ|頂))"
)
_ENDS = "。！？\n"
MOST = 300  # characters of a promise


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`number`: counts among the promises of its block."""

    utterance: Utterance
    sentence: str
    number: int


def suggestions_in(utterances: Iterable[Utterance]) -> Iterator[Suggestion]:
    """One for each sentence that sounds like a promise."""
    for utterance in utterances:
        if utterance.kind != UtteranceKind.SPEECH:
            continue
        promises = (each for each in _sentences(utterance.text) if _PROMISE.search(each))
        for number, sentence in enumerate(promises):
            yield Suggestion(utterance, sentence[:MOST], number)


def _sentences(text: str) -> Iterator[str]:
    for piece in re.split(rf"(?<=[{_ENDS}])", text):
        sentence = " ".join(piece.split())
        if sentence:
            yield sentence
