"""Forms of bodies, meetings and agenda items. The services build and check the rows."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import AgendaItem, Body, Meeting
from members.forms.masters import LAST, OFF, ReadsOnly
from members.models import Organization, OrganizationKind
from members.models.users import validate_one_line
from platform_portal.versions import number_in

DAY = {"type": "date"}
CLOCK = {"type": "time", "step": "60"}


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs=DAY, format="%Y-%m-%d")


def _clock_input() -> forms.TimeInput:
    return forms.TimeInput(attrs=CLOCK, format="%H:%M")


class BodyForm(ReadsOnly):
    class Meta:
        model = Body
        fields = (
            "name",
            "purpose",
            "audience",
            "named_audience",
            "labels_audience",
            "position",
            "is_active",
        )
        widgets = {"purpose": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "name": gettext_lazy("例：コア会議、庁内連絡会"),
            "audience": gettext_lazy(
                "日時・場所・次第を見られる人です。新しい会議はこれで始まり、会議ごとに変えられます。"
            ),
            "named_audience": gettext_lazy(
                "だれが話したかを、氏名で書いたものです。個人が分かるので、気をつけて決めてください。"
            ),
            "labels_audience": gettext_lazy("「事務局」「委員」のように、役職名だけにしたものです。"),
            "position": LAST,
            "is_active": OFF,
        }


class BodyOrganizationsForm(forms.Form):
    """Who sits in a body. Only what the person changed is changed: seats that others gave meanwhile stay."""

    were = forms.CharField(widget=forms.HiddenInput, required=False)
    organizations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("構成団体"),
        queryset=Organization.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "many"}),
    )

    def __init__(self, data: Any = None, *, body: Body) -> None:
        self.seated = set(body.organizations.values_list("pk", flat=True))
        were = " ".join(str(key) for key in sorted(self.seated))
        super().__init__(data, initial={"organizations": self.seated, "were": were})
        rows = Organization.objects.active() | Organization.objects.filter(pk__in=self.seated)
        rows = rows.only("pk", "name", "kind", "kana").order_by("kana", "name", "pk")
        field = self.fields["organizations"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101  declared above
        field.queryset = rows
        by_kind: dict[str, list[tuple[int, str]]] = {}
        for row in rows:
            by_kind.setdefault(row.kind, []).append((row.pk, row.name))
        field.choices = [
            (label, by_kind[value]) for value, label in OrganizationKind.choices if value in by_kind
        ]

    def chosen(self) -> list[Organization]:
        """With the seats as they stand now. Garbage in `were` counts as nothing."""
        picked = {row.pk for row in self.cleaned_data["organizations"]}
        were = {key for key in map(number_in, self.cleaned_data["were"].split()) if key is not None}
        wanted = (self.seated - (were - picked)) | (picked - were)
        return list(Organization.objects.filter(pk__in=wanted))


class MeetingForm(ReadsOnly):
    held_on = forms.DateField(label=gettext_lazy("開催日"), widget=_day_input())
    starts = forms.TimeField(label=gettext_lazy("開始の時刻"), widget=_clock_input())
    ends = forms.TimeField(label=gettext_lazy("終了の時刻"), widget=_clock_input(), required=False)
    ends_on = forms.DateField(
        label=gettext_lazy("終わる日"),
        widget=_day_input(),
        required=False,
        help_text=gettext_lazy("2日以上にわたるときだけ書きます。1日で終わるなら、空のままにします。"),
    )
    online_url = forms.URLField(
        label=gettext_lazy("オンラインの参加先"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy(
            "案内した団体と構成団体の担当者にだけ見せます。だれでも見られるページには出ません。"
        ),
    )

    class Meta:
        model = Meeting
        fields = (
            "body",
            "number",
            "title",
            "held_on",
            "starts",
            "ends",
            "ends_on",
            "place",
            "online_url",
            "summary",
            "audience",
            "closed_reason",
            "answers_due_on",
        )
        field_classes: dict[str, Any] = {}
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "answers_due_on": _day_input(),
        }
        help_texts = {
            "number": gettext_lazy(
                "同じ年度・同じ会議体の中で何回目か。決めていなければ、空のままにします。"
            ),
            "title": gettext_lazy("例：令和8年度 第1回コア会議"),
            "place": gettext_lazy("だれでも見られる会議では、だれでも見られます。"),
            "closed_reason": gettext_lazy(
                "一部を公開しないときに書きます。例：次第の4は、個人の相談の内容をふくむため公開しません。"
            ),
        }

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        meeting = kwargs.get("instance")
        when = _when(meeting) if meeting is not None and meeting.starts_at else {}
        super().__init__(*args, initial={**when, **(initial or {})}, **kwargs)
        self.order_fields(self.Meta.fields)
        field = self.fields["body"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  a foreign key
        bodies = Body.objects.active()
        if meeting is not None and meeting.body_id:
            bodies = bodies | Body.objects.filter(pk=meeting.body_id)
        field.queryset = bodies

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        starts, ends = values.get("starts"), values.get("ends")
        held, last = values.get("held_on"), values.get("ends_on")
        if held and last and last < held:
            self.add_error("ends_on", _("終わる日は、開催日より後の日にしてください。"))
        elif last and last != held and not ends and "ends" not in self.errors:
            self.add_error("ends", _("終わる日の、終了の時刻を書いてください。"))
        elif starts and ends and ends <= starts and (last is None or last == held):
            self.add_error("ends", _("終了は、開始より後の時刻にしてください。"))
        due = values.get("answers_due_on")
        if due and held and due > held:
            self.add_error("answers_due_on", _("返事の期限は、開催日より前にしてください。"))
        return values

    def values(self) -> dict[str, Any]:
        """For the service."""
        values = dict(self.cleaned_data)
        day, starts, ends, last = (values.pop(name) for name in ("held_on", "starts", "ends", "ends_on"))
        values["starts_at"] = timezone.make_aware(dt.datetime.combine(day, starts))
        values["ends_at"] = timezone.make_aware(dt.datetime.combine(last or day, ends)) if ends else None
        return values


def _when(meeting: Meeting) -> dict[str, Any]:
    starts = timezone.localtime(meeting.starts_at)
    ends = timezone.localtime(meeting.ends_at) if meeting.ends_at else None
    return {
        "held_on": starts.date(),
        "starts": starts.time().replace(second=0, microsecond=0),
        "ends": ends.time().replace(second=0, microsecond=0) if ends else None,
        "ends_on": ends.date() if ends and ends.date() != starts.date() else None,
    }


class AgendaItemForm(ReadsOnly):
    class Meta:
        model = AgendaItem
        fields: tuple[str, ...] = (
            "number",
            "title",
            "performer",
            "planned_time",
            "is_closed",
            "closed_reason",
        )
        widgets = {"planned_time": _clock_input()}
        help_texts = {
            "number": gettext_lazy("空にすると、順番の番号が付きます。"),
            "performer": gettext_lazy("例：事務局、健康福祉部長"),
            "is_closed": gettext_lazy(
                "件名・資料・発言は、事務局だけに見えます。ほかの人には「（非公開）」と理由が見えます。"
            ),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("is_closed") and not values.get("closed_reason"):
            self.add_error("closed_reason", _("公開しない理由を書いてください。"))
        return values


class NewAgendaItemForm(AgendaItemForm):
    parent = forms.ModelChoiceField(
        label=gettext_lazy("どこに足すか"),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=gettext_lazy("いちばん上の段の終わり"),
    )

    class Meta(AgendaItemForm.Meta):
        fields = ("title", "performer", "planned_time")

    field_order = ("title", "performer", "planned_time", "parent")

    def __init__(self, *args: Any, parents: list[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = AgendaItem.objects.filter(pk__in=[item.pk for item in parents])
        field.choices = [
            ("", str(field.empty_label)),
            *((item.pk, _("「%(item)s」の下") % {"item": item}) for item in parents),
        ]


class ReasonForm(forms.Form):
    """Why somebody does something that others will want to understand."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=300,
        validators=[validate_one_line],
        widget=forms.TextInput,
    )


class ObserversForm(forms.Form):
    observers = forms.IntegerField(
        label=gettext_lazy("傍聴者数（人）"), min_value=0, max_value=100_000, required=False
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)


class CountForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("区分"),
        max_length=60,
        required=False,
        validators=[validate_one_line],
        help_text=gettext_lazy("例：幹事団体、庁内連携会議。全体の人数なら空のまま。"),
    )
    count = forms.IntegerField(label=gettext_lazy("数"), min_value=0, max_value=100_000, required=False)
    unit = forms.CharField(
        label=gettext_lazy("単位"),
        max_length=10,
        required=False,
        validators=[validate_one_line],
        help_text=gettext_lazy("例：団体、課、名"),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        says = bool(values.get("label") or values.get("unit")) or values.get("count") is not None
        if says and values.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("数を書いてください。この行が要らなければ、すべて空にしてください。"))
        if says and not values.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("単位を書いてください。例：名"))
        return values


class BaseCountFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    def clean(self) -> None:
        seen: set[tuple[str, str]] = set()
        for label, _count, unit in self.counts():
            if (label, unit) in seen:
                raise ValidationError(_("同じ区分と単位の行が2つあります。1つにまとめてください。"))
            seen.add((label, unit))

    def counts(self) -> list[tuple[str, int, str]]:
        """Rows that say something, in their order."""
        return [
            (values["label"], values["count"], values["unit"])
            for form in self.forms
            if (values := getattr(form, "cleaned_data", None))
            and values.get("count") is not None
            and values.get("unit")
        ]


CountFormSet: Any = forms.formset_factory(CountForm, formset=BaseCountFormSet, extra=3, max_num=30)
