"""Takes consultation windows from a CSV, TSV or XLSX file: all of it or nothing."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.importing.applying import PlanRefusedError, import_table
from consultations.importing.files import UnreadableFileError
from consultations.importing.planning import Options, Outcome, Plan, PlannedRow, make_plan
from consultations.importing.reading import read_table
from members.models import User
from platform_portal.access.checks import Refused

MAX_FILE = 50 * 1024 * 1024
SHOWN = 200
WORDS = {
    Outcome.CREATED: gettext_lazy("作成"),
    Outcome.CHANGED: gettext_lazy("変更"),
    Outcome.REFUSED: gettext_lazy("取り込めません"),
}


class Command(BaseCommand):
    help = "相談窓口をファイル（CSV・TSV・XLSX）から取り込みます。1行でも取り込めないときは、何も変えません。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="取り込むファイル")
        parser.add_argument("--dry-run", action="store_true", help="何が変わるかを見せるだけで、変えません")
        parser.add_argument("--by", metavar="EMAIL", help="取り込む人のメールアドレス（記録に残ります）")
        parser.add_argument(
            "--trust-state", action="store_true", help="公開状態の列も取り込みます（確認の手順をとばします）"
        )
        parser.add_argument(
            "--only-new", action="store_true", help="すでにある窓口は変えず、新しい窓口だけを作ります"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        content = self._read(options["file"])
        by = self._person(options["by"])
        choices = Options(trusts_state=options["trust_state"], only_new=options["only_new"])
        source = {"file": options["file"].name, "sha256": hashlib.sha256(content).hexdigest()}
        try:
            table = read_table(content)
            if options["dry_run"]:
                plan = make_plan(table=table, by=by, options=choices)
            else:
                plan = import_table(table=table, by=by, options=choices, source=source)
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

    def _read(self, path: Path) -> bytes:
        try:
            if path.stat().st_size > MAX_FILE:
                raise CommandError(_("ファイルが大きすぎます（50 MB まで）。分けてください。"))
            return path.read_bytes()
        except OSError as error:
            raise CommandError(
                _("ファイルを読めません: %(path)s（%(why)s）") % {"path": path, "why": error.strerror}
            ) from error

    def _person(self, email: str | None) -> User | None:
        if email is None:
            return None
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(_("%s という利用者はいません。") % email)
        return person

    def _print(self, plan: Plan, *, is_detailed: bool) -> None:
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
        if is_detailed and row.outcome == Outcome.CHANGED:
            for column, old, new in row.changes:
                self.stdout.write(f"    {column}: {_short(old) or '（空）'} → {_short(new) or '（空）'}")


def summary(plan: Plan) -> str:
    """2件作成、1件変更、60件は同じ"""
    counts = plan.counts
    text = _("%(created)s件作成、%(changed)s件変更、%(unchanged)s件は同じ") % {
        "created": counts[Outcome.CREATED],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
    }
    if counts[Outcome.REFUSED]:
        text += _("、%s件は取り込めません") % counts[Outcome.REFUSED]
    return text


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else plain[:60] + "…"
