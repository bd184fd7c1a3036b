"""The tick: sends waiting mails without Celery and Redis, once or again and again."""

import logging
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from platform_portal.mail.sending import Tally, run_once

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 30


class Command(BaseCommand):
    help = (
        "待っているメールを送ります。--loop を付けると、止められるまで送りつづけます（Redis は要りません）。"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="30秒ごとに、止められるまで")
        parser.add_argument("--alive-file", type=Path, help="1回終わるたびに触るファイル（見張り用）")

    def handle(self, *args: Any, loop: bool, alive_file: Path | None, **options: Any) -> None:
        if not loop:
            self._say(run_once())
            return
        stopped = threading.Event()
        # A round that has begun is finished: a sender that is killed leaves a mail in doubt.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            self._round()
            if alive_file is not None:
                alive_file.touch()
            stopped.wait(PAUSE_SECONDS)
        self.stdout.write("止まりました。")

    def _round(self) -> None:
        """A database that is away today is back tomorrow: the loop stays."""
        close_old_connections()
        try:
            run_once()
        except (OperationalError, InterfaceError) as error:
            logger.warning("mails wait, the database is away: %s", type(error).__name__)

    def _say(self, tally: Tally) -> None:
        if tally.is_server_away:
            self.stdout.write("メールの送り先につながりません。メールは残っています。")
        self.stdout.write(
            f"送ったメール {tally.sent}件、送り直すもの {tally.failed}件、あきらめたもの {tally.given_up}件"
        )
