"""Reads the environment strictly: a missing or malformed value stops start-up with a hint."""

import os
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from environs import Env, EnvError

HINT = (
    "設定を読めません: {problem}\n"
    "  環境変数か .env を直してください（見本は .env.example、はじめての場合は make setup）。\n"
    "  (Settings cannot be read. Fix the environment or .env; see .env.example, or run make setup.)"
)

# What is measured, tested or served must not depend on a developer's own .env.
WITHOUT_FILE = {"test", "bench", "production"}


def stop(problem: str) -> NoReturn:
    """Ends the process with one plain message; a traceback would bury the sentence that helps."""
    sys.exit(HINT.format(problem=problem))


class Environment:
    """Typed access to the portal's settings, from the process environment first, then `.env`."""

    def __init__(self, base_dir: Path) -> None:
        self._env = Env()
        if os.environ.get("PORTAL_ENV") not in WITHOUT_FILE and (base_dir / ".env").is_file():
            self._env.read_env(str(base_dir / ".env"), recurse=False)

    def text(self, name: str, default: str | None = None) -> str:
        value = self._env.str(name, default)
        if value is None or (value == "" and default is None):
            stop(f"{name} がありません")
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        raw = self._env.str(name, "true" if default else "false").strip().lower()
        if raw not in {"true", "false"}:
            stop(f"{name} は true か false で書いてください（今の値: {raw!r}）")
        return raw == "true"

    def number(self, name: str, default: int) -> int:
        try:
            return self._env.int(name, default)
        except EnvError:
            stop(f"{name} は整数で書いてください")

    def words(self, name: str, default: list[str]) -> list[str]:
        raw = self._env.str(name, ",".join(default))
        return [word.strip() for word in raw.split(",") if word.strip()]

    def secret(self, name: str) -> str:
        """A secret from NAME, or from the file that NAME_FILE points at (container secrets)."""
        file_name = self._env.str(f"{name}_FILE", "")
        if not file_name:
            return self.text(name)
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            stop(f"{name}_FILE のファイルを読めません: {error}")

    def origin(self, name: str) -> str:
        value = self.text(name).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
            stop(f"{name} は https://portal.example.jp のように書いてください（今の値: {value!r}）")
        return value
