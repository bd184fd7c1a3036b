"""Finds categories and windows for a sentence in a resident's own words.

Everybody else calls `find`; what is behind it can be replaced as a whole. Parts:

- `reading`: the sentence as words with what is negated, wanted, suffered
- `lexicon/`, `features`, `model`, `categories`: expressions and ideas, weighed by a readable additive model
- `crisis`, `crisis_abroad`: words that put the emergency numbers first, in Japanese and English, and elsewhere
- `vectors`, `indexing`, `windows`: the windows' own words, in a tsvector built here (no text-search configuration)
- `services`: counts words for which nothing was found
"""

from dataclasses import dataclass

from consultations.finding.categories import CategoryMatch, find_categories
from consultations.finding.crisis import Danger, find_danger
from consultations.finding.windows import DatabaseWindows, WindowIndex, WindowMatch

__all__ = [
    "CategoryMatch",
    "Danger",
    "FindResult",
    "WindowIndex",
    "WindowMatch",
    "find",
    "find_categories",
    "find_danger",
]

PUBLISHED_WINDOWS = DatabaseWindows()


@dataclass(frozen=True, slots=True)
class FindResult:
    """Both lists best first. `danger`: true when the emergency numbers come before anything else."""

    categories: list[CategoryMatch]
    windows: list[WindowMatch]
    danger: Danger


def find(text: str, *, windows: WindowIndex | None = PUBLISHED_WINDOWS) -> FindResult:
    """Return what `text` is about and where to turn. Without `windows` the database is not asked.

    Never raises on any text; what is longer than 1,000 characters is cut. Nothing about the text is kept.
    """
    categories = find_categories(text, words=windows.category_words() if windows else None)
    found = windows.search(text, categories) if windows else []
    return FindResult(categories, found, find_danger(text))
