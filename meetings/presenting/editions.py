"""Both editions of a record, block by block."""

from collections.abc import Iterable
from dataclasses import dataclass

from meetings.models import Audience, Edition, Minutes, Utterance


@dataclass(frozen=True, slots=True)
class Block:
    utterance: Utterance
    named_label: str
    named_text: str
    labels_label: str
    labels_text: str

    @property
    def is_same(self) -> bool:
        return self.named_text == self.labels_text


def blocks_of(utterances: Iterable[Utterance]) -> list[Block]:
    return [
        Block(
            each,
            each.label_in(Edition.NAMED),
            each.text_in(Edition.NAMED),
            each.label_in(Edition.LABELS),
            each.text_in(Edition.LABELS),
        )
        for each in utterances
    ]


def readers_of(minutes: Minutes) -> list[tuple[str, str]]:
    """(edition, who may read it) in plain words."""
    return [
        (str(Edition.NAMED.label), str(Audience(minutes.named_audience).label)),
        (str(Edition.LABELS.label), str(Audience(minutes.labels_audience).label)),
    ]


def printed_of(minutes: Minutes) -> list[Edition]:
    """Those that anybody outside the secretariat reads."""
    audiences = {Edition.NAMED: minutes.named_audience, Edition.LABELS: minutes.labels_audience}
    return [edition for edition in Edition if audiences[edition] != Audience.CLOSED]
