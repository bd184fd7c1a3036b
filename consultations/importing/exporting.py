"""Windows written as the file that the import reads: nothing is lost on the way out and back."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count

from consultations.importing.columns import CHANNEL_COLUMNS, MINIMUM_GROUPS, WINDOW_COLUMNS, headers
from consultations.importing.contents import Content, channel_texts, content_of, in_chunks, text_of

SHEET = "相談窓口"


def groups_needed(windows: Any) -> int:
    most = (
        windows.order_by().annotate(ways=Count("channels")).order_by("-ways").values_list("ways", flat=True)
    )
    return max(MINIMUM_GROUPS, most.first() or 0)


def table_rows(windows: Any) -> Iterator[list[str]]:
    """Headers, then one row per window; texts as they are, not yet safe for a spreadsheet."""
    groups = groups_needed(windows)
    yield headers(groups)
    for window in in_chunks(windows):
        yield row_of(content_of(window), groups)


def row_of(content: Content, groups: int) -> list[str]:
    channels: Sequence[Content | None] = content["channels"]
    row = [text_of(content, column.field) for column in WINDOW_COLUMNS]
    for number in range(groups):
        texts = channel_texts(channels[number] if number < len(channels) else None)
        row += [texts[column.field] for column in CHANNEL_COLUMNS]
    return row
