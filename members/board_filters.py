"""Reads the query strings of the matching board's lists; unknown values count as no filter."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from members.models import BoardReport, Conversation, Offer, OfferResource, OfferSide, Sector
from platform_portal.region.models import Municipality


class BoardFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    side = django_filters.ChoiceFilter(label=_("どちら"), choices=OfferSide.choices, empty_label=_("すべて"))
    resource = django_filters.ChoiceFilter(
        label=_("種類"), choices=OfferResource.choices, empty_label=_("すべて")
    )
    area = django_filters.ModelChoiceFilter(
        label=_("場所"),
        queryset=lambda request: Municipality.objects.own(),
        empty_label=_("すべて"),
        method="filter_area",
    )
    sector = django_filters.ModelChoiceFilter(
        label=_("団体の活動分野"),
        field_name="organization__sector",
        queryset=Sector.objects.all(),
        empty_label=_("すべて"),
    )
    own = django_filters.ChoiceFilter(
        label=_("だれの掲示"),
        choices=[("1", _("自分の団体のもの（終わったものも）"))],
        empty_label=_("すべての団体"),
        method="filter_own",
    )

    class Meta:
        model = Offer
        fields: list[str] = []

    def __init__(self, *args: Any, own_organizations: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_organizations = own_organizations

    def filter_queryset(self, queryset: Any) -> Any:
        """What has ended is shown to its own organisation alone."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("own") else found.open()

    def filter_area(self, queryset: Any, name: str, value: Municipality) -> Any:
        return queryset.in_area(value.pk)

    def filter_own(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of(self.own_organizations)


class ConversationFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=[("open", _("続いている")), ("closed", _("終わった"))],
        empty_label=_("すべて"),
        method="filter_state",
    )

    class Meta:
        model = Conversation
        fields: list[str] = []

    def filter_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.open() if value == "open" else queryset.exclude(closed_at=None)


class BoardReportFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=[("waiting", _("まだ対応していない")), ("handled", _("対応した"))],
        empty_label=_("すべて"),
        method="filter_state",
    )

    class Meta:
        model = BoardReport
        fields: list[str] = []

    def filter_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.waiting() if value == "waiting" else queryset.exclude(handled_at=None)
