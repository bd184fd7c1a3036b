"""Reads the query strings of the desk's lists; unknown values count as no filter. No address stands in them."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from newsletters.models import (
    Newsletter,
    Subscriber,
    SubscriberState,
    Subscription,
    Suppression,
    SuppressionReason,
)

LEFT = "left"  # was registered, and gets nothing any more


class SubscriberFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    newsletter = django_filters.ModelChoiceFilter(
        label=_("メルマガ"),
        queryset=Newsletter.objects.all(),
        to_field_name="public_id",
        empty_label=_("すべて"),
        method="filter_newsletter",
    )
    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=[*SubscriberState.choices, (LEFT, _("やめた"))],
        empty_label=_("すべて"),
        method="filter_state",
    )

    class Meta:
        model = Subscriber
        fields: list[str] = []

    def filter_newsletter(self, queryset: Any, name: str, value: Newsletter) -> Any:
        readers = Subscription.objects.current().filter(newsletter=value)
        return queryset.filter(pk__in=readers.values("subscriber"))

    def filter_state(self, queryset: Any, name: str, value: str) -> Any:
        """As the list names it: who is registered gets something."""
        if value == SubscriberState.UNCONFIRMED:
            return queryset.filter(state=value)
        gets = Exists(Subscription.objects.current().filter(subscriber=OuterRef("pk")))
        confirmed = queryset.filter(state=SubscriberState.CONFIRMED)
        return confirmed.filter(~gets if value == LEFT else gets)


class SuppressionFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    reason = django_filters.ChoiceFilter(
        label=_("わけ"), choices=SuppressionReason.choices, empty_label=_("すべて")
    )

    class Meta:
        model = Suppression
        fields: list[str] = []
