"""Two people, or two tabs, with the same short form open: the second is told, and nothing is lost in silence."""

import datetime as dt
from typing import Any

import pytest
from django import forms
from django.urls import reverse

from consultations.models import CalendarOverride, VerificationRules
from members.models import JoiningRules, Sector
from tests.conftest import text_of
from tests.factories.members import ApplicationFactory, CharterFactory, UserFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db

TOLD = "ほかの人か、ほかのタブが内容を変えました"


@pytest.fixture
def pages(category) -> dict[str, tuple[str, Any, str, Any, Any]]:
    """Name: address, row, a field, what the first person writes there and what the second."""
    sector = Sector.objects.create(name="試験の分野", position=990)
    override = CalendarOverride.objects.create(on=dt.date(2027, 3, 1), is_holiday=True, name="休み")
    draft = CharterFactory(draft=True)
    user = UserFactory(name="ふたりが直す人", role="staff")
    rules, asking = JoiningRules.load(), VerificationRules.load()
    for row in (rules, asking):
        row.save()
    return {
        "settings": (
            reverse("region:settings"),
            PortalSettingsFactory(platform_name="香川県 つながる場", secretariat_name="地域福祉課"),
            "secretariat_address",
            "高松市番町4",
            "",
        ),
        "category": (reverse("desk:category-edit", args=[category.public_id]), category, "intro", "一", "二"),
        "sector": (reverse("members:master-edit", args=["sectors", sector.pk]), sector, "position", 991, 992),
        "override": (reverse("desk:override-edit", args=[override.pk]), override, "name", "一", "二"),
        "holiday": (
            reverse("desk:override-edit", args=[override.pk]),
            override,
            "is_holiday",
            False,
            "True",
        ),
        "charter": (
            reverse("members:charter-page", args=[draft.number]),
            draft,
            "text",
            "## 一\n\n本文",
            "## 二",
        ),
        "user": (reverse("members:user-detail", args=[user.pk]), user, "role", "secretariat", "staff"),
        "joining": (reverse("members:rules-edit"), rules, "is_open", False, "on"),
        "asking": (reverse("desk:verification-rules"), asking, "doubt_days", 61, 62),
    }


def drawn(response: Any, form: str = "form") -> dict[str, Any]:
    """What a browser would send back unchanged."""
    values = {bound.html_name: bound.value() for bound in response.context[form]}
    ticks = {
        bound.html_name for bound in response.context[form] if isinstance(bound.field, forms.BooleanField)
    }
    assert f'value="{values["seen"]}"' in text_of(response)
    kept = {name: "on" if name in ticks else value for name, value in values.items() if value is not None}
    return {name: value for name, value in kept.items() if name not in ticks or values[name]}


@pytest.mark.parametrize(
    "name",
    [
        "settings",
        "category",
        "sector",
        "override",
        "holiday",
        "charter",
        "user",
        "joining",
        "asking",
    ],
)
def test_second_one_is_told_and_then_knows(name, pages, administrator_client):
    address, row, field, first, second = pages[name]
    sent = drawn(administrator_client.get(address)) | {field: second}
    setattr(row, field, first)
    row.save()

    response = administrator_client.post(address, sent)
    page = text_of(response)
    assert TOLD in page
    assert "いまの内容は「" in page
    row.refresh_from_db()
    assert getattr(row, field) == first

    again = administrator_client.post(address, drawn(response) | {field: second})
    assert again.status_code == 302, again.context["form"].errors
    row.refresh_from_db()
    assert getattr(row, field) != first


def test_same_words_are_no_change(pages, administrator_client):
    address, row, field, first, _second = pages["category"]
    sent = drawn(administrator_client.get(address)) | {field: first}
    setattr(row, field, first)
    row.save()
    assert administrator_client.post(address, sent).status_code == 302


def test_says_what_it_holds_now(pages, administrator_client):
    address, row, _field, _first, _second = pages["override"]
    sent = drawn(administrator_client.get(address)) | {"name": "わたしの理由"}
    CalendarOverride.objects.filter(pk=row.pk).update(name="あの人の理由", is_holiday=False)
    page = text_of(administrator_client.post(address, sent))
    assert "いまの内容は「あの人の理由」です" in page
    assert "いまの内容は「ふつうの日として扱う（祝日をなくす）」です" in page
    assert 'value="わたしの理由"' in page


def test_note_on_an_application_keeps_both(owner_client, colleague_client):
    application = ApplicationFactory()
    page = reverse("members:application-page", args=[application.public_id])
    note = reverse("members:application-note", args=[application.public_id])
    mine = drawn(owner_client.get(page), "note") | {"staff_note": "電話した"}
    colleague_client.post(
        note, drawn(colleague_client.get(page), "note") | {"staff_note": "月曜に来るそうです"}
    )
    response = owner_client.post(note, mine)
    assert response.status_code == 422
    assert "いまの内容は「月曜に来るそうです」です" in text_of(response)
    assert "電話した" in text_of(response)
    application.refresh_from_db()
    assert application.staff_note == "月曜に来るそうです"
    both = drawn(response, "note") | {"staff_note": "月曜に来るそうです。電話した"}
    assert owner_client.post(note, both).status_code == 302
    application.refresh_from_db()
    assert application.staff_note == "月曜に来るそうです。電話した"


def test_too_long_a_note_is_not_lost(owner_client):
    application = ApplicationFactory()
    note = reverse("members:application-note", args=[application.public_id])
    response = owner_client.post(note, {"staff_note": "長" * 2001})
    assert response.status_code == 422
    assert "長" * 2001 in text_of(response)
    assert owner_client.get(note).status_code == 302


def test_garbage_in_the_hidden_field_is_answered(pages, administrator_client):
    address = pages["category"][0]
    for seen in ("=", "x=y z", "intro=", "a" * 5000, "\x00"):
        sent = drawn(administrator_client.get(address)) | {"seen": seen}
        assert administrator_client.post(address, sent).status_code in {200, 302}
