"""What printing needs from the system is looked for where it is used, and named where it is installed."""

import ctypes
from pathlib import Path

import pytest

from platform_portal import print_needs

ROOT = Path(__file__).resolve().parents[3]


def test_nothing_is_missing_here():
    assert print_needs.missing_packages() == []


def test_unknown_names_are_not_found():
    assert not print_needs.has_library("libnowhere.so.0")
    assert not print_needs.has_font("Nobody's Gothic")


def test_without_the_library_that_chooses_fonts_there_are_none(monkeypatch):
    def nothing(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", nothing)
    assert print_needs.missing_packages() == [*print_needs.LIBRARIES, *print_needs.FONTS]


@pytest.mark.parametrize("file", ["Dockerfile", "docs/operations.md"])
def test_every_package_is_installed_and_documented(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    for package in [*print_needs.LIBRARIES, *print_needs.FONTS]:
        assert package in text
