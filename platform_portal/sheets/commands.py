"""What the management commands that take files in, and write them, share."""

import hashlib
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.access.checks import Refused
from platform_portal.sheets.files import UnreadableFileError
from platform_portal.sheets.planning import Outcome, Plan, PlannedRow, PlanRefusedError, summary
from platform_portal.sheets.writing import csv_lines, workbook_bytes

MAX_FILE = 50 * 1024 * 1024
SHOWN = 200
WORDS = {
    Outcome.CREATED: gettext_lazy("作成"),
    Outcome.CHANGED: gettext_lazy("変更"),
    Outcome.PROPOSED: gettext_lazy("確認待ちになります"),
    Outcome.REFUSED: gettext_lazy("取り込めません"),
}


class ImportCommand(BaseCommand):
    """Takes a file in, all of it or nothing, and tells row by row what it did not like."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="取り込むファイル")
        parser.add_argument("--dry-run", action="store_true", help="何が変わるかを見せるだけで、変えません")
        parser.add_argument("--by", metavar="EMAIL", help="取り込む人のメールアドレス（記録に残ります）")

    @abstractmethod
    def plan(self, content: bytes, by: Any, options: dict[str, Any]) -> Plan[Any]:
        """Writes nothing."""

    @abstractmethod
    def take_in(self, content: bytes, by: Any, source: dict[str, Any], options: dict[str, Any]) -> Plan[Any]:
        """Raises PlanRefusedError, Refused."""

    def handle(self, *args: Any, **options: Any) -> None:
        content = self._read(options["file"])
        by = self._person(options["by"])
        source = {"file": options["file"].name, "sha256": hashlib.sha256(content).hexdigest()}
        try:
            plan = self._plan_or_take_in(content, by, source, options)
        except UnreadableFileError as error:
            raise CommandError(error.message) from error
        except Refused as refused:
            raise CommandError(refused.reason) from refused
        except PlanRefusedError as error:
            plan = error.plan
        is_detailed = options["dry_run"] or plan.is_refused
        if is_detailed or options["verbosity"]:
            self._print(plan, is_detailed=is_detailed)
        if plan.is_refused:
            raise CommandError(_("%s。何も変えていません。") % summary(plan))
        done = _("試しです。何も変えていません。") if options["dry_run"] else _("取り込みました。")
        self.stdout.write(f"{summary(plan)}。{done}")

    def _plan_or_take_in(
        self, content: bytes, by: Any, source: dict[str, Any], options: dict[str, Any]
    ) -> Plan[Any]:
        if options["dry_run"]:
            return self.plan(content, by, options)
        return self.take_in(content, by, source, options)

    def _read(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > MAX_FILE:
                raise CommandError(_("ファイルが大きすぎます（50 MB まで）。分けてください。"))
            return path.read_bytes()
        except OSError as error:
            raise CommandError(
                _("ファイルを読めません: %(path)s（%(why)s）") % {"path": path, "why": error.strerror}
            ) from error

    def _person(self, email: str | None) -> Any:
        if email is None:
            return None
        people = get_user_model()._default_manager
        person = people.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(_("%s という利用者はいません。") % email)
        return person

    def _print(self, plan: Plan[Any], *, is_detailed: bool) -> None:
        """A dry run tells every row that it would touch; an import only those of which it warns."""
        rows = [
            row for row in plan.rows if row.warnings or (is_detailed and row.outcome != Outcome.UNCHANGED)
        ]
        rows.sort(key=lambda row: (row.outcome != Outcome.REFUSED, row.number))
        for row in rows[:SHOWN]:
            self._print_row(row, is_detailed=is_detailed)
        if len(rows) > SHOWN:
            self.stdout.write(_("…ほか%s行") % (len(rows) - SHOWN))

    def _print_row(self, row: PlannedRow, *, is_detailed: bool) -> None:
        word = WORDS.get(row.outcome, _("同じ"))
        self.stdout.write(
            _("%(number)s行目 %(word)s: %(title)s") % {"number": row.number, "word": word, "title": row.title}
        )
        for problem in row.problems:
            self.stdout.write(f"    ✕ {problem.column}「{_short(problem.value)}」: {problem.reason}")
        for warning in row.warnings:
            self.stdout.write(f"    ! {warning.column}「{_short(warning.value)}」: {warning.reason}")
        if is_detailed and row.outcome in {Outcome.CHANGED, Outcome.PROPOSED}:
            for column, old, new in row.changes:
                self.stdout.write(f"    {column}: {_short(old) or '（空）'} → {_short(new) or '（空）'}")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else plain[:60] + "…"


class ExportCommand(BaseCommand):
    """Writes rows to a file or to the screen."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="書き出すファイル（ないときは画面へ）"
        )

    def write_out(
        self, rows: Callable[[], Iterable[Sequence[str]]], *, title: str, output: Path | None, count: int
    ) -> None:
        if output is None:
            for piece in csv_lines(rows()):
                self.stdout.write(piece, ending="")
            self.stdout.flush()
            report = self.stderr  # the file itself goes where the other messages go
        else:
            self._write_file(rows(), title, output)
            report = self.stdout
        report.write(_("%s件を書き出しました。") % count)

    def _write_file(self, rows: Iterable[Sequence[str]], title: str, output: Path) -> None:
        """Through a file beside it, so that a failure leaves no half of one."""
        part = output.with_name(output.name + ".part")
        try:
            with part.open("wb") as file:
                if output.suffix.lower() == ".xlsx":
                    file.write(workbook_bytes(rows, title))
                else:
                    file.writelines(piece.encode() for piece in csv_lines(rows))
            part.replace(output)
        except OSError as error:
            raise CommandError(
                _("ファイルに書けません: %(path)s（%(why)s）") % {"path": output, "why": error.strerror}
            ) from error
        finally:
            part.unlink(missing_ok=True)
