"""A file between its preview and its acceptance: in the shared cache for an hour, for the person who brought it."""

import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

SECONDS = 3_600
_TOKEN = re.compile(r"[\w-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kept:
    """`done` is the year once the file was taken in: who presses twice is led to what the first press made."""

    name: str
    data: bytes
    fiscal_year: int | None
    official_name: str
    done: int | None = None


def keep(kept: Kept, *, user: Any) -> str:
    """Returns the token under which `user`, and nobody else, finds it."""
    token = secrets.token_urlsafe(16)
    cache.set(_key(token, user), kept, SECONDS)
    return token


def find(token: str, *, user: Any) -> Kept | None:
    """None after an hour, or where the cache was away."""
    found: Kept | None = cache.get(_key(token, user)) if _TOKEN.fullmatch(token) else None
    return found


def mark_done(token: str, kept: Kept, year: int, *, user: Any) -> None:
    """The file itself is let go."""
    cache.set(_key(token, user), Kept(kept.name, b"", kept.fiscal_year, kept.official_name, year), SECONDS)


def _key(token: str, user: Any) -> str:
    return f"reports-import:{user.pk}:{token}"
