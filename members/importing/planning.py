"""What a file of organisations would do, row by row, before anything is done."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from members.corporate_numbers import compact_corporate_number
from members.importing.columns import (
    COLUMN_OF_FIELD,
    LISTS,
    ONLY_SHOWN,
    REFERENCES,
    SCALARS,
    Layout,
)
from members.importing.contents import content_of, difference, empty_content, text_of, with_parts
from members.importing.masters import Masters
from members.importing.reading import OrganizationTable
from members.models import Organization, OrganizationState
from platform_portal.identifiers import is_public_id
from platform_portal.japanese.text import normalize
from platform_portal.sheets import values
from platform_portal.sheets.checking import Constraints, field_problems, stray_cells
from platform_portal.sheets.planning import Plan, PlannedRow, Problem
from platform_portal.sheets.progress import Report, counted, unreported
from platform_portal.sheets.reading import Row

OrganizationPlan = Plan[PlannedRow]


def make_plan(
    *, table: OrganizationTable, lock: bool = False, report: Report = unreported
) -> OrganizationPlan:
    """Reads the database, writes nothing. With `lock` (inside a transaction) what it speaks of stays as it is.

    Half of the work, as `report` hears it: the other half is carrying it out.
    """
    planner = _Planner(table.layout)
    planned = [planner.match(row) for row in table.rows]
    planner.fetch(planned, lock=lock)
    pairs = list(zip(table.rows, planned, strict=True))
    for row, outcome in counted(pairs, report, begin=0, of=len(pairs) * (2 if lock else 1)):
        planner.settle(outcome, row)
    return Plan(planned, table.kind)


def compared_name(name: str) -> str:
    """Two names that people would call the same are the same here."""
    return normalize(name).replace(" ", "")


class _Known:
    """What is there already, as far as rows are matched by it. One query."""

    def __init__(self) -> None:
        self.by_id: dict[str, tuple[int, str]] = {}
        self.by_number: dict[str, str] = {}
        self.by_name: dict[str, list[str]] = defaultdict(list)
        self.gone_by_name: dict[str, list[str]] = defaultdict(list)
        self.numbers: dict[str, str] = {}
        self.survivors: dict[str, str] = {}
        rows = Organization.objects.order_by("pk").values_list(
            "pk", "public_id", "name", "corporate_number", "state", "merged_into__public_id"
        )
        for pk, public_id, name, number, state, survivor in rows:
            self.by_id[public_id] = (pk, state)
            self.numbers[public_id] = number
            if state == OrganizationState.ACTIVE:
                self.by_name[compared_name(name)].append(public_id)
                if number:
                    self.by_number[number] = public_id
            else:
                self.gone_by_name[compared_name(name)].append(public_id)
            if survivor:
                self.survivors[public_id] = survivor


class _Planner:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.masters = Masters()
        self.known = _Known()
        self.constraints = Constraints()
        self.found: dict[int, Organization] = {}
        self.taken: set[Any] = set()
        self.numbers_of_file: dict[str, int] = {}
        self.today = timezone.localdate()

    # --- which organisation a row speaks of -------------------------------------------------------
    def match(self, row: Row) -> PlannedRow:
        """By ID, then by 法人番号, then by name; `target` is a key until `fetch`."""
        name = self._plain(row, "name")
        planned = PlannedRow(row.number, public_id=values.half(self._plain(row, "public_id")), title=name)
        number = compact_corporate_number(self._plain(row, "corporate_number"))
        if planned.public_id:
            self._match_by_id(planned)
        elif number in self.known.by_number:
            planned.public_id = self.known.by_number[number]
        elif name:
            self._match_by_name(planned, name, number)
        if planned.public_id in self.known.by_id:
            planned.target = self.known.by_id[planned.public_id][0]
        self._refuse_second_row(planned, name, number)
        return planned

    def _match_by_id(self, planned: PlannedRow) -> None:
        if not is_public_id(planned.public_id):
            reason = _("ID の形ではありません。新しい団体なら空にしてください。")
            self._refuse(planned, "public_id", planned.public_id, reason)

    def _match_by_name(self, planned: PlannedRow, name: str, number: str) -> None:
        namesakes = self.known.by_name.get(compared_name(name), [])
        if number:  # another number is another body, whatever it is called
            others = [each for each in namesakes if self.known.numbers[each]]
            namesakes = [each for each in namesakes if each not in others]
            if others and not namesakes:
                reason = _("同じ名前で、法人番号のちがう団体があります（%s）。") % "、".join(others)
                planned.warnings.append(Problem("名称", name, reason))
        if len(namesakes) == 1:
            planned.public_id = namesakes[0]
        elif namesakes:
            reason = _("同じ名前の団体がいくつもあります（%s）。ID を書いてください。") % "、".join(namesakes)
            self._refuse(planned, "name", name, reason)
        elif gone := self.known.gone_by_name.get(compared_name(name)):
            reason = _("同じ名前の、退会か統合が済んだ団体があります（%s）。") % "、".join(gone)
            planned.warnings.append(Problem("名称", name, reason))

    def _refuse_second_row(self, planned: PlannedRow, name: str, number: str) -> None:
        key = planned.public_id or number or compared_name(name)
        if not key:
            return
        if key in self.taken:
            self._refuse(planned, "name", name, _("同じ団体の行が、このファイルにもう1つあります。"))
        self.taken.add(key)

    def fetch(self, planned: Iterable[PlannedRow], *, lock: bool) -> None:
        """All that the rows speak of, in the order of their keys, so that two imports do not wait for each other."""
        rows = list(planned)
        wanted = Organization.objects.filter(pk__in={row.target for row in rows if row.target}).order_by("pk")
        if lock:
            wanted = wanted.select_for_update(of=("self",))
        self.found = {organization.pk: organization for organization in with_parts(wanted)}
        for row in rows:
            row.target = self.found.get(row.target)

    # --- what it would do to it -------------------------------------------------------------------
    def settle(self, planned: PlannedRow, row: Row) -> None:
        planned.problems += stray_cells(row, self.layout.named)
        planned.before = content_of(planned.target) if planned.target else empty_content()
        planned.after = dict(planned.before)
        if planned.target:
            planned.public_id, planned.title = planned.target.public_id, planned.title or planned.target.name
        for name in self.layout.fields:
            if name not in {"public_id", *ONLY_SHOWN}:
                self._read_cell(planned, row, name)
        planned.after["public_id"] = planned.public_id
        if planned.target is None and planned.after["joined_on"] is None:
            planned.after["joined_on"] = self.today
        planned.changes = difference(planned.before, planned.after, self.masters)
        if planned.target is None or planned.changes:
            self._check(planned)
        planned.settle()

    def _read_cell(self, planned: PlannedRow, row: Row, name: str) -> None:
        cell = self._cell(row, name)
        try:
            text = values.tidy(cell)
            if not values.are_same(text, text_of(planned.before, name, self.masters)):
                planned.after[name] = self._reader(name)(text)
        except ValidationError as error:
            self._refuse(planned, name, cell.strip()[:200], " ".join(error.messages))

    def _reader(self, name: str) -> Callable[[str], Any]:
        if name in REFERENCES:
            return self.masters[name].read
        if name in LISTS:
            return self.masters[name].read_list
        return COLUMN_OF_FIELD[name].read

    def _check(self, planned: PlannedRow) -> None:
        after = planned.after
        if planned.target is not None and not planned.target.is_active:
            self._refuse_gone(planned)
        if after["sector"] is None:
            self._refuse(planned, "sector", "", _("活動分野を書いてください。"))
        if after["joined_on"] is None:
            self._refuse(planned, "joined_on", "", _("入会日を書いてください。"))
        refused = {problem.column for problem in planned.problems}
        draft = Organization(**{name: after[name] for name in SCALARS})
        found = list(field_problems(draft, SCALARS, lambda name: COLUMN_OF_FIELD[name].header))
        for name, reason in self.constraints.broken_by(draft, SCALARS):
            found.append(Problem(COLUMN_OF_FIELD[name].header, str(after[name]), reason))
        planned.problems += [problem for problem in found if problem.column not in refused]
        self._check_number(planned)

    def _refuse_gone(self, planned: PlannedRow) -> None:
        survivor = self.known.survivors.get(planned.public_id)
        reason = _("退会した団体は、ファイルでは直せません。")
        if survivor:
            reason = _("この団体は %s に統合されています。その ID の行で直してください。") % survivor
        self._refuse(planned, "public_id", planned.public_id, reason)

    def _check_number(self, planned: PlannedRow) -> None:
        """The constraint's question, asked of the database and of the file itself."""
        number = planned.after["corporate_number"]
        if not number or number == planned.before["corporate_number"]:
            return
        holder = self.known.by_number.get(number)
        if holder is not None and holder != planned.public_id:
            reason = _("この法人番号の団体は、すでに登録されています（%s）。") % holder
            self._refuse(planned, "corporate_number", number, reason)
        if number in self.numbers_of_file:
            reason = _("%s行目と同じ法人番号です。どちらかを直してください。") % self.numbers_of_file[number]
            self._refuse(planned, "corporate_number", number, reason)
        self.numbers_of_file.setdefault(number, planned.number)

    # --- cells ------------------------------------------------------------------------------------
    def _cell(self, row: Row, name: str) -> str:
        return row.cell(self.layout.fields.get(name))

    def _plain(self, row: Row, name: str) -> str:
        try:
            return values.tidy(self._cell(row, name))
        except ValidationError:
            return ""  # the cell is refused when the row is settled

    @staticmethod
    def _refuse(planned: PlannedRow, name: str, value: str, reason: str) -> None:
        planned.problems.append(Problem(COLUMN_OF_FIELD[name].header, value, reason))
