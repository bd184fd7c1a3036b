from typing import Any

from django.core.management.base import BaseCommand

from consultations.masters import load_categories


class Command(BaseCommand):
    help = "15の分野のうち、まだないものを登録します。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_categories()}件の分野を登録しました。")
