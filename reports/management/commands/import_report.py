"""`import_report FILE`: a report of a year gone by, or a table of its projects, taken in as a draft."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.desk import reason_of
from platform_portal.japanese.calendar import format_fiscal_year
from reports.importing.reading import ReadFile, UnreadableFileError, read_report_file
from reports.parsing import Flag
from reports.services.imports import check_overwrites_nothing, import_report


class Command(BaseCommand):
    help = (
        "前の年度の事業実施報告書（.txt .docx .pdf）や試行事業の表（.xlsx .csv .tsv）を読み、下書きにします。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="報告書か表のファイル")
        parser.add_argument("--dry-run", action="store_true", help="読み取るだけで、保存しません")
        parser.add_argument(
            "--json", action="store_true", help="読み取った内容を JSON で表示します（--dry-run とともに）"
        )
        parser.add_argument(
            "--year", type=int, metavar="YYYY", help="年度（西暦）。ファイルに書いていないとき"
        )
        parser.add_argument("--name", default="", help="交付金の正式な名前。ファイルにも登録にもないとき")
        parser.add_argument("--by", metavar="EMAIL", help="だれが取り込むか（事務局の人のメールアドレス）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"] and not options["dry_run"]:
            raise CommandError("--json は --dry-run とともに使ってください。")
        by = None if options["dry_run"] else _person(options["by"])
        file = _read(options["file"], options["year"])
        try:
            if options["dry_run"]:
                self._show(file, as_json=options["json"])
            else:
                self._store(file, options["name"], by)
        except (Refused, ValidationError) as error:
            raise CommandError(f"取り込めません。何も変わっていません。{reason_of(error)}") from error

    def _show(self, file: ReadFile, *, as_json: bool) -> None:
        read = file.report
        if as_json:
            self.stdout.write(json.dumps(read.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(read.flags)
        check_overwrites_nothing(read)
        if not as_json:
            written = sum(bool(section.body) for section in read.sections)
            found = _counts(len(read.activities), written, len(read.projects), len(read.flags))
            self.stdout.write(f"{_year_of(read.fiscal_year)}: {found}。試しです。保存していません。")

    def _store(self, file: ReadFile, official_name: str, by: Any) -> None:
        done = import_report(file=file, by=by, official_name=official_name)
        self._tell(done.flags)
        found = _counts(done.activities, done.sections, done.projects, len(done.flags))
        self.stdout.write(f"{_year_of(done.scheme.fiscal_year)}: {found}。下書きに取り込みました。")

    def _tell(self, flags: tuple[Flag, ...]) -> None:
        for flag in sorted(flags, key=lambda flag: flag.line):
            self.stdout.write(f"  {flag.line}行目 [{flag.code}] {flag.message}")


def _counts(activities: int, sections: int, projects: int, flags: int) -> str:
    return f"事業 {activities} 件、本文 {sections} か所、試行事業 {projects} 件、確かめること {flags} 件"


def _year_of(year: int | None) -> str:
    return "（年度を読み取れません）" if year is None else format_fiscal_year(year)


def _person(email: str | None) -> User:
    by: User | None = User.objects.filter(is_active=True, email__iexact=email or "").first()
    if by is None:
        raise CommandError("--by に、事務局の人のメールアドレスを書いてください。")
    return by


def _read(path: Path, year: int | None) -> ReadFile:
    try:
        with path.open("rb") as file:
            return read_report_file(file=file, file_name=path.name, fiscal_year=year)
    except OSError as error:
        raise CommandError(f"ファイルを開けません: {path}（{error.strerror}）") from error
    except UnreadableFileError as error:
        raise CommandError(error.message) from error
