"""Reads the query strings of the desk's lists; unknown values count as no filter. No address stands in them."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from newsletters.models import (
    Newsletter,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    SuppressionReason,
)


class SubscriberFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    newsletter = django_filters.ModelChoiceFilter(
        label=_("メルマガ"),
        queryset=Newsletter.objects.all(),
        to_field_name="public_id",
        empty_label=_("すべて"),
        method="filter_newsletter",
    )
    state = django_filters.ChoiceFilter(
        label=_("状態"), choices=SubscriberState.choices, empty_label=_("すべて")
    )

    class Meta:
        model = Subscriber
        fields: list[str] = []

    def filter_newsletter(self, queryset: Any, name: str, value: Newsletter) -> Any:
        readers = Subscription.objects.current().filter(newsletter=value)
        return queryset.filter(pk__in=readers.values("subscriber"))


class SuppressionFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    reason = django_filters.ChoiceFilter(
        label=_("わけ"), choices=SuppressionReason.choices, empty_label=_("すべて")
    )

    class Meta:
        model = Suppression
        fields: list[str] = []
