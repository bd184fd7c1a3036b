"""Fills a portal for showing and trying: places, categories, real windows, accounts with made-up names."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from consultations.masters import load_categories
from members.demo import load_demo_joining, load_demo_organizations
from members.masters import load_member_masters
from members.models import User
from platform_portal.access.roles import Role
from platform_portal.region.models import PortalSettings, Prefecture

WINDOWS_FILE = Path(__file__).parents[2] / "data" / "demo_windows.csv"
ACCOUNTS = [
    ("administrator@portal.example", "管理 はな", "情報政策課", Role.ADMINISTRATOR),
    ("secretariat@portal.example", "事務 いちろう", "地域福祉課", Role.SECRETARIAT),
    ("staff@portal.example", "県庁 あおい", "地域福祉課", Role.STAFF),
    ("staff2@portal.example", "県庁 みどり", "子ども政策課", Role.STAFF),
    ("member@npo.example", "会員 そら", "まちの居場所の会", Role.MEMBER),
]


class Command(BaseCommand):
    help = (
        "試すためのデータを入れます（PORTAL_DEMO=true のときだけ）。2回目からは、足りないものだけ入れます。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError(
                "PORTAL_DEMO=true ではないので、何もしません。本番に試し用の利用者を作らないためです。"
            )
        with transaction.atomic():
            call_command("load_region", stdout=self.stdout)
            self._load_settings()
            categories = load_categories()
            load_member_masters()
            password = self._load_accounts()
            load_demo_joining(
                secretariat=User.objects.get(email="secretariat@portal.example"),
                staff=User.objects.get(email="staff@portal.example"),
            )
            load_demo_organizations(
                by=User.objects.get(email="secretariat@portal.example"), password=password
            )
            call_command(
                "import_windows",
                str(WINDOWS_FILE),
                "--trust-state",
                "--only-new",  # what people changed while trying stays
                "--by",
                "administrator@portal.example",
                stdout=self.stdout,
                verbosity=0,  # the words in the file are ours and have been read
            )
            call_command("load_demo_meetings", stdout=self.stdout)
            call_command("load_demo_reports", stdout=self.stdout)
            call_command("load_demo_newsletters", stdout=self.stdout)
        self.stdout.write(f"分野 {categories}件を新しく登録しました。")
        self._print_accounts(password)
        self.stdout.write("試すためのデータがそろいました。")

    def _load_settings(self) -> None:
        PortalSettings.objects.get_or_create(
            pk=1,
            defaults={
                "platform_name": "香川県 孤独・孤立対策官民連携プラットフォーム",
                "secretariat_name": "プラットフォーム事務局（試用）",
                # Every newsletter says where its sender is: without these none can be approved.
                "secretariat_postal_code": "760-0000",
                "secretariat_address": "香川県高松市試用町1-1",
                "secretariat_phone": "087-000-0000",
                "secretariat_email": "jimukyoku@portal.example",
                "prefecture": Prefecture.objects.get(code="370002"),
            },
        )

    def _load_accounts(self) -> str:
        """One random password for all demo accounts, kept in a file that only this machine can read."""
        file = self._password_file
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(12), encoding="utf-8")
        password = file.read_text(encoding="utf-8").strip()
        known = set(User.objects.values_list("email", flat=True))
        for email, name, section, role in ACCOUNTS:
            if email not in known:
                User.objects.create_user(email, password, name=name, section=section, role=role)
        return password

    @property
    def _password_file(self) -> Path:
        return Path(settings.VAR_DIR) / "demo-password"

    def _print_accounts(self, password: str) -> None:
        self.stdout.write("試用の利用者（パスワードは共通）:")
        for email, _name, _section, role in ACCOUNTS:
            self.stdout.write(f"  {email:32} {role.label}")
        self.stdout.write(f"  パスワード: {password}")
