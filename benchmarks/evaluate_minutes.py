"""Score of the minutes parser on records kept outside the project: is every turn found where it begins, and nothing else?

A turn is right when a turn of the proposal begins on its line, with the label as printed and the same first words (20
characters, or as many as the turn has; white space does not count). A false turn begins where the truth has none. A character
is lost when no part of the proposal keeps it; that count must be 0.
"""

import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from meetings.parsing import Proposal, parse_minutes
from meetings.parsing.source import squeeze

FOLDER = "minutes"
FIRST_WORDS = 20
# Signs of the setting: a piece of the source has them, the words of the turn do not.
FRAME = frozenset("「」『』<br>*_#|:")


@dataclass(frozen=True)
class Score:
    turns: int = 0
    right: int = 0
    missed: int = 0
    false: int = 0
    lost: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.turns + other.turns,
            self.right + other.right,
            self.missed + other.missed,
            self.false + other.false,
            self.lost + other.lost,
        )

    def __str__(self) -> str:
        share = self.right / max(self.turns, 1)
        return (
            f"正しい {self.right}/{self.turns} ({share:.1%})、見落とし {self.missed}、誤った発言 {self.false}、"
            f"失われた文字 {self.lost}"
        )


def same_words(said: str, expected: str) -> bool:
    one, two = squeeze(said), squeeze(expected)
    length = min(FIRST_WORDS, len(one), len(two))
    return length > 0 and one[:length] == two[:length]


def score(source: str, truth: list[dict[str, str]]) -> Score:
    proposal = parse_minutes(source)
    found = {turn.line: turn for turn in proposal.turns()}
    expected = {int(row["line"]): row for row in truth}
    right = sum(
        line in found
        and squeeze(found[line].label) == squeeze(row["label_as_printed"])
        and same_words(found[line].text, row["first_40_chars"])
        for line, row in expected.items()
    )
    return Score(
        len(expected),
        right,
        len(expected.keys() - found.keys()),
        len(found.keys() - expected.keys()),
        lost_characters(source, proposal),
    )


def lost_characters(source: str, proposal: Proposal) -> int:
    """Characters that no piece of the proposal covers, or that an utterance took and does not say; no white space."""
    left, begin = [], 0
    said = {index: Counter(squeeze(each.label + each.text)) for index, each in enumerate(proposal.utterances)}
    for piece in proposal.pieces:
        left.append(source[begin : piece.start])
        begin = piece.end
        if piece.kind == "utterance":
            said[piece.index].subtract(squeeze(source[piece.start : piece.end]))
    left.append(source[begin:])
    unsaid = sum(
        -count
        for counts in said.values()
        for sign, count in counts.items()
        if count < 0 and sign not in FRAME
    )
    return len(squeeze("".join(left))) + unsaid


def main(data_dir: Path) -> str:
    """Lines to print: the whole, then each file."""
    files = sorted((data_dir / FOLDER).glob("*.txt"))
    if not files:
        return f"議事録: {FOLDER}/ がないので測っていません。"
    whole, lines = Score(), []
    for path in files:
        truth = path.parent / "truth" / f"{path.stem}.tsv"
        with truth.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        one = score(path.read_text(encoding="utf-8-sig"), rows)
        whole += one
        lines.append(f"  {path.stem}: {one}")
    return "\n".join([f"議事録の読み取り: {len(files)} 件、{whole}", *lines])


if __name__ == "__main__":
    print(main(Path(os.environ.get("EVAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")))
