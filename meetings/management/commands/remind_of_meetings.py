"""The daily reminders by hand, or from cron where no worker runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.services.attendance.reminding import remind_of_meetings


class Command(BaseCommand):
    help = "出欠の返事の期限の近い会議について、返事のない団体にメールで知らせます。何度動かしても、メールは1回分です。"

    def handle(self, *args: Any, **options: Any) -> None:
        tally = remind_of_meetings()
        words = f"催促した会議 {tally.meetings}件、メール {tally.mails}通"
        if tally.failed:
            raise CommandError(f"{words}。{tally.failed}件の会議は催促できませんでした。ログを見てください。")
        self.stdout.write(f"{words}。")
