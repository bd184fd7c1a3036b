"""What a body writes to join, and what the applicant may do with it afterwards."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.corporate_numbers import compact_corporate_number
from members.models import Application, Charter, JoiningCriterion, JoiningRules, Sector
from platform_portal.japanese.text import clean, katakana, normalize_width
from platform_portal.public_forms import PublicForm
from platform_portal.region.models import Municipality, PortalSettings

BODY_FIELDS = (
    "organization_name",
    "organization_kana",
    "sector",
    "corporate_number",
    "municipality",
    "address",
    "website",
    "activity",
    "motive",
    "is_listed",
)
CONTACT_FIELDS = ("contact_name", "contact_section", "contact_email", "contact_phone")


class ApplicationFields(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The fields that applicants write, and later correct."""

    corporate_number = forms.CharField(
        label=gettext_lazy("法人番号"),
        required=False,
        max_length=30,
        help_text=gettext_lazy(
            "13桁の数字です。同じ団体が二重に登録されないように聞きます。なければ、空けてください。"
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    website = forms.URLField(
        label=gettext_lazy("ウェブサイト"),
        required=False,
        max_length=300,
        assume_scheme="https",
        # Not type="url": browsers refuse the addresses that stand on leaflets, which carry no https://.
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        help_text=gettext_lazy("活動のようすを知るために見ます。"),
        error_messages={"invalid": gettext_lazy("https:// で始まるアドレスを書いてください。")},
    )

    class Meta:
        model = Application
        fields: tuple[str, ...] = (*BODY_FIELDS, *CONTACT_FIELDS)
        widgets = {
            "organization_name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "activity": forms.Textarea(attrs={"rows": 5}),
            "motive": forms.Textarea(attrs={"rows": 4}),
            "contact_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "contact_section": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "contact_email": forms.TextInput(
                attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "off"}
            ),
            "contact_phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        }
        help_texts = {
            "organization_name": gettext_lazy("正式な名前を書いてください。"),
            "organization_kana": gettext_lazy("一覧を五十音順に並べるために聞きます。"),
            "sector": gettext_lazy("いちばん近いものを1つ選んでください。"),
            "municipality": gettext_lazy("県外の団体は、空けてください。"),
            "address": gettext_lazy("書類を送るときに使います。公開しません。"),
            "activity": gettext_lazy(
                "だれのために、何を、どのくらいしているか。会員団体の一覧では、紹介文になります。"
            ),
            "motive": gettext_lazy("いっしょに取り組みたいことがあれば、書いてください。"),
            "is_listed": gettext_lazy(
                "団体の名前と紹介を、このポータルで公開します。担当者のことは公開しません。"
            ),
            "contact_section": gettext_lazy("なければ、空けてください。"),
            "contact_email": gettext_lazy(
                "このアドレスに、申込を確定するためのメールを送ります。公開しません。"
            ),
            "contact_phone": gettext_lazy("申込について聞きたいときに使います。公開しません。"),
        }
        error_messages = {
            "organization_name": {"required": gettext_lazy("団体の名前を書いてください。")},
            "sector": {"required": gettext_lazy("活動分野を1つ選んでください。")},
            "activity": {"required": gettext_lazy("活動の内容を書いてください。")},
            "contact_name": {"required": gettext_lazy("担当する人の名前を書いてください。")},
            "contact_email": {"required": gettext_lazy("メールアドレスを書いてください。")},
            "contact_phone": {"required": gettext_lazy("電話番号を書いてください。")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sector: Any = self.fields["sector"]
        # What was chosen once may be kept, even if staff no longer offer it.
        sector.queryset = Sector.objects.filter(Q(is_active=True) | Q(pk=self.instance.sector_id))
        sector.empty_label = _("選んでください")
        municipality: Any = self.fields["municipality"]
        municipality.queryset = Municipality.objects.own()
        municipality.empty_label = _("選んでください")
        for name in ("organization_name", "contact_name"):
            self.fields[name].error_messages["max_length"] = _("もう少し短く書いてください。")

    def clean_organization_name(self) -> str:
        return clean(self.cleaned_data["organization_name"])

    def clean_organization_kana(self) -> str:
        return katakana(clean(self.cleaned_data["organization_kana"]))

    def clean_corporate_number(self) -> str:
        return compact_corporate_number(self.cleaned_data["corporate_number"])

    def clean_contact_phone(self) -> str:
        phone = normalize_width(self.cleaned_data["contact_phone"])
        if sum(character.isdigit() for character in phone) < 9:
            raise ValidationError(_("電話番号を、市外局番から書いてください。"), code="phone")
        return phone

    def values(self) -> dict[str, Any]:
        """What the service keeps."""
        return {
            name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data
        }


def _half_width_email(data: Any) -> Any:
    """Addresses are often typed with the Japanese keyboard on."""
    if data is None or not data.get("contact_email"):
        return data
    data = data.copy()
    data["contact_email"] = normalize_width(data["contact_email"]).strip()
    return data


class JoinForm(PublicForm, ApplicationFields):
    """The public form. `charter` is the version that is shown and agreed to."""

    purpose = "join"

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    charter_hash = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    met = forms.MultipleChoiceField(
        label=gettext_lazy("入会の条件"),
        help_text=gettext_lazy("当てはまるものに印を付けてください。"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    consent = forms.BooleanField(
        label=gettext_lazy("設置要綱を読み、同意します"),
        error_messages={"required": gettext_lazy("設置要綱を読んで、同意するときは印を付けてください。")},
    )

    class Meta(ApplicationFields.Meta):
        fields = ("is_individual", *ApplicationFields.Meta.fields)

    def __init__(self, data: Any = None, *, rules: JoiningRules, charter: Charter, **kwargs: Any) -> None:
        self.charter = charter
        self.criteria = list(JoiningCriterion.objects.active())
        super().__init__(_half_width_email(data), **kwargs)
        self.initial.update(form_id=uuid.uuid4(), charter_hash=charter.text_hash)
        met: Any = self.fields["met"]
        met.choices = [
            (row.slug, row.text + (_("（必須）") if row.is_required else "")) for row in self.criteria
        ]
        if not self.criteria:
            del self.fields["met"]
        if not rules.accepts_individuals:
            del self.fields["is_individual"]

    def clean_form_id(self) -> uuid.UUID:
        """Forms of somebody's own making have none; they get one."""
        return self.cleaned_data["form_id"] or uuid.uuid4()

    def clean_met(self) -> list[str]:
        met: list[str] = self.cleaned_data["met"]
        missing = [row for row in self.criteria if row.is_required and row.slug not in met]
        if missing:
            raise ValidationError(
                [
                    _("「%(text)s」に印がありません。%(whom)s") % {"text": row.text, "whom": _whom_to_ask()}
                    for row in missing
                ]
            )
        return met

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("charter_hash") != self.charter.text_hash:
            self.ask_again()
        return cleaned

    def ask_again(self) -> None:
        """The charter has changed since it was shown: the new words are shown and must be agreed to anew."""
        self.show_again(charter_hash=self.charter.text_hash, consent="")
        if "consent" not in self.errors:
            self.add_error(
                "consent",
                _(
                    "書いているあいだに、設置要綱が変わりました。"
                    "新しい設置要綱を読んで、同意するときは印を付けてください。"
                ),
            )

    def ticked(self) -> list[dict[str, Any]]:
        """The criteria in the words that were shown, and whether each was met."""
        met = self.cleaned_data.get("met", [])
        return [
            {"text": row.text, "is_required": row.is_required, "is_met": row.slug in met}
            for row in self.criteria
        ]


def _whom_to_ask() -> str:
    portal = PortalSettings.load()
    if not portal.can_be_reached:
        return ""
    ways = [way for way in (portal.secretariat_phone, portal.secretariat_email) if way]
    return _("当てはまらないときや迷うときは、申し込む前に%(who)s（%(ways)s）に聞いてください。") % {
        "who": portal.secretariat_name or _("事務局"),
        "ways": "・".join(ways),
    }


class AnswerForm(ApplicationFields):
    """The answer to the secretariat's questions, with the chance to correct what was written."""

    answer = forms.CharField(
        label=gettext_lazy("質問への返事"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("質問への返事を書いてください。")},
    )

    class Meta(ApplicationFields.Meta):
        # The address was confirmed by the mail; another one would have to be confirmed anew.
        fields = tuple(name for name in ApplicationFields.Meta.fields if name != "contact_email")

    field_order = ("answer", *BODY_FIELDS)
