"""The queue in Redis while Redis does not do its part: whoever asks it is told soon, and never waits for ever."""

import socket
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from kombu import Connection
from kombu.exceptions import OperationalError

from platform_portal.cache import ForgivingRedisCache


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """Takes every connection and never says a word, as a Redis that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def broker_at(url: str) -> Connection:
    return Connection(url, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS)


def test_a_queue_that_is_away_is_noticed_quickly() -> None:
    started = time.monotonic()
    with broker_at("redis://127.0.0.1:1/0") as broker, pytest.raises(OperationalError):
        broker.default_channel  # noqa: B018  connects
    assert time.monotonic() - started < 3


def test_a_queue_that_hangs_is_given_up(silent_redis: str) -> None:
    started = time.monotonic()
    with broker_at(silent_redis) as broker, pytest.raises(OperationalError, match="Timeout"):
        broker.default_channel  # noqa: B018  connects
    assert time.monotonic() - started < 8


def test_whoever_waits_for_work_is_not_given_up() -> None:
    """The wait is longer than the answer of a Redis that works may take."""
    longer = settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] + 1
    with broker_at(settings.CELERY_BROKER_URL) as broker, broker.SimpleQueue("test-waiting") as queue:
        with pytest.raises(queue.Empty):
            queue.get(timeout=longer)
        queue.put("work")
        assert queue.get(timeout=longer).payload == "work"
        queue.queue.delete()


def test_a_cache_that_hangs_answers_nothing_cached(silent_redis: str) -> None:
    cache = ForgivingRedisCache(silent_redis, {"OPTIONS": settings.CACHE_TIMEOUTS})
    started = time.monotonic()
    assert cache.get("page", "nothing") == "nothing"
    cache.close()
    assert time.monotonic() - started < 3
