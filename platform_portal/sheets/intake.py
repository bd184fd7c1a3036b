"""From an upload to its end: read, planned, shown, agreed to, carried out. Small files at once, large ones by a worker."""

import hashlib
import io
import logging
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from platform_portal.access.checks import Refused
from platform_portal.sheets.files import UnreadableFileError, file_kind, unpacked_size
from platform_portal.sheets.models import SheetUpload, SheetUploadRow
from platform_portal.sheets.planning import (
    Outcome,
    Plan,
    PlannedRow,
    PlanOutdatedError,
    PlanRefusedError,
    Problem,
)
from platform_portal.sheets.progress import Progress, Report, unreported, within
from platform_portal.sheets.reading import Reader, Table

logger = logging.getLogger(__name__)
Stage = SheetUpload.Stage
# What a web request may take on itself: about 500 rows, a second or two.
SMALL_ROWS = 500
SMALL_BYTES = 1_500_000  # of a workbook: unpacked
_RANK = {
    Outcome.REFUSED: 0,
    Outcome.CREATED: 1,
    Outcome.PROPOSED: 2,
    Outcome.CHANGED: 3,
    Outcome.UNCHANGED: 4,
}
_SHOWN = 300
_KEPT_AT_ONCE = 500
# So much of a hundred is done before the rows are kept, to be looked at.
_PLANNED = 50
_CARRIED_OUT = 80


def is_small(content: bytes) -> bool:
    """`content` must have passed files.file_kind()."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return unpacked_size(archive.infolist()) <= SMALL_BYTES
    lines = max(content.count(b"\n"), content.count(b"\r"))
    return lines <= SMALL_ROWS and len(content) <= SMALL_BYTES


class Intake(ABC):
    """The way of one sort of file. An app says in a subclass what its rows mean."""

    upload_model: ClassVar[type[SheetUpload]]
    row_model: ClassVar[type[SheetUploadRow]]
    reader: ClassVar[Reader[Any]]
    # The Celery tasks that call plan_upload() and apply_upload(), by name: they import the intake themselves.
    plan_task: ClassVar[str]
    apply_task: ClassVar[str]
    # Said when somebody changed the data after the plan was shown.
    changed_meanwhile: ClassVar[Any]

    # --- what the app says ------------------------------------------------------------------------
    @abstractmethod
    def check_may(self, by: Any) -> None:
        """Raises Refused unless `by` may take such files in."""

    @abstractmethod
    def make_plan(self, table: Table[Any], by: Any, report: Report) -> Plan[Any]:
        """Writes nothing."""

    @abstractmethod
    def carry_out(self, table: Table[Any], **how: Any) -> Plan[Any]:
        """Inside a transaction; `how`: by, shown, source, obj, report as the app's import_table() takes them.

        Raises PlanOutdatedError, PlanRefusedError, Refused.
        """

    @abstractmethod
    def shown(self, column: str, text: str) -> str:
        """A cell as people read it."""

    # --- the way ----------------------------------------------------------------------------------
    def keep_upload(self, *, content: bytes, file_name: str, by: Any) -> SheetUpload:
        """Keeps a file whose kind is right. A small one is planned at once; raises UnreadableFileError, then nothing is kept."""
        self.check_may(by)
        file_kind(content)
        with transaction.atomic():
            upload = self.upload_model._default_manager.create(
                file_name=_safe_name(file_name),
                content=content,
                sha256=hashlib.sha256(content).hexdigest(),
                uploaded_by=by,
            )
            if is_small(content):
                self._plan(upload)
            else:
                _queue(
                    self.plan_task,
                    upload,
                    Stage.FAILED,
                    message=_(
                        "いまは行の多いファイルを読み取れません。何も変わっていません。しばらくしてから、もう一度アップロードしてください。500行までのファイルなら、いまも取り込めます。"
                    ),
                    content=b"",
                )
        return upload

    def plan_upload(self, *, upload: SheetUpload) -> None:
        """Reads and plans; what cannot be read ends the import with a sentence. A second run plans anew."""
        if upload.stage != Stage.READING:
            return
        try:
            with transaction.atomic():
                self._plan(upload)
        except UnreadableFileError as error:
            upload.move_to(Stage.FAILED, message=error.message[:500], content=b"")

    def agree(self, *, upload: SheetUpload, by: Any) -> None:
        """The person says yes to the plan that was shown. Small plans are carried out at once. A second click does nothing.

        Raises Refused.
        """
        self.check_may(by)
        claimed = self._uploads().filter(pk=upload.pk, stage=Stage.PLANNED, uploaded_by=by)
        if not claimed.update(stage=Stage.APPLYING, stage_at=timezone.now()):
            raise Refused(_("この取り込みは、もう始まっているか、終わっています。"))
        upload.refresh_from_db()
        if sum(upload.counts.values()) <= SMALL_ROWS:
            self.apply_upload(upload=upload)
        else:
            _queue(
                self.apply_task,
                upload,
                Stage.PLANNED,
                message=_(
                    "いまは取り込みを始められません。何も変わっていません。しばらくしてから、もう一度ボタンを押してください。"
                ),
            )

    def apply_upload(self, *, upload: SheetUpload) -> None:
        """Carries out what was agreed to. When the data changed meanwhile, the new plan is shown instead."""
        if upload.stage != Stage.APPLYING:
            return
        progress = Progress(upload.progress_key)
        try:
            with transaction.atomic():
                plan = self.carry_out(
                    self.reader.read(bytes(upload.content)),
                    by=upload.uploaded_by,
                    shown=upload.digest,
                    source={"file": upload.file_name, "sha256": upload.sha256},
                    obj=upload,
                    report=within(progress, 0, _CARRIED_OUT),
                )
                self._keep_rows(upload, plan, within(progress, _CARRIED_OUT, 100))
                upload.move_to(
                    Stage.DONE,
                    counts=plan.plain_counts,
                    applied_at=timezone.now(),
                    applied_by=upload.uploaded_by,
                    content=b"",
                    message="",
                )
        except PlanOutdatedError as error:
            self._show_again(upload, error.plan, str(self.changed_meanwhile))
        except PlanRefusedError as error:
            self._show_again(upload, error.plan, "")
        except Refused as refused:
            upload.move_to(Stage.FAILED, message=refused.reason[:500], content=b"")

    @transaction.atomic
    def give_up(self, *, upload: SheetUpload, by: Any) -> None:
        """Throws the upload away. What was taken in stays taken in."""
        self.check_may(by)
        locked = self._uploads().select_for_update(of=("self",)).get(pk=upload.pk)
        if locked.is_working:
            raise Refused(_("読み取りや取り込みの途中です。終わってから、もう一度お試しください。"))
        locked.delete()

    def forget_old_imports(self) -> int:
        """Deletes uploads whose time is over; returns how many."""
        _rows, by_model = self._uploads().filter(expires_at__lt=timezone.now()).delete()
        return int(by_model.get(self.upload_model._meta.label, 0))

    def _uploads(self) -> Any:
        return self.upload_model._default_manager.all()

    def _plan(self, upload: SheetUpload) -> None:
        table = self.reader.read(bytes(upload.content))
        progress = Progress(upload.progress_key)
        plan = self.make_plan(table, upload.uploaded_by, within(progress, 0, _PLANNED))
        self._keep_rows(upload, plan, within(progress, _PLANNED, 100))
        upload.move_to(
            Stage.PLANNED, kind=plan.kind[:100], digest=plan.digest, counts=plan.plain_counts, message=""
        )

    @transaction.atomic
    def _show_again(self, upload: SheetUpload, plan: Plan[Any], message: str) -> None:
        self._keep_rows(upload, plan)
        upload.move_to(Stage.PLANNED, digest=plan.digest, counts=plan.plain_counts, message=message)

    def _keep_rows(self, upload: SheetUpload, plan: Plan[Any], report: Report = unreported) -> None:
        """A batch at a time: the rows of a long file need not all be in memory twice."""
        upload.rows.all().delete()
        for start in range(0, len(plan.rows), _KEPT_AT_ONCE):
            rows = [self._row(upload, row) for row in plan.rows[start : start + _KEPT_AT_ONCE]]
            self.row_model._default_manager.bulk_create(rows)
            report(start + len(rows), len(plan.rows))

    def _row(self, upload: SheetUpload, row: PlannedRow) -> SheetUploadRow:
        kept = self.row_model(
            rank=_RANK[row.outcome],
            number=row.number,
            outcome=row.outcome,
            public_id=row.public_id[:6] if row.target or not row.problems else "",
            title=_clip(row.title, 100),
            changes=[
                [column, _clip(self.shown(column, old)), _clip(self.shown(column, new))]
                for column, old, new in row.changes
            ],
            problems=_listed(row.problems),
            warnings=_listed(row.warnings),
        )
        kept.upload = upload
        return kept


def _queue(task: str, upload: SheetUpload, otherwise: SheetUpload.Stage, **values: Any) -> None:
    """Hands the upload to a worker once it is stored. Without a broker it goes on to `otherwise`, and the page says so."""

    def send() -> None:
        try:
            import_string(task).apply_async(args=[upload.pk], retry=False)
        except OperationalError as error:
            logger.warning("import %s is not queued: %s", upload.pk, type(error).__name__)
            upload.move_to(otherwise, **values)

    transaction.on_commit(send)


def _listed(problems: Iterable[Problem]) -> list[list[str]]:
    return [[each.column, _clip(each.value), _clip(each.reason)] for each in problems]


def _clip(text: str, limit: int = _SHOWN) -> str:
    """PostgreSQL stores no NUL, and a table needs no ten thousand characters."""
    plain = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return plain if len(plain) <= limit else plain[: limit - 1] + "…"


def _safe_name(name: str) -> str:
    plain = "".join(character for character in name if character.isprintable())
    return plain[:200] or "file"
