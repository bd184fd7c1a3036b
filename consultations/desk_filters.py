"""What staff narrow the list of windows by. Parses the query string; garbage is ignored with a word about it."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.models import (
    AreaScope,
    Category,
    Channel,
    ConsultationWindow,
    RevisionState,
    WindowRevision,
)
from consultations.models.link import ALARM_FAILURES
from platform_portal.japanese.text import katakana, normalize_width
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality

DUE_SOON = dt.timedelta(days=30)
DUE_CHOICES = [
    ("due", _("確かめる日が来た")),
    ("soon", _("30日以内に来る")),
    ("never", _("一度も確かめていない")),
]
HOURS_CHOICES = [("unknown", _("分からない")), ("known", _("分かっている"))]
OPERATOR_CHOICES = [("left", _("退会した団体"))]
SORT_CHOICES = [
    ("name", _("名前の順")),
    ("-updated", _("変えたのが新しい順")),
    ("updated", _("変えたのが古い順")),
    ("due", _("確かめる日の順")),
    ("state", _("公開状態の順")),
]
# Always ends with the key, so that pages neither repeat nor lose a row.
ORDER_OF: dict[str, tuple[Any, ...]] = {
    "name": ("kana", "name", "pk"),
    "-updated": ("-updated_at", "pk"),
    "updated": ("updated_at", "pk"),
    "due": (F("verification_due_on").asc(nulls_first=True), "kana", "pk"),
    "state": ("state", "kana", "pk"),
}
# Archived ones are out of the way until somebody asks for them.
AT_HAND = [state for state in State.values if state != State.ARCHIVED]


class DeskWindowFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(
        label=_("名前・カナ・運営者・番号"), method="keep_words", max_length=100
    )
    state = django_filters.ChoiceFilter(
        label=_("公開状態"), choices=State.choices, empty_label=_("保管済みのほかすべて"), method="keep_state"
    )
    category = django_filters.ModelChoiceFilter(
        label=_("分野"),
        queryset=Category.objects.all(),
        to_field_name="slug",
        field_name="categories",
        empty_label=_("すべて"),
    )
    area = django_filters.ChoiceFilter(
        label=_("地域の範囲"), choices=AreaScope.choices, field_name="area_scope", empty_label=_("すべて")
    )
    city = django_filters.ModelChoiceFilter(
        label=_("市町"),
        queryset=Municipality.objects.none(),
        field_name="municipalities",
        empty_label=_("すべて"),
    )
    due = django_filters.ChoiceFilter(
        label=_("確認"), choices=DUE_CHOICES, empty_label=_("すべて"), method="keep_due"
    )
    hours = django_filters.ChoiceFilter(
        label=_("受付時間"), choices=HOURS_CHOICES, empty_label=_("すべて"), method="keep_hours"
    )
    operator = django_filters.ChoiceFilter(
        label=_("運営団体"), choices=OPERATOR_CHOICES, empty_label=_("すべて"), method="keep_operator"
    )
    sort = django_filters.ChoiceFilter(
        label=_("並べ方"), choices=SORT_CHOICES, empty_label=None, method="put_in_order"
    )

    class Meta:
        model = ConsultationWindow
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["city"].queryset = Municipality.objects.own()
        self.form.fields["words"].widget = forms.TextInput(attrs={"type": "search", "maxlength": "100"})

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters if name != "sort")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Like the library's, but the state and the order also say something when they are left out."""
        chosen = dict.fromkeys(self.filters) | self.form.cleaned_data
        if not chosen["state"]:
            queryset = queryset.filter(state__in=AT_HAND)
        queryset = super().filter_queryset(queryset)
        return queryset.order_by(*ORDER_OF[chosen["sort"] or "name"])

    def keep_words(self, queryset: Any, name: str, value: str) -> Any:
        """Every word must be found somewhere; kana of either kind, any width."""
        for word in normalize_width(value).split()[:8]:
            number = word.replace("-", "")
            kana = katakana(word)
            found = (
                Q(name__icontains=word)
                | Q(kana__icontains=kana)
                | Q(name__icontains=kana)
                | Q(operator__icontains=word)
                | Q(organization__name__icontains=word)
                | Q(public_id=word)
            )
            if number.isdigit() and len(number) >= 3:
                found |= Q(pk__in=self._with_number(number))
            queryset = queryset.filter(found)
        return queryset

    def _with_number(self, number: str) -> Any:
        return Channel.objects.filter(digits__contains=number).values("window")

    def keep_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(state=value)

    def keep_operator(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_gone_organizations()

    def keep_due(self, queryset: Any, name: str, value: str) -> Any:
        if value == "never":
            return queryset.filter(verified_on=None)
        if value == "due":
            return queryset.due_for_verification()
        limit = timezone.localdate() + DUE_SOON
        return queryset.due_for_verification(limit)

    def keep_hours(self, queryset: Any, name: str, value: str) -> Any:
        unknown = queryset.unknown_hours()
        return unknown if value == "unknown" else queryset.exclude(pk__in=unknown.values("pk"))

    def put_in_order(self, queryset: Any, name: str, value: str) -> Any:
        return queryset  # see filter_queryset: the order comes after everything else


class VerificationFilter(django_filters.FilterSet):
    category = django_filters.ModelChoiceFilter(
        label=_("分野"),
        queryset=Category.objects.all(),
        to_field_name="slug",
        field_name="categories",
        empty_label=_("すべて"),
    )


CALL_CHOICES = [
    ("later", _("次に電話する日がまだ先")),
    ("all", _("すべて")),
    ("escalated", _("24時間の受け皿なので止められない")),
    ("stopped", _("自動で公開を止めた")),
]


class CallFilter(django_filters.FilterSet):
    show = django_filters.ChoiceFilter(
        label=_("どれを見るか"),
        choices=CALL_CHOICES,
        empty_label=_("きょう電話する"),
        method="keep_show",
    )
    words = django_filters.CharFilter(label=_("窓口・団体の名前"), method="keep_words", max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["words"].widget = forms.TextInput(attrs={"type": "search", "maxlength": "100"})

    @property
    def chosen(self) -> str:
        """What is shown instead of today's work; empty for that."""
        return str(self.form.cleaned_data.get("show") or "") if self.is_valid() else ""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Like the library's, but `show` also says something when it is left out."""
        if not self.form.cleaned_data.get("show"):
            queryset = queryset.to_call_today(timezone.localdate())  # type: ignore[attr-defined]  # rounds are passed in
        narrowed: QuerySet[Any] = super().filter_queryset(queryset)
        return narrowed

    def keep_show(self, queryset: Any, name: str, value: str) -> Any:
        if value == "later":
            return queryset.to_call().filter(next_call_on__gt=timezone.localdate())
        if value == "escalated":
            return queryset.escalated()
        return queryset.stopped_by_portal() if value == "stopped" else queryset.to_call()

    def keep_words(self, queryset: Any, name: str, value: str) -> Any:
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(window__name__icontains=word)
                | Q(window__kana__icontains=katakana(word))
                | Q(organization__name__icontains=word)
            )
        return queryset


class LinkFilter(django_filters.FilterSet):
    show = django_filters.ChoiceFilter(
        label=_("どれを見るか"),
        choices=[("once", _("1回つながらなかったものも")), ("all", _("すべてのリンク"))],
        empty_label=_("2回続けてつながらなかった"),
        method="keep_show",
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        show = self.form.cleaned_data.get("show")
        if show == "all":
            return queryset
        return queryset.filter(failures__gte=1 if show == "once" else ALARM_FAILURES)

    def keep_show(self, queryset: Any, name: str, value: str) -> Any:
        return queryset  # see filter_queryset: leaving it out says something too


class ReportFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("対応"),
        choices=[("handled", _("対応した"))],
        empty_label=_("まだ対応していない"),
        method="keep_state",
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        is_handled = self.form.cleaned_data.get("state") == "handled"
        return queryset.filter(handled_at__isnull=not is_handled)

    def keep_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset


class RevisionFilter(django_filters.FilterSet):
    words = django_filters.CharFilter(label=_("窓口・団体の名前"), method="keep_words", max_length=100)
    state = django_filters.ChoiceFilter(
        label=_("状態"),
        choices=RevisionState.choices,
        empty_label=_("終わっていないもの"),
        method="keep_state",
    )

    class Meta:
        model = WindowRevision
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["words"].widget = forms.TextInput(attrs={"type": "search", "maxlength": "100"})

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.filters)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What waits longest comes first; of what has ended, the latest."""
        found: Any = super().filter_queryset(queryset)
        is_ended = bool(self.form.cleaned_data.get("state"))
        ordered: QuerySet[Any] = (
            found.order_by("-proposed_at", "-pk")
            if is_ended
            else found.waiting().order_by("proposed_at", "pk")
        )
        return ordered

    def keep_words(self, queryset: Any, name: str, value: str) -> Any:
        for word in normalize_width(value).split()[:8]:
            queryset = queryset.filter(
                Q(window__name__icontains=word)
                | Q(window__kana__icontains=katakana(word))
                | Q(window__organization__name__icontains=word)
                | Q(window__operator__icontains=word)
            )
        return queryset

    def keep_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(state=value)
