"""Redis cache that answers "nothing cached" while Redis is away.

The cache holds only copies (pages, rate counters). Losing it must slow the portal down,
never stop a resident from seeing a number.
"""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _warn(error: Exception) -> None:
    logger.warning("cache unavailable: %s", type(error).__name__)


class OneClient(RedisCacheClient):
    """Django's own makes a new `redis.Redis` for every command, which takes longer than the command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class ForgivingRedisCache(RedisCache):
    """`django.core.cache`'s Redis backend; a Redis error counts as a miss and is logged."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._class = OneClient

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """True when Redis is away: callers take it for a lock or a first count, and must not be shut out."""
        try:
            return bool(super().add(*args, **kwargs))
        except RedisError as error:
            _warn(error)
            return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as error:
            _warn(error)
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError as error:
            _warn(error)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().touch(*args, **kwargs))
        except RedisError as error:
            _warn(error)
            return False

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().delete(*args, **kwargs))
        except RedisError as error:
            _warn(error)
            return False

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        try:
            return dict(super().get_many(*args, **kwargs))
        except RedisError as error:
            _warn(error)
            return {}

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError when Redis is away, as for a key that does not exist."""
        try:
            return int(super().incr(key, delta, version))
        except RedisError as error:
            _warn(error)
            raise ValueError("cache unavailable") from error
