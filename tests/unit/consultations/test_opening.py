"""Open now: from rules in the database to windows, with the staff's calendar and each window's own days."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consultations.indexing import refresh_derived
from consultations.listing import OpenFirst
from consultations.models import ConsultationWindow, Schedule
from consultations.opening import OpenAt
from platform_portal.publishing.states import State
from tests.factories.consultations import CalendarOverrideFactory, ChannelFactory, WindowFactory

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY_NOON = dt.datetime(2026, 11, 16, 12, 0, tzinfo=TOKYO)
LABOUR_THANKSGIVING = dt.datetime(2026, 11, 23, 12, 0, tzinfo=TOKYO)
OFFICE = "Mo-Fr 08:30-17:15; PH off"

pytestmark = pytest.mark.django_db


def open_names(moment, kinds=None) -> list[str]:
    windows = ConsultationWindow.objects.published().open_at(moment, kinds)
    return sorted(windows.values_list("name", flat=True))


def window(name: str, rule: str, **fields) -> ConsultationWindow:
    made = WindowFactory(name=name, opening_hours=rule, phone=False, **fields)
    ChannelFactory(window=made)
    refresh_derived(made)
    return made


class TestOpenAt:
    def test_open_and_closed(self):
        window("役所", OFFICE)
        window("夜の電話", "Mo-Su 18:00-32:00")
        assert open_names(MONDAY_NOON) == ["役所"]
        assert open_names(MONDAY_NOON.replace(hour=23)) == ["夜の電話"]
        assert open_names(MONDAY_NOON.replace(hour=3)) == ["夜の電話"]

    def test_public_holiday_closes_the_office(self):
        window("役所", OFFICE)
        assert open_names(LABOUR_THANKSGIVING) == []

    def test_unknown_hours_are_never_open(self):
        window("分からない窓口", "")
        assert open_names(MONDAY_NOON) == []

    def test_unreadable_rule_is_never_open(self):
        window("壊れた規則", "so oft wie möglich")
        assert open_names(MONDAY_NOON) == []

    def test_by_appointment_only_is_not_open(self):
        window("予約制", "24/7", is_by_appointment=True)
        assert open_names(MONDAY_NOON) == []

    @pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
    def test_unpublished_is_not_shown(self, state):
        window("まだ見せない", "24/7", state=state)
        assert open_names(MONDAY_NOON) == []

    def test_channel_keeps_its_own_hours(self):
        made = window("役所", OFFICE)
        ChannelFactory(
            window=made, kind="line", value="https://line.example/x", opening_hours="Mo-Su 18:00-22:00"
        )
        refresh_derived(made)
        evening = MONDAY_NOON.replace(hour=19)
        assert open_names(evening, ["line"]) == ["役所"]
        assert open_names(evening, ["phone"]) == []

    def test_a_visit_is_not_somebody_answering(self):
        made = WindowFactory(name="会うだけ", phone=False)
        ChannelFactory(window=made, kind="visit", value="")
        refresh_derived(made)
        assert open_names(MONDAY_NOON) == []
        assert open_names(MONDAY_NOON, ["visit"]) == ["会うだけ"]


class TestDays:
    def test_staff_declare_a_holiday(self):
        window("役所", OFFICE)
        CalendarOverrideFactory(on=MONDAY_NOON.date())
        assert open_names(MONDAY_NOON) == []

    def test_staff_undo_a_holiday(self):
        window("役所", OFFICE)
        CalendarOverrideFactory(on=LABOUR_THANKSGIVING.date(), is_holiday=False)
        assert open_names(LABOUR_THANKSGIVING) == ["役所"]

    def test_dated_exception_closes_one_window(self):
        made = window("役所", OFFICE)
        made.exceptions.create(on=MONDAY_NOON.date(), spans="", reason="設備の点検")
        refresh_derived(made)
        assert open_names(MONDAY_NOON) == []
        assert open_names(MONDAY_NOON + dt.timedelta(days=1)) == ["役所"]

    def test_year_end_closure(self):
        window("毎日", "Mo-Su 09:00-21:00", year_end_from="12-29", year_end_to="01-03")
        assert open_names(dt.datetime(2026, 12, 28, 12, tzinfo=TOKYO)) == ["毎日"]
        assert open_names(dt.datetime(2026, 12, 29, 12, tzinfo=TOKYO)) == []
        assert open_names(dt.datetime(2027, 1, 3, 12, tzinfo=TOKYO)) == []
        assert open_names(dt.datetime(2027, 1, 4, 12, tzinfo=TOKYO)) == ["毎日"]

    def test_campaign_period(self):
        window("期間だけ", "24/7", valid_from=dt.date(2026, 11, 10), valid_to=dt.date(2026, 11, 17))
        assert open_names(dt.datetime(2026, 11, 9, 23, 59, tzinfo=TOKYO)) == []
        assert open_names(dt.datetime(2026, 11, 10, 0, 0, tzinfo=TOKYO)) == ["期間だけ"]
        assert open_names(dt.datetime(2026, 11, 17, 23, 59, tzinfo=TOKYO)) == ["期間だけ"]
        assert open_names(dt.datetime(2026, 11, 18, 0, 0, tzinfo=TOKYO)) == []


class TestOrder:
    def test_open_first_then_nearest_area_then_name(self):
        window("ウ全国", "24/7", kana="ウ", area_scope="national")
        window("イ県", "24/7", kana="イ", area_scope="prefecture")
        window("ア県閉", "Mo-Su 01:00-02:00", kana="ア", area_scope="prefecture")
        window("エ市", "24/7", kana="エ", area_scope="municipality")
        listed = OpenFirst(ConsultationWindow.objects.published(), OpenAt(MONDAY_NOON))
        assert [w.name for w in listed[0:4]] == ["エ市", "イ県", "ウ全国", "ア県閉"]

    @pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
    def test_pages_put_together_are_the_whole_list(self, size):
        for number in range(7):
            window(f"窓口{number}", "24/7" if number % 3 else "Mo-Su 01:00-02:00", kana=f"{number}")
        listed = OpenFirst(ConsultationWindow.objects.published(), OpenAt(MONDAY_NOON))
        pages = Paginator(listed, size)
        together = [w.name for page in pages for w in page.object_list]
        assert together == [f"窓口{n}" for n in (1, 2, 4, 5, 0, 3, 6)]
        assert [listed[n].name for n in range(len(listed))] == together
        assert listed[:][-1].name == "窓口6"

    def test_nothing_at_all(self):
        listed = OpenFirst(ConsultationWindow.objects.published(), OpenAt(MONDAY_NOON))
        assert listed[0:20] == []
        assert listed.open_count == 0

    def test_a_full_page_of_open_windows_asks_nothing_about_the_rest(self):
        for number in range(4):
            window(f"窓口{number}", "24/7")
        listed = OpenFirst(ConsultationWindow.objects.published(), OpenAt(MONDAY_NOON))
        with CaptureQueriesContext(connection) as captured:
            listed[0:2]
        assert len(captured) == 1


class TestSchedules:
    def test_channels_with_the_same_rule_share_one(self):
        window("一つ目", OFFICE)
        window("二つ目", OFFICE)
        assert Schedule.objects.count() == 1

    def test_rules_are_read_once_for_a_request(self):
        window("役所", OFFICE)
        at = OpenAt(MONDAY_NOON)
        with CaptureQueriesContext(connection) as captured:
            list(ConsultationWindow.objects.published().open_at(at))
            list(ConsultationWindow.objects.published().not_open_at(at))
        assert len(captured) == 4  # calendar, schedules, and the two lists

    def test_overlong_rule_has_a_digest_of_fixed_length(self):
        rule = "; ".join(["Mo-Fr 09:00-17:00", *(f"2026 Dec {day:02d} off" for day in range(1, 29))] * 3)
        keys = Schedule.objects.keys_of([rule, rule, ""])
        assert list(keys) == [rule]
        assert Schedule.objects.keys_of([rule]) == keys
