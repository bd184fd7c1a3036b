"""What staff write about subscribers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from members.models import Organization
from newsletters.addresses import clean_address
from newsletters.forms.subscribing import NewslettersField
from newsletters.models import Newsletter
from newsletters.models.subscribers import LONGEST_CONSENT_TEXT


class AddressField(forms.CharField):
    """As people type it; the clean form is what counts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("メールアドレス"),
            max_length=1000,
            strip=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        return clean_address(super().clean(value))


class SubscriberForm(forms.Form):
    address = AddressField()
    newsletters = NewslettersField(
        label=gettext_lazy("送るメルマガ"), queryset=Newsletter.objects.none(), to_field_name="public_id"
    )
    organization = forms.ModelChoiceField(
        label=gettext_lazy("会員団体"),
        queryset=Organization.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("会員団体の人ではない"),
        help_text=gettext_lazy("会員団体だけのメルマガを送るときは、選んでください。"),
    )
    proof = forms.CharField(
        label=gettext_lazy("同意の記録のありか"),
        max_length=300,
        help_text=gettext_lazy(
            "本人がいつ、どのように頼んだかが、あとで確かめられるように書きます（例：11月2日の講座の申込用紙。事務局のファイル3）。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["newsletters"].queryset = Newsletter.objects.active()
        fields["organization"].queryset = Organization.objects.active().order_by("kana", "name", "pk")


class SuppressionForm(forms.Form):
    address = AddressField()
    note = forms.CharField(
        label=gettext_lazy("メモ"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("だれから、いつ頼まれたかなど。職員だけが見ます。"),
    )


class ConsentTextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("文章"),
        max_length=LONGEST_CONSENT_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "だれが、何を、どのくらい送るか、いつでもやめられることを書きます。2,000文字まで。"
        ),
    )
