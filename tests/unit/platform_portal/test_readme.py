"""The English and the Japanese README say the same in the same order."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[3]
TEXTS = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")]


def levels(text: str) -> list[str]:
    return re.findall(r"^(#+) ", text, re.MULTILINE)


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def addresses(text: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", text)


def first_cells(text: str) -> list[list[str]]:
    return [re.findall(r"`[^`]+`", row) for row in re.findall(r"^\| (`[^|]+)\|", text, re.MULTILINE)]


@pytest.mark.parametrize("part", [levels, code_blocks, addresses, first_cells])
def test_twins_agree(part) -> None:
    english, japanese = (part(text) for text in TEXTS)
    assert english
    assert english == japanese


@pytest.mark.parametrize("text", TEXTS)
def test_links_and_folders_exist(text: str) -> None:
    named = [word.strip("`") for row in first_cells(text) for word in row if "/" in word]
    for name in [address for address in addresses(text) if "://" not in address] + named:
        assert (ROOT / name).exists(), name


def test_commands_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for text in TEXTS:
        assert set(re.findall(r"make ([a-z]+)", text)) <= set(targets)
    for needed in ("demo", "test", "check", "setup", "bench", "evaluate", "lock", "help", "clean"):
        assert needed in targets


def test_documented_management_commands_exist() -> None:
    documents = [ROOT / "docs" / "operations.md", *ROOT.glob("README*.md"), *ROOT.glob("docs/adr/*.md")]
    text = "\n".join(document.read_text(encoding="utf-8") for document in documents)
    named = set(re.findall(r"(?:deploy/entrypoint|manage\.py) ([a-z_]+)", text))
    assert {"check_portal", "create_administrator"} <= named
    assert named <= set(get_commands())


def test_documented_settings_are_read() -> None:
    """Every name in `.env.example` and in the container files is one that the code or a script reads."""
    read = "".join(
        path.read_text(encoding="utf-8")
        for pattern in ("platform_portal/*.py", "deploy/entrypoint", "deploy/*.py", "scripts/*")
        for path in ROOT.glob(pattern)
        if path.is_file()
    )
    files = (".env.example", "docker-compose.yml", "deploy/portal.env.example", "Dockerfile")
    given = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in files)
    names = set(re.findall(r"\b((?:PORTAL|DATABASE|REDIS|WEB|WORKER)_[A-Z_]+)\s*[:=](?!-)", given))
    assert len(names) > 15
    assert {name for name in names if name.removesuffix("_FILE") not in read} == set()
