"""No module escapes the contract that imports go down only."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
LAYERS = [re.split(r"\s*[:|]\s*", layer) for layer in CONTRACT["contracts"][0]["layers"]]
NAMED = {name for layer in LAYERS for name in layer}
# Commands are started by people and may call every part that they serve.
OUTSIDE = {"platform_portal.management"}


def test_every_app_is_in_the_contract() -> None:
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps
    assert apps <= NAMED
    assert apps | {"platform_portal"} == set(CONTRACT["root_packages"])


def test_every_part_of_the_platform_is_in_the_contract() -> None:
    parts = {
        f"platform_portal.{path.stem}"
        for path in (ROOT / "platform_portal").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert len(parts) > 10
    assert parts - NAMED == OUTSIDE
    assert {name for name in NAMED if name.startswith("platform_portal.")} <= parts


def test_order_is_the_documented_one() -> None:
    order = [layer[0] for layer in LAYERS]
    wanted = ["consultations", "members", "platform_portal.publishing", "platform_portal.access"]
    assert [name for name in order if name in wanted] == wanted
