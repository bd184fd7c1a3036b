"""What a window says, as one dictionary: fields by name, parts as plain lists. Files are written from it and compared with it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import Prefetch

from consultations.importing.columns import (
    CHANNEL_COLUMN_OF_FIELD,
    CHANNEL_COLUMNS,
    COLUMN_OF_FIELD,
    WINDOW_COLUMNS,
    group_header,
)
from consultations.models import Asker, Channel, ConsultationWindow, Fallback

Content = dict[str, Any]
PARTS = ("categories", "municipalities", "channels", "exceptions", "fallbacks")
# Fields that hold the public id of another row.
REFERENCES = ("organization",)
SCALARS = tuple(column.field for column in WINDOW_COLUMNS if column.field not in {*PARTS, *REFERENCES})
CHANNEL_FIELDS = (*(column.field for column in CHANNEL_COLUMNS), "digits")
_CHUNK = 1_000


def with_parts(windows: Any) -> Any:
    links = Fallback.objects.select_related("target").only("window_id", "position", "target__public_id")
    return (
        windows.defer("search_vector")
        .select_related("organization")
        .prefetch_related(
            "channels",
            "categories",
            "municipalities",
            "exceptions",
            Prefetch("fallback_links", queryset=links.order_by("position", "pk")),
        )
    )


def in_chunks(windows: Any) -> Iterator[ConsultationWindow]:
    """All of `windows` with their parts, a thousand at a time, so that memory stays flat."""
    yield from with_parts(windows).iterator(chunk_size=_CHUNK)


def content_of(window: ConsultationWindow) -> Content:
    """Uses what with_parts() has fetched."""
    content: Content = {name: getattr(window, name) for name in SCALARS}
    content["organization"] = window.organization.public_id if window.organization else ""
    content["askers"] = [asker for asker in Asker.values if asker in window.askers]
    content["categories"] = sorted(category.slug for category in window.categories.all())
    content["municipalities"] = sorted(town.code for town in window.municipalities.all())
    content["channels"] = [
        {name: getattr(channel, name) for name in CHANNEL_FIELDS} for channel in window.channels.all()
    ]
    content["exceptions"] = [(row.on, row.spans, row.reason) for row in window.exceptions.all()]
    content["fallbacks"] = [link.target.public_id for link in window.fallback_links.all()]
    return content


def empty_content() -> Content:
    """A new window before anything was said of it: the models' own defaults."""
    scalars = {name: _own(value) for name, value in _window_defaults().items()}
    return scalars | dict.fromkeys(REFERENCES, "") | {name: [] for name in PARTS}


def empty_channel() -> Content:
    return {name: _own(value) for name, value in _channel_defaults().items()}


# Asked for every row of a file: making a model each time cost a good part of the planning.
@cache
def _window_defaults() -> Content:
    blank = ConsultationWindow(public_id="")
    return {name: getattr(blank, name) for name in SCALARS}


@cache
def _channel_defaults() -> Content:
    blank = Channel()
    return {name: getattr(blank, name) for name in CHANNEL_FIELDS}


def _own(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


def text_of(content: Content, field: str) -> str:
    return COLUMN_OF_FIELD[field].write(content[field])


def channel_texts(channel: Content | None) -> dict[str, str]:
    """Text by field; all empty for no channel."""
    if channel is None:
        return dict.fromkeys(CHANNEL_COLUMN_OF_FIELD, "")
    return {column.field: column.write(channel[column.field]) for column in CHANNEL_COLUMNS}


def difference(before: Content, after: Content) -> list[tuple[str, str, str]]:
    """(header, old text, new text) of every cell that differs."""
    changes = [
        (column.header, text_of(before, column.field), text_of(after, column.field))
        for column in WINDOW_COLUMNS
        if column.field != "public_id"
    ]
    for number in range(1, max(len(before["channels"]), len(after["channels"])) + 1):
        old, new = (channel_texts(_nth(side["channels"], number)) for side in (before, after))
        changes += [
            (group_header(number, column), old[column.field], new[column.field]) for column in CHANNEL_COLUMNS
        ]
    return [change for change in changes if change[1] != change[2]]


def _nth(channels: list[Content], number: int) -> Content | None:
    return channels[number - 1] if number <= len(channels) else None
