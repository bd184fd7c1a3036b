"""Fills a portal for showing and trying with made-up bodies and meetings; `load_demo` calls it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from meetings.demo import load_demo_meetings
from meetings.demo_events import load_demo_events
from members.models import User


class Command(BaseCommand):
    help = "試すための会議体と会議を入れます（PORTAL_DEMO=true のときだけ）。2回目からは、足りない会議体だけ入れます。"

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
        made = load_demo_meetings(**people)
        events = load_demo_events(**people)
        self.stdout.write(f"催し {events}件を新しく登録しました。")
        self.stdout.write(f"会議体 {made}件を、会議といっしょに新しく登録しました。")
