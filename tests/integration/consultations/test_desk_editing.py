"""Writing a window in the browser's way: nothing lost, nothing half saved, nobody overwritten unawares."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import Channel, ConsultationWindow, Fallback
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State
from tests.conftest import text_of
from tests.factories.consultations import WindowFactory
from tests.integration.consultations.window_forms import NEW, changed, data_of, edit, new_data, send
from tests.unit.consultations.test_desk_forms import form_data

pytestmark = pytest.mark.django_db


# --- A new window ------------------------------------------------------------------------------------
def test_new_window_is_a_draft(owner, owner_client, category):
    response = send(owner_client, reverse(NEW), new_data(categories=str(category.pk)))
    window = ConsultationWindow.objects.get()
    assert response.headers["Location"] == reverse("desk:window-page", args=[window.public_id])
    assert (window.state, window.author, window.opening_hours) == (
        State.DRAFT,
        owner,
        "Mo,Tu 09:00-17:00; PH off",
    )
    assert (window.channels.get().digits, window.channels.get().toll) == ("0878320000", "charged")


def test_kind_of_a_channel_is_asked_for_in_words(owner_client):
    assert "---------" not in text_of(owner_client.get(reverse(NEW)))


def test_errors_are_summed_up_with_links_and_nothing_is_lost(owner_client):
    data = new_data(name="", description="書いた説明", rows__0__end="8:00", channels__0__value="でんわ")
    response = send(owner_client, reverse(NEW), data)
    page = text_of(response)
    assert response.status_code == 422
    assert 'href="#id_name"' in page
    assert 'href="#id_rows-0-end"' in page
    assert 'href="#id_channels-0-value"' in page
    assert "書いた説明" in page
    assert 'value="でんわ"' in page
    assert not ConsultationWindow.objects.exists()


def test_hours_must_be_said_one_way_or_another(owner_client):
    response = send(
        owner_client, reverse(NEW), new_data(rows__0__days=[], rows__0__start="", rows__0__end="")
    )
    assert "曜日と時刻を1行以上書いてください" in text_of(response)
    send(owner_client, reverse(NEW), new_data(hours__mode="unknown"))
    assert ConsultationWindow.objects.get().opening_hours == ""


@pytest.mark.parametrize(
    ("mode", "values", "rule"),
    [
        ("always", {}, "24/7"),
        ("expert", {"hours__rule": "Jan 10 08:00-32:00"}, "Jan 10 08:00-32:00"),
        (
            "rows",
            {"hours__holidays": "own", "hours__holiday_start": "10時", "hours__holiday_end": "12時"},
            "Mo,Tu 09:00-17:00; PH 10:00-12:00",
        ),
        (
            "rows",
            {"hours__holidays": "as_weekday", "rows__0__weeks": ["2", "4"]},
            "Mo[2,4],Tu[2,4] 09:00-17:00",
        ),
    ],
)
def test_ways_to_say_the_hours(mode, values, rule, owner_client):
    send(owner_client, reverse(NEW), changed(new_data(), hours__mode=mode, **values))
    assert ConsultationWindow.objects.get().opening_hours == rule


# --- Warnings --------------------------------------------------------------------------------------------
def test_doubtful_number_needs_a_tick(owner_client):
    data = new_data(channels__0__value="0878-32-0000")
    response = send(owner_client, reverse(NEW), data)
    assert response.status_code == 422
    assert "087-832-0000 ではありませんか" in text_of(response)
    data["confirmed"] = response.context["warnings_digest"]
    assert send(owner_client, reverse(NEW), data).status_code == 302
    assert Channel.objects.get().value == "0878-32-0000"


@pytest.mark.parametrize(
    ("kind", "typed", "likely"),
    [
        ("phone", "0878-76-1234", "087-876-1234"),
        ("line", "@tasukeai_tk", "https://line.me/R/ti/p/%40tasukeai_tk"),
        ("line", "＠ｔａｓｕｋｅａｉ", "https://line.me/R/ti/p/%40tasukeai"),
    ],
)
def test_likely_spelling_is_one_press_away(kind, typed, likely, owner_client):
    data = new_data(channels__0__kind=kind, channels__0__value=typed)
    page = text_of(send(owner_client, reverse(NEW), data))
    assert likely in page
    assert 'name="take" value="channels-0" formaction="#id_channels-0-value"' in page
    taken = send(owner_client, reverse(NEW), changed(data, take="channels-0"))
    assert taken.context["editor"].channels.forms[0]["value"].value() == likely
    assert taken.context["editor"].problems == []
    del data["take"]
    assert send(owner_client, reverse(NEW), changed(data, channels__0__value=likely)).status_code == 302
    assert Channel.objects.get().value == likely


@pytest.mark.parametrize("row", ["", "channels-0", "channels-99", "rows-0", "\x00"])
def test_nothing_to_take_leaves_the_form_as_it_is(row, owner_client):
    response = send(owner_client, reverse(NEW), new_data(take=row))
    assert response.context["editor"].channels.forms[0]["value"].value() == "087-832-0000"


def test_tick_counts_only_for_the_warnings_it_stood_beside(owner_client):
    data = new_data(channels__0__value="0878-32-0000")
    data["confirmed"] = send(owner_client, reverse(NEW), data).context["warnings_digest"]
    data["channels-0-value"] = "0878-32-00"
    assert send(owner_client, reverse(NEW), data).status_code == 422
    assert not ConsultationWindow.objects.exists()


def test_double_is_hinted_at(owner_client, window):
    response = send(
        owner_client, reverse(NEW), new_data(name="くらしの 窓口", channels__0__value="0120-000-000")
    )
    warnings = response.context["answer"].warnings
    assert [window.public_id in warning for warning in warnings] == [True, True]


def test_published_words_that_say_other_hours_are_pointed_out_once(owner_client, category):
    window = WindowFactory(
        draft=True,
        topics=[category],
        opening_hours="Mo-Fr 09:00-17:00; PH off",
        hours_text="平日9時〜17時",
    )
    later = data_of(window, rows__0__end="20:00")
    response = send(owner_client, edit(window), later)
    (warning,) = response.context["answer"].warnings
    assert "「月〜金 9:00〜17:00 ／ 祝日 休み」と読めます" in warning
    both = changed(later.copy(), hours_text="平日9時〜20時")
    assert send(owner_client, edit(window), both).status_code == 302
    window = ConsultationWindow.objects.get()
    back = data_of(window, hours_text="平日9時〜17時")
    back["confirmed"] = send(owner_client, edit(window), back).context["warnings_digest"]
    assert send(owner_client, edit(window), back).status_code == 302
    window = ConsultationWindow.objects.get()
    assert send(owner_client, edit(window), data_of(window, description="短い説明")).status_code == 302


def test_settled_doubts_are_not_raised_again(owner_client, category):
    window = WindowFactory(name="くらしの窓口", phone="0878-32-0000", topics=[category])
    WindowFactory(name="くらしの窓口", phone="0878-32-0000")
    assert send(owner_client, edit(window), data_of(window, description="短い説明")).status_code == 302


# --- Editing ------------------------------------------------------------------------------------------------
def test_sent_back_untouched_changes_nothing(owner_client, window):
    assert send(owner_client, edit(window), data_of(window)).status_code == 302
    assert not AuditEvent.objects.exists()


def test_edit_of_a_published_window_is_live_at_once(owner_client, client, window):
    send(owner_client, edit(window), data_of(window, description="新しい説明です。"))
    page = client.get(reverse("consultations:window-detail", args=[window.public_id]))
    assert "新しい説明です。" in text_of(page)


def suspended(window: ConsultationWindow, by: Any) -> ConsultationWindow:
    """Not public, so that an edit needs nobody else."""
    return services.move_window(window=window, to=State.SUSPENDED, by=by, reason="番号が変わった")


def test_critical_change_loses_the_verification_and_says_so(owner, owner_client, window):
    window = suspended(window, owner)
    services.verify_window(window=window, by=owner, on=timezone.localdate() - dt.timedelta(days=30))
    window.refresh_from_db()
    response = owner_client.post(
        edit(window),
        data_of(window, address="番町4-1-10").urlencode(),
        content_type="application/x-www-form-urlencoded",
        follow=True,
    )
    assert "「確かめた日」を消しました" in text_of(response)
    window.refresh_from_db()
    assert window.verified_on is None


def test_verified_with_the_same_save(owner, owner_client, window):
    window = suspended(window, owner)
    send(owner_client, edit(window), data_of(window, address="番町4-1-10", is_verified_now="on"))
    window.refresh_from_db()
    assert (window.verified_on, window.verified_by) == (timezone.localdate(), owner)


def test_parts_are_ordered_and_deleted(owner, owner_client, window):
    window = suspended(window, owner)
    other = WindowFactory(name="代わりの窓口")
    data = data_of(window, add="channel")
    data = form_data(send(owner_client, edit(window), data).context["editor"])
    values = {"channels__1__kind": "visit", "channels__1__value": "県庁", "channels__1__ORDER": "1"}
    data = changed(
        data,
        **values,
        channels__0__ORDER="2",
        fallbacks__TOTAL_FORMS="1",
        fallbacks__0__target=other.public_id,
        exceptions__TOTAL_FORMS="1",
        exceptions__0__on="2026-12-28",
        exceptions__0__reason="停電",
    )
    assert send(owner_client, edit(window), data).status_code == 302
    assert [channel.kind for channel in window.channels.all()] == ["visit", "phone"]
    assert window.fallback_links.get().target == other
    assert window.exceptions.get().reason == "停電"
    fresh = ConsultationWindow.objects.get(pk=window.pk)
    send(owner_client, edit(fresh), data_of(fresh, channels__0__DELETE="on", exceptions__0__DELETE="on"))
    assert [channel.kind for channel in window.channels.all()] == ["phone"]
    assert not window.exceptions.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"fallbacks__0__target": "くらしの窓口"}, "その窓口自身は選べません"),
        ({"fallbacks__0__target": "どこにもない"}, "見つかりません"),
    ],
)
def test_bad_fallbacks(values, words, owner_client, window):
    response = send(owner_client, edit(window), data_of(window, fallbacks__TOTAL_FORMS="1", **values))
    assert words in text_of(response)


def test_same_day_twice(owner_client, window):
    days = {
        f"exceptions__{number}__{name}": value
        for number in (0, 1)
        for name, value in (("on", "2026-12-28"), ("reason", "x"))
    }
    response = send(owner_client, edit(window), data_of(window, exceptions__TOTAL_FORMS="2", **days))
    assert "同じ日が2回あります" in text_of(response)


def test_municipality_window_names_its_places(owner_client, window):
    response = send(owner_client, edit(window), data_of(window, area_scope="municipality"))
    assert "市町を1つ以上選んでください" in text_of(response)


# --- Two people at once --------------------------------------------------------------------------------------
class TestTwoAtOnce:
    def test_second_is_told_and_keeps_the_text(self, owner_client, colleague, window):
        data = data_of(window, operator="わたしの書いた運営者")
        content = services.WindowContent(values={"operator": "同僚の書いた運営者"})
        services.save_window(window=window, content=content, by=colleague)
        response = send(owner_client, edit(window), data)
        page = text_of(response)
        assert response.status_code == 409
        assert "ほかの人がこの窓口を変えました" in page
        assert "同僚 みどり" in page
        assert "同僚の書いた運営者" in page
        assert 'value="わたしの書いた運営者"' in page
        assert ConsultationWindow.objects.get().operator == "同僚の書いた運営者"

    def test_saving_again_knowingly_wins(self, owner_client, colleague, window):
        data = data_of(window, operator="わたし")
        services.save_window(
            window=window, content=services.WindowContent(values={"operator": "同僚"}), by=colleague
        )
        data["version"] = send(owner_client, edit(window), data).context["version"]
        assert send(owner_client, edit(window), data).status_code == 302
        assert ConsultationWindow.objects.get().operator == "わたし"

    @pytest.mark.parametrize("version", ["", "yesterday", "9999-99-99T99:99", "\x00"])
    def test_version_cannot_be_left_out(self, version, owner_client, window):
        response = send(owner_client, edit(window), data_of(window, version=version, operator="x"))
        assert response.status_code == 409


# --- Harm --------------------------------------------------------------------------------------------------
TEXT_FIELDS = [
    "name",
    "kana",
    "description",
    "operator",
    "address",
    "website",
    "internal_note",
    "hours_text",
    "source",
]


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("value", ["x" * 5000, "a\x00b", "a\x07b"])
def test_hostile_text_is_an_error_of_the_form(field, value, owner_client, window):
    response = send(owner_client, edit(window), data_of(window, **{field: value}))
    assert response.status_code == 422
    assert response.context["editor"].form.errors.get(field)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", "{{ 7*7 }}{% debug %}", "'; DROP TABLE x; --"]
)
def test_markup_stays_text(value, owner_client, client, window):
    send(owner_client, edit(window), data_of(window, name=value[:100], internal_note="秘密のメモ"))
    for address in (
        reverse("desk:window-page", args=[window.public_id]),
        reverse("desk:window-list"),
        edit(window),
    ):
        assert "<script>alert" not in text_of(owner_client.get(address))
    public = text_of(client.get(reverse("consultations:window-detail", args=[window.public_id])))
    assert "<script>alert" not in public
    assert "秘密のメモ" not in public


@pytest.mark.parametrize(
    "values",
    [
        {"channels__TOTAL_FORMS": "99999"},
        {"channels__TOTAL_FORMS": "-1"},
        {"channels__TOTAL_FORMS": "x"},
        {"rows__INITIAL_FORMS": "50"},
        {"exceptions__TOTAL_FORMS": "1", "exceptions__0__on": "99999-01-01", "exceptions__0__reason": "x"},
        {"categories": ["999999", "x"]},
        {"municipalities": ["000000"]},
        {"askers": ["alien"]},
        {"area_scope": "galaxy"},
        {"minimum_age": "-5"},
        {"valid_from": "0001-01-01"},
        {"hours__mode": "magic"},
        {"hours__mode": "expert", "hours__rule": "garbage " * 50},
        {"languages": ["klingon"]},
        {"website": "javascript:alert(1)"},
        {"year_end_from": "13/45"},
        {"add": "everything"},
    ],
)
def test_garbage_is_never_a_fault(values, owner_client, window):
    response = send(owner_client, edit(window), data_of(window, **values))
    assert response.status_code in {200, 302, 422}
    assert not AuditEvent.objects.filter(type="consultations.window_created").exists()
    assert ConsultationWindow.objects.get().channels.count() <= 1


@pytest.mark.parametrize(
    "data",
    [
        {"add": "channel"},
        {"read": "1"},
        {"read": "1", "hours_text": "平日\x00 " * 2000},
        {"say": "1"},
        {"preview": "1"},
        {"confirmed": "\x00"},
        {"version": "x" * 5000},
        {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "say": "1", "hours-mode": "rows"},
    ],
)
def test_torn_post_is_answered(data, owner_client, window):
    for address in (edit(window), reverse(NEW), reverse("desk:hours-preview")):
        assert owner_client.post(address, data).status_code in {200, 422}
    assert not AuditEvent.objects.exists()


def test_fallback_that_rests_stays_through_an_edit(owner, owner_client, window):
    """Suspended for a while: hidden from residents, not forgotten."""
    target = WindowFactory(name="休んでいる窓口")
    Fallback.objects.create(window=window, target=target)
    ConsultationWindow.objects.filter(pk=target.pk).update(state=State.SUSPENDED)
    page = text_of(owner_client.get(edit(window)))
    assert 'value="休んでいる窓口"' in page
    send(owner_client, edit(window), data_of(window, description="あたらしい説明です。"))
    window.refresh_from_db()
    assert window.description == "あたらしい説明です。"
    assert window.fallback_links.get().target == target


def test_form_costs_no_more_queries_with_many_parts(owner, owner_client, window):
    window = suspended(window, owner)
    others = WindowFactory.create_batch(6)
    owner_client.get(edit(window))
    counts = []
    for size in (1, 6):
        content = services.WindowContent(
            values={},
            channels=[{"kind": "phone", "value": "189", "digits": "189"}] * size,
            exceptions=[(dt.date(2027, 1, day + 1), "", "休み") for day in range(size)],
            fallbacks=others[:size],
        )
        services.save_window(window=window, content=content, by=owner)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(edit(window))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_empty_post_is_a_form_with_errors(owner_client, window):
    assert owner_client.post(edit(window), {}).status_code == 422
    assert owner_client.post(reverse(NEW), {}).status_code == 422


def test_archived_window_cannot_be_edited(owner_client):
    window = WindowFactory(state=State.ARCHIVED)
    response = owner_client.get(edit(window))
    assert response.status_code == 403
    assert "下書きとして戻す" in text_of(response)
