"""Pieces kept for a minute: made once, never older than what was published last."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone, translation

from platform_portal import keeping
from platform_portal.keeping import Keeper, keeper_of, make_anew
from platform_portal.page_cache import forget_public_pages, public_version

NOW = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _empty_shelves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "_shelves", {})


class Maker:
    """Counts how often it had to work."""

    def __init__(self) -> None:
        self.worked = 0

    def __call__(self) -> int:
        self.worked += 1
        return self.worked


def test_piece_is_made_once_for_its_key() -> None:
    make, keep = Maker(), Keeper(NOW, "v1")
    assert [keep("a", make), keep("a", make), keep("b", make)] == [1, 1, 2]
    assert Keeper(NOW, "v1")("a", make) == 1


@pytest.mark.parametrize(
    "other",
    [lambda: Keeper(NOW, "v2"), lambda: Keeper(NOW + dt.timedelta(minutes=1), "v1")],
    ids=["published", "later"],
)
def test_piece_is_stale_after_publishing_and_after_a_minute(other) -> None:
    make = Maker()
    Keeper(NOW, "v1")("a", make)
    assert other()("a", make) == 2


def test_piece_is_of_one_language() -> None:
    make = Maker()
    with translation.override("ja"):
        Keeper(NOW, "v1")("a", make)
    with translation.override("en"):
        assert Keeper(NOW, "v1")("a", make) == 2


def test_nothing_is_kept_without_a_version() -> None:
    make = Maker()
    for _time in range(2):
        Keeper(NOW, "")("a", make)
        make_anew("a", make)
    assert make.worked == 4


def test_shelf_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_PIECES", 3)
    keep = Keeper(NOW, "v1")
    for number in range(10):
        assert keep(number, lambda number=number: number) == number
    assert len(keep._shelf) <= 3


def test_none_is_a_piece_too() -> None:
    make = Maker()
    keep = Keeper(NOW, "v1")
    assert keep("nothing", lambda: make() and None) is None
    assert keep("nothing", lambda: make() and None) is None
    assert make.worked == 1


def test_request_has_one_keeper_of_its_minute() -> None:
    request = RequestFactory().get("/")
    with time_machine.travel(NOW + dt.timedelta(seconds=59), tick=False):
        keeper = keeper_of(request)
        assert keeper.moment == NOW
        assert keeper_of(request) is keeper
    assert timezone.is_aware(keeper.moment)


def test_version_stays_until_something_is_published() -> None:
    first = public_version()
    assert first
    assert public_version() == first
    forget_public_pages()
    assert public_version() not in {first, ""}


def test_without_redis_there_is_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache._connections["default"], "get", lambda key, default=None: default)
    assert public_version() == ""
