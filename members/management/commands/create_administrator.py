"""Lets the first administrator in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from members import services
from members.links import password_reset_link


class Command(BaseCommand):
    help = (
        "管理者を登録し、パスワードを決めるページのアドレスを表示します。"
        "パスワードを決める前なら、もう一度実行すると新しいアドレスが出ます。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("name", metavar="NAME")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        try:
            user = services.create_administrator(email=email, name=name)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"管理者「{user.name}」（{user.email}）。24時間以内に次のページを開いてください。")
        self.stdout.write(password_reset_link(user))
