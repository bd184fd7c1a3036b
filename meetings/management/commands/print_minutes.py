from typing import Any

from django.core.management.base import BaseCommand

from meetings.services import renderings


class Command(BaseCommand):
    help = "公開中の議事録のPDFのうち、まだないものを作ります。ワーカーが止まっているときに使います。"

    def handle(self, *args: Any, **options: Any) -> None:
        asked, made = renderings.print_all()
        self.stdout.write(f"{asked}件の議事録を確かめ、PDFを{made}件作りました。")
