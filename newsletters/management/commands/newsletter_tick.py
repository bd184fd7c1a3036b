"""The tick: freezes and sends newsletters without Celery and Redis, once or again and again."""

import logging
import signal
import threading
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from newsletters.sending import pumping
from newsletters.sending.senders import Tally

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 30


class Command(BaseCommand):
    help = "予定の時刻になったメルマガを送ります。--loop を付けると、止められるまで続けます（Redis は要りません）。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="30秒ごとに、止められるまで")
        parser.add_argument("--alive-file", type=Path, help="1回終わるたびに触るファイル（見張り用）")

    def handle(self, *args: Any, loop: bool, alive_file: Path | None, **options: Any) -> None:
        stopped = threading.Event()
        if not loop:
            self._say(self._send_all(stopped, alive_file))
            return
        # The copies in the air are finished: a sender that is killed leaves them in doubt.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            self._round(stopped, alive_file)
            stopped.wait(PAUSE_SECONDS)
        self.stdout.write("止まりました。")

    def _round(self, stopped: threading.Event, alive_file: Path | None) -> None:
        """A database that is away today is back tomorrow: the loop stays."""
        close_old_connections()
        try:
            self._send_all(stopped, alive_file)
        except (OperationalError, InterfaceError) as error:
            logger.warning("newsletters wait, the database is away: %s", type(error).__name__)

    def _send_all(self, stopped: threading.Event, alive_file: Path | None) -> Tally:
        """Pumps one issue after the other, a piece at a time, until nothing is due or the server is away."""
        whole = Tally()
        while not stopped.is_set():
            before = whole.handled
            for issue_id in pumping.tick():
                if not stopped.is_set() and not whole.is_server_away:
                    whole.add(pumping.pump(issue_id, stopped))
            if alive_file is not None:
                alive_file.touch()
            if whole.handled == before or whole.is_server_away:
                break
        return whole

    def _say(self, tally: Tally) -> None:
        if tally.is_server_away:
            self.stdout.write("メールの送り先につながりません。まだのものは残っています。")
        self.stdout.write(
            f"送ったもの {tally.accepted}通、送り直すもの {tally.deferred + tally.doubtful}通、"
            f"送れなかったもの {tally.failed}通、配信停止のもの {tally.suppressed}通"
        )
