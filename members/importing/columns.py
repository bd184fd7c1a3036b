"""The columns of the file: header, field and how a cell is read and written. Import and export share them.

One row is one organisation. What stands for rows of other tables (sectors, strengths, municipalities) is read and
written by name, see `masters`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models

from members.corporate_numbers import compact_corporate_number
from members.models import AddressVisibility, Organization, OrganizationKind, OrganizationState
from platform_portal.privacy import FieldClass, classification_of
from platform_portal.sheets import values
from platform_portal.sheets.headers import (
    Column,
    check_known,
    check_names_something,
    check_once,
    tidy_header,
)

COLUMNS: tuple[Column, ...] = (
    Column("ID", "public_id", values.half),
    Column("名称", "name"),
    Column("名称_カナ", "kana"),
    Column("区分", "kind", values.choice_reader(OrganizationKind, OrganizationKind.GENERAL)),
    Column("活動分野", "sector"),
    Column("法人番号", "corporate_number", compact_corporate_number),
    Column("所在の市町", "municipality"),
    Column("住所", "address"),
    Column(
        "住所の公開", "address_visibility", values.choice_reader(AddressVisibility, AddressVisibility.HIDDEN)
    ),
    Column("県内全域", "is_prefecture_wide", values.read_flag, values.write_flag),
    Column("活動する市町", "activity_areas"),
    Column("対象とする人", "target_people"),
    Column("得意分野", "strengths"),
    Column("紹介", "profile"),
    Column("ウェブサイト", "website"),
    Column("公開する電話", "public_phone"),
    Column("公開するメール", "public_email"),
    Column("連絡用の電話", "office_phone"),
    Column("連絡用のメール", "office_email"),
    Column("一覧に載せる", "is_listed", values.read_flag, values.write_maybe),
    Column("入会日", "joined_on", values.read_date, values.write_date),
    Column("内部メモ", "internal_note"),
    Column("状態", "state"),
)
COLUMN_OF_FIELD = {column.field: column for column in COLUMNS}
# Written for whoever reads the file; the desk's own steps change them, a file never does.
ONLY_SHOWN = ("state",)
# Not in a file at all: pictures, what the portal notes by itself, and what leaving and merging write.
NOT_IN_FILES = (
    "logo",
    "left_on",
    "leaving_reason",
    "merged_into",
    "scrubbed_at",
    "search_text",
    "created_at",
    "updated_at",
)
REFERENCES = ("sector", "municipality")
LISTS = ("activity_areas", "strengths")
SCALARS = tuple(
    column.field for column in COLUMNS if column.field not in {*REFERENCES, *LISTS, *ONLY_SHOWN, "public_id"}
)
WRITTEN = (*SCALARS, *REFERENCES, *LISTS)
PERSONAL = tuple(
    name
    for name, field_class in classification_of(Organization).items()
    if field_class == FieldClass.PERSONAL and name in COLUMN_OF_FIELD
)
_BY_HEADER = {column.header: column for column in COLUMNS}
_CHOICES: dict[str, type[models.TextChoices]] = {
    "区分": OrganizationKind,
    "住所の公開": AddressVisibility,
    "状態": OrganizationState,
}


def columns_for(*, with_contacts: bool) -> list[Column]:
    """Those of a file; what is personal only for people who may take it along."""
    return [column for column in COLUMNS if with_contacts or column.field not in PERSONAL]


def shown(header: str, text: str) -> str:
    """A cell as people read it: 幹事団体 instead of `leading`."""
    choices = _CHOICES.get(header)
    return str(choices(text).label) if choices and text in choices.values else text


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of one file stand, by field."""

    fields: dict[str, int]

    @property
    def named(self) -> set[int]:
        return set(self.fields.values())


def is_known(header: str) -> bool:
    return tidy_header(header) in _BY_HEADER


def read_layout(row: Sequence[str]) -> Layout:
    """Raises HeaderError for unknown, repeated and missing headers."""
    names = [tidy_header(cell) for cell in row]
    check_known(names, is_known, [column.header for column in COLUMNS])
    check_once(names)
    layout = Layout({_BY_HEADER[name].field: index for index, name in enumerate(names) if name})
    check_names_something(set(layout.fields))
    return layout
