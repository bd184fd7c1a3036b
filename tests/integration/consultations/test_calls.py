"""The staff's list of windows to telephone, and what came of it."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.models import ConsultationWindow, VerificationCall, VerificationRequest, VerificationRules
from consultations.models.verification import Outcome
from platform_portal.audit.models import AuditEvent
from platform_portal.page_cache import forget_public_pages
from tests.conftest import text_of
from tests.factories.consultations import LinkCheckFactory, VerificationRequestFactory, WindowFactory
from tests.factories.members import OrganizationFactory

pytestmark = pytest.mark.django_db
LIST = "/desk/verification/calls/"


@pytest.fixture
def asked() -> VerificationRequest:
    office = OrganizationFactory(name="まちの会", office_phone="087-111-2222")
    return VerificationRequestFactory(
        window=WindowFactory(name="まちの窓口", organization=office), stage="last"
    )


def address(asked: VerificationRequest) -> str:
    return reverse("desk:call", args=[asked.pk])


def answers(**values: Any) -> dict[str, Any]:
    return {
        "way": "phone",
        "result": "same",
        "spoken_to": "相談係 佐藤さん",
        "note": "",
        "next_on": "",
    } | values


def window_of(asked: VerificationRequest) -> ConsultationWindow:
    return ConsultationWindow.objects.get(pk=asked.window_id)


def test_list_shows_numbers_and_why(owner_client: Client, asked: VerificationRequest) -> None:
    VerificationRequestFactory(window=WindowFactory(name="頼んだばかりの窓口"))
    VerificationRequestFactory(window=WindowFactory(name="係のない窓口"), stage="phone")
    page = text_of(owner_client.get(LIST))
    assert "087-111-2222" in page
    assert "何度か頼みましたが、返事がありません" in page
    assert "運営する団体が登録されていません" in page
    assert "頼んだばかりの窓口" not in page


def test_empty_list_says_so(owner_client: Client) -> None:
    assert "きょう電話で確かめる窓口はありません" in text_of(owner_client.get(LIST))
    assert "あてはまる窓口はありません" in text_of(owner_client.get(LIST, {"show": "stopped"}))
    assert "読めない条件" in text_of(owner_client.get(LIST, {"show": "garbage"}))


def test_same_verifies_by_telephone(owner_client: Client, owner: Any, asked: VerificationRequest) -> None:
    response = owner_client.post(address(asked), answers(note="土曜も開いている"), follow=True)
    assert "今日確かめたものとして記録しました" in text_of(response)
    window = window_of(asked)
    assert (window.verified_on, window.verified_by, window.verification_source) == (
        timezone.localdate(),
        owner,
        "telephone",
    )
    asked.refresh_from_db()
    assert (asked.state, asked.ending, asked.closed_by) == (Outcome.PHONED, "telephone", owner)
    call = asked.calls.get()
    assert (call.spoken_to, call.note, call.called_by) == ("相談係 佐藤さん", "土曜も開いている", owner)
    types = list(AuditEvent.objects.about(window).values_list("type", flat=True))
    assert sorted(types) == ["consultations.window_called", "consultations.window_verified"]
    for event in AuditEvent.objects.all():
        assert "佐藤" not in str((event.old, event.new, event.note)), "names can be erased, the record cannot"
    public = text_of(Client().get(reverse("consultations:window-detail", args=[window.public_id])))
    assert "職員が番号と受付時間を確かめました" in public


def test_changed_opens_the_form_and_ends_once_it_is_put_right(
    owner_client: Client, owner: Any, asked: VerificationRequest
) -> None:
    response = owner_client.post(address(asked), answers(result="changed"))
    window = window_of(asked)
    assert response["Location"] == reverse("desk:window-edit", args=[window.public_id])
    asked.refresh_from_db()
    assert asked.is_open
    assert asked.told_at is not None
    assert "「ちがう」と知らせがありました" in text_of(owner_client.get(LIST))
    services.verify_window(window=window, by=owner)
    asked.refresh_from_db()
    assert asked.state == Outcome.CHANGED
    assert "まちの窓口" not in text_of(owner_client.get(LIST))


def test_unreached_counts_and_comes_back(owner_client: Client, asked: VerificationRequest) -> None:
    day = timezone.localdate() + dt.timedelta(days=3)
    for _each in range(2):
        owner_client.post(address(asked), answers(result="unreached", spoken_to="", next_on=day.isoformat()))
    assert asked.calls.count() == 2
    owner_client.get(LIST)  # what was said about the last one
    assert "まちの窓口" not in text_of(owner_client.get(LIST))
    later = text_of(owner_client.get(LIST, {"show": "later"}))
    assert "2回" in later
    assert f"次は{day.month}月{day.day}日" in later
    VerificationRequest.objects.update(next_call_on=timezone.localdate())
    assert "まちの窓口" in text_of(owner_client.get(LIST))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"result": ""}, "結果をひとつ選んでください"),
        ({"spoken_to": ""}, "だれに聞いたかを書いてください"),
        ({"result": "unreached", "next_on": ""}, "次に電話する日を書いてください"),
        ({"result": "unreached", "next_on": "2020-01-01"}, "あすから60日のあいだ"),
        ({"result": "unreached", "next_on": "いつか"}, "日付を 2026-12-01 のように"),
        ({"spoken_to": "あ\x00"}, ""),
    ],
)
def test_half_a_result_is_not_recorded(
    owner_client: Client, asked: VerificationRequest, values: dict[str, str], words: str
) -> None:
    response = owner_client.post(address(asked), answers(**values))
    assert response.status_code == 422
    assert words in text_of(response)
    assert not asked.calls.exists()


def test_too_late_is_said(owner_client: Client, owner: Any, asked: VerificationRequest) -> None:
    services.verify_window(window=asked.window, by=owner)
    response = owner_client.post(address(asked), answers(), follow=True)
    assert "もう確かめ終わっています" in text_of(response)
    assert not VerificationCall.objects.exists()


def test_history_is_shown_over_all_rounds(
    owner_client: Client, owner: Any, asked: VerificationRequest
) -> None:
    VerificationCall.objects.create(request=asked, result="unreached", note="留守番電話", called_by=owner)
    asked.save(update_fields=asked.close(state="lapsed", ending="portal"))
    again = VerificationRequestFactory(window=asked.window, stage="last")
    assert "留守番電話" in text_of(owner_client.get(address(again)))


def test_filters_and_queries(owner_client: Client, asked: VerificationRequest) -> None:
    counts = []
    owner_client.get(LIST)
    for size in (3, 40):
        for number in range(size):
            office = OrganizationFactory(name=f"支所の会{size}-{number}")
            VerificationRequestFactory(window=WindowFactory(organization=office), stage="last")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            owner_client.get(LIST)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    found = text_of(owner_client.get(LIST, {"words": "支所の会40-7"}))
    assert "支所の会40-7" in found
    assert "まちの窓口" not in found


def test_home_puts_the_last_line_by_night_first(owner_client: Client, asked: VerificationRequest) -> None:
    stopped = VerificationRequestFactory(window=WindowFactory(name="止まった窓口", state="suspended"))
    stopped.save(update_fields=stopped.close(state="lapsed", ending="portal", is_stopped=True))
    LinkCheckFactory()
    asked.escalated_at = timezone.now()
    asked.save()
    page = text_of(owner_client.get("/desk/"))
    words = [
        "確認が取れない24時間の窓口",
        "電話で確かめる窓口",
        "自動で公開を止めた窓口",
        "つながらないリンク",
    ]
    places = [page.index(word) for word in words]
    assert places == sorted(places)
    assert page.index(words[0]) < page.index("確認を頼まれている窓口")
    assert "止まった窓口" in text_of(owner_client.get(LIST, {"show": "stopped"}))
    assert "まちの窓口" in text_of(owner_client.get(LIST, {"show": "escalated"}))


def test_rules_are_the_secretariats(owner_client: Client, secretariat_client: Client) -> None:
    address = reverse("desk:verification-rules")
    assert owner_client.get(address).status_code == 403
    values = {"reminder_days": 10, "last_days": 20, "doubt_days": 40, "suspend_days": 90}
    wrong = secretariat_client.post(address, values | {"last_days": 5})
    assert "順に長くしてください" in text_of(wrong)
    page = text_of(secretariat_client.post(address, values, follow=True))
    assert "確かめるきまりを変えました" in page
    assert "確かめるきまりを変えた" in page
    assert VerificationRules.load().suspend_days == 90


# --- What residents are told ---------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "is_said"), [(44, False), (45, True)])
def test_residents_are_told_and_still_get_the_number(days: int, is_said: bool) -> None:
    window = WindowFactory(created_at=timezone.now() - dt.timedelta(days=days))
    for page in ("/windows/", f"/w/{window.public_id}/"):
        text = text_of(Client().get(page))
        assert ("確認が取れていません" in text) is is_said
        assert "0120-000-000" in text


def test_the_day_follows_the_rules(owner: Any) -> None:
    day = timezone.localdate() - dt.timedelta(days=200)
    window = WindowFactory(verified_on=day, verified_by=owner)
    page = f"/w/{window.public_id}/"
    assert "確認が取れていません" not in text_of(Client().get(page))
    VerificationRules(pk=1, reminder_days=2, last_days=3, doubt_days=5).save()
    forget_public_pages()
    assert "確認が取れていません" in text_of(Client().get(page))
