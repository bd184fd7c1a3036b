"""What tests of the minutes parser share: fixtures, and the promise that nothing of a source is lost."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

from meetings.parsing import Proposal
from meetings.parsing.source import squeeze

FIXTURES = Path(__file__).resolve().parents[2] / "data" / "minutes"
STYLES = sorted(path.stem for path in (FIXTURES / "styles").glob("*.txt"))
# Signs of the setting: they belong to a turn's piece of the source, yet neither to its label nor to its words.
FRAME = frozenset("「」『』<br>*_#|:")


def fixture(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


def truth_of(style: str) -> list[tuple[int, str, str]]:
    """(line, label, first words)."""
    with (FIXTURES / "styles" / f"{style}.tsv").open(encoding="utf-8", newline="") as file:
        return [
            (int(row["line"]), row["label"], row["first_words"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def assert_nothing_lost(source: str, proposal: Proposal) -> None:
    """Every character that is not white space is in exactly one piece, and what an utterance took it also says."""
    owners = [0] * len(source)
    taken: dict[tuple[str, int], list[str]] = defaultdict(list)
    for piece in proposal.pieces:
        assert piece.start < piece.end
        taken[piece.kind, piece.index].append(source[piece.start : piece.end])
        for place in range(piece.start, piece.end):
            owners[place] += 1
    lost = [place for place, count in enumerate(owners) if count == 0 and not source[place].isspace()]
    assert not lost, f"lost at {lost[:5]}: {source[lost[0] : lost[0] + 30]!r}"
    assert max(owners, default=0) <= 1
    for index, utterance in enumerate(proposal.utterances):
        of_source = Counter(squeeze("".join(taken["utterance", index])))
        of_source.subtract(squeeze(utterance.label + utterance.text))
        assert all(count == 0 or (count > 0 and sign in FRAME) for sign, count in of_source.items()), (
            utterance
        )
    flagged = {index for kind, index in taken if kind == "remainder"}
    assert flagged <= set(range(len(proposal.flags)))
    assert {index for kind, index in taken if kind == "agenda"} <= set(range(len(proposal.agenda)))
    assert {index for kind, index in taken if kind == "attendance"} <= set(range(len(proposal.attendance)))
