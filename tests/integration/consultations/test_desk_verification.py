"""Windows on the desk: verified, and reported on by residents."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import ErrorReport
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State
from tests.conftest import text_of
from tests.factories.consultations import (
    ChannelFactory,
    ErrorReportFactory,
    WindowFactory,
)

pytestmark = pytest.mark.django_db


# --- Verification ---------------------------------------------------------------------------------
class TestVerification:
    def test_one_click_takes_it_off_the_list(self, owner_client, category):
        window = WindowFactory(topics=[category])
        listed = owner_client.get(reverse("desk:verification-list"))
        assert list(listed.context["page"].object_list) == [window]
        address = reverse("desk:window-verify", args=[window.public_id])
        back = {"next": reverse("desk:verification-list")}
        for _click in range(2):
            response = owner_client.post(address, back, follow=True)
            assert f"「{window.name}」を、今日確かめた" in text_of(response)
        assert list(response.context["page"].object_list) == []
        assert AuditEvent.objects.count() == 1

    def test_hours_are_those_that_residents_are_served(self, owner_client, category):
        window = WindowFactory(
            topics=[category],
            opening_hours="Mo-Fr 09:00-17:00; PH off",
            year_end_from="12-29",
            year_end_to="01-03",
            hours_text="平日9時から5時まで",
        )
        ChannelFactory(window=window, value="087-832-0001", opening_hours="Sa 10:00-12:00")
        page = text_of(owner_client.get(reverse("desk:verification-list")))
        served = page.index("月〜金 9:00〜17:00 ／ 祝日・12/29〜1/3 休み")
        assert served < page.index("土 10:00〜12:00 ／ 12/29〜1/3 休み") < page.index("平日9時から5時まで")

    def test_window_with_open_reports_leads_to_them(self, owner, owner_client, category):
        window, handled = WindowFactory.create_batch(2, topics=[category])
        ErrorReportFactory(window=window)
        services.handle_report(report=ErrorReportFactory(window=handled), resolution="済", by=owner)
        page = text_of(owner_client.get(reverse("desk:verification-list")))
        assert page.count("誤りの知らせあり") == 1
        address = reverse("desk:window-page", args=[window.public_id])
        assert f'href="{address}#reports"' in page
        assert 'id="reports"' in text_of(owner_client.get(address))

    def test_double_click_leaves_one_message(self, owner_client, category):
        here = reverse("desk:verification-list")
        address = reverse("desk:window-verify", args=[WindowFactory(topics=[category]).public_id])
        for _click in range(2):
            owner_client.post(address, {"next": here})
        page = text_of(owner_client.get(here))
        assert page.count("今日確かめたものとして記録しました") == 1
        assert page.count(" autofocus") == 1

    def test_a_slip_is_taken_back_from_the_message(self, owner_client, colleague_client, category):
        window = WindowFactory(topics=[category])
        here = reverse("desk:verification-list")
        verify, undo = (
            reverse(f"desk:window-{name}", args=[window.public_id]) for name in ("verify", "unverify")
        )
        page = text_of(owner_client.post(verify, {"next": here}, follow=True))
        assert f'action="{undo}"' in page
        assert f'action="{undo}"' not in text_of(colleague_client.post(verify, {"next": here}, follow=True))
        own = reverse("desk:window-page", args=[window.public_id])
        assert undo in text_of(owner_client.get(own))
        assert undo not in text_of(colleague_client.get(own))
        response = owner_client.post(undo, {"next": here}, follow=True)
        assert "確かめたことを取り消しました" in text_of(response)
        assert list(response.context["page"].object_list) == [window]
        history = text_of(owner_client.get(own))
        assert "確かめたのを取り消した" in history
        assert "県庁 あおい" in history

    def test_by_category_longest_waiting_first(self, owner, owner_client, category):
        first = WindowFactory(topics=[category], kana="ン")
        second = WindowFactory(topics=[category], kana="ア")
        WindowFactory()
        services.verify_window(window=second, by=owner, on=timezone.localdate() - dt.timedelta(days=300))
        response = owner_client.get(reverse("desk:verification-list"), {"category": "living"})
        assert list(response.context["page"].object_list) == [first, second]

    @pytest.mark.parametrize("name", ["verify", "unverify"])
    def test_only_by_post(self, name, owner_client):
        window = WindowFactory()
        address = reverse(f"desk:window-{name}", args=[window.public_id])
        response = owner_client.get(address)
        assert response.headers["Location"] == reverse("desk:window-page", args=[window.public_id])
        assert owner_client.put(address).status_code == 405
        assert not AuditEvent.objects.exists()

    def test_archived(self, owner_client):
        address = reverse("desk:window-verify", args=[WindowFactory(state=State.ARCHIVED).public_id])
        assert "確かめた日は書けません" in text_of(owner_client.post(address, follow=True))


# --- Reports --------------------------------------------------------------------------------------
class TestReports:
    def test_handled_with_a_word_on_it(self, owner, owner_client):
        report = ErrorReportFactory(text="<i>土曜は休み</i>")
        listed = text_of(owner_client.get(reverse("desk:report-list")))
        assert "&lt;i&gt;土曜は休み" in listed
        address = reverse("desk:report-handle", args=[report.pk])
        assert "どう対応したか" in text_of(owner_client.post(address, {"resolution": ""}))
        response = owner_client.post(address, {"resolution": "直しました"}, follow=True)
        assert list(response.context["page"].object_list) == []
        handled = owner_client.get(reverse("desk:report-list"), {"state": "handled"})
        assert "直しました" in text_of(handled)
        assert "すでに対応しています" in text_of(owner_client.get(address))

    @pytest.mark.parametrize("resolution", ["x" * 301, "a\x00b", "a\x1bb"])
    def test_hostile_words(self, resolution, owner_client):
        report = ErrorReportFactory()
        response = owner_client.post(
            reverse("desk:report-handle", args=[report.pk]), {"resolution": resolution}
        )
        assert response.status_code == 200
        assert ErrorReport.objects.get().handled_at is None

    def test_garbage_in_the_filter(self, owner_client):
        report = ErrorReportFactory()
        response = owner_client.get(reverse("desk:report-list"), {"state": "\x00"})
        assert list(response.context["page"].object_list) == [report]
