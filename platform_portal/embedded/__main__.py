"""Start, stop or look at the embedded services from the command line."""

import argparse
import sys
from pathlib import Path

from platform_portal.embedded import EmbeddedError, are_running, ensure_services, stop_services


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
