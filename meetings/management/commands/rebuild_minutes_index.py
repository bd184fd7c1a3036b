from typing import Any

from django.core.management.base import BaseCommand

from meetings.indexing import rebuild_vectors


class Command(BaseCommand):
    help = "議事録と資料をさがすための言葉を、すべて作りなおします（辞書を新しくしたときなど）。"

    def handle(self, *args: Any, **options: Any) -> None:
        blocks, papers = rebuild_vectors()
        self.stdout.write(f"発言{blocks}件と資料{papers}件の言葉を作りなおしました。")
