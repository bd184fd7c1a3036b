import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from consultations.finding import FindResult, find


class Command(BaseCommand):
    help = "困りごとの文から、分野と相談窓口をさがします。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", nargs="?", help="困りごとの文")
        parser.add_argument("--json", action="store_true", help="JSONで答えます（1文につき1行）")
        parser.add_argument("--stdin", action="store_true", help="標準入力から1行に1文ずつ読みます")

    def handle(self, *args: Any, text: str | None, json: bool, stdin: bool, **options: Any) -> None:
        if stdin == (text is not None):
            raise CommandError("文を1つ書くか、--stdin を付けてください（両方は使えません）。")
        self._write = self._write_json if json else self._write_list
        for line in sys.stdin if stdin else [text or ""]:
            self._write(self._find(line.rstrip("\r\n")))

    def _find(self, text: str) -> FindResult:
        try:
            return find(text)
        except DatabaseError:
            # Before the first migration the categories are still an answer.
            return find(text, windows=None)

    def _write_json(self, result: FindResult) -> None:
        answer = {
            "categories": [{"slug": match.slug, "score": match.score} for match in result.categories],
            "windows": [
                {"id": match.id, "name": match.name, "score": match.score} for match in result.windows
            ],
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _write_list(self, result: FindResult) -> None:
        if result.danger:
            self.stdout.write("※ 命に関わる言葉があります。")
        for category in result.categories:
            self.stdout.write(f"分野 {category.score:.2f} {category.slug}")
        for window in result.windows:
            self.stdout.write(f"窓口 {window.score:.2f} {window.name} ({window.id})")
        self.stdout.write(f"分野{len(result.categories)}件、窓口{len(result.windows)}件が見つかりました。")
