"""Files of a report: asked for with a click, made by a worker of the `pdf` queue, kept by what they were made of.

The row is the queue; Celery carries hints. Who makes a file holds PostgreSQL's advisory lock of its row: when a worker
dies, its connection goes, the lock with it, and the next tick finds a row in the middle of its work that nobody holds.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.pdf import UnprintableError
from reports.making import Made, make_file, source_name
from reports.models import AnnualReport, Rendering, RenderingKind, RenderingState, ReportEdition
from reports.models.renderings import ENDED, RENDERINGS
from reports.permissions.annual import check_can_see_report
from reports.snapshots import to_json
from reports.snapshotting import take_snapshot

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
_LOCKS = 0x7265  # first of the two numbers of our advisory locks; the second is the row's key
_BEGINS_NONE_AFTER = 60  # seconds; well below the time limit of the task (reports.tasks)
_WAKE_UP_LASTS = 50  # seconds; the tick comes every minute
_LONGEST_ERROR = 500
_ENDING = {RenderingKind.PDF: "pdf", RenderingKind.FILING: "pdf", RenderingKind.DOCX: "docx"}
_State = RenderingState


# --- Asking ----------------------------------------------------------------------------------------
@transaction.atomic
def ask_for_file(
    *, report: AnnualReport, kind: RenderingKind, by: Any, edition: ReportEdition | None = None
) -> Rendering:
    """One row for the same content, however often and by however many it is asked for; `edition` None: the draft.

    What failed or was cancelled is tried anew. Raises Refused.
    """
    check_can_see_report(by)
    source = edition.snapshot if edition is not None else to_json(take_snapshot(report))
    row: Rendering
    row, is_new = Rendering.objects.select_for_update(of=("self",)).get_or_create(
        report=report,
        kind=kind,
        source_sha256=source_name(kind, source),
        defaults={"edition": edition, "source": source, "asked_by": by},
    )
    if is_new or row.state in {_State.FAILED, _State.CANCELLED}:
        _put_in_queue(row, by)
    return row


def _put_in_queue(row: Rendering, by: Any) -> None:
    row.state, row.attempts, row.error = _State.QUEUED, 0, ""
    row.asked_at, row.asked_by = timezone.now(), by
    row.save(update_fields=["state", "attempts", "error", "asked_at", "asked_by"])
    audit.record(type="reports.file_asked_for", by=by, obj=row, new={"kind": row.kind})
    transaction.on_commit(_wake_printer)


@transaction.atomic
def cancel_file(*, rendering: Rendering, by: Any) -> Rendering:
    """A worker that is at it finds out when it is done, and throws its work away. Raises Refused."""
    check_can_see_report(by)
    locked: Rendering = Rendering.objects.select_for_update(of=("self",)).get(pk=rendering.pk)
    if locked.state == _State.CANCELLED:
        return locked
    if locked.state in ENDED:
        raise Refused(_("もう終わっています（%(state)s）。") % {"state": locked.get_state_display()})
    locked.state = _State.CANCELLED
    locked.save(update_fields=["state"])
    audit.record(type="reports.file_cancelled", by=by, obj=locked)
    return locked


def _wake_printer() -> None:
    from reports.tasks import make_waiting_files  # the task calls the services of this module

    try:
        make_waiting_files.apply_async(retry=False, expires=_WAKE_UP_LASTS)
    except OperationalError as error:
        logger.warning("files of reports wait for the tick: %s", type(error).__name__)


# --- Making ----------------------------------------------------------------------------------------
def make_waiting() -> int:
    """Makes what waits, the oldest first, and what a dead worker left behind; returns how many were dealt with.

    A run begins none after a while, and another one goes on: the time limit of the task would strike whichever row had
    its turn by then, and that report would be called too long.
    """
    waiting = Rendering.objects.exclude(state__in=ENDED).order_by("asked_at", "pk")
    began, done = time.monotonic(), 0
    for key in list(waiting.values_list("pk", flat=True)):
        if done and time.monotonic() - began >= _BEGINS_NONE_AFTER:
            _wake_printer()
            break
        done += make_one(key)
    return done


def make_one(pk: int) -> bool:
    """False for one that another worker is at, and one that is done."""
    with _held(pk) as is_ours:
        row = _begin(pk) if is_ours else None
        if row is None:
            return False
        try:
            made = make_file(
                RenderingKind(row.kind), row.source, on_writing=lambda: _tell(row, _State.WRITING)
            )
        except UnprintableError as problem:
            _fail(row, str(problem))
        except SoftTimeLimitExceeded:
            _fail(row, _("時間内に作れませんでした。%(advice)s") % {"advice": _too_long(row)})
        except MemoryError:
            _fail(row, _("メモリーが足りず、作れませんでした。%(advice)s") % {"advice": _too_long(row)})
        except (
            Exception
        ) as error:  # whatever the printing program stumbles over: the rows behind it still wait
            logger.exception("a file of a report could not be made")
            words = _(
                "印刷のプログラムが途中で止まりました（%(kind)s）。くり返すときは、システムの担当者に知らせてください。"
            )
            _fail(row, words % {"kind": type(error).__name__})
        else:
            _finish(row, made)
        return True


def _too_long(row: Rendering) -> str:
    """What to do about a report that no worker gets through."""
    if row.kind == RenderingKind.DOCX:
        return _("報告書が長すぎるようです。事業や文章を減らしてください。")
    return _("報告書が長すぎるようです。事業や文章を減らすか、Wordのファイルで作ってください。")


@contextmanager
def _held(pk: int) -> Iterator[bool]:
    """Yields False where another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, pk])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, pk])


@transaction.atomic
def _begin(pk: int) -> Rendering | None:
    rows = Rendering.objects.select_for_update(of=("self",)).exclude(state__in=ENDED)
    row: Rendering | None = rows.filter(pk=pk).first()
    if row is None:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        # Begun three times and never ended: whoever makes it dies of it.
        row.state = _State.FAILED
        row.error = _("%(count)s回試しましたが、途中で止まりました。担当者に知らせてください。") % {
            "count": row.attempts
        }
        row.save(update_fields=["state", "error"])
        return None
    row.attempts += 1
    row.state, row.touched_at = _State.LAYING_OUT, timezone.now()
    row.save(update_fields=["attempts", "state", "touched_at"])
    return row


def _tell(row: Rendering, state: RenderingState) -> None:
    """For whoever watches. A row that was cancelled meanwhile stays so."""
    rows = Rendering.objects.filter(pk=row.pk).exclude(state__in=ENDED)
    rows.update(state=state, touched_at=timezone.now())


def _fail(row: Rendering, reason: str) -> None:
    rows = Rendering.objects.filter(pk=row.pk).exclude(state__in=ENDED)
    rows.update(state=_State.FAILED, error=reason[:_LONGEST_ERROR], touched_at=timezone.now())


def _finish(row: Rendering, made: Made) -> None:
    """The file first, under the name of its content: whoever stops here leaves one that the next attempt finds."""
    sha256 = hashlib.sha256(made.data).hexdigest()
    try:
        name = _stored(f"{RENDERINGS}{sha256}.{_ENDING[RenderingKind(row.kind)]}", made.data, sha256)
    except OSError as error:
        logger.warning("file of a report was not stored: %s", type(error).__name__)
        _fail(
            row,
            _("ファイルを保存できませんでした。置き場所が足りないかもしれません。担当者に知らせてください。"),
        )
        return
    with transaction.atomic():
        kept = Rendering.objects.select_for_update(of=("self",)).exclude(state__in=ENDED)
        current: Rendering | None = kept.filter(pk=row.pk).first()
        if current is None:  # cancelled meanwhile
            return
        current.file, current.sha256, current.page_count = name, sha256, made.page_count
        current.state, current.rendered_at, current.error = _State.DONE, timezone.now(), ""
        current.save()
        transaction.on_commit(forget_public_pages)


def _stored(name: str, data: bytes, sha256: str) -> str:
    """A part of it under this name is what a full disk or a server that stopped left behind."""
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            if hashlib.sha256(file.read()).hexdigest() == sha256:
                return name
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(data))
