"""Reads the query strings of the desk's lists of people; unknown values count as no filter."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import (
    Application,
    ApplicationState,
    Invitation,
    InvitationCondition,
    InvitationQuerySet,
    JoiningRules,
    Organization,
    OrganizationKind,
    OrganizationState,
    Sector,
    Strength,
    User,
)
from members.models.organizations import OrganizationQuerySet
from members.models.users import UserQuerySet
from platform_portal.access.roles import Role
from platform_portal.mail.models import OutgoingMail
from platform_portal.region.models import Municipality


class UserFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    role = django_filters.ChoiceFilter(label=_("権限"), choices=Role.choices, empty_label=_("すべて"))
    active = django_filters.ChoiceFilter(
        label=_("利用"),
        field_name="is_active",
        choices=[("true", _("利用中")), ("unused", _("使われていない")), ("false", _("停止中"))],
        empty_label=_("すべて"),
        method="filter_active",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def filter_active(self, queryset: UserQuerySet, name: str, value: str) -> QuerySet[User]:
        if value == "unused":
            return queryset.unused()
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


class ApplicationFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=[choice for choice in ApplicationState.choices if choice[0] != ApplicationState.UNCONFIRMED],
        empty_label=_("すべて"),
    )
    sector = django_filters.ModelChoiceFilter(
        label=_("活動分野"), queryset=Sector.objects.all(), empty_label=_("すべて")
    )
    municipality = django_filters.ModelChoiceFilter(
        label=_("所在の市町"), queryset=lambda request: Municipality.objects.own(), empty_label=_("すべて")
    )
    # Only where members are admitted together.
    round = django_filters.ChoiceFilter(
        label=_("認める回"),
        choices=[("due", _("認める日が来たもの")), ("next", _("次の回のもの"))],
        empty_label=_("すべて"),
        method="filter_round",
    )

    class Meta:
        model = Application
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = JoiningRules.load()
        if not self.rules.admission_interval:
            del self.filters["round"]

    def filter_round(self, queryset: Any, name: str, value: str) -> Any:
        """What was confirmed before the last such day is due; the rest is for the next one."""
        last = self.rules.last_admission_on()
        waiting = queryset.waiting_for_staff()
        if last is None:
            return waiting if value == "next" else waiting.none()
        begins = timezone.make_aware(dt.datetime.combine(last, dt.time.min))
        return (
            waiting.filter(confirmed_at__lt=begins)
            if value == "due"
            else waiting.filter(confirmed_at__gte=begins)
        )


class OrganizationFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """Without a state: those of today."""

    kind = django_filters.ChoiceFilter(
        label=_("区分"), choices=OrganizationKind.choices, empty_label=_("すべて")
    )
    sector = django_filters.ModelChoiceFilter(
        label=_("活動分野"), queryset=Sector.objects.all(), to_field_name="slug", empty_label=_("すべて")
    )
    municipality = django_filters.ModelChoiceFilter(
        label=_("所在の市町"), queryset=lambda request: Municipality.objects.own(), empty_label=_("すべて")
    )
    strength = django_filters.ModelChoiceFilter(
        label=_("得意分野"),
        field_name="strengths",
        queryset=Strength.objects.all(),
        to_field_name="slug",
        empty_label=_("すべて"),
    )
    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=OrganizationState.choices,
        empty_label=OrganizationState.ACTIVE.label,
        method="keep",
    )

    contact = django_filters.ChoiceFilter(
        label=_("連絡のつく担当者"),
        choices=[("none", _("いない団体"))],
        empty_label=_("すべて"),
        method="filter_contact",
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
        chosen = self.form.cleaned_data
        queryset = queryset.filter(state=chosen.get("state") or OrganizationState.ACTIVE)
        found: QuerySet[Organization] = super().filter_queryset(queryset)
        return found

    def keep(self, queryset: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        return queryset  # see filter_queryset

    def filter_contact(self, queryset: OrganizationQuerySet, name: str, value: str) -> OrganizationQuerySet:
        return without_contact(queryset)


def without_contact(organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """Those whose mails nobody reads: no contact, or only such whose address refuses our mails."""
    failing = OutgoingMail.objects.failing_addresses().order_by().values("address")
    return organizations.without_contact(failing)


class ConsentFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    """`answer` is read by the view, which knows the charter."""

    answer = django_filters.ChoiceFilter(
        label=_("同意"),
        choices=[("given", _("同意した団体")), ("missing", _("まだの団体"))],
        empty_label=_("すべて"),
        method="keep",
    )
    kind = django_filters.ChoiceFilter(
        label=_("区分"), choices=OrganizationKind.choices, empty_label=_("すべて")
    )

    class Meta:
        model = Organization
        fields: list[str] = []

    def keep(self, queryset: QuerySet[Organization], name: str, value: str) -> QuerySet[Organization]:
        return queryset
