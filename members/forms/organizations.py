"""The entry of an organisation: as its own people write it, and as the desk does."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.corporate_numbers import compact_corporate_number
from members.logos import read_logo
from members.models import Organization, Sector, Strength
from members.models.organizations import EARLIEST_DAY
from members.profile import BY_MEMBERS, BY_STAFF
from platform_portal.japanese.text import normalize_width
from platform_portal.region.models import Municipality

HINTS = {
    "kana": _("一覧の並び順に使います。カタカナで書いてください。"),
    "corporate_number": _("13桁の数字です。ないときは空けておいてください。"),
    "address_visibility": _("自宅が事務所のときは「公開しない」を選んでください。"),
    "profile": _("どんな活動をしているか、だれでも分かる言葉で書いてください。"),
    "public_phone": _("住民のページに出ます。出さないときは空けておいてください。"),
    "public_email": _("住民のページに出ます。出さないときは空けておいてください。"),
    "office_phone": _("県と事務局だけが見ます。"),
    "office_email": _("県と事務局だけが見ます。"),
    "target_people": _("例：ひきこもりの状態にある人とその家族"),
    "is_listed": _("外すと、住民のページに名前も出ません。"),
    "internal_note": _("県と事務局だけが見ます。団体の人には見えません。"),
}


# The next day of admission may be decided a while before it comes.
MOST_DAYS_AHEAD = dt.timedelta(days=366)


def check_joined_on(on: dt.date) -> None:
    """A wrong year is the slip that is made, and nobody would notice it in a list. Raises ValidationError."""
    if on < EARLIEST_DAY or on > timezone.localdate() + MOST_DAYS_AHEAD:
        raise ValidationError(_("入会日は、1900年から1年先までの日付にしてください。年を確かめてください。"))


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What its own people may write. The service builds and checks the row; this form reads what was typed."""

    # With room for hyphens; clean_corporate_number() takes them away.
    corporate_number = forms.CharField(
        label=_("法人番号"),
        required=False,
        max_length=30,
        help_text=HINTS["corporate_number"],
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    website = forms.URLField(label=_("ウェブサイト"), required=False, max_length=300, assume_scheme="https")
    upload = forms.FileField(
        label=_("ロゴ"),
        required=False,
        help_text=_("PNG・JPEG・WebP、2MBまで。ほかの欄に誤りがあったときは、もう一度選んでください。"),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    is_logo_removed = forms.BooleanField(label=_("ロゴを消す"), required=False)

    class Meta:
        model = Organization
        fields = [name for name in BY_MEMBERS if name != "logo"]
        help_texts = HINTS
        widgets = {
            "activity_areas": forms.CheckboxSelectMultiple,
            "strengths": forms.CheckboxSelectMultiple,
            "office_phone": forms.TextInput(attrs={"inputmode": "tel"}),
            "public_phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Municipality.objects.own()
        self._offer("municipality", own)
        self._offer("activity_areas", own)
        # An entry that is not offered any more stays with whoever has it.
        kept = self.instance.pk or 0
        self._offer(
            "sector", (Sector.objects.active() | Sector.objects.filter(organizations=kept)).distinct()
        )
        self._offer(
            "strengths", (Strength.objects.active() | Strength.objects.filter(organizations=kept)).distinct()
        )

    def _offer(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows
        if getattr(field, "empty_label", None) is not None:  # check boxes have none
            field.empty_label = _("選んでください") if field.required else _("選ばない")

    def clean_corporate_number(self) -> str:
        return compact_corporate_number(self.cleaned_data["corporate_number"])

    def clean_public_phone(self) -> str:
        return normalize_width(self.cleaned_data["public_phone"]).strip()

    def clean_office_phone(self) -> str:
        return normalize_width(self.cleaned_data["office_phone"]).strip()

    def clean_upload(self) -> bytes | None:
        upload = self.cleaned_data["upload"]
        return read_logo(upload) if upload else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("upload") and cleaned.get("is_logo_removed"):
            self.add_error("is_logo_removed", _("新しいロゴを選んだときは、印を外してください。"))
        return cleaned

    def _post_clean(self) -> None:
        """Nothing is written here."""

    @property
    def new_logo(self) -> bytes | None:
        """PNG of a checked picture."""
        return self.cleaned_data.get("upload")

    def values(self) -> dict[str, Any]:
        """What the service takes, but for the logo."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class OrganizationForm(ProfileForm):
    """The desk's: with the fields that members do not change. `alike`: organisations that may be the same one."""

    alike: Sequence[Organization] = ()

    class Meta(ProfileForm.Meta):
        fields = [name for name in BY_STAFF if name != "logo"]
        widgets = {**ProfileForm.Meta.widgets, "joined_on": forms.DateInput(attrs={"type": "date"})}

    def clean_joined_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["joined_on"]
        check_joined_on(on)
        return on


class LeavingForm(forms.Form):
    on = forms.DateField(label=_("退会日"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("退会の理由"), max_length=300, help_text=_("県と事務局だけが見ます。"))

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError(_("退会日は、きょうか、過ぎた日にしてください。"))
        return on


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("差し戻す理由"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("申し出た人へのメールに、そのまま載ります。"),
    )
