"""The embedded services without starting any: folders, owners, messages."""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from platform_portal.embedded import (
    EmbeddedError,
    are_running,
    ensure_services,
    home,
    processes,
    stop_services,
)

ME = (os.geteuid(), os.getegid())


def test_short_plain_folder_keeps_its_sockets_near() -> None:
    with tempfile.TemporaryDirectory() as name:
        assert home._socket_dir(Path(name), ME) == Path(name) / "run"


@pytest.mark.parametrize("name", ["a b", "日本語", "x" * 90, "a,b", "q?host=", "100%20"])
def test_odd_or_long_folder_gets_sockets_elsewhere(tmp_path: Path, name: str) -> None:
    var = tmp_path / name
    var.mkdir()
    found = home._socket_dir(var, ME)
    try:
        assert len(str(found)) <= 107 - len("/.s.PGSQL.5432.lock")
        assert str(found).isascii()
        assert not set(str(found)) & set(" ,?%")
        assert stat.S_IMODE(found.stat().st_mode) == 0o700
        assert home._socket_dir(var, ME) == found, "the same folder must be found again"
    finally:
        found.rmdir()


def test_socket_folder_does_not_follow_the_shells_tmpdir(tmp_path: Path, monkeypatch) -> None:
    first = home._socket_dir(tmp_path / "a b", ME)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert home._socket_dir(tmp_path / "a b", ME) == first
    first.rmdir()


def test_two_folders_never_share_sockets(tmp_path: Path) -> None:
    one, two = (home._socket_dir(tmp_path / name, ME) for name in ("a b", "a c"))
    assert one != two
    one.rmdir()
    two.rmdir()


def test_link_in_place_of_the_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    (tmp_path / "run").symlink_to(tmp_path / "theirs")
    with pytest.raises(EmbeddedError, match="持ち主"):
        home._private_folder(tmp_path / "run", ME)


def test_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    with pytest.raises(EmbeddedError, match="持ち主"):
        home._private_folder(tmp_path / "run", (ME[0] + 1, ME[1]))


def test_private_folder_is_closed_again_when_it_was_open(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o755)
    assert stat.S_IMODE(home._private_folder(tmp_path / "run", ME).stat().st_mode) == 0o700


def test_ordinary_user_owns_the_database(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 5678)
    assert home._service_owner(tmp_path) == (1234, 5678)


def test_root_hands_the_database_to_somebody_else(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    uid, _gid = home._service_owner(tmp_path)
    assert uid == (tmp_path.stat().st_uid or 65534)


def test_machine_without_nobody_says_so(tmp_path: Path, monkeypatch) -> None:
    class Root:
        st_uid = 0

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Path, "stat", lambda self: Root())
    monkeypatch.setattr("pwd.getpwnam", {}.__getitem__)
    with pytest.raises(EmbeddedError, match="nobody"):
        home._service_owner(tmp_path)


def test_only_one_process_at_a_time(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as mine, (tmp_path / "lock").open("w") as theirs:
        assert home._try_lock(mine.fileno())
        assert not home._try_lock(theirs.fileno())
    with (tmp_path / "lock").open("w") as theirs:
        assert home._try_lock(theirs.fileno())


def test_file_in_place_of_the_folder_is_one_plain_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(EmbeddedError, match=r"\A[^\n]+exists: .*var\)\Z"):
        ensure_services(tmp_path / "var")


def test_missing_package_says_what_to_do(monkeypatch) -> None:
    with pytest.raises(EmbeddedError, match="make setup"):
        processes.package_file("no_such_package_here", "bin/x")
    with pytest.raises(EmbeddedError, match="make setup"):
        processes.package_file("platform_portal", "bin/x")


def test_nothing_runs_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert not are_running(tmp_path / "no")
    assert not stop_services(tmp_path / "no")
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("creating...\ninitdb: error: No space left on device\n", "initdb: error: No space left on device"),
        ("LOG: a\nFATAL:  lock file exists\nHINT: b\n", "FATAL:  lock file exists"),
        ("only this\n", "only this"),
        ("\n\n", "?"),
        ("", "?"),
    ],
)
def test_the_telling_line_is_picked(output: str, line: str) -> None:
    assert processes.reason_in(output) == line


def test_process_is_known_by_program_and_arguments() -> None:
    command = [sys.executable, "-c", "print(1, flush=True); import time; time.sleep(60)", "/some/data"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # before this the child may still be a copy of us
        program = Path(sys.executable).name
        assert processes.is_process_of(process.pid, program)
        assert processes.is_process_of(process.pid, program, "/some/data")
        assert not processes.is_process_of(process.pid, program, "/other/data")
        assert not processes.is_process_of(process.pid, "postgres")
        assert not processes.is_process_of(process.pid, program[1:])
        process.kill()
    assert not processes.is_process_of(process.pid, program)


def test_waiting_ends_with_the_given_sentence() -> None:
    with pytest.raises(EmbeddedError, match="too slow"):
        processes.wait_until(lambda: False, 0.01, "too slow")


def test_root_without_setpriv_says_so(monkeypatch) -> None:
    monkeypatch.setattr(processes.shutil, "which", lambda name: None)
    with pytest.raises(EmbeddedError, match="setpriv"):
        processes.as_owner((ME[0] + 1, ME[1]), [])


def test_no_usable_user_says_so(monkeypatch) -> None:
    monkeypatch.setattr(processes.shutil, "which", lambda name: "/bin/false")
    with pytest.raises(EmbeddedError, match="一般の利用者"):
        processes.as_owner((ME[0] + 1, ME[1]), [Path("/")])


def test_environment_cannot_steer_the_server(monkeypatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c fsync=off")
    monkeypatch.setenv("LC_MESSAGES", "ja_JP.UTF-8")
    found = processes.quiet_environment()
    assert "PGOPTIONS" not in found
    assert found["LC_ALL"] == "C.UTF-8"
