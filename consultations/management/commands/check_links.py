"""The link checker by hand."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from consultations.links.services import MOST_LINKS, MOST_SECONDS, check_links


class Command(BaseCommand):
    help = "公開中の窓口のリンクが、まだつながるかを確かめます。1回に確かめる数と時間には限りがあります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=MOST_LINKS, help="確かめるリンクの数（最大）")
        parser.add_argument("--seconds", type=float, default=MOST_SECONDS, help="かける時間（最大、秒）")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_CHECK_LINKS:
            self.stdout.write("PORTAL_CHECK_LINKS=false なので、確かめません。")
            return
        run = check_links(limit=options["limit"], seconds=options["seconds"])
        self.stdout.write(f"確かめたリンク {run.checked}件、つながらなかったリンク {run.failed}件。")
