"""The numbered column groups of a row, read against the channels that the window has."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from consultations.contacts import read_contact
from consultations.importing.columns import CHANNEL_COLUMN_OF_FIELD, Layout, group_header
from consultations.importing.contents import Content, channel_texts, empty_channel
from consultations.models import Toll
from platform_portal.sheets import values
from platform_portal.sheets.planning import Problem
from platform_portal.sheets.reading import Row


def read_channels(
    layout: Layout, row: Row, before: list[Content]
) -> tuple[list[Content], list[Problem], list[Problem], list[Content]]:
    """Channels after the row, problems, warnings, and those of the channels that could not be read.

    A group without columns leaves its channel as it is; a group with empty cells takes the channel away.
    """
    channels: list[Content] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    unread: list[Content] = []
    for number in range(1, max([len(before), *layout.channels]) + 1):
        old = before[number - 1] if number <= len(before) else None
        if number not in layout.channels:
            channels += [old] if old else []
            continue
        group = _Group(number, layout.channels[number], row, old)
        if (channel := group.read()) is not None:
            channels.append(channel)
            unread += [channel] if group.problems else []
        problems += group.problems
        warnings += group.warnings
    return channels, problems, warnings, unread


class _Group:
    def __init__(self, number: int, columns: dict[str, int], row: Row, old: Content | None) -> None:
        self.number = number
        self.old = old
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.texts: dict[str, str] = {}
        for name, index in columns.items():
            cell = row.cell(index)
            try:
                self.texts[name] = values.tidy(cell)
            except ValidationError as error:
                self._refuse(name, cell[:200], error)

    def read(self) -> Content | None:
        if not self.problems and not any(self.texts.values()):
            return None
        if self.old is not None and all(self._is_as_before(name) for name in self.texts):
            return self.old
        channel = dict(self.old) if self.old is not None and self._has_same_kind() else empty_channel()
        for name, text in self.texts.items():
            if name != "value" and not (self._has_same_kind() and self._is_as_before(name)):
                channel[name] = self._value(name, text)
        if not channel["kind"]:
            self._refuse("kind", "", ValidationError(_("種類を書いてください（phone、line、visit など）。")))
        elif "value" in self.texts:
            self._read_contact(channel)
        return channel

    def _is_as_before(self, name: str) -> bool:
        return self.old is not None and values.are_same(self.texts[name], channel_texts(self.old)[name])

    def _has_same_kind(self) -> bool:
        kind = self.texts.get("kind")
        return self.old is not None and (kind is None or self._value("kind", kind) == self.old["kind"])

    def _value(self, name: str, text: str) -> Any:
        try:
            return CHANNEL_COLUMN_OF_FIELD[name].read(text)
        except ValidationError as error:
            self._refuse(name, text, error)
            return empty_channel()[name]

    def _read_contact(self, channel: Content) -> None:
        text = self.texts["value"]
        if not (self.old and self._has_same_kind() and self._is_as_before("value")):
            try:
                contact = read_contact(channel["kind"], text)
            except ValidationError as error:
                self._refuse("value", text, error)
                return
            channel["value"], channel["digits"] = contact.value, contact.digits
            if contact.warning:
                self.warnings.append(Problem(self._header("value"), text, contact.warning))
            if not self.texts.get("toll"):
                channel["toll"] = contact.toll
        channel["toll"] = channel["toll"] or Toll.UNKNOWN

    def _refuse(self, name: str, value: str, error: ValidationError) -> None:
        problem = Problem(self._header(name), value, " ".join(error.messages))
        if problem not in self.problems:
            self.problems.append(problem)

    def _header(self, name: str) -> str:
        return group_header(self.number, CHANNEL_COLUMN_OF_FIELD[name])
