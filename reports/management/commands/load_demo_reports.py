"""Fills a portal for showing and trying with two annual reports; `load_demo` calls it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import User
from reports.demo import load_demo_reports


class Command(BaseCommand):
    help = (
        "試すための報告書を入れます（PORTAL_DEMO=true のときだけ）。2回目からは、足りない年度だけ入れます。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", default="secretariat@portal.example", help="書いた人のメールアドレス")
        parser.add_argument(
            "--approver", default="administrator@portal.example", help="認めた人のメールアドレス"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO=true ではないので、何もしません。")
        people = {name: User.objects.filter(email=options[name]).first() for name in ("by", "approver")}
        missing = [options[name] for name, user in people.items() if user is None]
        if missing:
            raise CommandError(f"利用者がいません：{'、'.join(missing)}。先に load_demo を実行してください。")
        made = load_demo_reports(**people)
        self.stdout.write(f"事業実施報告書 {made}件を新しく登録しました。")
