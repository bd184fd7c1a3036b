"""The window form as a whole: its fields, its hours and its rows, checked together and saved together."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from consultations.contacts import suggest_contact
from consultations.forms.channels import ChannelForm, ChannelFormSet, ExceptionFormSet, FallbackFormSet
from consultations.forms.hours import (
    HoursForm,
    HoursMode,
    HoursRowFormSet,
    initial_hours,
    read_ticks,
    rule_of,
)
from consultations.forms.window import WindowForm
from consultations.hours.exceptions import DatedException, read_year_end, with_exceptions
from consultations.hours_words import lacks_days, read_hours_text, unread_words
from consultations.models import ConsultationWindow, Fallback
from consultations.published_hours import HOURS_FIELDS, contradictions
from consultations.services import WindowContent
from consultations.similar import same_number, similar_name
from platform_portal.versions import number_in

# Button value → prefix of the rows to which it adds one.
ADDABLE = {"channel": "channels", "row": "rows", "exception": "exceptions", "fallback": "fallbacks"}
NOT_COLUMNS = {"categories", "municipalities", "is_verified_now"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; `anchor` is the id of the control, or empty."""

    anchor: str
    words: str


class WindowEditor:
    """Bound when `data` is given. `window` may be new; it is never changed here.

    `start`: begin with this content instead of the stored one. `fields`: offer only these (and their parts).
    """

    def __init__(
        self,
        window: ConsultationWindow,
        data: QueryDict | None = None,
        *,
        start: WindowContent | None = None,
        fields: Collection[str] | None = None,
    ) -> None:
        self.window = window
        self.data = data
        # What the form begins with: as stored, or as proposed.
        self.begun = _copy(window)
        for name, value in (start.values if start else {}).items():
            setattr(self.begun, name, value)
        self._extra_problems: list[Problem] = []
        self.rule = self.begun.opening_hours
        self._said: tuple[str | None, str | None] | None = None  # kept when the errors are put away
        hours, rows, year_end = initial_hours(self.begun.opening_hours)
        if window._state.adding:
            hours["mode"] = HoursMode.ROWS  # 「分からない」 shall be somebody's decision, not a default
        own: dict[str, Any] = (
            {"year_end_from": year_end[0], "year_end_to": year_end[1]} if year_end[0] else {}
        )
        if start:
            own |= {"categories": start.categories, "municipalities": start.municipalities}
        self.form = WindowForm(data, instance=_copy(self.begun), initial=own)
        if fields is not None:
            for name in set(self.form.fields) - set(fields):
                del self.form.fields[name]
        self.hours = HoursForm(data, prefix="hours", initial=hours)
        self.rows = HoursRowFormSet(data, prefix="rows", initial=rows)
        self.channels: Any = ChannelFormSet(data, prefix="channels", initial=_channels(window, start))
        self.exceptions: Any = ExceptionFormSet(data, prefix="exceptions", initial=_exceptions(window, start))
        own_targets = _targets(window)
        targets = own_targets if start is None else list(start.fallbacks or [])
        self.fallbacks = cast(
            Any,
            FallbackFormSet(
                data,
                prefix="fallbacks",
                initial=[
                    {"target": each.name, "ORDER": place} for place, each in enumerate(targets, start=1)
                ],
                form_kwargs={"known": {each.name: each for each in [*own_targets, *targets]}},
            ),
        )
        self.fallbacks.itself = None if window._state.adding else window
        if data is None:
            self._offer_empty_rows()

    def _offer_empty_rows(self) -> None:
        """A new form starts with one empty row where one will surely be needed."""
        for formset in (self.rows, self.channels):
            if not formset.initial:
                formset.extra = 1

    @property
    def formsets(self) -> tuple[Any, ...]:
        return (self.rows, self.channels, self.exceptions, self.fallbacks)

    @property
    def version(self) -> dt.datetime | None:
        """The `updated_at` that the person saw; None on a new window or when it was tampered with."""
        text = self.data.get("version", "") if self.data else ""
        try:
            return parse_datetime(str(text))
        except ValueError:
            return None

    # --- Checking ------------------------------------------------------------------------------
    def is_valid(self) -> bool:
        parts = (self.form, self.hours, *self.formsets)
        answers = [part.is_valid() for part in parts]  # every part is asked, also after the first refusal
        if not all(answers):
            return False
        try:
            self.rule = rule_of(self.hours, self.rows)
        except ValidationError as error:
            self._extra_problems.append(Problem("hours", str(error.messages[0])))
            return False
        self._keep_spelling()
        return True

    def _keep_spelling(self) -> None:
        """Ticks that nobody touched leave the stored rule, which may be spelled otherwise, as it is."""
        stored = read_ticks(self.begun.opening_hours) if self.begun.opening_hours else None
        if stored is None or self.hours.cleaned_data["mode"] == HoursMode.EXPERT:
            return
        values = self.form.cleaned_data
        year_end = (values["year_end_from"], values["year_end_to"])
        shown = stored.year_end if stored.year_end[0] else (self.begun.year_end_from, self.begun.year_end_to)
        if stored.write() == self.rule and year_end == shown:
            self.rule = self.begun.opening_hours
            values["year_end_from"], values["year_end_to"] = (
                self.begun.year_end_from,
                self.begun.year_end_to,
            )

    def add_error(self, words: str, anchor: str = "") -> None:
        self._extra_problems.append(Problem(anchor, words))

    @property
    def problems(self) -> list[Problem]:
        found = [*_problems_of(self.form), *_problems_of(self.hours)]
        for formset, title in self._titled_formsets():
            found += [Problem(formset.prefix, str(error)) for error in formset.non_form_errors()]
            for number, form in enumerate(formset.forms, start=1):
                found += _problems_of(form, f"{title}{number}：")
        return found + self._extra_problems

    def _titled_formsets(self) -> Iterator[tuple[Any, str]]:
        titles = (_("曜日と時刻"), _("連絡手段"), _("日ごとの変更"), _("代わりの窓口"))
        yield from zip(self.formsets, titles, strict=True)

    def warnings(self) -> list[str]:
        """What looks wrong but may be right. Only about what this edit brings in; the rest was settled before."""
        found = list(self.channels.warnings)
        if self.window._state.adding or "name" in self.form.changed_data:
            found += [
                _("よく似た名前の窓口があります：%(name)s（%(id)s）。同じものではありませんか。")
                % {"name": name, "id": public_id}
                for public_id, name in similar_name(self.form.cleaned_data["name"], self.window)
            ]
        found += [
            _("同じ番号 %(number)s の窓口があります：%(name)s（%(id)s）。")
            % {"number": number, "name": name, "id": public_id}
            for number, public_id, name in same_number(self._new_digits(), self.window)
        ]
        found += self._hours_warnings() + self._contradictions()
        if not self.channels.kept:
            found.append(_("連絡手段がありません。このままでは公開できません。"))
        return found

    def _hours_warnings(self) -> list[str]:
        """A rule that nobody has thought about must not reach residents as "open"."""
        text = self.form.cleaned_data["hours_text"]
        is_new_rule = self.rule != self.begun.opening_hours
        if not self.rule or not (is_new_rule or text != self.begun.hours_text):
            return []
        found = []
        if is_new_rule and lacks_days(self.rule):
            found.append(
                _(
                    "受付時間の規則に曜日がありません。このまま保存すると、土曜・日曜・祝日も受付中と出ます。毎日でよいか確かめ、ちがうときは曜日を入れてください。"
                )
            )
        read = read_hours_text(text)
        words = unread_words(read, is_by_appointment=self.form.cleaned_data["is_by_appointment"])
        if words and read.opening_hours and _ticked(read.opening_hours) == _ticked(self.rule):
            found.append(
                _(
                    "受付時間の文のうち「%(words)s」は、まだ下の時間に入っていません。入れないと、受け付けていない時に「受付中」と出るかもしれません。"
                )
                % {"words": words}
            )
        return found

    def _contradictions(self) -> list[str]:
        """Between hours and the words that were published of them, where this edit has brought them in."""
        begun: dict[str, Any] = {name: getattr(self.begun, name) for name in HOURS_FIELDS}
        now = {name: self.form.cleaned_data.get(name, begun[name]) for name in HOURS_FIELDS}
        now |= {"opening_hours": self.rule, "channels": [form.cleaned_data for form in self.channels.kept]}
        settled = contradictions(begun | {"channels": self.channels.initial})
        return [sentence for sentence in contradictions(now) if sentence not in settled]

    def _new_digits(self) -> set[str]:
        known = {row["digits"] for row in self.channels.initial or []}
        return {form.cleaned_data["digits"] for form in self.channels.kept} - known

    def are_confirmed(self, warnings: list[str]) -> bool:
        """Whether the tick beside exactly these warnings was set."""
        return not warnings or (self.data is not None and self.data.get("confirmed") == digest(warnings))

    def content(self) -> WindowContent:
        """Only after `is_valid()`."""
        values = {name: value for name, value in self.form.cleaned_data.items() if name not in NOT_COLUMNS}
        values["opening_hours"] = self.rule
        if self.form.cleaned_data.get("is_verified_now"):
            values["verified_on"] = timezone.localdate()
        return WindowContent(
            values=values,
            categories=list(self.form.cleaned_data["categories"]),
            municipalities=list(self.form.cleaned_data["municipalities"]),
            channels=[form.content() for form in self.channels.kept],
            exceptions=[
                (form.cleaned_data["on"], form.cleaned_data["spans"], form.cleaned_data["reason"])
                for form in self.exceptions.kept
            ],
            fallbacks=[form.cleaned_data["target"] for form in self.fallbacks.kept],
        )

    # --- Working on without saving ---------------------------------------------------------------
    def rule_so_far(self) -> str | None:
        """The rule as the form stands, or None while it cannot be read."""
        if self.data is None:
            return None if self.window._state.adding else self.rule
        if self._said is not None:
            return self._said[0]
        try:
            if all([self.hours.is_valid(), self.rows.is_valid()]):
                return rule_of(self.hours, self.rows)
        except ValidationError:  # the parts are good, the whole is not: that is for the saving to say
            return None
        return None

    def rule_served_so_far(self) -> str | None:
        """The same with the year-end closure and the dated exceptions, as residents would be told."""
        if self._said is not None:
            return self._said[1]
        rule = self.rule_so_far()
        if not rule:
            return rule
        rows = [form.cleaned_data for form in self.exceptions.forms if form.is_valid()]
        if self.data is None:
            rows = self.exceptions.initial
        dated = [
            DatedException(row["on"], row["spans"] or None)
            for row in rows
            if "on" in row and not row.get("DELETE")
        ]
        return with_exceptions(rule, year_end=read_year_end(*self.year_end_so_far()), dated=dated)

    def year_end_so_far(self) -> tuple[str, str]:
        """What stands in the two fields, or two empty texts while they cannot be read."""
        names = ("year_end_from", "year_end_to")
        try:
            first, last = (self.form.fields[name].clean(self.form[name].value()) for name in names)
        except ValidationError:
            return "", ""
        return (first, last) if first and last else ("", "")

    def without_errors(self) -> "WindowEditor":
        """For an answer that only added a row or filled in ticks: nobody asked for a check yet."""
        self._said = (self.rule_so_far(), self.rule_served_so_far())
        for form in (self.form, self.hours, *(form for formset in self.formsets for form in formset.forms)):
            form._errors = ErrorDict()
        for formset in self.formsets:
            formset._errors, formset._non_form_errors = [], ErrorList()
        return self


def with_row(data: QueryDict, kind: str) -> QueryDict:
    """The same input with one more empty row of that kind."""
    name = f"{ADDABLE[kind]}-TOTAL_FORMS"
    copy = data.copy()
    copy[name] = str((number_in(copy.get(name, "")) or 0) + 1)
    return copy


def with_suggestion(data: QueryDict, row: str) -> QueryDict:
    """The same input with the likely spelling in the row's main field. `row`: `channels-0`."""
    copy = data.copy()
    suggestion = suggest_contact(str(data.get(f"{row}-kind", "")), str(data.get(f"{row}-value", "")))
    if suggestion:
        copy[f"{row}-value"] = suggestion
    return copy


def with_rule(data: QueryDict, rule: str) -> QueryDict:
    """The same input with the ticks set to what `rule` says."""
    form, rows, year_end = initial_hours(rule)
    if lacks_days(rule):
        for row in rows:
            row["days"] = []  # the text names none: somebody must choose them, or the form is not saved
    copy = data.copy()
    for name in [key for key in copy if key.startswith(("rows-", "hours-"))]:
        del copy[name]
    for name, value in form.items():
        copy[f"hours-{name}"] = str(value)
    copy["rows-TOTAL_FORMS"], copy["rows-INITIAL_FORMS"] = str(len(rows)), "0"
    for number, row in enumerate(rows):
        for name, value in row.items():
            values = value if isinstance(value, list) else [value]
            copy.setlist(f"rows-{number}-{name}", [str(each) for each in values])
    if year_end[0]:
        copy["year_end_from"], copy["year_end_to"] = year_end
    return copy


def _ticked(rule: str) -> str:
    """The rule as the ticks write it, without the year-end closure, which has fields of its own."""
    ticks = read_ticks(rule)
    return ticks.write() if ticks else rule


def digest(warnings: list[str]) -> str:
    return sha256("\n".join(warnings).encode()).hexdigest()[:16]


def _copy(window: ConsultationWindow) -> ConsultationWindow:
    """A form writes into its instance while it checks; the one that others look at stays as stored."""
    copy = ConsultationWindow.from_db(
        "default",
        [field.attname for field in window._meta.concrete_fields if not field.generated],
        [getattr(window, field.attname) for field in window._meta.concrete_fields if not field.generated],
    )
    copy._state.adding = window._state.adding
    return copy


def _problems_of(form: forms.BaseForm, title: str = "") -> list[Problem]:
    found = [Problem("", f"{title}{error}") for error in form.non_field_errors()]
    for name, errors in form.errors.items():
        if name in form.fields:
            field = form[name]
            anchor = field.id_for_label or field.auto_id or ""
            found += [Problem(anchor, f"{title}{field.label}：{error}") for error in errors]
    return found


def _channels(window: ConsultationWindow, start: WindowContent | None) -> list[dict[str, Any]]:
    names = (*ChannelForm.Meta.fields, "digits")
    if start is not None:
        rows = [{name: channel[name] for name in names} for channel in start.channels or []]
    elif window._state.adding:
        return []
    else:
        rows = [{name: getattr(channel, name) for name in names} for channel in window.channels.all()]
    for position, row in enumerate(rows, start=1):
        row["ORDER"] = position
    return rows


def _exceptions(window: ConsultationWindow, start: WindowContent | None) -> list[dict[str, Any]]:
    if start is not None:
        return [{"on": on, "spans": spans, "reason": reason} for on, spans, reason in start.exceptions or []]
    if window._state.adding:
        return []
    return [{"on": row.on, "spans": row.spans, "reason": row.reason} for row in window.exceptions.all()]


def _targets(window: ConsultationWindow) -> list[ConsultationWindow]:
    """Those not published too: they are shown again once they are."""
    if window._state.adding:
        return []
    return [link.target for link in Fallback.objects.filter(window=window).select_related("target")]
