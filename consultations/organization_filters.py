"""Reads the query string of the public list of members; unknown values count as no filter."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import Organization, Sector, Strength
from platform_portal.region.models import Municipality


class PublicOrganizationFilter(django_filters.FilterSet):
    sector = django_filters.ModelChoiceFilter(
        label=_("活動分野"),
        queryset=Sector.objects.active(),
        to_field_name="slug",
        empty_label=_("すべて"),
    )
    strength = django_filters.ModelChoiceFilter(
        label=_("得意分野"),
        field_name="strengths",
        queryset=Strength.objects.active(),
        to_field_name="slug",
        empty_label=_("すべて"),
    )
    area = django_filters.ModelChoiceFilter(
        label=_("活動する市町"),
        queryset=lambda request: Municipality.objects.own(),
        method="keep_area",
        empty_label=_("すべて"),
    )
    municipality = django_filters.ModelChoiceFilter(
        label=_("所在の市町"),
        queryset=lambda request: Municipality.objects.own(),
        empty_label=_("すべて"),
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def keep_area(self, queryset: QuerySet[Organization], name: str, place: Any) -> QuerySet[Organization]:
        """Who works there: also everybody who works all over the prefecture."""
        through = Organization.activity_areas.through.objects.filter(municipality=place)
        return queryset.filter(Q(is_prefecture_wide=True) | Q(pk__in=through.values("organization")))
