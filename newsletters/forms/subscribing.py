"""What a reader writes: which newsletters, where to; and the words under which they are sent."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletters.addresses import clean_address
from newsletters.models import ConsentText, Newsletter
from platform_portal.public_forms import PublicForm


class NewslettersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}：{obj.description}" if obj.description else str(obj.name)


class ConsentForm(PublicForm):
    """Carries the version of the words that were shown: another one since then is shown first."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    newsletters = NewslettersField(
        label=gettext_lazy("受け取るメルマガ"),
        queryset=Newsletter.objects.none(),
        to_field_name="public_id",
        error_messages={
            "required": gettext_lazy("メルマガを、1つは選んでください。"),
            "invalid_choice": gettext_lazy("いまは発行していないメルマガがあります。選びなおしてください。"),
        },
    )

    def __init__(self, data: Any = None, *, offered: Any, text: ConsentText, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.text = text
        self.initial.setdefault("version", text.version)
        newsletters: Any = self.fields["newsletters"]
        newsletters.queryset = offered
        self.is_offered = bool(newsletters.choices)

    def clean_version(self) -> int:
        if self.cleaned_data["version"] != self.text.version:
            self.show_again(version=str(self.text.version))
            raise ValidationError(
                _("同意の文が新しくなりました。読んで、もう一度「%(button)s」を押してください。"),
                params={"button": self.button},
            )
        return self.text.version


class SubscribeForm(ConsentForm):
    purpose = "newsletter-subscribe"
    button = gettext_lazy("確認のメールを受け取る")

    # Checked by clean_address: the field's own rule knows no address as the Japanese keyboard types it.
    address = forms.CharField(
        label=gettext_lazy("メールアドレス"),
        max_length=1000,
        strip=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "off"}
        ),
        help_text=gettext_lazy(
            "ほかの人も見られるアドレスでは、届いたメールをその人も読めます。ひとりで使うアドレスを書いてください。"
        ),
        error_messages={"required": gettext_lazy("メールアドレスを書いてください。")},
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("上の文に同意します"),
        error_messages={"required": gettext_lazy("上の文を読んで、よければ印をつけてください。")},
    )
    field_order = ("newsletters", "address", "agrees")

    def clean_address(self) -> str:
        return clean_address(self.cleaned_data["address"])


class ConfirmForm(PublicForm):
    """One press: nothing but the token."""

    purpose = "newsletter-confirm"
    button = gettext_lazy("登録する")


class ChooseForm(ConsentForm):
    purpose = "newsletter-choose"
    button = gettext_lazy("この内容にする")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["newsletters"].required = False  # none at all: leaving
