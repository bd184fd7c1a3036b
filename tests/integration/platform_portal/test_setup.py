"""`make setup` and `make demo` on machines that lack something; Python, pip and apt are played by small scripts."""

import shutil
import socket
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_portal import print_needs

ROOT = Path(__file__).resolve().parents[3]
TOOLS = [
    "bash",
    "sh",
    "env",
    "cat",
    "cp",
    "dirname",
    "find",
    "flock",
    "grep",
    "head",
    "ls",
    "mkdir",
    "mv",
    "rm",
    "sed",
    "sha256sum",
    "tail",
    "touch",
    "tr",
    "printf",
    "seq",
    "sleep",
]
# A Python that can do only what the set-up asks of it, and notes every call of pip.
FAKE_PYTHON = """#!/bin/bash
case "$*" in
    --version) echo "Python 3.11.99" ;;
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"-m pip install"*)
        echo "$*" >>"$FAKE_HOME/pip-calls"
        if [ -e "$FAKE_HOME/no-network" ]; then echo "ERROR: Could not connect" >&2; exit 1; fi ;;
    *token_urlsafe*) echo "random-secret" ;;
    *version_info*) [ ! -e "$FAKE_HOME/old-python" ] ;;
    *print_needs.py) if [ -e "$FAKE_HOME/no-libraries" ]; then cat "$FAKE_HOME/no-libraries"; fi ;;
    *ensurepip*) [ ! -e "$FAKE_HOME/no-venv-module" ] ;;
esac
"""


@dataclass
class Machine:
    """A checkout in an awkward folder and a PATH with nothing but what the test puts there."""

    clone: Path
    home: Path

    def program(self, name: str, text: str) -> None:
        path = self.home / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def lacks(self, what: str) -> None:
        (self.home / what).touch()

    def mends(self, what: str) -> None:
        (self.home / what).unlink()

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.clone,
            env={
                "PATH": str(self.home / "bin"),
                "FAKE_HOME": str(self.home),
                "LC_ALL": "C.UTF-8",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def pip_calls(self) -> list[str]:
        file = self.home / "pip-calls"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    clone = tmp_path / "a b" / "相談 $(x)"
    clone.mkdir(parents=True)
    shutil.copytree(ROOT / "scripts", clone / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    (clone / "platform_portal").mkdir()
    shutil.copy(ROOT / "platform_portal/print_needs.py", clone / "platform_portal")
    for name in ("requirements.lock", "requirements-demo.lock", "requirements-dev.lock", ".env.example"):
        shutil.copy(ROOT / name, clone / name)
    made = Machine(clone, tmp_path / "home")
    (made.home / "bin").mkdir(parents=True)
    for tool in TOOLS:
        real = shutil.which(tool)
        assert real, tool
        (made.home / "bin" / tool).symlink_to(real)
    made.program("id", "#!/bin/bash\necho 1000\n")
    made.program("python3.11", FAKE_PYTHON)
    return made


def assert_plain(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Failed, said why in a few lines, showed no traceback and no complaint of the shell."""
    assert done.returncode == 1, done.stdout + done.stderr
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert "line " not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 5


def test_first_run_installs_and_second_does_nothing(machine: Machine) -> None:
    done = machine.run("scripts/setup")
    assert done.returncode == 0, done.stderr
    assert len(machine.pip_calls) == 1
    assert "--require-hashes" in machine.pip_calls[0]
    assert "index" not in machine.pip_calls[0]
    assert "requirements-dev" not in machine.pip_calls[0]
    settings = machine.clone / ".env"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert "PORTAL_SECRET_KEY=random-secret\n" in settings.read_text()

    assert machine.run("scripts/setup").returncode == 0
    assert len(machine.pip_calls) == 1


def test_set_up_for_tests_is_enough_for_the_demo(machine: Machine) -> None:
    for name in ("chromium", "fc-list"):
        machine.program(name, "#!/bin/bash\necho BIZ UDPGothic\n")
    assert machine.run("scripts/setup", "--dev").returncode == 0
    assert "requirements-dev.lock" in machine.pip_calls[0]
    assert machine.run("scripts/setup").returncode == 0
    assert machine.run("scripts/setup", "--dev").returncode == 0
    assert len(machine.pip_calls) == 1


def test_own_settings_are_never_overwritten(machine: Machine) -> None:
    (machine.clone / ".env").write_text("PORTAL_SECRET_KEY=mine\n")
    assert machine.run("scripts/setup").returncode == 0
    assert (machine.clone / ".env").read_text() == "PORTAL_SECRET_KEY=mine\n"


def test_changed_lock_file_installs_again(machine: Machine) -> None:
    machine.run("scripts/setup")
    with (machine.clone / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert machine.run("scripts/setup").returncode == 0
    assert len(machine.pip_calls) == 2


def test_interrupted_installation_is_begun_again(machine: Machine) -> None:
    machine.lacks("no-network")
    assert_plain(machine.run("scripts/setup"), "ERROR: Could not connect", "var/setup.log")
    (machine.clone / ".venv" / "half").touch()
    machine.mends("no-network")
    done = machine.run("scripts/setup")
    assert done.returncode == 0, done.stderr
    assert not (machine.clone / ".venv" / "half").exists()
    assert not (machine.clone / ".venv" / ".unfinished").exists()


def test_moved_checkout_gets_a_new_virtualenv(machine: Machine) -> None:
    machine.run("scripts/setup")
    (machine.clone / ".venv" / "old").touch()
    machine.clone = machine.clone.rename(machine.clone.with_name("moved"))
    assert machine.run("scripts/setup").returncode == 0
    assert not (machine.clone / ".venv" / "old").exists()


def test_linked_virtualenv_is_used_and_never_deleted(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "shared" / "bin").mkdir(parents=True)
    shutil.copy(machine.home / "bin" / "python3.11", tmp_path / "shared" / "bin" / "python")
    (tmp_path / "shared" / ".unfinished").touch()
    (machine.clone / ".venv").symlink_to(tmp_path / "shared")
    assert machine.run("scripts/setup").returncode == 0
    assert (machine.clone / ".venv").is_symlink()


def test_wrong_python_is_named(machine: Machine) -> None:
    machine.lacks("old-python")
    assert_plain(machine.run("scripts/setup"), "python3 python3-venv", "sudo apt-get install")
    assert not (machine.clone / ".venv").exists()


def test_missing_venv_module_is_named(machine: Machine) -> None:
    machine.lacks("no-venv-module")
    assert_plain(machine.run("scripts/setup"), "python3-venv")


def test_missing_browser_is_named_for_tests_only(machine: Machine) -> None:
    assert machine.run("scripts/setup").returncode == 0
    assert_plain(machine.run("scripts/setup", "--dev"), "chromium")


def test_what_printing_lacks_is_named(machine: Machine) -> None:
    (machine.home / "no-libraries").write_text("libharfbuzz-subset0\nfonts-morisawa-bizud-gothic\n")
    for kind in ("--run", "--dev"):
        assert_plain(
            machine.run("scripts/setup", kind),
            "sudo apt-get install libharfbuzz-subset0 fonts-morisawa-bizud-gothic",
        )


def test_what_printing_needs_is_named_in_full_without_a_python_to_ask_with(machine: Machine) -> None:
    machine.lacks("old-python")
    packages = [*print_needs.LIBRARIES, *print_needs.FONTS]
    assert len(packages) == 5
    assert_plain(machine.run("scripts/setup"), " ".join(packages))


def test_root_installs_missing_packages(machine: Machine) -> None:
    machine.lacks("no-venv-module")
    machine.program("id", "#!/bin/bash\necho 0\n")
    machine.program(
        "apt-get",
        '#!/bin/bash\necho "$*" >>"$FAKE_HOME/apt-calls"\nif [ "$1" = install ]; then rm "$FAKE_HOME/no-venv-module"; fi\n',
    )
    done = machine.run("scripts/setup")
    assert done.returncode == 0, done.stderr
    calls = (machine.home / "apt-calls").read_text().splitlines()
    assert calls[0].startswith("update")
    assert calls[1].startswith("install")
    assert calls[1].endswith(" python3-venv")


def test_failing_package_manager_is_one_line(machine: Machine) -> None:
    machine.lacks("no-venv-module")
    machine.program("id", "#!/bin/bash\necho 0\n")
    machine.program("apt-get", "#!/bin/bash\necho 'E: Failed to fetch' >&2\nexit 100\n")
    assert_plain(machine.run("scripts/setup"), "E: Failed to fetch")


def test_full_disk_is_named(machine: Machine) -> None:
    machine.program(
        "python3.11", FAKE_PYTHON.replace("ERROR: Could not connect", "OSError: No space left on device")
    )
    machine.lacks("no-network")
    assert_plain(machine.run("scripts/setup"), "No space left on device")


def test_folder_that_cannot_be_written_is_named(machine: Machine) -> None:
    (machine.clone / "var").write_text("in the way")
    assert_plain(machine.run("scripts/setup"), "Cannot write")


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80 80", "99999999999"])
def test_nonsense_port_is_refused(machine: Machine, port: str) -> None:
    assert_plain(machine.run("scripts/demo", PORT=port), "PORT")


@pytest.mark.enable_socket
def test_taken_port_stops_the_demo_before_anything_is_made(machine: Machine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert_plain(machine.run("scripts/demo", PORT=port), f"port {port} is taken")
    assert not (machine.clone / ".venv").exists()
    assert not (machine.clone / "var").exists()


def test_clean_keeps_data_and_settings(machine: Machine) -> None:
    machine.run("scripts/setup")
    (machine.clone / "var" / "postgres").mkdir()
    (machine.clone / "staticfiles").mkdir()
    assert machine.run("scripts/clean").returncode == 0
    assert not (machine.clone / ".venv").exists()
    assert not (machine.clone / "staticfiles").exists()
    assert (machine.clone / "var" / "postgres").exists()
    assert (machine.clone / ".env").exists()
