"""Scores the finder on sentences kept outside the project: is a right category among the first 1, the first 3?"""

import csv
from pathlib import Path

from consultations.finding.categories import find_categories

FILE_NAME = "finder_dev.tsv"


def main(data_dir: Path) -> str:
    """Return one line with hit@1 and hit@3 on `finder_dev.tsv` (columns sentence, labels), or why there is none."""
    path = data_dir / FILE_NAME
    if not path.is_file():
        return f"find: {FILE_NAME} がないので測っていません。"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            (row["sentence"], set(row["labels"].split(","))) for row in csv.DictReader(file, delimiter="\t")
        ]
    found = [([match.slug for match in find_categories(sentence)], labels) for sentence, labels in rows]
    hits = {count: sum(bool(labels & set(slugs[:count])) for slugs, labels in found) for count in (1, 3)}
    shown = ", ".join(f"hit@{count} {hit / len(rows):.1%} ({hit}/{len(rows)})" for count, hit in hits.items())
    return f"find: {len(rows)} sentences, {shown}"
