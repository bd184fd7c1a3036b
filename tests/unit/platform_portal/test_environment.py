"""Settings from the environment: wrong ones stop the start with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from platform_portal.environment import Environment

ROOT = Path(__file__).parents[3]


@pytest.fixture
def read(monkeypatch, tmp_path):
    """Reads one setting from a folder that has no .env."""

    def _read(method: str, name: str, *args, value: str | None = None):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
        return getattr(Environment(tmp_path), method)(name, *args)

    return _read


@pytest.mark.parametrize("value", ["True", "true", " TRUE "])
def test_flag_true(read, value):
    assert read("flag", "PORTAL_X", False, value=value) is True


@pytest.mark.parametrize("value", ["1", "yes", "on", "ture"])
def test_flag_takes_no_other_spelling(read, value):
    with pytest.raises(SystemExit, match="true か false"):
        read("flag", "PORTAL_X", False, value=value)


def test_missing_text_names_the_setting(read):
    with pytest.raises(SystemExit, match="PORTAL_X"):
        read("text", "PORTAL_X")


def test_empty_text_counts_as_missing(read):
    with pytest.raises(SystemExit, match="PORTAL_X"):
        read("text", "PORTAL_X", value="")


def test_default_is_used(read):
    assert read("text", "PORTAL_X", "既定") == "既定"
    assert read("number", "PORTAL_X", 7) == 7
    assert read("words", "PORTAL_X", ["a", "b"]) == ["a", "b"]


def test_number_must_be_a_number(read):
    with pytest.raises(SystemExit, match="整数"):
        read("number", "PORTAL_X", 1, value="たくさん")


@pytest.mark.parametrize(
    "value", ["portal.example.jp", "ftp://a.example", "https://a.example/path", "https://"]
)
def test_origin_must_be_an_origin(read, value):
    with pytest.raises(SystemExit, match="https://portal"):
        read("origin", "PORTAL_X", value=value)


def test_origin_loses_its_last_slash(read):
    assert read("origin", "PORTAL_X", value="https://portal.example.jp/") == "https://portal.example.jp"


def test_secret_comes_from_a_file(read, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("ひみつ\n", encoding="utf-8")
    monkeypatch.setenv("PORTAL_X_FILE", str(tmp_path / "secret"))
    assert read("secret", "PORTAL_X") == "ひみつ"


def test_missing_secret_file_is_said(read, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_X_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit, match="PORTAL_X_FILE"):
        read("secret", "PORTAL_X")


def test_dot_env_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_ENV", "demo")
    monkeypatch.delenv("PORTAL_FROM_FILE", raising=False)
    (tmp_path / ".env").write_text("PORTAL_FROM_FILE=はい\n", encoding="utf-8")
    try:
        assert Environment(tmp_path).text("PORTAL_FROM_FILE") == "はい"
    finally:
        os.environ.pop("PORTAL_FROM_FILE", None)  # environs puts what it reads into the process


@pytest.mark.parametrize("name", ["test", "bench", "production"])
def test_dot_env_answers_neither_for_tests_nor_for_production(tmp_path, monkeypatch, name):
    monkeypatch.setenv("PORTAL_ENV", name)
    (tmp_path / ".env").write_text("PORTAL_FROM_FILE=はい\n", encoding="utf-8")
    assert Environment(tmp_path).text("PORTAL_FROM_FILE", "いいえ") == "いいえ"


def test_start_without_settings_ends_with_a_hint_and_no_traceback(tmp_path):
    result = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "check"],
        env={"PATH": "/usr/bin:/bin", "PORTAL_SECRET_KEY": "", "PORTAL_ORIGIN": "nonsense"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode != 0
    assert "make setup" in result.stderr
    assert "Traceback" not in result.stderr
