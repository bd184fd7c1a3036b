"""What people write who want to come to an event, and how they take it back."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models.events import MOST_PEOPLE
from meetings.presenting.events import Seats
from platform_portal.japanese.text import clean, normalize_width
from platform_portal.public_forms import PublicForm


class ApplyForm(PublicForm):
    """What somebody writes to come: a name of their own choice and one way to be reached.

    `seats`: what is to be had, which the button says, lest anybody set out who only waits.
    """

    purpose = "event-application"

    form_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=gettext_lazy("名前（ニックネームでもかまいません）"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        help_text=gettext_lazy("受付で呼ぶ名前です。"),
        error_messages={"required": gettext_lazy("受付で呼ぶ名前を書いてください。")},
    )
    email = forms.EmailField(
        label=gettext_lazy("メールアドレス"),
        max_length=254,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "off"}
        ),
        help_text=gettext_lazy(
            "申込の結果と、変更や中止を、メールで知らせます。ほかの人に見られるアドレスは、書かないでください。"
        ),
        error_messages={"invalid": gettext_lazy("メールアドレスを確かめてください（例：hana@example.jp）。")},
    )
    phone = forms.CharField(
        label=gettext_lazy("電話番号"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=gettext_lazy("メールアドレスか電話番号の、どちらか1つでかまいません。"),
    )
    people = forms.IntegerField(
        label=gettext_lazy("来る人数（あなたを入れて）"),
        min_value=1,
        max_value=MOST_PEOPLE,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("人数を書いてください。")},
    )
    note = forms.CharField(
        label=gettext_lazy("配慮してほしいこと（書かなくてもかまいません）"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=gettext_lazy("手話通訳、車いす、こどもが一緒、途中で帰りたいなど。500文字まで。"),
    )

    def __init__(self, data: Any = None, *, seats: Seats, **kwargs: Any) -> None:
        self.seats = seats
        self.button = self.button_for(seats)
        super().__init__(_half_width(data), **kwargs)
        self.initial.setdefault("form_id", uuid.uuid4())

    @staticmethod
    def button_for(seats: Seats) -> Any:
        return (
            gettext_lazy("キャンセル待ちに申し込む") if seats == Seats.WAITING else gettext_lazy("申し込む")
        )

    def clean_form_id(self) -> uuid.UUID:
        """Forms of somebody's own making have none; they get one."""
        return self.cleaned_data["form_id"] or uuid.uuid4()

    def clean_name(self) -> str:
        return clean(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        if phone and sum(character.isdigit() for character in phone) < 9:
            raise ValidationError(_("電話番号を、市外局番から書いてください。"), code="phone")
        return str(phone)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (
            not cleaned.get("email")
            and not cleaned.get("phone")
            and not {"email", "phone"} & set(self.errors)
        ):
            self.add_error("email", _("メールアドレスか電話番号の、どちらか1つを書いてください。"))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "email", "phone", "people", "note")}


def _half_width(data: Any) -> Any:
    """Addresses and numbers are often typed with the Japanese keyboard on."""
    if data is None:
        return None
    data = data.copy()
    for name in ("email", "phone", "people"):
        if data.get(name):
            data[name] = normalize_width(data[name]).strip()
    return data


class CancelForm(PublicForm):
    """One press: nothing but the token."""

    purpose = "event-application-cancel"
    button = gettext_lazy("申込を取り消す")
