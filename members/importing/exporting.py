"""Organisations written as the file that the import reads: nothing is lost on the way out and back."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from members import permissions
from members.importing.columns import columns_for
from members.importing.contents import content_of, in_chunks, text_of
from members.importing.masters import Masters
from platform_portal.audit import services as audit

SHEET = "会員団体"


def table_rows(organizations: Any, *, with_contacts: bool) -> Iterator[list[str]]:
    """Headers, then one row per organisation; texts as they are, not yet safe for a spreadsheet."""
    columns = columns_for(with_contacts=with_contacts)
    masters = Masters()
    yield [column.header for column in columns]
    for organization in in_chunks(organizations):
        content = content_of(organization)
        yield [text_of(content, column.field, masters) for column in columns]


@transaction.atomic
def record_export(*, count: int, with_contacts: bool, conditions: dict[str, str], by: Any) -> None:
    """Notes who took the list along. `by` may be None only for the command line. Raises Refused."""
    if by is not None:
        permissions.check_can_export_organizations(by, with_contacts=with_contacts)
    audit.record(
        type="members.organizations_exported",
        by=by,
        new={
            "count": count,
            "with_contacts": with_contacts,
            **({"conditions": conditions} if conditions else {}),
        },
    )
