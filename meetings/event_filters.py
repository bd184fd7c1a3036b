"""Reads the query strings of the lists of events; unknown values count as no filter."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from meetings.models import Event, EventKind
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality


class PublicEventFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    kind = django_filters.ChoiceFilter(label=_("種類"), choices=EventKind.choices, empty_label=_("すべて"))
    municipality = django_filters.ModelChoiceFilter(
        label=_("市町"), queryset=lambda request: Municipality.objects.own(), empty_label=_("すべて")
    )
    when = django_filters.ChoiceFilter(
        label=_("いつ"),
        choices=[("past", _("終わった催し"))],
        empty_label=_("これからの催し"),
        method="filter_when",
    )

    class Meta:
        model = Event
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("when") else found.coming()

    def filter_when(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.past()


class DeskEventFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(label=_("状態"), choices=State.choices, empty_label=_("すべて"))
    kind = django_filters.ChoiceFilter(label=_("種類"), choices=EventKind.choices, empty_label=_("すべて"))
    host = django_filters.ChoiceFilter(
        label=_("主催"),
        choices=[("own", _("県・事務局")), ("members", _("会員団体"))],
        empty_label=_("すべて"),
        method="filter_host",
    )

    class Meta:
        model = Event
        fields: list[str] = []

    def filter_host(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(organization__isnull=value == "own")
