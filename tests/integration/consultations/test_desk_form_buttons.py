"""Buttons of the form of a window that save nothing: rows, hours read and said, the preview."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from consultations.forms.editor import WindowEditor
from consultations.models import ConsultationWindow
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.conftest import text_of
from tests.factories.consultations import WindowFactory
from tests.integration.consultations.window_forms import NEW, changed, data_of, edit, new_data, send
from tests.unit.consultations.test_desk_forms import form_data

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["channel", "row", "exception", "fallback"])
def test_button_adds_a_row_without_javascript(kind, owner_client, window):
    response = send(owner_client, edit(window), data_of(window, add=kind, name=""))
    editor = response.context["editor"]
    before = WindowEditor(window)
    assert sum(len(formset.forms) for formset in editor.formsets) == 1 + sum(
        len(formset.forms) for formset in before.formsets
    )
    assert response.status_code == 200
    assert editor.problems == []


def test_published_text_fills_the_ticks(owner_client):
    data = new_data(hours_text="平日 8:30～17:15（祝日・年末年始除く）", read="1")
    response = send(owner_client, reverse(NEW), data)
    page = text_of(response)
    assert "すべて読み取れました" in page
    assert 'value="8:30"' in page
    assert 'value="12/29"' in page
    assert "月〜金 8:30〜17:15 ／ 祝日・12/29〜1/3 休み" in page
    assert not ConsultationWindow.objects.exists()


def test_words_and_week_hold_what_limits_the_rule(owner_client):
    """The closure at New Year and the days that differ stand beside the rule, not in it."""
    today = timezone.localdate()
    monday = today + dt.timedelta(days=-today.weekday() % 7)
    data = new_data(year_end_from="12/29", year_end_to="1月3日", say="1")
    data = changed(data, exceptions__TOTAL_FORMS="1", exceptions__INITIAL_FORMS="0")
    data = changed(data, exceptions__0__on=monday.isoformat(), exceptions__0__spans="13:00〜14:00")
    data = changed(data, exceptions__0__reason="停電のため")
    for address in (reverse(NEW), reverse("desk:hours-preview")):
        page = text_of(send(owner_client, address, data))
        assert "祝日・12/29〜1/3 休み" in page
        assert "<td>13:00〜14:00" in page


def test_pages_of_a_window_say_its_closure_at_new_year(owner_client, category):
    window = WindowFactory(
        topics=[category], opening_hours="Mo-Fr 09:00-17:00", year_end_from="12-29", year_end_to="01-03"
    )
    for address in (edit(window), reverse("desk:window-page", args=[window.public_id])):
        assert "月〜金 9:00〜17:00 ／ 12/29〜1/3 休み" in text_of(owner_client.get(address))
    assert 'value="12/29"' in text_of(owner_client.get(edit(window)))


def test_day_that_no_year_has_is_refused(owner_client):
    response = send(owner_client, reverse(NEW), new_data(year_end_from="2/30", year_end_to="1/3"))
    assert "12/29 のように書いてください" in text_of(response)


def test_text_that_cannot_be_read_is_said_to_be_so(owner_client):
    response = send(owner_client, reverse(NEW), new_data(hours_text="ネコの気分による", read="1"))
    assert "読み取れませんでした" in text_of(response)
    assert "読み取れなかったところ：ネコの気分による" in text_of(response)


def test_closing_days_on_their_own_line_count(owner_client):
    data = new_data(hours_text="平日9時〜17時\n休み: 祝日、年末年始", read="1")
    response = send(owner_client, reverse(NEW), data)
    assert "すべて読み取れました" in text_of(response)
    assert response.context["answer"].parsed.opening_hours == "Mo-Fr 09:00-17:00; PH off; Dec 29-Jan 03 off"


def test_what_was_not_understood_of_the_closing_days_is_said(owner_client):
    data = new_data(hours_text="平日9時〜17時\n休館日：第3水曜、施設点検日", read="1")
    assert "読み取れなかったところ：施設点検日" in text_of(send(owner_client, reverse(NEW), data))


def test_hours_of_other_channels_are_hinted_at(owner_client):
    data = new_data(hours_text="電話：月〜金 9時〜17時 来所：月〜金 10時〜16時", read="1")
    page = text_of(send(owner_client, reverse(NEW), data))
    assert "ほかの連絡手段の時間" in page
    assert "来所：月〜金 10:00〜16:00" in page


@pytest.mark.parametrize("text", ["9時〜17時", "08:30-17:15"])
def test_hours_without_days_tick_no_day_and_are_not_saved(text, owner_client):
    data = new_data(hours_text=text, read="1")
    response = send(owner_client, reverse(NEW), data)
    assert "文に曜日がありません" in text_of(response)
    read = form_data(response.context["editor"])
    assert read.getlist("rows-0-days") == []
    response = send(owner_client, reverse(NEW), read)
    assert response.status_code == 422
    assert "曜日を1つ以上選んでください" in text_of(response)
    assert not ConsultationWindow.objects.exists()


def test_rule_without_days_must_be_confirmed(owner_client):
    data = new_data(hours__mode="expert", hours__rule="09:00-17:00")
    response = send(owner_client, reverse(NEW), data)
    assert response.status_code == 422
    assert "受付時間の規則に曜日がありません" in text_of(response)
    assert not ConsultationWindow.objects.exists()
    send(owner_client, reverse(NEW), changed(data, confirmed=response.context["warnings_digest"]))
    assert ConsultationWindow.objects.get().opening_hours == "09:00-17:00"


def test_part_of_the_text_that_is_not_in_the_rule_must_be_confirmed(owner_client):
    data = new_data(hours_text="月・火 9時〜17時 祝日は休み（第5週を除く）")
    response = send(owner_client, reverse(NEW), data)
    assert response.status_code == 422
    assert "「第5週を除く」は、まだ下の時間に入っていません" in text_of(response)
    send(owner_client, reverse(NEW), changed(data, rows__0__weeks=["1", "2", "3", "4"]))
    assert ConsultationWindow.objects.get().opening_hours == "Mo[1,2,3,4],Tu[1,2,3,4] 09:00-17:00; PH off"


def test_hours_are_said_in_words_on_request(owner_client):
    response = send(owner_client, reverse(NEW), new_data(say="1"))
    assert response.context["rule"] == "Mo,Tu 09:00-17:00; PH off"
    assert len(response.context["week"]) == 7


def test_box_of_words_for_the_script(owner_client):
    response = send(owner_client, reverse("desk:hours-preview"), new_data())
    assert "9:00〜17:00" in text_of(response)
    assert "まだ読めません" in text_of(
        send(owner_client, reverse("desk:hours-preview"), new_data(rows__0__end="x"))
    )


def test_preview_of_what_is_not_saved(owner_client, window):
    response = send(owner_client, edit(window), data_of(window, preview="1", name="まだ保存していない名前"))
    assert "まだ保存していない名前" in text_of(response)
    assert "まだ保存していない内容の見本" in text_of(response)
    assert response.headers["Cache-Control"] == "no-store"
    window.refresh_from_db()
    assert window.name == "くらしの窓口"
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
@pytest.mark.parametrize("problem", [Refused("いまはだめです。"), ValidationError("いまはだめです。")])
def test_what_the_service_refuses_is_told_in_the_form(button, problem, owner_client, window, monkeypatch):
    def refuse(**kwargs: Any) -> None:
        raise problem

    for name in ("change_window", "as_if_saved"):
        monkeypatch.setattr(f"consultations.services.{name}", refuse)
    response = send(owner_client, edit(window), data_of(window, description="書いたもの", **button))
    assert response.status_code == 422
    assert "いまはだめです。" in text_of(response)
    assert "書いたもの" in text_of(response)


def test_preview_of_a_new_window(owner_client):
    response = send(owner_client, reverse(NEW), new_data(preview="1"))
    assert "新しい窓口" in text_of(response)
    assert not ConsultationWindow.objects.exists()
