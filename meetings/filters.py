"""Reads the query strings of the lists of meetings; unknown values count as no filter."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from meetings.models import ActionItem, Body, Meeting, MeetingState
from meetings.presenting.todo import LATE_DAYS
from platform_portal.japanese.calendar import format_fiscal_year


def year_choices(rows: Any) -> list[tuple[int, str]]:
    """Fiscal years in which there are meetings, newest first. One query."""
    years = rows.order_by("-fiscal_year").values_list("fiscal_year", flat=True).distinct()
    return [(year, format_fiscal_year(year)) for year in years]


class MeetingFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Of the meetings that somebody may see."""

    year = django_filters.ChoiceFilter(label=_("年度"), field_name="fiscal_year", empty_label=_("すべて"))
    body = django_filters.ModelChoiceFilter(
        label=_("会議体"), queryset=Body.objects.all(), to_field_name="public_id", empty_label=_("すべて")
    )

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, *args: Any, queryset: Any, **kwargs: Any) -> None:
        super().__init__(*args, queryset=queryset, **kwargs)
        self.filters["year"].extra["choices"] = year_choices(queryset)
        # Only bodies of which there is something to see: a list names nobody else's.
        self.filters["body"].queryset = Body.objects.filter(pk__in=queryset.order_by().values("body"))


class DeskMeetingFilter(MeetingFilter):
    state = django_filters.ChoiceFilter(
        label=_("状態"), choices=MeetingState.choices, empty_label=_("すべて")
    )
    todo = django_filters.ChoiceFilter(
        label=_("すること"),
        choices=[("passed", _("終わったかを記録する")), ("minutes", _("議事録がまだない（3日以上）"))],
        empty_label=_("すべて"),
        method="filter_todo",
    )

    def filter_todo(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.passed_unmarked() if value == "passed" else queryset.without_minutes(LATE_DAYS)


class ActionItemFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Of the promises of one body."""

    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=[("open", _("まだ終わっていない")), ("late", _("期限が過ぎた")), ("closed", _("終わった"))],
        method="in_state",
        empty_label=_("すべて"),
    )

    class Meta:
        model = ActionItem
        fields: list[str] = []

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "closed":
            return rows.filter(closed_at__isnull=False)
        return rows.late() if value == "late" else rows.open()
