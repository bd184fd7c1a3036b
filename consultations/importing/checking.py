"""Whether a window's content may be stored: the models' own rules, asked for many rows without asking the database for each."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.hours.evaluation import InvalidRule, validate_rule
from consultations.hours.exceptions import DatedException, with_exceptions
from consultations.importing.columns import (
    CHANNEL_COLUMN_OF_FIELD,
    COLUMN_OF_FIELD,
    group_header,
)
from consultations.importing.contents import CHANNEL_FIELDS, SCALARS, Content
from consultations.limits import MAX_CHANNELS, MAX_EXCEPTIONS, MAX_FALLBACKS
from consultations.models import Channel, ConsultationWindow, WindowException
from platform_portal.sheets.checking import Constraints, field_problems
from platform_portal.sheets.planning import Problem


@dataclass
class Checker:
    """Remembers every rule already asked: a thousand rows with the same hours cost one question."""

    constraints: Constraints = field(default_factory=lambda: Constraints(_matters))
    rules: dict[str, str] = field(default_factory=dict)
    today: dt.date = field(default_factory=timezone.localdate)

    def problems(self, content: Content, unread: Sequence[Content] = ()) -> list[Problem]:
        """`unread`: channels of which something else was said already; their empty fields say nothing more."""
        found = [*self._of_window(content), *self._too_many(content)]
        found += self._of_exceptions(content)
        for number, channel in enumerate(content["channels"], start=1):
            if not any(channel is each for each in unread):
                found += self._of_channel(number, channel)
        return found

    def _of_window(self, content: Content) -> Iterator[Problem]:
        window = ConsultationWindow(**{name: content[name] for name in SCALARS})
        yield from field_problems(window, SCALARS, lambda name: COLUMN_OF_FIELD[name].header)
        for name, reason in self.constraints.broken_by(window, SCALARS):
            yield self._about(content, name, reason)
        if reason := self._rule_problem(content["opening_hours"]):
            yield self._about(content, "opening_hours", reason)
        if content["verified_on"] and content["verified_on"] > self.today:
            yield self._about(content, "verified_on", _("これからの日は書けません。"))
        if content["public_id"] in content["fallbacks"]:
            yield self._about(content, "fallbacks", _("代わりの窓口に、その窓口自身は選べません。"))

    def _too_many(self, content: Content) -> Iterator[Problem]:
        first_beyond = group_header(MAX_CHANNELS + 1, CHANNEL_COLUMN_OF_FIELD["kind"])
        for name, most, header in (
            ("channels", MAX_CHANNELS, first_beyond),
            ("exceptions", MAX_EXCEPTIONS, COLUMN_OF_FIELD["exceptions"].header),
            ("fallbacks", MAX_FALLBACKS, COLUMN_OF_FIELD["fallbacks"].header),
        ):
            if (count := len(content[name])) > most:
                reason = _("%(most)d個まで書けます（いまは%(count)d個あります）。多い分を消してください。")
                yield Problem(header, "", reason % {"most": most, "count": count})

    def _of_exceptions(self, content: Content) -> Iterator[Problem]:
        for on, spans, reason in content["exceptions"]:
            row = WindowException(on=on, spans=spans, reason=reason)
            names = ("on", "spans", "reason")
            yield from field_problems(row, names, lambda name: COLUMN_OF_FIELD["exceptions"].header)
            try:
                with_exceptions("24/7", dated=[DatedException(on, spans or None, reason)])
            except InvalidRule as error:
                yield self._about(content, "exceptions", str(error))

    def _of_channel(self, number: int, values: Content) -> Iterator[Problem]:
        channel = Channel(**values)

        def header(name: str) -> str:
            known = CHANNEL_COLUMN_OF_FIELD.get(name, CHANNEL_COLUMN_OF_FIELD["value"])
            return group_header(number, known)

        yield from field_problems(channel, CHANNEL_FIELDS, header)
        for name, reason in self.constraints.broken_by(channel, CHANNEL_FIELDS):
            yield Problem(header(name), str(values[name]), reason)
        if reason := self._rule_problem(values["opening_hours"]):
            yield Problem(header("opening_hours"), values["opening_hours"], reason)

    def _rule_problem(self, rule: str) -> str:
        if rule and rule not in self.rules:
            try:
                validate_rule(rule)
                self.rules[rule] = ""
            except InvalidRule as error:
                self.rules[rule] = str(error)
        return self.rules.get(rule, "")

    @staticmethod
    def _about(content: Content, name: str, reason: str) -> Problem:
        column = COLUMN_OF_FIELD[name]
        return Problem(column.header, column.write(content[name]), reason)


def _matters(name: str, value: Any) -> str:
    """As much of a value as a constraint looks at: of numbers whether there is one, of links how they begin."""
    if name == "digits":
        return str(bool(value))
    return str(value)[:8] if name == "value" else str(value)
