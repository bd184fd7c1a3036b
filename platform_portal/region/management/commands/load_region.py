"""Loads prefectures and municipalities."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from platform_portal.region import services

DATA = Path(services.__file__).parent / "data"


class Command(BaseCommand):
    help = "都道府県と市区町村の一覧を読み込みます。何度実行しても同じ結果になります。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="CSVのあるフォルダー")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            done = services.load_region(folder=folder)
        except services.BadRegionFileError as error:
            raise CommandError(f"読み込めませんでした。何も変えていません。{error}") from error
        self.stdout.write(
            f"都道府県 {done.prefectures} 件、市区町村 {done.municipalities} 件"
            f"（新しい・変わったもの {done.changed} 件）"
        )
