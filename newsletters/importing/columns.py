"""The columns of a file of addresses. One row is one address."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from platform_portal.sheets import values
from platform_portal.sheets.headers import Column, HeaderError, check_known, check_once, tidy_header
from platform_portal.sheets.reading import Reader, Table

MAX_ROWS = 100_000
# So many rows with a long address, two names of newsletters and a sentence of proof.
MAX_BYTES = 15 * 1024 * 1024

COLUMNS: tuple[Column, ...] = (
    Column("メールアドレス", "address"),
    Column("メルマガ", "newsletters"),
    Column("同意の記録", "proof"),
    Column("同意した日", "asked_on", values.read_date, values.write_date),
    Column("団体ID", "organization", values.half),
)
# Written for whoever reads a list that was handed out; a file never changes them.
ONLY_SHOWN = ("状態", "登録した日", "配信の停止")
NEEDED = ("address", "newsletters", "proof")
COLUMN_OF_FIELD = {column.field: column for column in COLUMNS}
_BY_HEADER = {column.header: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the columns of one file stand, by field; `named`: also those that are only shown."""

    fields: dict[str, int]
    named: frozenset[int]


def is_known(header: str) -> bool:
    return tidy_header(header) in _BY_HEADER or tidy_header(header) in ONLY_SHOWN


def read_layout(row: Sequence[str]) -> Layout:
    """Raises HeaderError for unknown, repeated and missing headers."""
    names = [tidy_header(cell) for cell in row]
    check_known(names, is_known, [column.header for column in COLUMNS])
    check_once(names)
    fields = {_BY_HEADER[name].field: index for index, name in enumerate(names) if name in _BY_HEADER}
    missing = [COLUMN_OF_FIELD[field].header for field in NEEDED if field not in fields]
    if missing:
        raise HeaderError(
            _("1行目に、次の見出しがありません: %s。列を足してから、もう一度お試しください。")
            % "、".join(f"「{header}」" for header in missing)
        )
    return Layout(fields, frozenset(index for index, name in enumerate(names) if name))


def _nothing() -> str:
    return _("見出しの下に、アドレスの行が1つもありません。")


SubscriberTable = Table[Layout]
SUBSCRIBERS = Reader(is_known, read_layout, _nothing, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
