"""Reads the query strings of the lists of the year's record; unknown values count as no filter."""

import datetime as dt
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from members.models import Organization
from reports.models import Activity, GrantScheme
from reports.months import month_words, months_of_year

NONE = "none"


class ActivityFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Of the activities of one year that somebody may see."""

    category = django_filters.ChoiceFilter(label=_("区分"), method="in_category", empty_label=_("すべて"))
    month = django_filters.ChoiceFilter(label=_("月"), method="in_month", empty_label=_("すべて"))
    section = django_filters.ModelChoiceFilter(
        label=_("担当の課"),
        queryset=Organization.objects.none(),
        to_field_name="public_id",
        empty_label=_("すべて"),
    )

    class Meta:
        model = Activity
        fields: list[str] = []

    def __init__(self, *args: Any, queryset: Any, scheme: GrantScheme, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["category"].extra["choices"] = [
            *((str(each.number), str(each)) for each in scheme.categories.order_by("number")),
            (NONE, _("区分のないもの")),
        ]
        self.filters["month"].extra["choices"] = [
            *((month.isoformat(), month_words(month)) for month in months_of_year(scheme.fiscal_year)),
            (NONE, _("月のないもの")),
        ]
        # Only sections of which there is something to see.
        sections = queryset.order_by().exclude(section=None).values("section")
        self.filters["section"].queryset = Organization.objects.filter(pk__in=sections).order_by(
            "kana", "name"
        )

    def in_category(self, rows: Any, _name: str, value: str) -> Any:
        if value == NONE:
            return rows.filter(category_links=None)
        return rows.filter(category_links__category__number=int(value))

    def in_month(self, rows: Any, _name: str, value: str) -> Any:
        """Those that went on in it."""
        return rows.filter(month_from=None) if value == NONE else rows.in_month(dt.date.fromisoformat(value))
