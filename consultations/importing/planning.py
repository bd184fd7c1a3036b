"""What a file would do, row by row, before anything is done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultations import permissions
from consultations.importing.channels import read_channels
from consultations.importing.checking import Checker
from consultations.importing.columns import COLUMN_OF_FIELD, Layout
from consultations.importing.contents import (
    Content,
    content_of,
    difference,
    empty_content,
    text_of,
    with_parts,
)
from consultations.importing.hours import settle_hours
from consultations.importing.organizations import KnownOrganizations
from consultations.importing.reading import WindowTable
from consultations.importing.reviewing import needs_review, pending_by_window, settle_review
from consultations.importing.verification import settle_verification
from consultations.models import Category, ConsultationWindow, WindowRevision
from platform_portal.access.checks import Refused
from platform_portal.identifiers import is_public_id
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality
from platform_portal.sheets import values
from platform_portal.sheets.checking import stray_cells
from platform_portal.sheets.planning import Plan, PlannedRow, Problem
from platform_portal.sheets.progress import Report, counted, unreported
from platform_portal.sheets.reading import Row


@dataclass
class PlannedWindow(PlannedRow):
    """One row of the file. `unread`: channels of which something could not be read."""

    unread: list[Content] = field(default_factory=list)

    @property
    def window(self) -> ConsultationWindow | None:
        found: ConsultationWindow | None = self.target
        return found


WindowPlan = Plan[PlannedWindow]


@dataclass(frozen=True)
class Options:
    """`trusts_state`: the file's 公開状態 counts (demo data); `only_new`: windows already here stay as they are."""

    trusts_state: bool = False
    only_new: bool = False


def make_plan(
    *,
    table: WindowTable,
    by: Any,
    options: Options | None = None,
    lock: bool = False,
    report: Report = unreported,
) -> WindowPlan:
    """Reads the database, writes nothing. With `lock` (inside a transaction) the windows it speaks of stay as they are.

    Half of the work, as `report` hears it: the other half is carrying it out.
    """
    planner = _Planner(table.layout, by, options or Options())
    planner.load(table.rows, lock=lock)
    rows = counted(table.rows, report, begin=0, of=len(table.rows) * (2 if lock else 1))
    return Plan([planner.plan(row) for row in rows], table.kind)


class _Planner:
    def __init__(self, layout: Layout, by: Any, options: Options) -> None:
        self.layout = layout
        self.by = by
        self.options = options
        self.checker = Checker()
        self.slugs = {
            key: slug for slug, name in Category.objects.values_list("slug", "name") for key in (slug, name)
        }
        towns = Municipality.objects.values_list("code", "name")
        self.codes = {key: code for code, name in towns for key in (code, name)}
        self.organizations = KnownOrganizations()
        self.by_id: dict[str, ConsultationWindow] = {}
        self.by_name: dict[tuple[str, str], list[ConsultationWindow]] = {}
        self.pending: dict[int, WindowRevision] = {}
        self.known_ids: set[str] = set()
        self.taken: set[Any] = set()

    # --- what the rows speak of --------------------------------------------------------------
    def load(self, rows: Iterable[Row], *, lock: bool) -> None:
        ids, names = set(), set()
        for row in rows:
            public_id, name, _operator = self._head(row)
            ids.add(public_id)
            names.add(name)
        wanted = ConsultationWindow.objects.filter(
            public_id__in=ids - {""}
        ) | ConsultationWindow.objects.filter(name__in=names - {""})
        if lock:
            wanted = wanted.select_for_update(of=("self",))
        for window in with_parts(wanted.order_by("pk")):
            self.by_id[window.public_id] = window
            self.by_name.setdefault((window.name, window.operator), []).append(window)
        self.pending = pending_by_window(self.by_id.values())
        self.known_ids = ids | set(ConsultationWindow.objects.values_list("public_id", flat=True))

    def _head(self, row: Row) -> tuple[str, str, str]:
        public_id, name, operator = (
            self._plain(row, field_name).replace("\x00", "")
            for field_name in ("public_id", "name", "operator")
        )
        return values.half(public_id), name, operator

    def _plain(self, row: Row, name: str) -> str:
        try:
            return values.tidy(self._cell(row, name))
        except ValidationError:
            return ""

    def _cell(self, row: Row, name: str) -> str:
        return row.cell(self.layout.windows.get(name))

    # --- one row -----------------------------------------------------------------------------
    def plan(self, row: Row) -> PlannedWindow:
        public_id, name, operator = self._head(row)
        planned = PlannedWindow(row.number, public_id=public_id, title=name)
        self._find_window(planned, name, operator)
        planned.problems += stray_cells(row, self.layout.named)
        planned.before = content_of(planned.window) if planned.window else empty_content()
        planned.after = dict(planned.before)
        if planned.window:
            planned.public_id, planned.title = planned.window.public_id, name or planned.window.name
            if self.options.only_new:
                return planned
        self._read_cells(planned, row)
        self._decide(planned)
        return planned

    def _find_window(self, planned: PlannedWindow, name: str, operator: str) -> None:
        namesakes = self.by_name.get((name, operator), [])
        if planned.public_id:
            planned.target = self.by_id.get(planned.public_id)
            if not is_public_id(planned.public_id):
                self._refuse(
                    planned,
                    "public_id",
                    planned.public_id,
                    _("ID の形ではありません。新しい窓口なら空にしてください。"),
                )
            elif planned.window is None and namesakes:
                ids = "、".join(window.public_id for window in namesakes)
                planned.warnings.append(
                    Problem("ID", planned.public_id, _("同じ名称・運営者の窓口がもうあります（%s）。") % ids)
                )
        elif len(namesakes) == 1:
            planned.target = namesakes[0]
        elif namesakes:
            ids = "、".join(window.public_id for window in namesakes)
            self._refuse(
                planned,
                "public_id",
                "",
                _("同じ名称・運営者の窓口がいくつもあります（%s）。ID を書いてください。") % ids,
            )
        key: Any = planned.window.pk if planned.window else planned.public_id or (name and (name, operator))
        if not key:
            return  # a row without a name is told to write one; it is no twin of another such row
        if key in self.taken:
            self._refuse(planned, "name", name, _("同じ窓口の行が、このファイルにもう1つあります。"))
        self.taken.add(key)

    @staticmethod
    def _refuse(planned: PlannedWindow, name: str, value: str, reason: str) -> None:
        planned.problems.append(Problem(COLUMN_OF_FIELD[name].header, value, reason))

    def _read_cells(self, planned: PlannedWindow, row: Row) -> None:
        for name in self.layout.windows:
            if name == "public_id" or (name == "state" and not self.options.trusts_state):
                continue
            cell = self._cell(row, name)
            try:
                text = values.tidy(cell)
                if not values.are_same(text, text_of(planned.before, name)):
                    planned.after[name] = self._value(planned, name, text)
            except ValidationError as error:
                self._refuse(planned, name, cell.strip()[:200], " ".join(error.messages))
        planned.after["public_id"] = planned.public_id
        if self.layout.channels:
            channels, problems, warnings, planned.unread = read_channels(
                self.layout, row, planned.before["channels"]
            )
            planned.after["channels"] = channels
            planned.problems += problems
            planned.warnings += warnings

    def _value(self, planned: PlannedWindow, name: str, text: str) -> Any:
        value = COLUMN_OF_FIELD[name].read(text)
        if name == "organization":
            return self.organizations.find(value)
        if name == "categories":
            return self._resolved(value, self.slugs, _("分野"))
        if name == "municipalities":
            padded = [key.zfill(6) if key.isascii() and key.isdigit() else key for key in value]
            return self._resolved(padded, self.codes, _("市区町村"))
        if name == "fallbacks" and (unknown := [key for key in value if key not in self.known_ids]):
            raise ValidationError(_("「%s」という ID の窓口はありません。") % "、".join(unknown[:5]))
        if name == "verification_interval" and value is None:
            return empty_content()[name]
        return value

    @staticmethod
    def _resolved(keys: list[str], known: dict[str, str], what: str) -> list[str]:
        unknown = [key for key in keys if key not in known]
        if unknown:
            raise ValidationError(
                _("「%(keys)s」という%(what)sはありません。") % {"keys": "、".join(unknown[:5]), "what": what}
            )
        return sorted({known[key] for key in keys})

    def _decide(self, planned: PlannedWindow) -> None:
        settle_hours(planned)
        if not planned.problems:
            planned.is_proposal = self._proposes(planned)
        planned.changes = difference(planned.before, planned.after)
        is_new = planned.window is None
        if is_new or planned.changes:
            planned.problems += self.checker.problems(planned.after, planned.unread)
            self._refuse_if_incomplete(planned)
            self._refuse_if_archived(planned)
        planned.settle()

    def _proposes(self, planned: PlannedWindow) -> bool:
        """Whether the row only proposes. Who takes states on trust moves house and skips the review."""
        if planned.window is None or self.options.trusts_state or not needs_review(planned):
            settle_verification(planned, has_column="verified_on" in self.layout.windows, by=self.by)
            return False
        if not settle_review(planned, self.pending.get(planned.window.pk), self.by):
            planned.after = dict(planned.before)
            return False
        return True

    def _refuse_if_incomplete(self, planned: PlannedWindow) -> None:
        """What residents see, or soon will, must be reachable; what lacked a part before may be mended step by step."""
        before, after = planned.before, planned.after
        if after["state"] not in {State.PUBLISHED, State.IN_REVIEW}:
            return
        is_new_state = planned.window is None or before["state"] != after["state"]
        for part, reason in (
            ("channels", _("連絡手段が1つもない窓口は公開できません。")),
            ("categories", _("分野のない窓口は公開できません。")),
        ):
            if not after[part] and (before[part] or is_new_state):
                self._refuse(planned, "state", after["state"], reason)

    def _refuse_if_archived(self, planned: PlannedWindow) -> None:
        if planned.window is None or self.options.trusts_state or self.by is None:
            return
        try:
            permissions.check_can_edit_window(self.by, planned.window)
        except Refused as refused:
            self._refuse(planned, "state", planned.window.get_state_display(), refused.reason)
