"""After a change of the secret key: makes the old one dispensable."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from members import services


class Command(BaseCommand):
    help = "2段階認証の秘密を、いまの PORTAL_SECRET_KEY で暗号化し直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = services.reencrypt_second_factors()
        except InvalidToken as error:
            raise CommandError(
                "前の鍵が見つかりません。PORTAL_SECRET_KEY_FALLBACKS に入れてください。何も変えていません。"
            ) from error
        self.stdout.write(f"{count} 件の2段階認証を、いまの鍵で暗号化し直しました。")
