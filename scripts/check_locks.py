"""Checks that the lock files belong to pyproject.toml, agree with each other, and name no package index."""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = {"requirements.lock": None, "requirements-demo.lock": "demo", "requirements-dev.lock": "dev"}
Pins = dict[str, set[str]]


def read_pins(text: str) -> Pins:
    """Versions by package; more than one where Python versions need different ones."""
    pins: Pins = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", text, re.MULTILINE):
        pins.setdefault(canonicalize_name(name), set()).add(version)
    return pins


def find_problems(project: dict[str, Any], texts: dict[str, str]) -> list[str]:
    """What is wrong, one line each. `project` is pyproject.toml, `texts` the lock files by name."""
    problems = []
    pins = {name: read_pins(text) for name, text in texts.items()}
    for name, text in texts.items():
        problems += [
            f"{name}: {line.strip()}" for line in text.splitlines() if re.search(r"://|--\w*index", line)
        ]
        problems += [f"{name}: {entry} has no hash" for entry in entries_without_hash(text)]
        problems += unmet(name, requirements_of(project, FILES[name]), pins[name])
    for name, own in pins.items():
        for package, versions in own.items():
            problems += [
                f"{package}: {name} and {other} disagree"
                for other, theirs in pins.items()
                if other < name and package in theirs and theirs[package] != versions
            ]
    return problems


def entries_without_hash(text: str) -> list[str]:
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    return [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def requirements_of(project: dict[str, Any], group: str | None) -> list[str]:
    if group is None:
        return list(project["project"]["dependencies"])
    return list(project["dependency-groups"][group])


def unmet(file: str, requirements: list[str], pins: Pins) -> list[str]:
    problems = []
    for text in requirements:
        wanted = Requirement(text)
        versions = pins.get(canonicalize_name(wanted.name), set())
        if not versions or not all(
            wanted.specifier.contains(version, prereleases=True) for version in versions
        ):
            problems.append(f"{file}: {text} is not met (run make lock)")
    return problems


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    problems = find_problems(project, {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES})
    sys.stdout.write("".join(f"{line}\n" for line in problems) or "lock files agree with pyproject.toml\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
