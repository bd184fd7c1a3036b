"""Weighs the features of a sentence: an additive model whose every weight can be read in `lexicon/model.tsv`.

The score of a category is the sum of strength × weight over the sentence's features; a softmax makes shares of these
sums. `benchmarks/train_finding.py` learns the weights from the project's own sentences.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from consultations.finding.lexicon import CATEGORY_SLUGS

MODEL_FILE = Path(__file__).parent / "lexicon" / "model.tsv"
BIAS = "bias"

Weights = Mapping[str, Sequence[tuple[int, float]]]
"""Feature → (place in CATEGORY_SLUGS, weight) of the categories it speaks for or against."""


@cache
def weights() -> Weights:
    """Reads `model.tsv` once per process. Line: feature, tab, `slug=weight` separated by spaces."""
    place = {slug: number for number, slug in enumerate(CATEGORY_SLUGS)}
    known = {}
    for line in MODEL_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        feature, _, values = line.partition("\t")
        pairs = (value.split("=") for value in values.split(" "))
        known[feature] = [(place[slug], float(weight)) for slug, weight in pairs]
    return known


def sums(features: Mapping[str, float], known: Weights) -> list[float]:
    """One sum per category, in the order of CATEGORY_SLUGS."""
    totals = [0.0] * len(CATEGORY_SLUGS)
    for feature, strength in (*features.items(), (BIAS, 1.0)):
        for place, weight in known.get(feature, ()):
            totals[place] += strength * weight
    return totals


def shares(totals: Sequence[float]) -> list[float]:
    """Softmax: positive, adding up to 1."""
    highest = max(totals)
    powers = [math.exp(total - highest) for total in totals]
    whole = sum(powers)
    return [power / whole for power in powers]


def reasons(features: Mapping[str, float], slug: str, known: Weights) -> list[tuple[str, float]]:
    """Why a category got its sum: (feature, contribution), the largest first."""
    wanted = CATEGORY_SLUGS.index(slug)
    parts = [
        (feature, strength * weight)
        for feature, strength in features.items()
        for place, weight in known.get(feature, ())
        if place == wanted
    ]
    return sorted(parts, key=lambda part: (-abs(part[1]), part[0]))
