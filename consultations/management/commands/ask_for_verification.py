"""The daily round by hand, or to see what it would do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consultations.services.asking import ask_for_verification


class Command(BaseCommand):
    help = "確かめる日の来た窓口について、運営する団体にメールで確認を頼みます。1日に何度動かしても、メールは1通です。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="何が起こるかを書き出し、何も変えません。")

    def handle(self, *args: Any, **options: Any) -> None:
        is_dry_run = options["dry_run"]
        tally = ask_for_verification(is_dry_run=is_dry_run)
        for name, asked, stopped in tally.told:
            self.stdout.write(f"{name}: 確認を頼む窓口 {asked}件、公開を止めた窓口 {stopped}件")
        words = (
            f"始めた確認 {tally.opened}件、終わった確認 {tally.settled}件、メール {tally.mails}通、"
            f"公開を止めた窓口 {tally.stopped}件、止められない窓口 {tally.kept}件"
        )
        if tally.failed:
            raise CommandError(f"{words}。{tally.failed}団体には頼めませんでした。ログを見てください。")
        self.stdout.write(f"{'（試し）' if is_dry_run else ''}{words}。")
