"""The parts of a window of which there are several: channels, dated exceptions, fallbacks."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.contacts import Contact, read_contact, suggest_contact
from consultations.forms.desk import DeskForm, RowSet, guard_text
from consultations.hours.rules import UnsupportedSyntaxError, read_spans, write_spans
from consultations.hours_words import read_hours_text
from consultations.limits import MAX_CHANNELS, MAX_EXCEPTIONS, MAX_FALLBACKS
from consultations.models import Channel, ChannelKind, ConsultationWindow, Toll
from consultations.models.kinds import LINK_KINDS
from consultations.presenting.languages import all_language_choices

IP_PHONE = [
    ("", gettext_lazy("分からない")),
    ("True", gettext_lazy("かけられる")),
    ("False", gettext_lazy("かけられない")),
]


class ChannelForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """`warnings`: sentences about what looks wrong but may be right. `suggestion`: how `value` is likely meant."""

    accepts_ip_phone = forms.TypedChoiceField(
        label=gettext_lazy("IP電話（050など）から"),
        choices=IP_PHONE,
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("この手段で使える言語（日本語だけなら選びません）"),
        choices=all_language_choices(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "many"}),
    )

    class Meta:
        model = Channel
        fields = (
            "kind",
            "value",
            "toll",
            "accepts_ip_phone",
            "reach_note",
            "note",
            "is_by_appointment",
            "hours_text",
            "opening_hours",
            "languages",
        )
        help_texts = {
            "value": gettext_lazy("電話番号、https:// で始まるアドレス、メールアドレス、場所など。"),
            "toll": gettext_lazy("「分かりません」のままなら、番号から分かる範囲で入れます。"),
            "reach_note": gettext_lazy("例：県内からだけつながる"),
            "hours_text": gettext_lazy("窓口とちがう時間のときだけ。公表されたとおりに書きます。"),
            "opening_hours": gettext_lazy(
                "窓口とちがう時間のときだけ。例：平日 9:00〜12:00（規則 Mo-Fr 09:00-12:00 でも書けます）"
            ),
            "is_by_appointment": gettext_lazy("予約した人だけが使える手段のとき。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []
        self.suggestion = ""
        self.fields["toll"].required = False
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("選んでください")), *ChannelKind.choices]  # instead of a row of dashes
        kind.error_messages["required"] = str(_("種類を選んでください。"))
        guard_text(self)

    def clean_toll(self) -> str:
        return self.cleaned_data["toll"] or Toll.UNKNOWN

    def clean_opening_hours(self) -> str:
        rule: str = self.cleaned_data["opening_hours"].strip()
        if not rule:
            return ""
        read = read_hours_text(rule)
        if read.opening_hours is None or read.confidence != "exact":
            raise ValidationError(
                _("すべては読み取れませんでした：%(text)s。平日 9:00〜12:00 のように書いてください。"),
                params={"text": read.unparsed or rule},
                code="rule",
            )
        return read.opening_hours

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.cleaned_data.get("DELETE"):
            return values
        kind = values.get("kind")
        values["digits"] = ""
        if values.get("hours_text") and not values.get("opening_hours") and "hours_text" in self.changed_data:
            self.warnings.append(
                _("%(kind)s：受付時間の文だけがあり、規則がありません。窓口と同じ時間として扱います。")
                % {"kind": ChannelKind(kind).label if kind in ChannelKind.values else ""}
            )
        try:
            contact = read_contact(kind or "", values.get("value", ""))
        except ValidationError as error:
            self.suggestion = suggest_contact(kind or "", values.get("value", ""))
            self.add_error("value", error)
        else:
            self._take(contact, values)
        return values

    def _take(self, contact: Contact, values: dict[str, Any]) -> None:
        kind = values.get("kind")
        values["value"], values["digits"] = contact.value, contact.digits
        self.instance.digits = contact.digits
        if contact.warning and "value" in self.changed_data:
            self.warnings.append(f"{contact.value}：{contact.warning}")
            self.suggestion = suggest_contact(kind or "", contact.value)
        if values.get("toll") in {"", None, Toll.UNKNOWN}:
            values["toll"] = contact.toll
        if kind in LINK_KINDS and not contact.value:
            self.warnings.append(_("リンクのアドレスがありません。住民は自分でさがすことになります。"))
        if kind == ChannelKind.EMAIL and not contact.value:
            self.add_error("value", _("メールアドレスを書いてください（例：soudan@pref.example.jp）。"))

    def content(self) -> dict[str, Any]:
        """Values for services.CHANNEL_FIELDS."""
        names = (*self.Meta.fields, "digits")
        return {name: self.cleaned_data[name] for name in names}


class ExceptionForm(DeskForm):
    on = forms.DateField(
        label=gettext_lazy("日付"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("日付を書いてください。"),
            "invalid": gettext_lazy("2026-12-28 のように書いてください。"),
        },
    )
    spans = forms.CharField(
        label=gettext_lazy("その日の時間"),
        help_text=gettext_lazy("空欄は休み。例：10:00〜12:00、13:00〜15:00"),
        max_length=100,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("住民の画面に出ます。例：停電のため"),
        max_length=100,
        error_messages={"required": gettext_lazy("理由を書いてください。")},
    )

    def clean_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["on"]
        if not 2000 <= on.year <= 2100:
            raise ValidationError(_("2000年から2100年までの日付を書いてください。"))
        return on

    def clean_spans(self) -> str:
        text = unicodedata.normalize("NFKC", self.cleaned_data["spans"]).strip()
        text = re.sub(r"\s*[~〜～−ー–から]+\s*", "-", text).replace("まで", "")
        text = re.sub(r"[、\s]+", ",", text).strip(",")
        if not text:
            return ""
        if not re.fullmatch(r"\d{1,2}:\d{2}-\d{1,2}:\d{2}(,\d{1,2}:\d{2}-\d{1,2}:\d{2})*", text):
            raise ValidationError(_("10:00〜12:00 のように書いてください。2つあるときは「、」で区切ります。"))
        try:
            return write_spans(read_spans(text))
        except UnsupportedSyntaxError as error:
            raise ValidationError(
                _("10:00〜12:00 のように書いてください。2つあるときは「、」で区切ります。")
            ) from error


class FallbackForm(DeskForm):
    """A window named by its ID or by (part of) its name. Cleans to the window.

    `known`: by name, the fallbacks that the window has already. They may stay although they are not published just now.
    """

    target = forms.CharField(
        label=gettext_lazy("代わりの窓口"),
        help_text=gettext_lazy("名称かIDを書きます。名称は一部でもかまいません。"),
        max_length=120,
        widget=forms.TextInput(attrs={"list": "fallback-names", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, known: Mapping[str, ConsultationWindow] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.known = known or {}

    def clean_target(self) -> ConsultationWindow:
        words = self.cleaned_data["target"].strip()
        if words in self.known:
            return self.known[words]
        windows = ConsultationWindow.objects.published()
        exact = list(windows.filter(public_id=words)) or list(windows.filter(name=words)[:2])
        found = exact or list(windows.filter(name__icontains=words).order_by("kana", "pk")[:6])
        if len(found) == 1:
            window: ConsultationWindow = found[0]
            return window
        if not found:
            raise ValidationError(_("公開中の窓口に「%(words)s」は見つかりません。"), params={"words": words})
        names = "、".join(f"{each.name}（{each.public_id}）" for each in found[:5])
        raise ValidationError(
            _("「%(words)s」にあてはまる窓口がいくつかあります。IDで書いてください：%(names)s"),
            params={"words": words, "names": names},
        )


class ChannelFormSetBase(RowSet):
    @property
    def warnings(self) -> list[str]:
        return [warning for form in self.kept for warning in form.warnings]


class ExceptionFormSetBase(RowSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        days = [form.cleaned_data["on"] for form in self.kept]
        twice = {day for day in days if days.count(day) > 1}
        if twice:
            raise ValidationError(
                _("同じ日が2回あります：%(days)s"), params={"days": "、".join(map(str, sorted(twice)))}
            )


class FallbackFormSetBase(RowSet):
    """`itself`: the window that must not be its own fallback."""

    itself: ConsultationWindow | None = None

    def clean(self) -> None:
        if any(self.errors):
            return
        targets = [form.cleaned_data["target"] for form in self.kept]
        if len(set(targets)) != len(targets):
            raise ValidationError(_("同じ窓口が2回あります。"))
        if self.itself is not None and self.itself in targets:
            raise ValidationError(_("代わりの窓口に、その窓口自身は選べません。"))


ChannelFormSet = forms.formset_factory(
    ChannelForm,
    formset=ChannelFormSetBase,
    extra=0,
    can_order=True,
    can_delete=True,
    max_num=MAX_CHANNELS,
    absolute_max=MAX_CHANNELS,
)
ExceptionFormSet = forms.formset_factory(
    ExceptionForm,
    formset=ExceptionFormSetBase,
    extra=0,
    can_delete=True,
    max_num=MAX_EXCEPTIONS,
    absolute_max=MAX_EXCEPTIONS,
)
FallbackFormSet = forms.formset_factory(
    FallbackForm,
    formset=FallbackFormSetBase,
    extra=0,
    can_order=True,
    can_delete=True,
    max_num=MAX_FALLBACKS,
    absolute_max=MAX_FALLBACKS,
)
