"""Writes of categories, words and the calendar."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from consultations import services
from consultations.models import (
    CalendarOverride,
    ZeroHitWord,
)
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.consultations import (
    CalendarOverrideFactory,
    CategoryFactory,
    ZeroHitWordFactory,
)

pytestmark = pytest.mark.django_db


def latest() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


class TestCategories:
    def test_not_put_away_while_a_window_depends_on_it(self, administrator, category, window):
        with pytest.raises(Refused, match="1件"):
            services.save_category(category=category, values={"is_active": False}, by=administrator)
        window.categories.add(CategoryFactory(slug="other"))
        services.save_category(category=category, values={"is_active": False}, by=administrator)
        category.refresh_from_db()
        assert not category.is_active

    def test_category_out_of_use_is_no_way_out(self, category, window):
        window.categories.add(CategoryFactory(slug="other", is_active=False))
        assert list(category.windows_depending_on_it()) == [window]

    def test_staff_may_not(self, owner, category):
        with pytest.raises(Refused, match="県職員"):
            services.save_category(category=category, values={"name": "x"}, by=owner)

    def test_change_is_recorded(self, secretariat, category):
        services.save_category(category=category, values={"description": "新しい説明"}, by=secretariat)
        assert (latest().type, latest().new) == (
            "consultations.category_changed",
            {"description": "新しい説明"},
        )


class TestWords:
    def test_adopted_word_joins_the_category(self, secretariat, category):
        word = ZeroHitWordFactory(word="家賃")
        services.adopt_word(word=word, category=category, by=secretariat)
        category.refresh_from_db()
        assert category.word_list == ["家賃"]
        assert not ZeroHitWord.objects.exists()

    def test_category_out_of_use_takes_none(self, secretariat):
        with pytest.raises(Refused, match="使っていない"):
            services.adopt_word(
                word=ZeroHitWordFactory(), category=CategoryFactory(is_active=False), by=secretariat
            )

    def test_forgotten(self, owner):
        services.forget_word(word=ZeroHitWordFactory(word="あいう"), by=owner)
        assert latest().old["word"] == "あいう"


class TestCalendar:
    def test_added_changed_deleted(self, secretariat):
        values = {"on": dt.date(2026, 12, 28), "is_holiday": True, "name": "臨時"}
        override = services.save_override(override=CalendarOverride(), values=values, by=secretariat)
        services.save_override(override=override, values=values | {"name": "別名"}, by=secretariat)
        services.delete_override(override=override, by=secretariat)
        types = list(AuditEvent.objects.order_by("pk").values_list("type", flat=True))
        assert types == [f"consultations.override_{verb}" for verb in ("added", "changed", "deleted")]

    def test_same_day_twice_is_refused(self, secretariat):
        values = {"on": CalendarOverrideFactory(on=dt.date(2026, 12, 28)).on, "is_holiday": True, "name": "x"}
        with pytest.raises(ValidationError, match="この日の登録"):
            services.save_override(override=CalendarOverride(), values=values, by=secretariat)
