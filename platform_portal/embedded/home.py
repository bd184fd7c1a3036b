"""The folder of one pair of servers: who owns it, where its sockets lie, who may start and stop."""

import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from platform_portal.embedded.processes import START_SECONDS, EmbeddedError, wait_until

# A socket's path may have 107 bytes (unix(7)); the longest name inside the folder is `.s.PGSQL.5432.lock`.
LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Home:
    """The folder of one pair of servers. `owner` is who PostgreSQL runs as."""

    var_dir: Path
    socket_dir: Path
    owner: tuple[int, int]


@contextmanager
def plain_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise EmbeddedError(
            f"PostgreSQL と Redis を用意できません({error.strerror or error}{where})"
        ) from error


@contextmanager
def locked(var_dir: Path) -> Iterator[Home]:
    """Only one process at a time starts or stops; the others wait and then find it done."""
    var_dir = var_dir.absolute()
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / ".services.lock").open("w") as lock:
        wait_until(
            lambda: _try_lock(lock.fileno()), START_SECONDS * 2, "ほかの処理が終わるのを待ちきれませんでした"
        )
        owner = _service_owner(var_dir)
        socket_dir = _socket_dir(var_dir, owner)
        try:
            yield Home(var_dir, socket_dir, owner)
        finally:
            with suppress(OSError):  # goes only when no server left a socket in it
                socket_dir.rmdir()


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
    return _private_folder(Path("/tmp") / f"tsunagari-{owner[0]}-{digest(var_dir)}", owner)  # noqa: S108 (checked below)


def digest(var_dir: Path) -> str:
    """Sixteen letters that stand for the folder in the name of its socket folder."""
    return hashlib.sha256(os.fsencode(var_dir.resolve())).hexdigest()[:16]


def _private_folder(path: Path, owner: tuple[int, int]) -> Path:
    """Make `path` with mode 0700 for `owner`; refuse a link or a folder that somebody else put there."""
    with suppress(FileExistsError):  # whose it is, is looked at below
        path.mkdir(mode=0o700)
        hand_over(path, owner)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner[0]:
        raise EmbeddedError(f"フォルダーの持ち主が違います。消してからやり直してください: {path}")
    if stat.S_IMODE(status.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def hand_over(path: Path, owner: tuple[int, int]) -> None:
    if os.geteuid() == 0:
        os.chown(path, *owner)
