"""Sectors, strengths, criteria and rules a new portal starts with. What staff changed since is left alone."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import models, transaction

from members.models import JoiningCriterion, JoiningRules, Sector, Strength

MASTERS_FILE = Path(__file__).parent / "data" / "members.toml"
MODELS: dict[str, type[models.Model]] = {
    "sector": Sector,
    "strength": Strength,
    "criterion": JoiningCriterion,
}


@transaction.atomic
def load_member_masters(path: Path = MASTERS_FILE) -> int:
    """Adds the entries that are missing; returns how many were added."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    added = sum(_add_missing(model, data[kind]) for kind, model in MODELS.items())
    rules = {name: text.strip() for name, text in data["rules"].items()}
    _row, is_new = JoiningRules.objects.get_or_create(pk=1, defaults=rules)
    return added + int(is_new)


def _add_missing(model: type[models.Model], entries: list[dict[str, Any]]) -> int:
    """An entry is known by its slug: staff may have changed its words, or switched it off."""
    rows = model._default_manager
    known = set(rows.values_list("slug", flat=True))
    missing = [
        model(position=number * 10, **entry)
        for number, entry in enumerate(entries, start=1)
        if entry["slug"] not in known
    ]
    for row in missing:
        row.full_clean()
        row.save()
    return len(missing)
