"""Opening hours by ticking weekdays and writing times, and back from a rule to the ticks."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.desk import DeskForm, RowSet
from consultations.hours.evaluation import InvalidRule, validate_rule
from consultations.hours.rules import (
    DAY,
    EVERY_DAY,
    Certainty,
    Rule,
    Span,
    UnsupportedSyntaxError,
    read_rules,
    write_spans,
    write_weekdays,
)

WEEKDAY_CHOICES = list(enumerate("月火水木金土日"))
WEEK_CHOICES = [
    (1, gettext_lazy("第1")),
    (2, gettext_lazy("第2")),
    (3, gettext_lazy("第3")),
    (4, gettext_lazy("第4")),
    (5, gettext_lazy("第5")),
    (-1, gettext_lazy("最終")),
]
ALWAYS = "24/7"
MAX_ROWS = 14
_CLOCK = re.compile(r"(?P<next>翌)?(?P<hour>\d{1,2})(?:時|:)?(?P<minute>\d{2}|半)?分?")


class HoursMode(models.TextChoices):
    ROWS = "rows", gettext_lazy("曜日と時刻で決める")
    ALWAYS = "always", gettext_lazy("毎日、24時間")
    UNKNOWN = "unknown", gettext_lazy("分からない（住民の画面にも「分かりません」と出ます）")
    EXPERT = "expert", gettext_lazy("規則を直接書く（OSM の opening_hours）")


class OnHolidays(models.TextChoices):
    CLOSED = "closed", gettext_lazy("休み")
    AS_WEEKDAY = "as_weekday", gettext_lazy("曜日どおり（「祝日は確かめてください」と出ます）")
    OWN = "own", gettext_lazy("祝日だけの時間がある")


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Weekdays (0 is Monday) that keep the same one or two spans (minutes); `weeks` of the month, or every week."""

    days: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    weeks: tuple[int, ...] = ()

    @property
    def mask(self) -> int:
        return sum(1 << day for day in self.days)

    def write(self, *, with_holidays: bool = False) -> str:
        days = write_weekdays(self.mask)
        if self.weeks:
            weeks = ",".join(str(week) for week in self.weeks)
            days = ",".join(f"{write_weekdays(1 << day)}[{weeks}]" for day in self.days)
        return f"{days}{',PH' if with_holidays else ''} {_write(self.spans)}"


@dataclass(frozen=True, slots=True)
class Ticks:
    """What the form shows of a rule. `year_end`: `("12-29", "01-03")` or empty."""

    rows: tuple[HoursRow, ...]
    holidays: OnHolidays = OnHolidays.AS_WEEKDAY
    holiday_spans: tuple[tuple[int, int], ...] = ()
    year_end: tuple[str, str] = field(default=("", ""))

    def write(self) -> str:
        """The rule. Rows that share a weekday add up instead of replacing each other."""
        is_daily = len(self.rows) == 1 and self.rows[0].mask == EVERY_DAY and not self.rows[0].weeks
        text, seen = "", 0
        for row in self.rows:
            joint = ", " if row.mask & seen else "; "
            text += (joint if text else "") + row.write(
                with_holidays=is_daily and self.holidays == OnHolidays.AS_WEEKDAY and not self.holiday_spans
            )
            seen |= row.mask
        if self.holidays == OnHolidays.CLOSED:
            text += "; PH off"
        elif self.holidays == OnHolidays.OWN:
            text += f"; PH {_write(self.holiday_spans)}"
        return text


def read_ticks(rule: str) -> Ticks | None:
    """The rule as ticks, or None when it says more than the form can show."""
    try:
        rules = read_rules(rule)
    except UnsupportedSyntaxError:
        return None
    found = _Collected()
    if not all(found.take(each) for each in rules.rules) or not found.rows:
        return None
    ticks = Ticks(tuple(found.rows), found.holidays, found.holiday_spans, found.year_end)
    return ticks if _says_the_same(ticks, rule) else None


class _Collected:
    """Takes the rules of a sequence one by one; `take` is False for what the form cannot show."""

    def __init__(self) -> None:
        self.rows: list[HoursRow] = []
        self.holidays = OnHolidays.AS_WEEKDAY
        self.holiday_spans: tuple[tuple[int, int], ...] = ()
        self.year_end = ("", "")

    def take(self, rule: Rule) -> bool:
        selector = rule.selector
        if selector.dates:
            return self._take_closure(rule)
        if selector.holidays and not selector.weekdays and not selector.nths:
            return self._take_holidays(rule)
        spans = _plain(rule.spans)
        if rule.is_off or not spans or len(spans) > 2:
            return False
        if selector.nths:
            return self._take_nths(rule, spans)
        mask = selector.weekdays if selector.names_days else EVERY_DAY
        if selector.holidays and mask != EVERY_DAY:
            self.holidays, self.holiday_spans = OnHolidays.OWN, spans
        self.rows.append(HoursRow(_days(mask), spans))
        return True

    def _take_nths(self, rule: Rule, spans: tuple[tuple[int, int], ...]) -> bool:
        """`We[2,4]` is one row; `Th[2],Sa[4]` are two, since a row has one set of weeks."""
        nths = rule.selector.nths
        if rule.selector.weekdays or rule.selector.holidays:
            return False
        for weeks in dict.fromkeys(nth.weeks for nth in nths):
            days = sorted({day for nth in nths if nth.weeks == weeks for day in _days(nth.mask)})
            self.rows.append(HoursRow(tuple(days), spans, weeks))
        return True

    def _take_holidays(self, rule: Rule) -> bool:
        spans = _plain(rule.spans)
        if rule.is_off and not rule.spans:
            self.holidays, self.holiday_spans = OnHolidays.CLOSED, ()
            return True
        if rule.is_additional or not spans or len(spans) > 1:
            return False
        self.holidays, self.holiday_spans = OnHolidays.OWN, spans
        return True

    def _take_closure(self, rule: Rule) -> bool:
        selector = rule.selector
        is_yearly = len(selector.dates) == 1 and not selector.dates[0].has_year and not selector.names_days
        if not is_yearly or not rule.is_off or rule.spans or self.year_end != ("", ""):
            return False
        first, last = selector.dates[0].first, selector.dates[0].last
        self.year_end = (f"{first // 100:02}-{first % 100:02}", f"{last // 100:02}-{last % 100:02}")
        return True


def _says_the_same(ticks: Ticks, rule: str) -> bool:
    """Written back, the ticks must mean what the rule meant, day by day for over a year."""
    import datetime as dt

    from consultations.hours.exceptions import read_year_end, with_exceptions
    from consultations.hours.rules import Day

    year_end = read_year_end(*ticks.year_end)
    one, other = read_rules(rule), read_rules(with_exceptions(ticks.write(), year_end=year_end))
    start = dt.date(2027, 1, 1)
    days = (start + dt.timedelta(days=offset) for offset in range(400))
    return all(
        one.spans_on(Day(day, is_holiday)) == other.spans_on(Day(day, is_holiday))
        for day in days
        for is_holiday in (False, True)
    )


def _plain(spans: tuple[Span, ...]) -> tuple[tuple[int, int], ...]:
    if any(certainty != Certainty.OPEN for _start, _end, certainty in spans):
        return ()
    return tuple((start, end) for start, end, _certainty in spans)


def _days(mask: int) -> tuple[int, ...]:
    return tuple(day for day in range(7) if mask >> day & 1)


def _write(spans: tuple[tuple[int, int], ...]) -> str:
    return write_spans((start, end, Certainty.OPEN) for start, end in spans)


# --- Fields and forms ----------------------------------------------------------------------------
def clock_words(minutes: int) -> str:
    """510 → 8:30; after midnight 翌5:00."""
    if minutes > DAY:
        return f"翌{(minutes - DAY) // 60}:{minutes % 60:02}"
    return f"{minutes // 60}:{minutes % 60:02}"


class ClockField(forms.CharField):
    """A time of day as offices write it: 8:30, ８時半, 0830, 24:00, 翌5:00, 29:00. Cleans to minutes or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, **kwargs)
        self.widget.attrs.update({"inputmode": "text", "autocomplete": "off", "size": "6"})

    def clean(self, value: Any) -> Any:
        text = unicodedata.normalize("NFKC", super().clean(value) or "").replace(" ", "")
        if not text:
            return None
        match = _CLOCK.fullmatch(text)
        if match is None:
            raise ValidationError(_("8:30 や 翌5:00 のように書いてください。"), code="clock")
        minute = 30 if match["minute"] == "半" else int(match["minute"] or 0)
        minutes = int(match["hour"]) * 60 + minute + (DAY if match["next"] else 0)
        if minute > 59 or minutes > 2 * DAY:
            raise ValidationError(_("0:00 から 翌24:00 までの時刻を書いてください。"), code="clock")
        return minutes


class HoursForm(DeskForm):
    """How the rule is entered, and what holds on holidays."""

    mode = forms.ChoiceField(
        label=gettext_lazy("受付時間の決め方"),
        choices=HoursMode.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("決め方を選んでください。"),
            "invalid_choice": gettext_lazy("決め方を選んでください。"),
        },
    )
    holidays = forms.ChoiceField(
        label=gettext_lazy("祝日は"),
        choices=OnHolidays.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("祝日の扱いを選んでください。")},
    )
    holiday_start = ClockField(label=gettext_lazy("祝日の始まり"), required=False)
    holiday_end = ClockField(label=gettext_lazy("祝日の終わり"), required=False)
    rule = forms.CharField(
        label=gettext_lazy("規則"),
        help_text=gettext_lazy("例：Mo-Fr 08:30-17:15; PH off。ほかの決め方で表せないときだけ使います。"),
        max_length=1000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("mode") == HoursMode.EXPERT and "rule" in values:
            try:
                validate_rule(values["rule"])
            except InvalidRule as error:
                self.add_error("rule", str(error))
        if values.get("mode") == HoursMode.ROWS and values.get("holidays") == OnHolidays.OWN:
            _check_span(self, "holiday_start", "holiday_end", is_needed=True)
        return values


class HoursRowForm(DeskForm):
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("曜日"),
        choices=WEEKDAY_CHOICES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
    )
    weeks = forms.TypedMultipleChoiceField(
        label=gettext_lazy("毎週でないとき"),
        choices=WEEK_CHOICES,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
    )
    start = ClockField(label=gettext_lazy("から"), required=False)
    end = ClockField(label=gettext_lazy("まで"), required=False)
    second_start = ClockField(label=gettext_lazy("休憩のあと"), required=False)
    second_end = ClockField(label=gettext_lazy("まで（休憩のあと）"), required=False)

    @property
    def is_empty(self) -> bool:
        return not any(
            self.cleaned_data.get(name) not in (None, [], "") for name in self.fields if name != "DELETE"
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.errors or self.is_empty or values.get("DELETE"):
            return values
        if not values.get("days"):
            self.add_error("days", _("曜日を1つ以上選んでください。"))
        _check_span(self, "start", "end", is_needed=True)
        _check_span(self, "second_start", "second_end", is_needed=False)
        first_end, second_start = values.get("end"), values.get("second_start")
        if first_end is not None and second_start is not None and second_start < first_end:
            self.add_error("second_start", _("休憩のあとの時刻は、前の「まで」より後にしてください。"))
        return values

    def row(self) -> HoursRow | None:
        """None for an empty or deleted row. Only after the form proved valid."""
        values = self.cleaned_data
        if self.is_empty or values.get("DELETE"):
            return None
        spans = [(values["start"], values["end"])]
        if values.get("second_start") is not None:
            spans.append((values["second_start"], values["second_end"]))
        return HoursRow(tuple(values["days"]), tuple(spans), tuple(values["weeks"]))


def _check_span(form: forms.Form, start_name: str, end_name: str, *, is_needed: bool) -> None:
    start, end = form.cleaned_data.get(start_name), form.cleaned_data.get(end_name)
    if start_name in form.errors or end_name in form.errors:
        return
    if start is None and end is None:
        if is_needed:
            form.add_error(start_name, _("時刻を書いてください。"))
        return
    if start is None or end is None:
        form.add_error(
            start_name if start is None else end_name, _("「から」と「まで」の両方を書いてください。")
        )
    elif start >= DAY:
        form.add_error(start_name, _("始まりは 0:00 から 23:59 までにしてください。"))
    elif end <= start:
        form.add_error(
            end_name, _("終わりが始まりより前です。次の日の朝までなら 翌5:00 のように書いてください。")
        )
    elif end - start > DAY:
        form.add_error(end_name, _("1回の受付は24時間までにしてください。"))


HoursRowFormSet = forms.formset_factory(
    HoursRowForm, formset=RowSet, extra=0, can_delete=True, max_num=MAX_ROWS, absolute_max=MAX_ROWS
)


def initial_hours(rule: str) -> tuple[dict[str, Any], list[dict[str, Any]], tuple[str, str]]:
    """Initial values of HoursForm and of its rows, and the year-end closure that the rule holds."""
    empty: tuple[str, str] = ("", "")
    if not rule:
        return {"mode": HoursMode.UNKNOWN, "holidays": OnHolidays.CLOSED}, [], empty
    if rule.replace(" ", "") in {ALWAYS, "Mo-Su00:00-24:00"}:
        return {"mode": HoursMode.ALWAYS, "holidays": OnHolidays.AS_WEEKDAY}, [], empty
    ticks = read_ticks(rule)
    if ticks is None:
        return {"mode": HoursMode.EXPERT, "rule": rule, "holidays": OnHolidays.CLOSED}, [], empty
    form = {"mode": HoursMode.ROWS, "holidays": ticks.holidays, "rule": ""}
    if ticks.holiday_spans:
        form["holiday_start"], form["holiday_end"] = map(clock_words, ticks.holiday_spans[0])
    return form, [_initial_row(row) for row in ticks.rows], ticks.year_end


def _initial_row(row: HoursRow) -> dict[str, Any]:
    values: dict[str, Any] = {
        "days": list(row.days),
        "weeks": list(row.weeks),
        "start": clock_words(row.spans[0][0]),
        "end": clock_words(row.spans[0][1]),
    }
    if len(row.spans) > 1:
        values["second_start"], values["second_end"] = map(clock_words, row.spans[1])
    return values


def rule_of(form: HoursForm, rows: Any) -> str:
    """The rule that valid forms say; an empty string for unknown. Raises ValidationError without any row."""
    mode = form.cleaned_data["mode"]
    if mode == HoursMode.ALWAYS:
        return ALWAYS
    if mode == HoursMode.UNKNOWN:
        return ""
    if mode == HoursMode.EXPERT:
        return str(form.cleaned_data["rule"]).strip()
    found = tuple(row for each in rows if (row := each.row()))
    if not found:
        raise ValidationError(
            _("曜日と時刻を1行以上書いてください。分からないときは「分からない」を選んでください。")
        )
    holidays = OnHolidays(form.cleaned_data["holidays"] or OnHolidays.AS_WEEKDAY)
    spans: tuple[tuple[int, int], ...] = ()
    if holidays == OnHolidays.OWN:
        spans = ((form.cleaned_data["holiday_start"], form.cleaned_data["holiday_end"]),)
    return Ticks(found, holidays, spans).write()
