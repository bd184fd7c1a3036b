"""Raises workers: reads the portal once, then becomes a real process of its own for every order on its input.

{"do": "work", "point": "begin", "number": 3, "folder": …}    one JSON object a line; answers the process number
"""

import json
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.conf import settings

from tests.faults import SENDERS

PAUSE = 0.2  # seconds between rounds, where the product has thirty


def prepare() -> None:
    settings.DATABASES["default"]["NAME"] = os.environ["FAULTS_DATABASE"]
    settings.PORTAL_MAIL_BACKEND = "platform_portal.mail.smtp.CarefulBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["FAULTS_PORT"])
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_BACKEND = "platform_portal.mail.backend.OutboxBackend"
    settings.PORTAL_NEWSLETTERS_PER_MINUTE = 600_000
    settings.PORTAL_NEWSLETTER_SENDERS = SENDERS
    settings.CELERY_TASK_ALWAYS_EAGER = False
    django.setup()
    from newsletters.management.commands import newsletter_tick
    from platform_portal.mail.management.commands import send_mails
    from tests.faults import points

    newsletter_tick.PAUSE_SECONDS = send_mails.PAUSE_SECONDS = PAUSE
    points.hurry()


def work(point: str = "", number: int = 1, folder: str = "") -> None:
    """As the container `newsletters` does."""
    from django.core.management import call_command

    from tests.faults.points import arrange

    if point:
        arrange(point, Path(folder), number)
    call_command("newsletter_tick", "--loop")


def celery(point: str = "", number: int = 1, folder: str = "") -> None:
    """As the container `sender` does, with beat beside it."""
    from newsletters.tasks.sending import tick
    from newsletters.waking import wake_senders
    from platform_portal.celery import app
    from tests.faults.points import arrange

    assert wake_senders
    if point:
        arrange(point, Path(folder), number)
    app.conf.task_always_eager = False

    def beat() -> None:
        while True:
            try:
                tick.apply_async(retry=False, expires=5)
            except Exception as error:  # Redis is stopped: the next tick finds it again
                sys.stderr.write(f"no tick: {type(error).__name__}\n")
            time.sleep(PAUSE)

    threading.Thread(target=beat, daemon=True).start()
    app.worker_main(
        [
            "worker",
            "--pool",
            "solo",
            "--queues",
            "mail",
            "--loglevel",
            "ERROR",
            "--without-gossip",
            "--without-mingle",
        ]
    )


def outbox(point: str = "", number: int = 1, folder: str = "") -> None:
    """The sender of all other mails."""
    import datetime as dt

    from django.core.management import call_command

    from platform_portal.mail import sending
    from tests.faults.points import Point, after

    sending.LEASE = dt.timedelta(seconds=1)
    if point:
        after(sending, "_begin" if point == "begin" else "_send_one", Point(Path(folder), number))
    call_command("send_mails", "--loop")


def call(name: str, values: dict[str, Any], folder: str) -> None:
    """One of the scenes; its answer goes into a file, whole or not at all."""
    from tests.faults import scenes

    answer = getattr(scenes, name)(**values)
    draft = Path(folder) / "answer.new"
    draft.write_text(json.dumps(answer))
    draft.rename(Path(folder) / "answer")


ORDERS = {"work": work, "celery": celery, "outbox": outbox, "call": call}


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    prepare()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    raised: list[int] = []
    say("ready")
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            # Ours is the line to whoever gives the orders; Celery writes past sys.stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            ORDERS[order.pop("do")](**order)
            os._exit(0)
        raised.append(pid)
        say(str(pid))
    # Whoever gave the orders is gone: nobody goes on alone.
    for pid in raised:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
