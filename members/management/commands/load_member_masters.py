from typing import Any

from django.core.management.base import BaseCommand

from members.masters import load_member_masters


class Command(BaseCommand):
    help = "会員の活動分野・得意分野・入会の条件とそのきまりのうち、まだないものを登録します。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"会員のための選択肢ときまりを、{load_member_masters()}件登録しました。")
