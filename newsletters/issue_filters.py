"""Reads the query string of the list of issues; unknown values count as no filter."""

import django_filters
from django.utils.translation import gettext_lazy as _

from newsletters.models import Issue, IssueState, Newsletter


class IssueFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    newsletter = django_filters.ModelChoiceFilter(
        label=_("メルマガ"),
        queryset=lambda request: Newsletter.objects.order_by("position", "pk"),
        to_field_name="public_id",
        empty_label=_("すべて"),
    )
    state = django_filters.ChoiceFilter(label=_("状態"), choices=IssueState.choices, empty_label=_("すべて"))

    class Meta:
        model = Issue
        fields: list[str] = []
