"""Fills a portal for showing and trying with newsletters; `load_demo` calls it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members.models import User
from newsletters.demo import load_demo_newsletters

EDITORS = (
    "secretariat@portal.example",
    "staff@portal.example",
    "staff2@portal.example",
    "administrator@portal.example",
)


class Command(BaseCommand):
    help = "試すためのメルマガを入れます（PORTAL_DEMO=true のときだけ）。2回目からは何もしません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--editors", nargs="+", default=EDITORS, help="交代で書く人たちのメールアドレス")
        parser.add_argument(
            "--approver", default="administrator@portal.example", help="認めた人のメールアドレス"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("PORTAL_DEMO=true ではないので、何もしません。")
        wanted = [*options["editors"], options["approver"]]
        people = {user.email: user for user in User.objects.filter(email__in=wanted)}
        missing = sorted({email for email in wanted if email not in people})
        if missing:
            raise CommandError(f"利用者がいません：{'、'.join(missing)}。先に load_demo を実行してください。")
        made = load_demo_newsletters(
            editors=[people[email] for email in options["editors"]], approver=people[options["approver"]]
        )
        self.stdout.write(f"メルマガ {made}種を新しく登録しました。")
