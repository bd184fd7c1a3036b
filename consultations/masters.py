"""The fifteen categories a new portal starts with. What staff changed since is left alone."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from consultations.models import Category
from platform_portal.page_cache import forget_public_pages

CATEGORIES_FILE = Path(__file__).parent / "data" / "categories.toml"


@transaction.atomic
def load_categories(path: Path = CATEGORIES_FILE) -> int:
    """Adds the categories that are missing; returns how many were added."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["category"]
    known = set(Category.objects.values_list("slug", flat=True))
    missing = [_category(entry) for entry in entries if entry["slug"] not in known]
    for category in missing:
        category.full_clean()
        category.save()
    if missing:
        transaction.on_commit(forget_public_pages)
    return len(missing)


def _category(entry: dict[str, Any]) -> Category:
    return Category(
        slug=entry["slug"],
        name=entry["name"],
        description=entry["description"],
        intro=entry["intro"],
        words="\n".join(entry["words"]),
        icon=entry["icon"],
        is_risk=entry["is_risk"],
        position=entry["order"],
    )
