"""`import_minutes FILE`: minutes as they were written elsewhere, read into a proposal."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from meetings.extracting import UnreadableFileError, extract_text
from meetings.models import Body, Meeting
from meetings.parsing import Proposal, parse_minutes
from meetings.services.imports import import_minutes_file
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.desk import reason_of


class Command(BaseCommand):
    help = "議事録のファイル（.txt .md .docx .pdf）を読み、会議・次第・出席者・発言に分けて、下書きにします。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="議事録のファイル")
        parser.add_argument("--dry-run", action="store_true", help="読み取るだけで、保存しません")
        parser.add_argument(
            "--json", action="store_true", help="読み取った内容を JSON で表示します（--dry-run とともに）"
        )
        parser.add_argument("--meeting", metavar="ID", help="どの会議の議事録にするか（会議の ID）")
        parser.add_argument("--body", metavar="ID", help="新しい会議を作る会議体の ID")
        parser.add_argument("--by", metavar="EMAIL", help="だれが取り込むか（事務局の人のメールアドレス）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"] and not options["dry_run"]:
            raise CommandError("--json は --dry-run とともに使ってください。")
        if not options["dry_run"]:
            self._store(options)
            return
        proposal = parse_minutes(_text_of(options["file"]))
        if options["json"]:
            self.stdout.write(json.dumps(proposal.as_json(), ensure_ascii=False, indent=2))
        else:
            self._tell(proposal)

    def _store(self, options: dict[str, Any]) -> None:
        by = User.objects.filter(is_active=True, email__iexact=options["by"] or "").first()
        if by is None:
            raise CommandError("--by に、事務局の人のメールアドレスを書いてください。")
        meeting = Meeting.objects.select_related("body").filter(public_id=options["meeting"] or "").first()
        body = Body.objects.filter(public_id=options["body"] or "").first()
        if (options["meeting"] and meeting is None) or (options["body"] and body is None):
            raise CommandError("その ID の会議や会議体はありません。")
        if (meeting is None) == (body is None):
            raise CommandError(
                "--meeting に会議の ID か、--body に会議体の ID を、どちらか1つ書いてください。"
            )
        try:
            done = import_minutes_file(path=options["file"], meeting=meeting, body=body, by=by)
        except OSError as error:
            raise _unopened(options["file"], error) from error
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        except (Refused, ValidationError) as error:
            raise CommandError(f"取り込めません。何も変わっていません。{reason_of(error)}") from error
        self.stdout.write(
            f"{done.minutes.meeting.title}（{done.minutes.meeting.public_id}）: 発言 {done.utterances} 件、"
            f"確かめること {done.flags} 件。議事録の下書きにしました。"
        )

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
        raise _unopened(path, error) from error
    except UnreadableFileError as error:
        raise CommandError(str(error)) from error


def _unopened(path: Path, error: OSError) -> CommandError:
    return CommandError(f"ファイルを開けません: {path}（{error.strerror}）")
