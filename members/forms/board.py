"""Forms of the matching board."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.forms.masters import ReadsOnly
from members.models import Offer, OfferResource, OfferSide, Organization
from members.models.board import LONGEST_DAYS, MESSAGE_LENGTH, in_half_a_year
from platform_portal.region.models import Municipality


class OrganizationField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """In whose name; hidden when there is only one to choose."""

    def __init__(self, organizations: Sequence[Organization], label: Any) -> None:
        rows = Organization.objects.filter(pk__in=[one.pk for one in organizations])
        super().__init__(rows, label=label, to_field_name="public_id", empty_label=None)
        if len(organizations) == 1:
            self.widget = forms.HiddenInput()
            self.initial = organizations[0].public_id


class OfferForm(ReadsOnly):
    field_order = ("organization", "side", "resource", "title", "text", "municipality", "valid_to")

    side = forms.ChoiceField(
        label=gettext_lazy("どちらですか"), choices=OfferSide.choices, widget=forms.RadioSelect
    )
    resource = forms.ChoiceField(
        label=gettext_lazy("種類"), choices=OfferResource.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Offer
        fields = ("side", "resource", "title", "text", "municipality", "valid_to")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 8}),
            "valid_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "title": gettext_lazy("60文字まで。例：子ども食堂に、お米を毎月30キロまで"),
            "text": gettext_lazy(
                "量、時期、条件などを書いてください。連絡先がなくても、このポータルでやりとりできます。"
                "相談者の名前など、個人のことは書かないでください。"
            ),
            "municipality": gettext_lazy("場所を問わないときは、選ばないでください。"),
            "valid_to": gettext_lazy("1年先まで選べます。期限の14日前に、メールで知らせます。"),
        }

    def __init__(self, *args: Any, organizations: Sequence[Organization] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organizations:
            self.fields["organization"] = OrganizationField(organizations, _("載せる団体"))
            self.order_fields(self.field_order)
        place: Any = self.fields["municipality"]  # a ModelChoiceField
        place.queryset = Municipality.objects.own()
        place.empty_label = _("場所を問わない")
        if not self.instance.is_open_or_new:
            self.initial["valid_to"] = in_half_a_year()

    def clean_valid_to(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_to"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("きょうより後の日にしてください。"))
        if day > today + dt.timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(
                _("載せておけるのは、きょうから1年までです。日付を見直してください。")
            )
        return day


class MessageForm(forms.Form):
    """`form_id` makes of a double click one message."""

    text = forms.CharField(
        label=gettext_lazy("メッセージ"),
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "2,000文字まで。文字だけを送れます。相談者の名前など、個人のことは書かないでください。"
        ),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, organizations: Sequence[Organization] = (), hint: str = ""
    ) -> None:
        super().__init__(data, initial={"form_id": uuid.uuid4()})
        if organizations:
            self.fields["organization"] = OrganizationField(organizations, _("どの団体として書きますか"))
            self.order_fields(["organization", "text"])
        if hint:
            self.fields["text"].help_text = hint

    def clean_form_id(self) -> uuid.UUID:
        return self.cleaned_data["form_id"] or uuid.uuid4()


class BoardReportForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("知らせたいこと"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("困ったことや、おかしいと思ったことを書いてください。"),
    )

    def __init__(self, data: Any = None, *, organizations: Sequence[Organization] = ()) -> None:
        super().__init__(data)
        if organizations:
            self.fields["organization"] = OrganizationField(organizations, _("どの団体として知らせますか"))


class HandleForm(forms.Form):
    resolution = forms.CharField(
        label=gettext_lazy("対応したこと"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("職員だけが見ます。個人の名前は書かないでください。"),
    )


class IntroduceForm(forms.Form):
    """Brings an offer together with one of those that fit."""

    second = forms.ModelChoiceField(
        Offer.objects.none(),
        label=gettext_lazy("引き合わせる掲示"),
        to_field_name="public_id",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    text = forms.CharField(
        label=gettext_lazy("はじめのメッセージ"),
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "2つの団体が、事務局からのメッセージとして読みます。個人のことは書かないでください。"
        ),
    )

    def __init__(self, data: Any = None, *, fitting: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["second"]  # a ModelChoiceField
        field.queryset = fitting
        field.label_from_instance = _in_one_line


def _in_one_line(offer: Offer) -> str:
    place = offer.municipality.name if offer.municipality else _("場所を問わない")
    return f"{offer.title}（{offer.organization.name}・{place}）"
