"""`parse_hours TEXT`: opening hours as offices write them, as an OSM rule in JSON."""

import json
import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from consultations.hours.parsing import parse_hours


class Command(BaseCommand):
    help = "受付時間の文を opening_hours の規則に直し、JSON で表示します。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", nargs="?", help="受付時間の文")
        parser.add_argument("--closed-days", default="", help="休みの日の文")
        parser.add_argument(
            "--stdin", action="store_true", help="1行に1件（受付時間<TAB>休みの日）を標準入力から読みます"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stdin"] == (options["text"] is not None):
            raise CommandError("受付時間の文か --stdin の、どちらか一つを指定してください。")
        if not options["stdin"]:
            self.stdout.write(parsed_as_json(options["text"], options["closed_days"]))
            return
        cast(TextIOWrapper, sys.stdin).reconfigure(encoding="utf-8", errors="replace")
        for line in sys.stdin:
            hours, _tab, closed_days = line.rstrip("\r\n").partition("\t")
            self.stdout.write(parsed_as_json(hours, closed_days.split("\t")[0]))


def parsed_as_json(hours: str, closed_days: str) -> str:
    """One line; keys as agreed with whoever reads it."""
    parsed = parse_hours(hours, closed_days)
    return json.dumps(
        {
            "opening_hours": parsed.opening_hours,
            "confidence": parsed.confidence,
            "unparsed": parsed.unparsed,
            "description": parsed.description,
        },
        ensure_ascii=False,
    )
