"""PDFs of published records: asked for, made in the background, handed out while they say what the record says."""

import hashlib
import logging
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from meetings.models import Edition, Minutes, MinutesPdf
from meetings.permissions.approval import check_can_print_again
from meetings.presenting.editions import printed_of
from meetings.presenting.printing import html_and_css
from members.models import User
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.pdf import UnprintableError, print_pdf, source_hash
from platform_portal.publishing.states import State

logger = logging.getLogger(__name__)

_WAKE_UP_LASTS = 50  # seconds; the tick comes every minute
_MOST_AT_ONCE = 10
_LONGEST_ERROR = 500


def ask_for_pdfs_after_commit(minutes: Minutes) -> None:
    """What is printed is read when the transaction is over: until then other parts of it may still change the record."""
    transaction.on_commit(partial(ask_for_pdfs, minutes.pk), robust=True)


@transaction.atomic
def ask_for_pdfs(pk: int) -> list[MinutesPdf]:
    """One row for each edition that anybody outside the secretariat reads. Asked twice, it is made once."""
    minutes = Minutes.objects.select_related("meeting__body").filter(pk=pk, state=State.PUBLISHED).first()
    if minutes is None:
        return []
    rows = [_ask(minutes, edition) for edition in printed_of(minutes)]
    if any(row.rendered_at is None for row in rows):
        transaction.on_commit(_wake_printer)
    return rows


def _ask(minutes: Minutes, edition: Edition) -> MinutesPdf:
    """A text that comes back (a correction taken back) is the newest again."""
    row, _is_new = MinutesPdf.objects.update_or_create(
        minutes=minutes,
        edition=edition,
        source_sha256=source_hash(*html_and_css(minutes, edition)),
        defaults={"asked_at": timezone.now()},
    )
    if row.error:
        row.error = ""
        row.save(update_fields=["error"])
    return row


@transaction.atomic
def print_again(*, minutes: Minutes, by: User) -> None:
    """Tries anew what could not be made, and asks for what was never asked for. Raises Refused."""
    check_can_print_again(by, minutes)
    ask_for_pdfs(minutes.pk)
    audit.record(type="meetings.minutes_pdf_asked_again", by=by, obj=minutes)
    transaction.on_commit(forget_public_pages)


def _wake_printer() -> None:
    from meetings.tasks.renderings import print_waiting_minutes  # the task calls the services of this module

    try:
        print_waiting_minutes.apply_async(retry=False, expires=_WAKE_UP_LASTS)
    except OperationalError as error:
        logger.warning("PDFs wait for the tick: %s", type(error).__name__)


def print_waiting() -> int:
    """Makes some of the PDFs that wait, the oldest first; returns how many were dealt with. The next run goes on."""
    waiting = MinutesPdf.objects.filter(rendered_at=None, error="").order_by("asked_at", "pk")
    return sum(print_one(pk) for pk in list(waiting.values_list("pk", flat=True)[:_MOST_AT_ONCE]))


def print_all() -> tuple[int, int]:
    """Asks for whatever a published record lacks and makes all that waits; returns how many records, how many PDFs."""
    published = list(Minutes.objects.filter(state=State.PUBLISHED).values_list("pk", flat=True))
    ready = MinutesPdf.objects.filter(rendered_at__isnull=False)
    before = ready.count()
    for pk in published:
        ask_for_pdfs(pk)
    while print_waiting():
        pass
    return len(published), ready.count() - before


def print_one(pk: int) -> bool:
    """False for one that another worker is at, and one that is done."""
    with transaction.atomic():
        rows = MinutesPdf.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.select_related("minutes__meeting__body").filter(pk=pk, rendered_at=None, error="").first()
        if row is None:
            return False
        try:
            data = _print(row)
        except UnprintableError as problem:
            row.error = str(problem)[:_LONGEST_ERROR]
        except SoftTimeLimitExceeded:
            row.error = _("時間内に作れませんでした。議事録が長すぎるようです。")
        else:
            row.sha256 = hashlib.sha256(data).hexdigest()
            row.rendered_at = timezone.now()
            row.file.save(f"{row.sha256}.pdf", ContentFile(data), save=False)
        row.save()
        transaction.on_commit(forget_public_pages)
        return True


def _print(row: MinutesPdf) -> bytes:
    """Raises UnprintableError, also for a record that has changed since it was asked for: that is another row."""
    if row.minutes.state != State.PUBLISHED:
        raise UnprintableError(_("議事録の公開が止まったため、作りませんでした。"))
    html, css = html_and_css(row.minutes, Edition(row.edition))
    if source_hash(html, css) != row.source_sha256:
        raise UnprintableError(_("作る前に議事録が変わりました。変わったあとのものを作ります。"))
    try:
        return print_pdf(html, css)
    except (UnprintableError, SoftTimeLimitExceeded):
        raise
    except (
        Exception
    ) as error:  # whatever the printing program stumbles over: the records behind this one still wait
        logger.exception("A PDF could not be made")
        words = _(
            "印刷のプログラムが途中で止まりました（%(kind)s）。くり返すときは、システムの担当者に知らせてください。"
        )
        raise UnprintableError(words % {"kind": type(error).__name__}) from error


# --- Handing out ---------------------------------------------------------------------------------
def asked_last(minutes: Minutes, edition: Edition) -> MinutesPdf | None:
    """For pages, which say whether it is there; a file is handed out by current_pdf() alone."""
    row: MinutesPdf | None = MinutesPdf.objects.filter(minutes=minutes, edition=edition).asked_last().first()
    return row


def newest_pdf(minutes: Minutes, edition: Edition) -> MinutesPdf | None:
    """The one asked for last, when it is there."""
    row = asked_last(minutes, edition)
    return row if row is not None and row.rendered_at else None


def former_pdfs(minutes: Minutes, edition: Edition) -> list[MinutesPdf]:
    """Those that went out before a correction: whoever has one can tell what it was."""
    rows = MinutesPdf.objects.filter(minutes=minutes, edition=edition, rendered_at__isnull=False)
    return list(rows.order_by("-asked_at", "-pk")[1:])


def current_pdf(minutes: Minutes, edition: Edition) -> MinutesPdf | None:
    """The PDF of what the record says now. An older one may hold words that a correction took out."""
    source = source_hash(*html_and_css(minutes, edition))
    return MinutesPdf.objects.filter(
        minutes=minutes, edition=edition, source_sha256=source, rendered_at__isnull=False
    ).first()
