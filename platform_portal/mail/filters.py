"""Reads the query string of the desk's list of mails; unknown values count as no filter."""

import datetime as dt
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from platform_portal.mail import kinds
from platform_portal.mail.models import MailState, OutgoingMail, OutgoingMailQuerySet

PERIODS = {
    "day": (_("24時間"), dt.timedelta(days=1)),
    "week": (_("7日"), dt.timedelta(days=7)),
    "month": (_("30日"), dt.timedelta(days=30)),
    "year": (_("1年"), dt.timedelta(days=365)),
}


class MailFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(label=_("状態"), choices=MailState.choices, empty_label=_("すべて"))
    kind = django_filters.ChoiceFilter(label=_("種類"), choices=kinds.choices, empty_label=_("すべて"))
    period = django_filters.ChoiceFilter(
        label=_("作った時期"),
        choices=[(key, words) for key, (words, _span) in PERIODS.items()],
        empty_label=_("すべて"),
        method="keep_period",
    )

    class Meta:
        model = OutgoingMail
        fields: list[str] = []

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    def keep_period(self, queryset: OutgoingMailQuerySet, name: str, value: str) -> Any:
        _words, span = PERIODS[value]
        return queryset.filter(created_at__gte=timezone.now() - span)
