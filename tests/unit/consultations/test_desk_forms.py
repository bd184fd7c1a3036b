"""The forms of the desk: hours by ticking, channels, and input that means harm."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.forms.category import CategoryForm
from consultations.forms.channels import ChannelFormSet, ExceptionForm, FallbackForm
from consultations.forms.editor import WindowEditor, with_row, with_rule
from consultations.forms.hours import (
    ClockField,
    HoursRow,
    HoursRowForm,
    OnHolidays,
    Ticks,
    clock_words,
    read_ticks,
)
from consultations.forms.window import MonthDayField
from consultations.hours.rules import Day, read_rules
from consultations.models import ConsultationWindow
from consultations.similar import same_number, similar_name
from tests.factories.consultations import WindowFactory

EVERY_WORKDAY = (0, 1, 2, 3, 4)


# --- Hours ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8:30", 510),
        ("８：３０", 510),
        ("0830", 510),
        ("8時", 480),
        ("8時半", 510),
        ("17時15分", 1035),
        ("24:00", 1440),
        ("翌5:00", 1740),
        ("29:00", 1740),
        ("9", 540),
        ("", None),
    ],
)
def test_clock_is_read_as_offices_write_it(text, minutes):
    assert ClockField(required=False).clean(text) == minutes


@pytest.mark.parametrize("text", ["朝", "8:75", "49:00", "8:30-17:00", "8;30", "\0", "9" * 20])
def test_other_clocks_are_refused(text):
    with pytest.raises(ValidationError):
        ClockField(required=False).clean(text)


@pytest.mark.parametrize("minutes", [0, 510, 1439, 1440, 1740])
def test_clock_is_shown_as_it_is_read(minutes):
    assert ClockField().clean(clock_words(minutes)) == minutes


@pytest.mark.parametrize(
    ("text", "day"), [("12/29", "12-29"), ("1月3日", "01-03"), ("１２－２９", "12-29"), ("", "")]
)
def test_day_of_the_year(text, day):
    assert MonthDayField(required=False).clean(text) == day


def spans() -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """One or two spans in order, the last of which may run past midnight."""

    def build(times: list[int]) -> tuple[tuple[int, int], ...]:
        first, second, third, fourth = (time * 15 for time in sorted(times))
        return ((first, second), (third, fourth)) if third < 24 * 60 else ((first, second),)

    times = st.lists(st.integers(0, 4 * 30), min_size=4, max_size=4, unique=True)
    return times.filter(lambda found: sorted(found)[0] < 96).map(build)


@st.composite
def week_plans(draw: Any) -> tuple[HoursRow, ...]:
    """Rows that share no weekday, as a week of an office is usually written."""
    days = draw(st.permutations(range(7)))
    first, second = sorted(draw(st.tuples(st.integers(1, 7), st.integers(1, 7))))
    groups = [group for group in (days[:first], days[first:second]) if group]
    return tuple(HoursRow(tuple(sorted(group)), draw(spans())) for group in groups)


@settings(deadline=None, max_examples=60)
@given(week_plans(), st.sampled_from(OnHolidays))
def test_what_is_ticked_is_read_back(rows, holidays):
    own = ((600, 900),) if holidays == OnHolidays.OWN else ()
    ticks = Ticks(rows, holidays, own)
    assert read_ticks(ticks.write()) == ticks


@pytest.mark.parametrize("first", [HoursRow((2,), ((540, 720),)), HoursRow((0, 2), ((540, 720),))])
def test_rows_that_share_a_weekday_add_up(first):
    rule = Ticks((first, HoursRow((2,), ((780, 960),), (2, 4)))).write()
    second_wednesday = Day(dt.date(2026, 11, 11), is_holiday=False)
    assert [span[:2] for span in read_rules(rule).spans_on(second_wednesday)] == [(540, 720), (780, 960)]


@pytest.mark.parametrize(
    "rule",
    [
        "Mo-Fr 08:30-17:15; PH off",
        "Mo-Fr 09:00-12:00,13:00-17:00; Sa 09:00-12:00; PH off",
        "We[2,4] 13:00-16:00",
        "Mo-Fr 10:00-29:00",
        "Tu-Su 09:00-16:00; PH 10:00-12:00",
        "Th[2] 12:00-16:00; Sa[4] 12:00-16:00",
    ],
)
def test_common_rules_survive_the_form_unchanged(rule):
    ticks = read_ticks(rule)
    assert ticks is not None
    assert ticks.write() == rule


def test_year_end_moves_to_its_own_fields():
    ticks = read_ticks("Mo-Fr 08:30-17:15; PH off; Dec 29-Jan 03 off")
    assert ticks is not None
    assert (ticks.write(), ticks.year_end) == ("Mo-Fr 08:30-17:15; PH off", ("12-29", "01-03"))


@pytest.mark.parametrize(
    "rule",
    [
        "Mo-Fr 09:00-17:00; We off",
        "Jan 10 08:00-32:00",
        'Mo-Fr 09:00-17:00 "by appointment"',
        "Mo-Fr 09:00-10:00,11:00-12:00,13:00-14:00",
        "sunrise-sunset",
        "garbage",
    ],
)
def test_rules_beyond_the_form_are_left_to_experts(rule):
    assert read_ticks(rule) is None


def row_form(**values: Any) -> HoursRowForm:
    return HoursRowForm({"days": ["0"], "start": "9:00", "end": "17:00"} | values)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days": []}, "days"),
        ({"days": ["9"]}, "days"),
        ({"start": ""}, "start"),
        ({"end": ""}, "end"),
        ({"end": "8:00"}, "end"),
        ({"start": "25:00", "end": "26:00"}, "start"),
        ({"second_start": "18:00"}, "second_end"),
        ({"second_start": "16:00", "second_end": "18:00"}, "second_start"),
    ],
)
def test_row_says_what_is_wrong(values, field):
    assert list(row_form(**values).errors) == [field]


def test_empty_row_is_no_row():
    form = HoursRowForm({})
    assert form.is_valid()
    assert form.row() is None


# --- Channels -----------------------------------------------------------------------------------------
def channel_set(*rows: dict[str, Any]) -> Any:
    data: dict[str, Any] = {"c-TOTAL_FORMS": str(len(rows)), "c-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        data |= {f"c-{number}-{name}": value for name, value in row.items()}
    return ChannelFormSet(data, prefix="c")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            {"kind": "phone", "value": "０８７－８３２－００００"},
            {"value": "087-832-0000", "digits": "0878320000", "toll": "charged"},
        ),
        ({"kind": "phone", "value": "#8008"}, {"value": "#8008", "digits": "#8008"}),
        ({"kind": "phone", "value": "189"}, {"digits": "189", "toll": "free"}),
        ({"kind": "phone", "value": "0120-279-338"}, {"toll": "free", "digits": "0120279338"}),
        ({"kind": "line", "value": "https://lin.ee/abc"}, {"value": "https://lin.ee/abc", "digits": ""}),
        ({"kind": "email", "value": "ｓoudan@example.jp"}, {"value": "soudan@example.jp"}),
        ({"kind": "visit", "value": "県庁2階"}, {"value": "県庁2階", "digits": ""}),
        ({"kind": "phone", "value": "189", "accepts_ip_phone": "False"}, {"accepts_ip_phone": False}),
        ({"kind": "phone", "value": "189", "accepts_ip_phone": ""}, {"accepts_ip_phone": None}),
        (
            {"kind": "phone", "value": "189", "opening_hours": "平日 9:00〜12:00"},
            {"opening_hours": "Mo-Fr 09:00-12:00; PH off"},
        ),
    ],
)
def test_channel_is_read(row, expected):
    formset = channel_set(row)
    assert formset.is_valid(), formset.errors
    content = formset.kept[0].content()
    assert {name: content[name] for name in expected} == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        {"kind": "phone", "value": ""},
        {"kind": "phone", "value": "でんわ"},
        {"kind": "phone", "value": "087-832-0000 / 087-832-0001"},
        {"kind": "line", "value": "http://lin.ee/abc"},
        {"kind": "chat", "value": "javascript:alert(1)"},
        {"kind": "web_form", "value": "www.example.jp"},
        {"kind": "email", "value": "a@b@c"},
        {"kind": "email", "value": ""},
        {"kind": "pigeon", "value": "x"},
        {"kind": "", "value": "087-832-0000"},
        {"kind": "phone", "value": "189", "opening_hours": "朝から"},
        {"kind": "phone", "value": "189", "opening_hours": "平日 9:00〜12:00（要予約）"},
        {"kind": "visit", "value": "x" * 301},
        {"kind": "visit", "value": "a\x07b"},
        {"kind": "visit", "value": "a\x00b"},
    ],
)
def test_channel_is_refused(row):
    assert not channel_set(row).is_valid()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "words"),
    [("0878-32-0000", "087-832-0000"), ("087-832-000", "1 個足りない"), ("087-832-00000", "1 個多い")],
)
def test_odd_number_is_asked_about(value, words):
    formset = channel_set({"kind": "phone", "value": value})
    assert formset.is_valid()
    assert words in formset.warnings[0]


@pytest.mark.django_db
def test_channels_keep_their_numbers_order():
    formset = channel_set(
        {"kind": "phone", "value": "189", "ORDER": "2"},
        {"kind": "visit", "value": "最後"},
        {"kind": "phone", "value": "110", "ORDER": "1"},
        {"kind": "phone", "value": "119", "DELETE": "on"},
    )
    assert formset.is_valid()
    assert [form.content()["value"] for form in formset.kept] == ["110", "189", "最後"]


@pytest.mark.parametrize(
    ("text", "stored"),
    [("", ""), ("10:00〜12:00", "10:00-12:00"), ("10:00~12:00、13:00－15:00", "10:00-12:00,13:00-15:00")],
)
def test_exception_of_one_day(text, stored):
    form = ExceptionForm({"on": "2026-12-28", "spans": text, "reason": "停電"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["spans"] == stored


@pytest.mark.parametrize("spans", ["朝だけ", "10-12", "30:00-31:00", "10:00-12:99"])
def test_garbled_exception_is_refused(spans):
    assert "spans" in ExceptionForm({"on": "2026-12-28", "spans": spans, "reason": "停電"}).errors


# --- Fallbacks and doubles --------------------------------------------------------------------------------
@pytest.mark.django_db
class TestFallback:
    def test_by_id_name_or_part_of_it(self):
        window = WindowFactory(name="よりそい電話")
        for words in (window.public_id, "よりそい電話", "よりそ"):
            form = FallbackForm({"target": words})
            assert form.is_valid()
            assert form.cleaned_data["target"] == window

    def test_several_are_listed(self):
        WindowFactory(name="女性相談A")
        WindowFactory(name="女性相談B")
        error = FallbackForm({"target": "女性相談"}).errors["target"][0]
        assert "女性相談A" in error
        assert "女性相談B" in error

    @pytest.mark.parametrize("words", ["ない窓口", "%", "'; drop table", "\x00"])
    def test_none(self, words):
        WindowFactory(draft=True, name="ない窓口")
        assert not FallbackForm({"target": words}).is_valid()


@pytest.mark.django_db
class TestSimilar:
    def test_name(self):
        near = WindowFactory(name="香川県ひきこもり地域支援センター")
        WindowFactory(name="高松市消費生活センター")
        WindowFactory(name="香川県ひきこもり地域支援センタ", state="archived")
        new = ConsultationWindow()
        assert similar_name("香川県 ひきこもり 地域支援センター", new) == [(near.public_id, near.name)]
        assert similar_name(near.name, near) == []

    def test_number(self):
        window = WindowFactory(phone="087-832-0000")
        other = ConsultationWindow()
        assert same_number({"0878320000"}, other) == [("087-832-0000", window.public_id, window.name)]
        assert same_number({"0878320000"}, window) == []
        assert same_number({""}, other) == []


# --- The whole form -----------------------------------------------------------------------------------------
@pytest.mark.django_db
class TestEditor:
    def data_of(self, window: ConsultationWindow) -> QueryDict:
        return form_data(WindowEditor(window))

    @pytest.mark.parametrize(
        "rule",
        [
            "24/7",
            "",
            "Mo-Fr 08:30-17:15; PH off",
            "Mo-Su 16:00-21:00",
            "Jan 10 08:00-32:00",
            "Sa,Su,PH 10:00-16:00",
        ],
    )
    def test_sent_back_untouched_it_says_the_same(self, rule):
        window = WindowFactory(opening_hours=rule, year_end_from="12-29", year_end_to="01-03")
        editor = WindowEditor(window, self.data_of(window))
        assert editor.is_valid(), editor.problems
        content = editor.content()
        for name, value in content.values.items():
            assert value == getattr(window, name), name
        assert content.channels == [
            {
                "kind": "phone",
                "value": "0120-000-000",
                "digits": "0120000000",
                "toll": "free",
                "accepts_ip_phone": None,
                "reach_note": "",
                "note": "",
                "is_by_appointment": False,
                "hours_text": "",
                "opening_hours": "",
                "languages": [],
            }
        ]

    def test_rule_with_its_year_end_stays_as_it_was_spelled(self):
        window = WindowFactory(opening_hours="Mo-Fr 08:30-17:15; PH off; Dec 29-Jan 03 off")
        editor = WindowEditor(window, self.data_of(window))
        assert editor.is_valid()
        values = editor.content().values
        assert (values["opening_hours"], values["year_end_from"]) == (window.opening_hours, "")

    def test_checking_does_not_touch_the_window(self):
        window = WindowFactory(name="もとの名前")
        data = self.data_of(window)
        data["name"] = "別の名前"
        assert WindowEditor(window, data).is_valid()
        assert window.name == "もとの名前"

    def test_row_is_added_without_complaint(self):
        window = WindowFactory()
        data = self.data_of(window)
        data["name"] = ""
        editor = WindowEditor(window, with_row(data, "channel")).without_errors()
        assert len(editor.channels.forms) == 2
        assert editor.problems == []

    def test_rule_fills_the_ticks(self):
        window = WindowFactory(opening_hours="")
        data = with_rule(self.data_of(window), "Mo-Fr 08:30-17:15; Sa 09:00-12:00; PH off; Dec 29-Jan 03 off")
        editor = WindowEditor(window, data)
        assert editor.is_valid(), editor.problems
        assert editor.rule == "Mo-Fr 08:30-17:15; Sa 09:00-12:00; PH off"
        assert editor.content().values["year_end_from"] == "12-29"


def form_data(editor: WindowEditor) -> QueryDict:
    """What a browser sends when nothing is touched."""
    data = QueryDict(mutable=True)
    forms = [editor.form, editor.hours]
    for formset in editor.formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            values = value if isinstance(value, list | tuple) else [value]
            if isinstance(value, bool):
                values = ["on"] if value else []
            sent = [str(getattr(each, "pk", each)) for each in values if each is not None]
            if sent:
                data.setlist(field.html_name, sent)
    data["version"] = "" if editor.window._state.adding else editor.window.updated_at.isoformat()
    return data


# --- A category ---------------------------------------------------------------------------------------
def test_words_of_a_category_have_a_limit():
    errors = CategoryForm({"words": "あ" * 20_001}).errors
    assert "20000文字まで書けます" in errors["words"][0]
    assert "words" not in CategoryForm({"words": "あ" * 20_000}).errors
