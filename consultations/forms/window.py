"""A window's own fields."""

import datetime as dt
import re
import unicodedata
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Func, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.desk import guard_text
from consultations.models import AreaScope, Asker, Category, ConsultationWindow
from consultations.presenting.languages import all_language_choices
from members.models import Organization
from platform_portal.japanese.text import katakana
from platform_portal.region.models import Municipality

_LEAP_YEAR = 2024
_STORED = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|[-/.])(\d{1,2})日?")


class MonthDayField(forms.CharField):
    """A day of every year: 12/29, 12月29日, 12-29. Cleans to `12-29`, shows `12/29`."""

    def prepare_value(self, value: Any) -> Any:
        match = _STORED.fullmatch(value) if isinstance(value, str) else None
        return f"{int(match[1])}/{int(match[2])}" if match else value

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", super().to_python(value) or "").strip()
        if not text:
            return ""
        match = _MONTH_DAY.fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)
            return f"{dt.date(_LEAP_YEAR, int(match[1]), int(match[2])):%m-%d}"
        except ValueError as error:
            raise ValidationError(_("12/29 のように書いてください。"), code="month_day") from error


class OrganizationField(forms.CharField):
    """A member named by its ID or by (part of) its name. Cleans to the organisation or None.

    `current` is taken even after it has left: whoever mends something else need not settle that first.
    """

    current: Organization | None = None

    def prepare_value(self, value: Any) -> Any:
        """The stored key is shown as the name; what somebody typed stays as it is."""
        if self.current is not None and value == self.current.pk:
            return self.current.name
        return value

    def clean(self, value: Any) -> Any:
        words = unicodedata.normalize("NFKC", super().clean(value) or "").strip()
        if not words:
            return None
        if self.current is not None and words in {
            self.current.public_id,
            unicodedata.normalize("NFKC", self.current.name),
        }:
            return self.current
        return _organization_named(words)


def _organization_named(words: str) -> Organization:
    # As people type it and as it is shown: brackets and digits of either width are the same name.
    members = Organization.objects.active().annotate(
        plain_name=Func("name", template="NORMALIZE(%(expressions)s, NFKC)", output_field=TextField())
    )
    exact = list(members.filter(public_id=words)) or list(members.filter(plain_name=words)[:2])
    found = exact if len(exact) == 1 else list(members.filter(plain_name__icontains=words)[:6])
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValidationError(
            _("加入中の団体に「%(words)s」は見つかりません。団体でないときは「運営者」だけを書きます。"),
            params={"words": words},
            code="unknown",
        )
    names = "、".join(f"{each.name}（{each.public_id}）" for each in found[:5])
    raise ValidationError(
        _("「%(words)s」にあてはまる団体がいくつかあります。IDで書いてください：%(names)s"),
        params={"words": words, "names": names},
        code="several",
    )


class WindowForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("分野"),
        queryset=Category.objects.published(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "many"}),
        help_text=gettext_lazy("あてはまるものをすべて。公開するには1つ以上要ります。"),
    )
    municipalities = forms.ModelMultipleChoiceField(
        label=gettext_lazy("市町"),
        queryset=Municipality.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "many"}),
        help_text=gettext_lazy("地域の範囲が「市町を選ぶ」のとき。"),
    )
    organization = OrganizationField(
        label=gettext_lazy("運営団体（会員団体）"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "会員団体が運営するとき、名前かIDを書きます。名前は一部でもかまいません。団体の担当者が変更を申し出られるようになります。"
        ),
        widget=forms.TextInput(attrs={"list": "organization-names", "autocomplete": "off"}),
    )
    askers = forms.MultipleChoiceField(
        label=gettext_lazy("相談できる人"),
        choices=Asker.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline"}),
        help_text=gettext_lazy("選ばなければ、だれでも相談できるものとして扱います。"),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("使える言語"),
        choices=all_language_choices(),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "many"}),
        help_text=gettext_lazy("日本語だけなら、選ばなくてかまいません。"),
    )
    website = forms.URLField(
        label=gettext_lazy("ウェブサイト"),
        max_length=300,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("https:// で始まるアドレスを書いてください。")},
    )
    year_end_from = MonthDayField(
        label=gettext_lazy("年末年始の休み（から）"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"placeholder": "12/29"}),
    )
    year_end_to = MonthDayField(
        label=gettext_lazy("年末年始の休み（まで）"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"placeholder": "1/3"}),
    )
    is_verified_now = forms.BooleanField(
        label=gettext_lazy("今日、番号・受付時間などを窓口のページや電話で確かめた"),
        required=False,
        help_text=gettext_lazy(
            "下書きで、印をつけずに番号・リンク・受付時間・住所を変えると、「確かめた日」は消えます。公開中の窓口でこれらを変えたときは、認める人が確かめた日になります。"
        ),
    )

    class Meta:
        model = ConsultationWindow
        fields = (
            "name",
            "kana",
            "description",
            "organization",
            "operator",
            "categories",
            "askers",
            "minimum_age",
            "maximum_age",
            "is_women_only",
            "eligibility",
            "area_scope",
            "municipalities",
            "fee",
            "fee_note",
            "anonymity",
            "languages",
            "who_answers",
            "what_is_asked",
            "confidentiality",
            "address",
            "address_visibility",
            "website",
            "hours_text",
            "is_by_appointment",
            "year_end_from",
            "year_end_to",
            "valid_from",
            "valid_to",
            "verification_interval",
            "source",
            "source_on",
            "internal_note",
        )
        widgets = {
            **{
                name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                for name in ("valid_from", "valid_to", "source_on")
            },
            "description": forms.Textarea(attrs={"rows": 4}),
            "hours_text": forms.Textarea(attrs={"rows": 3}),
            "internal_note": forms.Textarea(attrs={"rows": 3}),
            "eligibility": forms.TextInput(),
        }
        help_texts = {
            "kana": gettext_lazy("並べる順に使います。"),
            "description": gettext_lazy(
                "住民の言葉で、短く。例：お金のこと、家のこと、仕事のことを、まとめて相談できます。"
            ),
            "operator": gettext_lazy("会員団体でないとき、または団体とちがう名前で見せたいとき。"),
            "hours_text": gettext_lazy(
                "窓口のページやちらしにある受付時間を、そのまま貼り付けます。休みの日も入れてください。"
            ),
            "address_visibility": gettext_lazy("避難先など、知られては困る場所は「公開しない」にします。"),
            "internal_note": gettext_lazy("職員だけが見ます。個人のことは書かないでください。"),
            "is_by_appointment": gettext_lazy("予約した人だけが相談できるとき。「受付中」とは出しません。"),
            "source": gettext_lazy("どのページ・ちらしから写したか。"),
            "valid_from": gettext_lazy("期間のある相談（強化週間など）だけ。"),
        }
        error_messages = {"name": {"required": gettext_lazy("名称を書いてください。")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(OrganizationField, self.fields["organization"]).current = self.instance.organization
        municipalities = cast("forms.ModelMultipleChoiceField[Any]", self.fields["municipalities"])
        municipalities.queryset = Municipality.objects.own()
        guard_text(self)

    def clean_kana(self) -> str:
        return katakana(unicodedata.normalize("NFKC", self.cleaned_data["kana"])).strip()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        is_local = values.get("area_scope") == AreaScope.MUNICIPALITY
        if is_local and not values.get("municipalities"):
            self.add_error("municipalities", _("市町を1つ以上選んでください。"))
        if not is_local and values.get("area_scope"):
            values["municipalities"] = Municipality.objects.none()
        for name in ("valid_from", "valid_to", "source_on"):
            day = values.get(name)
            if day is not None and not 1990 <= day.year <= 2100:
                self.add_error(name, _("1990年から2100年までの日付を書いてください。"))
        return values
