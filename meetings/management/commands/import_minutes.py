"""`import_minutes FILE`: minutes as they were written elsewhere, read into a proposal."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from meetings.extracting import UnreadableFileError, extract_text
from meetings.parsing import Proposal, parse_minutes


class Command(BaseCommand):
    help = "議事録のファイル（.txt .md .docx .pdf）を読み、会議・次第・出席者・発言に分けます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="議事録のファイル")
        parser.add_argument("--dry-run", action="store_true", help="読み取るだけで、保存しません")
        parser.add_argument(
            "--json", action="store_true", help="読み取った内容を JSON で表示します（--dry-run とともに）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"] and not options["dry_run"]:
            raise CommandError("--json は --dry-run とともに使ってください。")
        if not options["dry_run"]:
            raise CommandError(
                "取り込みの保存はまだできません。--dry-run を付けると、読み取った内容を確かめられます。"
            )
        proposal = parse_minutes(_text_of(options["file"]))
        if options["json"]:
            self.stdout.write(json.dumps(proposal.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(proposal)

    def _tell(self, proposal: Proposal) -> None:
        for flag in proposal.flags:
            self.stdout.write(f"  {flag.line}行目 [{flag.code}] {flag.message}")
        self.stdout.write(
            f"{proposal.title or '（名前を読み取れません）'}: 次第 {len(proposal.agenda)} 件、発言 {sum(1 for _ in proposal.turns())} 件、"
            f"確かめること {len(proposal.flags)} 件。保存していません。"
        )


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return extract_text(file, path.name).text
    except OSError as error:
        raise CommandError(f"ファイルを開けません: {path}（{error.strerror}）") from error
    except UnreadableFileError as error:
        raise CommandError(str(error)) from error
