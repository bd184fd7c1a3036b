"""What an organisation says, as one dictionary: fields by name, other tables' rows as keys. Files are written from it and compared with it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from members.importing.columns import COLUMN_OF_FIELD, COLUMNS, LISTS, ONLY_SHOWN, REFERENCES, SCALARS
from members.importing.masters import Masters
from members.models import Organization
from platform_portal.sheets.planning import Content

_CHUNK = 1_000


def with_parts(organizations: Any) -> Any:
    return organizations.defer("search_text").prefetch_related(*LISTS)


def in_chunks(organizations: Any) -> Iterator[Organization]:
    """All of `organizations` with their parts, a thousand at a time, so that memory stays flat."""
    yield from with_parts(organizations).iterator(chunk_size=_CHUNK)


def content_of(organization: Organization) -> Content:
    """Uses what with_parts() has fetched."""
    content: Content = {name: getattr(organization, name) for name in ("public_id", *SCALARS, *ONLY_SHOWN)}
    content |= {name: getattr(organization, f"{name}_id") for name in REFERENCES}
    content |= {name: sorted(row.pk for row in getattr(organization, name).all()) for name in LISTS}
    return content


def empty_content() -> Content:
    """A new organisation before anything was said of it: the model's own defaults."""
    return _defaults() | {"public_id": ""} | {name: [] for name in LISTS}


# Asked for every row of a file: making a model each time costs a good part of the planning.
@cache
def _defaults() -> Content:
    blank = Organization(public_id="")
    scalars = {name: getattr(blank, name) for name in (*SCALARS, *ONLY_SHOWN) if name != "joined_on"}
    return scalars | dict.fromkeys((*REFERENCES, "joined_on"))


def text_of(content: Content, field: str, masters: Masters) -> str:
    if field in REFERENCES:
        return masters[field].write(content[field])
    if field in LISTS:
        return masters[field].write_list(content[field])
    return COLUMN_OF_FIELD[field].write(content[field])


def difference(before: Content, after: Content, masters: Masters) -> list[tuple[str, str, str]]:
    """(header, old text, new text) of every cell that differs."""
    changes = [
        (column.header, text_of(before, column.field, masters), text_of(after, column.field, masters))
        for column in COLUMNS
        if column.field not in {"public_id", *ONLY_SHOWN}
    ]
    return [change for change in changes if change[1] != change[2]]
