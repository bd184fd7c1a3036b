"""From an upload to its end: read, planned, shown, agreed to, carried out. Small files at once, large ones by a worker."""

import hashlib
import io
import logging
import zipfile
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from consultations import permissions
from consultations.importing.applying import PlanOutdatedError, PlanRefusedError, import_table
from consultations.importing.checking import Problem
from consultations.importing.columns import shown
from consultations.importing.files import UnreadableFileError, file_kind, unpacked_size
from consultations.importing.planning import Outcome, Plan, PlannedRow, make_plan
from consultations.importing.reading import read_table
from consultations.models import WindowImport, WindowImportRow
from platform_portal.access.checks import Refused

logger = logging.getLogger(__name__)
Stage = WindowImport.Stage
# What a web request may take on itself: about 500 rows, a second or two.
SMALL_ROWS = 500
SMALL_WORKBOOK = 1_500_000
_RANK = {Outcome.REFUSED: 0, Outcome.CREATED: 1, Outcome.CHANGED: 2, Outcome.UNCHANGED: 3}
_SHOWN = 300


def is_small(content: bytes) -> bool:
    """`content` must have passed files.file_kind()."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return unpacked_size(archive.infolist()) <= SMALL_WORKBOOK
    return max(content.count(b"\n"), content.count(b"\r")) <= SMALL_ROWS


def keep_upload(*, content: bytes, file_name: str, by: Any) -> WindowImport:
    """Keeps a file whose kind is right. A small one is planned at once; raises UnreadableFileError, then nothing is kept."""
    from consultations.tasks import plan_import

    permissions.check_can_import_windows(by)
    file_kind(content)
    with transaction.atomic():
        upload = WindowImport.objects.create(
            file_name=_safe_name(file_name),
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=by,
        )
        if is_small(content):
            _plan(upload)
        else:
            _queue(
                plan_import,
                upload,
                Stage.FAILED,
                message=_(
                    "いまは行の多いファイルを読み取れません。何も変わっていません。しばらくしてから、もう一度アップロードしてください。500行までのファイルなら、いまも取り込めます。"
                ),
                content=b"",
            )
    return upload


def plan_upload(*, upload: WindowImport) -> None:
    """Reads and plans; what cannot be read ends the import with a sentence."""
    try:
        with transaction.atomic():
            _plan(upload)
    except UnreadableFileError as error:
        upload.move_to(Stage.FAILED, message=error.message[:500], content=b"")


def agree(*, upload: WindowImport, by: Any) -> None:
    """The person says yes to the plan that was shown. Small plans are carried out at once. A second click does nothing.

    Raises Refused.
    """
    from consultations.tasks import apply_import

    permissions.check_can_import_windows(by)
    claimed = WindowImport.objects.filter(pk=upload.pk, stage=Stage.PLANNED, uploaded_by=by)
    if not claimed.update(stage=Stage.APPLYING, stage_at=timezone.now()):
        raise Refused(_("この取り込みは、もう始まっているか、終わっています。"))
    upload.refresh_from_db()
    if sum(upload.counts.values()) <= SMALL_ROWS:
        apply_upload(upload=upload)
    else:
        _queue(
            apply_import,
            upload,
            Stage.PLANNED,
            message=_(
                "いまは取り込みを始められません。何も変わっていません。しばらくしてから、もう一度ボタンを押してください。"
            ),
        )


def apply_upload(*, upload: WindowImport) -> None:
    """Carries out what was agreed to. When the windows changed meanwhile, the new plan is shown instead."""
    if upload.stage != Stage.APPLYING:
        return
    try:
        with transaction.atomic():
            plan = import_table(
                table=read_table(bytes(upload.content)),
                by=upload.uploaded_by,
                shown=upload.digest,
                source={"file": upload.file_name, "sha256": upload.sha256},
                obj=upload,
            )
            _keep_rows(upload, plan)
            upload.move_to(
                Stage.DONE,
                counts=_counts(plan),
                applied_at=timezone.now(),
                applied_by=upload.uploaded_by,
                content=b"",
                message="",
            )
    except PlanOutdatedError as error:
        _show_again(
            upload, error.plan, _("見ているあいだに、ほかの人が窓口を変えました。もう一度確かめてください。")
        )
    except PlanRefusedError as error:
        _show_again(upload, error.plan, "")
    except Refused as refused:
        upload.move_to(Stage.FAILED, message=refused.reason[:500], content=b"")


def _queue(task: Any, upload: WindowImport, otherwise: Stage, **values: Any) -> None:
    """Hands the upload to a worker once it is stored. Without a broker it goes on to `otherwise`, and the page says so."""

    def send() -> None:
        try:
            task.apply_async(args=[upload.pk], retry=False)
        except OperationalError as error:
            logger.warning("import %s is not queued: %s", upload.pk, type(error).__name__)
            upload.move_to(otherwise, **values)

    transaction.on_commit(send)


@transaction.atomic
def give_up(*, upload: WindowImport, by: Any) -> None:
    """Throws the upload away. What was taken in stays taken in."""
    permissions.check_can_import_windows(by)
    locked = WindowImport.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if locked.is_working:
        raise Refused(_("読み取りや取り込みの途中です。終わってから、もう一度お試しください。"))
    locked.delete()


def forget_old_imports() -> int:
    """Deletes uploads whose time is over; returns how many."""
    _rows, by_model = WindowImport.objects.filter(expires_at__lt=timezone.now()).delete()
    return by_model.get("consultations.WindowImport", 0)


def _plan(upload: WindowImport) -> None:
    table = read_table(bytes(upload.content))
    plan = make_plan(table=table, by=upload.uploaded_by)
    _keep_rows(upload, plan)
    upload.move_to(Stage.PLANNED, kind=table.kind[:100], digest=plan.digest, counts=_counts(plan), message="")


@transaction.atomic
def _show_again(upload: WindowImport, plan: Plan, message: str) -> None:
    _keep_rows(upload, plan)
    upload.move_to(Stage.PLANNED, digest=plan.digest, counts=_counts(plan), message=message)


def _counts(plan: Plan) -> dict[str, int]:
    return {str(outcome): count for outcome, count in plan.counts.items()}


def _keep_rows(upload: WindowImport, plan: Plan) -> None:
    upload.rows.all().delete()
    WindowImportRow.objects.bulk_create((_row(upload, row) for row in plan.rows), batch_size=500)


def _row(upload: WindowImport, row: PlannedRow) -> WindowImportRow:
    return WindowImportRow(
        window_import=upload,
        rank=_RANK[row.outcome],
        number=row.number,
        outcome=row.outcome,
        public_id=row.public_id[:6] if row.window or not row.problems else "",
        title=_clip(row.title, 100),
        changes=[
            [column, _clip(shown(column, old)), _clip(shown(column, new))] for column, old, new in row.changes
        ],
        problems=_listed(row.problems),
        warnings=_listed(row.warnings),
    )


def _listed(problems: Iterable[Problem]) -> list[list[str]]:
    return [[each.column, _clip(each.value), _clip(each.reason)] for each in problems]


def _clip(text: str, limit: int = _SHOWN) -> str:
    """PostgreSQL stores no NUL, and a table needs no ten thousand characters."""
    plain = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _safe_name(name: str) -> str:
    plain = "".join(character for character in name if character.isprintable())
    return plain[:200] or "file"
