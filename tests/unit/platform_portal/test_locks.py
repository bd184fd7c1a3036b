"""The check of the lock files finds what it is there to find."""

from types import ModuleType

import pytest

from tests.scripts import load_script

HASH = " \\\n    --hash=sha256:" + "0" * 64 + "\n"
PROJECT = {
    "project": {"dependencies": ["Alpha_One>=2"]},
    "dependency-groups": {"demo": ["beta"], "dev": ["gamma<3"]},
}


@pytest.fixture(scope="module")
def locks() -> ModuleType:
    return load_script("check_locks")


def texts(**changed: str) -> dict[str, str]:
    good = {
        "": "alpha-one==2.1" + HASH,
        "demo": "beta==1" + HASH + "alpha-one==2.1" + HASH,
        "dev": "gamma==2" + HASH,
    }
    return {
        f"requirements{'-' * bool(key)}{key}.lock": changed.get(key or "run", text)
        for key, text in good.items()
    }


def test_good_files_have_no_problem(locks: ModuleType) -> None:
    assert locks.find_problems(PROJECT, texts()) == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"run": "alpha-one==1.9" + HASH}, "Alpha_One>=2 is not met"),
        ({"demo": "alpha-one==2.1" + HASH}, "beta is not met"),
        ({"dev": "gamma==2\n"}, "gamma==2 has no hash"),
        ({"dev": "--index-url https://mirror.example/simple\ngamma==2" + HASH}, "mirror.example"),
        ({"dev": "--extra-index-url file\ngamma==2" + HASH}, "--extra-index-url"),
        ({"dev": "gamma==2" + HASH + "alpha-one==2.2" + HASH}, "disagree"),
    ],
)
def test_each_fault_is_named(locks: ModuleType, changed: dict[str, str], word: str) -> None:
    assert any(word in problem for problem in locks.find_problems(PROJECT, texts(**changed)))


def test_the_projects_own_files_are_good(locks: ModuleType) -> None:
    assert locks.main() == 0
