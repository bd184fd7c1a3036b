"""The page that says what becomes of bad input names a test for each line; here, that those tests are there."""

import ast
import re
from pathlib import Path

from django.conf import settings

_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_is_there() -> None:
    root = Path(settings.BASE_DIR)
    page = (root / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(_NAMED.findall(page))
    assert len(named) > 30
    missing = [(file, name) for file, name in named if name not in _tests_in(root / file)]
    assert missing == []


def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
