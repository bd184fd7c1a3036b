"""What a reader writes: which newsletters, where to; and the words under which they are sent."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsletters.addresses import clean_address
from newsletters.models import ConsentText, Newsletter
from platform_portal.public_forms import PublicForm, ShownAgainForm


class NewslettersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic at run time
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}：{obj.description}" if obj.description else str(obj.name)


class ConsentFields(ShownAgainForm):
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


class SubscribeForm(ConsentFields, PublicForm):
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


class ChoiceFields(ConsentFields):
    """None at all is a choice, too: leaving. `current`: what the address gets as the page is drawn.

    A page that lay open while that changed (another tab, the page before, the button in a mail) is not taken at its
    word: it is shown again with what is true now. The same click twice finds its own wish fulfilled.
    """

    button = gettext_lazy("この内容にする")

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, current: Sequence[Newsletter], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["newsletters"].required = False
        self._held = {each.public_id for each in current}
        self.initial.update(newsletters=sorted(self._held), seen=self._mark)

    @property
    def _mark(self) -> str:
        return " ".join(sorted(self._held)) or "-"

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = {each.public_id for each in values.get("newsletters") or ()}
        if values.get("seen") not in {"", self._mark} and chosen != self._held:
            self.show_again(seen=self._mark)
            raise ValidationError(
                _(
                    "画面を開いたあとに、届くメルマガが変わりました。まだ何も変えていません。"
                    "いま届くものを見て、印をつけなおしてから、もう一度「%(button)s」を押してください。"
                ),
                params={"button": self.button},
            )
        return values


class ChooseForm(ChoiceFields, PublicForm):
    """Behind a link that was mailed."""

    purpose = "newsletter-choose"


class OwnChoiceForm(ChoiceFields):
    """Of somebody signed in: the session stands for the person, and Django's token for the form."""
