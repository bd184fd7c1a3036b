"""Learns the finder's weights from the project's own sentences: `python -m benchmarks.train_finding`.

Reads `benchmarks/data/finding_sentences.tsv`, writes `consultations/finding/lexicon/model.tsv`. Multinomial logistic
regression with AdaGrad, pulled towards the lexicon's weights and otherwise towards zero; the same input gives the same
file. Each sentence is learnt a second time as it sounds, because many people write without kanji, and the lexicon's
strong expressions are learnt as sentences. With `--cross-validate` it writes nothing and says how often sentences that
it has not seen are understood.
"""

import argparse
import csv
import math
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_portal.settings")

import django

django.setup()

from consultations.finding.features import features
from consultations.finding.lexicon import CATEGORY_SLUGS, lexicon
from consultations.finding.model import BIAS, MODEL_FILE, shares
from consultations.finding.reading import read

SENTENCES_FILE = ROOT / "benchmarks" / "data" / "finding_sentences.tsv"
PLACE = {slug: place for place, slug in enumerate(CATEGORY_SLUGS)}
# A feature met less often says more about one sentence than about a category.
LEAST_MET = {"word": 1, "idea": 1, "lex": 1, "ideas": 2, "pair": 3, "sound": 6}
# How strongly a kind of feature is pulled back to where it began.
PULL = {"word": 1.0, "idea": 0.6, "lex": 0.3, "ideas": 1.0, "pair": 1.0, "sound": 1.0, BIAS: 0.1}
LEXICON_START = 1.0
PULL_STRENGTH = 0.5
ROUNDS = 12
STEP = 0.25
# The label named first is the fitting one; the others are right too.
FIRST_LABEL = 1.5
# Thousands of sounds carry next to nothing; without them the file stays readable.
SMALLEST_WEIGHT = {"sound": 0.08, "pair": 0.08}
SMALLEST_OTHER_WEIGHT = 0.02
KANA_WEIGHT = 0.5
EXPRESSION_WEIGHT, STRONG = 0.3, 2.0
FOLDS = 5


@dataclass(frozen=True)
class Example:
    sentence: str
    labels: tuple[str, ...]
    features: dict[str, float]
    weight: float = 1.0

    def target(self) -> list[float]:
        wanted = [0.0] * len(CATEGORY_SLUGS)
        for number, label in enumerate(self.labels):
            wanted[PLACE[label]] = FIRST_LABEL if number == 0 else 1.0
        return [value / sum(wanted) for value in wanted]


def load_examples(path: Path = SENTENCES_FILE) -> list[Example]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [example(row["sentence"], row["labels"].split(",")) for row in rows]


def example(sentence: str, labels: Sequence[str], weight: float = 1.0) -> Example:
    return Example(sentence, tuple(labels), features(read(sentence)), weight)


def in_kana(examples: Sequence[Example]) -> list[Example]:
    """The same sentences as somebody writes them who uses no kanji."""
    return [example(read(known.sentence).sound, known.labels, KANA_WEIGHT) for known in examples]


def strong_expressions() -> list[Example]:
    """The lexicon as sentences; what they do to the lexicon's own weight is left out, it would be certain of itself."""
    found = [
        example(expression.text, [expression.owner], EXPRESSION_WEIGHT)
        for expression in lexicon().expressions
        if expression.is_category and expression.weight >= STRONG
    ]
    for known in found:
        for name in [name for name in known.features if _kind(name) == "lex"]:
            del known.features[name]
    return found


def train(examples: Sequence[Example]) -> dict[str, list[float]]:
    """Feature → weight per category, learnt from `examples`, their kana and the lexicon."""
    examples = [*examples, *in_kana(examples), *strong_expressions()]
    met = Counter(name for example in examples for name in example.features)
    kept = {name: count for name, count in sorted(met.items()) if count >= LEAST_MET[_kind(name)]}
    kept[BIAS] = len(examples)
    start = {name: _start(name) for name in kept}
    weights = {name: list(values) for name, values in start.items()}
    squares = {name: [1e-6] * len(CATEGORY_SLUGS) for name in kept}
    # Every feature is pulled back once a round in all, wherever it occurs.
    pull = {name: 2 * PULL_STRENGTH * PULL[_kind(name)] / count for name, count in kept.items()}
    order = list(range(len(examples)))
    shuffle = random.Random(0)
    for _round in range(ROUNDS):
        shuffle.shuffle(order)
        for number in order:
            _learn(examples[number], weights, start, squares, pull)
    return weights


def _learn(
    example: Example,
    weights: dict[str, list[float]],
    start: dict[str, list[float]],
    squares: dict[str, list[float]],
    pull: dict[str, float],
) -> None:
    active = [(name, value) for name, value in (*example.features.items(), (BIAS, 1.0)) if name in weights]
    totals = [0.0] * len(CATEGORY_SLUGS)
    for name, value in active:
        for place, weight in enumerate(weights[name]):
            totals[place] += value * weight
    errors = [
        example.weight * (is_ - wanted) for is_, wanted in zip(shares(totals), example.target(), strict=True)
    ]
    for name, value in active:
        row, began, square, back = weights[name], start[name], squares[name], pull[name]
        for place, error in enumerate(errors):
            gradient = error * value + back * (row[place] - began[place])
            square[place] += gradient * gradient
            row[place] -= STEP * gradient / math.sqrt(square[place])


def _start(name: str) -> list[float]:
    kind, _, slug = name.partition(":")
    return [LEXICON_START if kind == "lex" and slug == category else 0.0 for category in CATEGORY_SLUGS]


def _kind(name: str) -> str:
    return name.partition(":")[0]


def predict(example: Example, weights: dict[str, list[float]]) -> list[str]:
    totals = list(weights[BIAS])
    for name, value in example.features.items():
        for place, weight in enumerate(weights.get(name, ())):
            totals[place] += value * weight
    return sorted(CATEGORY_SLUGS, key=lambda slug: -totals[PLACE[slug]])


def cross_validate(examples: Sequence[Example]) -> tuple[float, float]:
    """Share of sentences with a right category among the first 1 and the first 3, each unseen in its fold."""
    order = list(range(len(examples)))
    random.Random(1).shuffle(order)
    first = third = 0
    for fold in range(FOLDS):
        unseen = set(order[fold::FOLDS])
        weights = train([example for number, example in enumerate(examples) if number not in unseen])
        for number in unseen:
            ranked = predict(examples[number], weights)
            first += ranked[0] in examples[number].labels
            third += bool(set(ranked[:3]) & set(examples[number].labels))
    return first / len(examples), third / len(examples)


def write(weights: dict[str, list[float]], path: Path = MODEL_FILE) -> int:
    """Writes what is large enough to matter; returns the number of features."""
    lines = []
    for name, row in sorted(weights.items()):
        smallest = SMALLEST_WEIGHT.get(_kind(name), SMALLEST_OTHER_WEIGHT)
        large = [(slug, weight) for slug, weight in zip(CATEGORY_SLUGS, row, strict=True)
                 if abs(weight) >= smallest]  # fmt: skip
        if large:
            lines.append(f"{name}\t" + " ".join(f"{slug}={weight:.2f}" for slug, weight in large))
    path.write_text("# Written by benchmarks/train_finding.py; change the sentences or the lexicon instead.\n"
                    + "\n".join(lines) + "\n", encoding="utf-8")  # fmt: skip
    return len(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cross-validate", action="store_true")
    options = parser.parse_args()
    examples = load_examples()
    if options.cross_validate:
        first, third = cross_validate(examples)
        print(f"{len(examples)} sentences, {FOLDS} folds: hit@1 {first:.1%}, hit@3 {third:.1%}")
        return
    print(f"{write(train(examples))} features written to {MODEL_FILE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
