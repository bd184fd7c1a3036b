"""Forms about events, for their hosts and for whoever reviews them."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Event
from meetings.services.events import FIELDS, MOST_COPIES
from members.forms.board import OrganizationField
from members.forms.masters import ReadsOnly
from members.models import Organization
from platform_portal.japanese.text import clean
from platform_portal.region.models import Municipality

# What the form asks for in other fields than the event has.
IN_PARTS = {
    "starts_at": ("starts_on", "starts_time"),
    "ends_at": ("ends_on", "ends_time"),
    "is_all_day": (),
    "apply_until_at": ("apply_until_on",),
}
END_OF_DAY = dt.time(23, 59)
LATEST = dt.timedelta(days=3 * 366)
"""Slips of the keyboard: nobody plans an event further ahead."""


def day_widget() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_widget() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def web_field(label: Any, length: int, hint: Any) -> forms.URLField:
    return forms.URLField(
        label=label,
        required=False,
        max_length=length,
        assume_scheme="https",
        # Not type="url": browsers refuse the addresses that stand on leaflets, which carry no https://.
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        help_text=hint,
        error_messages={"invalid": gettext_lazy("https:// で始まるアドレスを書いてください。")},
    )


class EventForm(ReadsOnly):
    """Days and times are asked one by one: a day without a time is a whole day."""

    starts_on = forms.DateField(label=gettext_lazy("始まる日"), widget=day_widget())
    starts_time = forms.TimeField(
        label=gettext_lazy("始まる時刻"),
        required=False,
        widget=time_widget(),
        help_text=gettext_lazy("空けると、終日の催しになります。"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("終わる日"),
        required=False,
        widget=day_widget(),
        help_text=gettext_lazy(
            "同じ日に終わるときは、空けてください。日がはなれているときは、保存してから「ほかの日程に写す」を使います。"
        ),
    )
    ends_time = forms.TimeField(label=gettext_lazy("終わる時刻"), required=False, widget=time_widget())
    online_url = web_field(
        gettext_lazy("オンラインの参加先"),
        500,
        gettext_lazy("参加が決まった人にだけ見せます。だれでも見られるページには出ません。"),
    )
    website = web_field(gettext_lazy("くわしい案内のページ"), 300, "")
    apply_until_on = forms.DateField(
        label=gettext_lazy("申込のしめきりの日"),
        required=False,
        widget=day_widget(),
        help_text=gettext_lazy("その日の終わりまで受け付けます。空けると、始まるまで受け付けます。"),
    )

    field_order = ("organization", *(part for name in FIELDS for part in IN_PARTS.get(name, (name,))))

    class Meta:
        model = Event
        fields = tuple(name for name in FIELDS if name not in IN_PARTS)
        widgets = {
            "description": forms.Textarea(attrs={"rows": 10}),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }
        help_texts = {
            "title": gettext_lazy("100文字まで。例：だれでも来られる居場所の日"),
            "place": gettext_lazy("建物と部屋の名前。オンラインだけの催しは、空けてください。"),
            "target_people": gettext_lazy("だれに来てほしいか。例：どなたでも、家族を介護している人"),
            "contact_name": gettext_lazy("住民の画面に出ます。個人の電話番号は書かないでください。"),
            "accepts_applications": gettext_lazy(
                "はずすと、申込のボタンは出ません。申込の方法は、内容のところに書いてください。"
            ),
        }
        labels = {"municipality": gettext_lazy("会場の市町")}

    def __init__(self, *args: Any, organizations: Sequence[Organization] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organizations:
            self.fields["organization"] = OrganizationField(organizations, _("主催する団体"))
            self.order_fields(self.field_order)
        place: Any = self.fields["municipality"]
        place.queryset = Municipality.objects.own()
        place.empty_label = _("選ばない")
        self._show_times()

    def _show_times(self) -> None:
        event = self.instance
        if event.starts_at is None:
            return
        first = timezone.localtime(event.starts_at)
        values: dict[str, Any] = {"starts_on": first.date()}
        if not event.is_all_day:
            values["starts_time"] = first.time()
        if event.ends_at is not None:
            last = timezone.localtime(event.ends_at)
            values["ends_on"] = last.date() if last.date() != first.date() else None
            values["ends_time"] = None if event.is_all_day else last.time()
        if event.apply_until_at is not None:
            values["apply_until_on"] = timezone.localdate(event.apply_until_at)
        for name, value in values.items():
            self.initial.setdefault(name, value)

    def clean_starts_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["starts_on"]
        if not timezone.localdate() - LATEST <= day <= timezone.localdate() + LATEST:
            raise ValidationError(_("年を確かめてください。"))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "starts_on" not in cleaned:
            return cleaned
        first, start = cleaned["starts_on"], cleaned.get("starts_time")
        last, end = cleaned.get("ends_on") or first, cleaned.get("ends_time")
        if start is None and end is not None:
            self.add_error("starts_time", _("終わる時刻を書くときは、始まる時刻も書いてください。"))
        elif start is not None and end is None and last != first:
            self.add_error("ends_time", _("終わる日を書くときは、終わる時刻も書いてください。"))
        elif last < first:
            self.add_error("ends_on", _("始まる日より後の日にしてください。"))
        elif start is not None and end is not None and _moment(last, end) <= _moment(first, start):
            self.add_error("ends_time", _("始まりより後の時刻にしてください。"))
        if not cleaned.get("place") and not cleaned.get("is_online"):
            self.add_error("place", _("会場を書くか、「オンラインで参加できる」を選んでください。"))
        return cleaned

    def values(self) -> dict[str, Any]:
        """What the service keeps. Call it when the form is valid."""
        cleaned = self.cleaned_data
        values = {name: cleaned[name] for name in self.Meta.fields if name in cleaned}
        first, start = cleaned["starts_on"], cleaned["starts_time"]
        last, end = cleaned["ends_on"] or first, cleaned["ends_time"]
        values["is_all_day"] = start is None
        values["starts_at"] = _moment(first, start or dt.time())
        values["ends_at"] = _moment(last, END_OF_DAY) if start is None else end and _moment(last, end)
        until = cleaned["apply_until_on"]
        # On the day itself somebody may apply until it begins.
        values["apply_until_at"] = until and min(_moment(until, END_OF_DAY), values["starts_at"])
        return values


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, timezone.get_current_timezone())


class CopyForm(forms.Form):
    """「ほかの日程に写す」: as many days as there are fields, any of them empty."""

    submit = forms.BooleanField(
        label=gettext_lazy("写したら、すぐに確認を頼む"),
        required=False,
        help_text=gettext_lazy("はずすと、下書きになります。1つずつ直してから頼めます。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = [f"day{number}" for number in range(1, MOST_COPIES + 1)]
        for number, name in enumerate(self.days, start=1):
            self.fields[name] = forms.DateField(
                label=_("%(number)d日目") % {"number": number}, required=False, widget=day_widget()
            )
        self.order_fields([*self.days, "submit"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        chosen = [cleaned[name] for name in self.days if cleaned.get(name)]
        cleaned["dates"] = sorted(set(chosen))
        if not chosen and not self.errors:
            raise ValidationError(_("日付を1つ以上選んでください。"))
        today = timezone.localdate()
        for name in self.days:
            day = cleaned.get(name)
            if day and not today <= day <= today + LATEST:
                self.add_error(name, _("きょうより後の日にしてください。年も確かめてください。"))
        return cleaned


class ReasonForm(forms.Form):
    """Why something is returned, stopped or cancelled."""

    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, is_needed: bool = True, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_needed
        self.fields["reason"].help_text = hint

    def clean_reason(self) -> str:
        return clean(self.cleaned_data["reason"])
