"""Attendance in numbers and as the list that stands in the record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from meetings.models import COMING, Answer, Attendance, Attendee, Meeting
from members.models.organizations import OrganizationKind

GUESTS = ""  # in the place of a kind: those who are no members
KINDS = (*OrganizationKind.values, GUESTS)


def kind_words(kind: str) -> str:
    return str(OrganizationKind(kind).label) if kind else _("会員でない団体")


def unit_of(kind: str) -> str:
    """What they are counted in: 幹事団体 11 団体, 庁内課 19 課."""
    if kind == OrganizationKind.SECTION:
        return _("課")
    return _("名") if kind == OrganizationKind.EXPERT else _("団体")


# --- Numbers while answers come in ----------------------------------------------------------------
@dataclass(slots=True)
class TallyRow:
    words: str
    by_answer: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Answer.values, 0))
    people: int = 0  # named, of those who come

    @property
    def coming(self) -> int:
        return sum(self.by_answer[answer] for answer in COMING)

    @property
    def total(self) -> int:
        return sum(self.by_answer.values())

    @property
    def cells(self) -> list[int]:
        return [self.by_answer[answer] for answer in Answer.values]


def tally_of(meeting: Meeting) -> tuple[list[TallyRow], TallyRow]:
    """By kind of organisation, and all together. Withdrawn invitations do not count. One query."""
    found = (
        meeting.attendances.filter(withdrawn_at=None)
        .order_by()
        .values("organization__kind", "answer")
        .annotate(
            organizations=Count("pk", distinct=True),
            people=Count("attendees", filter=Q(answer__in=COMING)),
        )
    )
    rows = {kind: TallyRow(kind_words(kind)) for kind in KINDS}
    total = TallyRow(_("合計"))
    for each in found:
        for row in (rows[each["organization__kind"] or GUESTS], total):
            row.by_answer[each["answer"]] += each["organizations"]
            row.people += each["people"]
    return [row for row in rows.values() if row.total], total


# --- The list of those who come, or came ----------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ListedOrganization:
    name: str
    people: list[Attendee]


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    words: str
    organizations: list[ListedOrganization]

    @property
    def people(self) -> int:
        return sum(len(each.people) for each in self.organizations)

    @property
    def count(self) -> int:
        """In its unit."""
        return self.people if self.kind == OrganizationKind.EXPERT else len(self.organizations)


@dataclass(frozen=True, slots=True)
class AttendanceList:
    is_actual: bool  # somebody has recorded who came; else it says who wants to come
    groups: list[Group]

    @property
    def people(self) -> int:
        return sum(group.people for group in self.groups)

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """(label, unit, how many), people last: 幹事団体 団体 11, 庁内課 課 19, 名 62."""
        if not self.groups:
            return []
        counted = [(group.words, unit_of(group.kind), group.count) for group in self.groups]
        return [*counted, ("", _("名"), self.people)]

    @property
    def counts_words(self) -> str:
        """幹事団体11団体、庁内課19課、62名."""
        return "、".join(f"{label}{count}{unit}" for label, unit, count in self.counts)


def present_attendance(meeting: Meeting) -> AttendanceList:
    """Two queries, however many organisations."""
    rows = list(meeting.attendances.filter(withdrawn_at=None).for_table().by_kind())
    is_actual = any(person.has_come is not None for row in rows for person in row.attendees.all())
    by_kind: dict[str, list[ListedOrganization]] = {kind: [] for kind in KINDS}
    for row in rows:
        people = _people_of(row, is_actual=is_actual)
        if people:
            kind = row.organization.kind if row.organization else GUESTS
            by_kind[kind].append(ListedOrganization(row.name, people))
    groups = [Group(kind, kind_words(kind), listed) for kind, listed in by_kind.items() if listed]
    return AttendanceList(is_actual, groups)


def _people_of(row: Attendance, *, is_actual: bool) -> list[Attendee]:
    people: Iterable[Any] = row.attendees.all()
    if is_actual:
        return [person for person in people if person.has_come]
    return list(people) if row.answer in COMING else []


# --- The table as a file --------------------------------------------------------------------------
def table_rows(meeting: Meeting) -> Iterable[list[str]]:
    """Headers, then one row per person, or one for an organisation that named nobody. Texts as they are."""
    yield [
        str(words)
        for words in (
            _("区分"),
            _("団体"),
            _("返事"),
            _("返事のしかた"),
            _("氏名"),
            _("役職"),
            _("オンライン"),
            _("来たか"),
            _("添え書き"),
            _("案内の状態"),
        )
    ]
    rows = meeting.attendances.for_table().by_kind()
    for row in rows.iterator(chunk_size=500):
        people: list[Attendee | None] = list(row.attendees.all())
        for person in people or [None]:
            yield _table_row(row, person)


def _table_row(row: Attendance, person: Attendee | None) -> list[str]:
    return [
        kind_words(row.organization.kind if row.organization else GUESTS),
        row.name,
        str(row.get_answer_display()),
        str(row.get_answer_way_display()),
        person.name if person else "",
        person.role if person else "",
        _("はい") if person and person.is_online else "",
        came_words(person.has_come) if person else "",
        row.answer_note,
        _("取り消し") if row.withdrawn_at else (_("案内した") if row.invited_at else _("当日来た")),
    ]


def came_words(has_come: bool | None) -> str:
    if has_come is None:
        return ""
    return _("来た") if has_come else _("来なかった")
