"""Reads the query strings of the desk's lists of people; unknown values count as no filter."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import Invitation, InvitationCondition, InvitationQuerySet, User
from platform_portal.access.roles import Role


class UserFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    role = django_filters.ChoiceFilter(label=_("権限"), choices=Role.choices, empty_label=_("すべて"))
    active = django_filters.ChoiceFilter(
        label=_("利用"),
        field_name="is_active",
        choices=[("true", _("利用中")), ("false", _("停止中"))],
        empty_label=_("すべて"),
        method="filter_active",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def filter_active(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return queryset.filter(is_active=value == "true")


class InvitationFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(
        label=_("状態"), choices=InvitationCondition.choices, empty_label=_("すべて"), method="filter_state"
    )

    class Meta:
        model = Invitation
        fields: list[str] = []

    def filter_state(self, queryset: InvitationQuerySet, name: str, value: str) -> InvitationQuerySet:
        by_condition = {
            InvitationCondition.OPEN: queryset.open,
            InvitationCondition.EXPIRED: queryset.expired,
            InvitationCondition.ACCEPTED: queryset.accepted,
            InvitationCondition.WITHDRAWN: queryset.withdrawn,
        }
        return by_condition[InvitationCondition(value)]()
