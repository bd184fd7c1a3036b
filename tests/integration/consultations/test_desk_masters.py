"""Words, calendar and categories on the desk."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from consultations.models import CalendarOverride, Category, ZeroHitWord
from consultations.opening import count_windows_changed_by
from platform_portal.audit.models import AuditEvent
from tests.conftest import text_of
from tests.factories.consultations import (
    CalendarOverrideFactory,
    WindowFactory,
    ZeroHitWordFactory,
)

pytestmark = pytest.mark.django_db


class TestWords:
    def test_most_wanted_first(self, owner_client):
        ZeroHitWordFactory(word="少ない", count=1)
        ZeroHitWordFactory(word="多い", count=9)
        response = owner_client.get(reverse("desk:word-list"))
        assert [word.word for word in response.context["page"].object_list] == ["多い", "少ない"]
        assert "言葉を分野に加えること" in text_of(response)

    def test_adopted(self, secretariat_client, category):
        word = ZeroHitWordFactory(word="家賃")
        address = reverse("desk:word-adopt", args=[word.pk])
        secretariat_client.post(address, {"category": "0"})
        assert ZeroHitWord.objects.exists()
        secretariat_client.post(address, {"category": category.pk})
        category.refresh_from_db()
        assert category.word_list == ["家賃"]

    def test_forgotten(self, owner_client):
        word = ZeroHitWordFactory()
        owner_client.post(reverse("desk:word-forget", args=[word.pk]))
        assert not ZeroHitWord.objects.exists()


class TestCalendar:
    VALUES = {"on": "2026-12-28", "is_holiday": "True", "name": "臨時の休み"}

    def test_looking_saves_nothing(self, secretariat_client, category):
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00; PH off")
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00")
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES | {"look": "1"})
        assert response.context["changed"] == 1
        assert not CalendarOverride.objects.exists()

    def test_added_changed_and_deleted(self, secretariat_client):
        secretariat_client.post(reverse("desk:override-create"), self.VALUES)
        override = CalendarOverride.objects.get()
        address = reverse("desk:override-edit", args=[override.pk])
        secretariat_client.post(address, self.VALUES | {"is_holiday": "False"})
        override.refresh_from_db()
        assert not override.is_holiday
        secretariat_client.post(reverse("desk:override-delete", args=[override.pk]))
        assert not CalendarOverride.objects.exists()

    @pytest.mark.parametrize(
        "values",
        [
            {"on": "昨日"},
            {"on": ""},
            {"is_holiday": "perhaps"},
            {"name": ""},
            {"name": "a\x00"},
            {"name": "x" * 101},
        ],
    )
    def test_garbage(self, values, secretariat_client):
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES | values)
        assert response.status_code == 200
        assert not CalendarOverride.objects.exists()

    def test_day_that_is_there_already(self, secretariat_client):
        CalendarOverrideFactory(on=dt.date(2026, 12, 28))
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES)
        assert "この日の登録が、すでにあります" in text_of(response)

    def test_somebody_was_faster(self, secretariat_client, monkeypatch):
        def taken(**kwargs: Any) -> None:
            raise ValidationError("この日の登録が、すでにあります。")

        monkeypatch.setattr("consultations.services.save_override", taken)
        response = secretariat_client.post(reverse("desk:override-create"), self.VALUES)
        assert "この日の登録が、すでにあります" in text_of(response)

    def test_delete_page_says_how_many_change(self, secretariat_client, category):
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00; PH off")
        override = CalendarOverrideFactory(on=dt.date(2026, 12, 28))
        response = secretariat_client.get(reverse("desk:override-delete", args=[override.pk]))
        assert "公開中の窓口は1件" in text_of(response)

    def test_count_of_changed_windows(self, category):
        """Two channels of one window count once; drafts and round-the-clock lines do not count."""
        WindowFactory(topics=[category], opening_hours="Mo-Fr 09:00-17:00; PH off")
        WindowFactory(draft=True, opening_hours="Mo-Fr 09:00-17:00; PH off")
        WindowFactory()
        holiday = dt.date(2026, 11, 23)
        assert count_windows_changed_by(holiday, is_holiday=False) == 1
        assert count_windows_changed_by(holiday, is_holiday=True) == 0
        CalendarOverrideFactory(on=holiday, is_holiday=False)
        assert count_windows_changed_by(holiday, is_holiday=None) == 1


class TestCategories:
    def values(self, category: Category) -> dict[str, Any]:
        return {
            "name": category.name,
            "description": category.description,
            "intro": category.intro,
            "words": "家賃\n\n 家賃 \n食べもの",
            "icon": category.icon,
            "position": "3",
            "is_active": "on",
        }

    def test_saved(self, secretariat_client, category):
        address = reverse("desk:category-edit", args=[category.public_id])
        assert secretariat_client.post(address, self.values(category)).status_code == 302
        category.refresh_from_db()
        assert category.word_list == ["家賃", "食べもの"]

    @pytest.mark.parametrize(
        "values",
        [{"name": ""}, {"icon": "../x"}, {"position": "-1"}, {"words": "a\x00"}, {"description": "x" * 61}],
    )
    def test_garbage(self, values, secretariat_client, category):
        address = reverse("desk:category-edit", args=[category.public_id])
        response = secretariat_client.post(address, self.values(category) | values)
        assert response.status_code == 200
        assert not AuditEvent.objects.exists()

    def test_not_put_away_while_windows_depend_on_it(self, secretariat_client, category):
        WindowFactory(topics=[category])
        values = self.values(category)
        del values["is_active"]
        response = secretariat_client.post(reverse("desk:category-edit", args=[category.public_id]), values)
        assert "この分野だけに入っている公開中の窓口が1件" in text_of(response)
        category.refresh_from_db()
        assert category.is_active
