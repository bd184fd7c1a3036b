"""Redis away: the portal goes on without copies."""

import logging

import pytest
from django.core.cache import cache

from platform_portal.cache import ForgivingRedisCache


@pytest.fixture
def dead() -> ForgivingRedisCache:
    return ForgivingRedisCache("unix:///nowhere/redis.sock", {"OPTIONS": {"socket_connect_timeout": 0.2}})


def test_every_read_is_a_miss_and_every_write_is_dropped(dead, caplog):
    with caplog.at_level(logging.WARNING):
        assert dead.get("a", "default") == "default"
        assert dead.get_many(["a"]) == {}
        assert dead.add("a", 1) is True  # a lock nobody can keep must not keep anybody out
        assert dead.touch("a") is False
        assert dead.delete("a") is False
        dead.set("a", 1)
        with pytest.raises(ValueError, match="unavailable"):
            dead.incr("a")
    assert caplog.text.count("cache unavailable") == 7


def test_the_living_one_keeps_things():
    cache.set("a", 1)
    assert cache.incr("a") == 2
    assert cache.get_many(["a", "b"]) == {"a": 2}
    assert cache.add("a", 5) is False
    assert cache.touch("a") is True
    assert cache.delete("a") is True


def test_the_portal_uses_it():
    assert isinstance(cache._connections["default"], ForgivingRedisCache)
