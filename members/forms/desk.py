"""Forms with which administrators invite people and change accounts."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Invitation, User
from platform_portal.access.roles import Role
from platform_portal.seen_forms import SeenForm

ROLE_HINT = _(
    "管理者：利用者の管理もできます。事務局：窓口と設定。県職員：窓口。"
    "会員団体の担当者：職員のページは使えません。"
)


def half_width(text: str) -> str:
    """Addresses are often typed with the Japanese keyboard on."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    role = forms.ChoiceField(
        label=_("権限"), choices=[("", _("選んでください")), *Role.choices], help_text=ROLE_HINT
    )

    class Meta:
        model = Invitation
        fields = ["email", "name", "section", "role"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off"})}
        help_texts = {
            "email": _("このアドレスに、登録のページの案内が届きます。"),
            "section": _("課や団体の名前です。"),
        }

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "email" in data:
            data = data.copy()
            data["email"] = half_width(data["email"])
        super().__init__(data, *args, **kwargs)

    def _post_clean(self) -> None:
        """The service builds and checks the row; this form only reads what was typed."""


class UserForm(SeenForm):
    role = forms.ChoiceField(label=_("権限"), choices=Role.choices, help_text=ROLE_HINT)

    class Meta:
        model = User
        fields = ["name", "section", "role"]
        help_texts = {"section": _("課や団体の名前です。")}

    def __init__(self, *args: Any, role_locked_because: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if role_locked_because:
            # A disabled field ignores what a forged request sends.
            self.fields["role"].disabled = True
            self.fields["role"].help_text = role_locked_because

    def _post_clean(self) -> None:
        """The service builds and checks the row; this form only reads what was typed."""


class PersonForm(forms.Form):
    """Whose data; goes by POST and never into an address."""

    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("利用者のほか、入会申込・招待・メールのあて先もさがします。"),
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "email" in data:
            data = data.copy()
            data["email"] = half_width(data["email"])
        super().__init__(data, *args, **kwargs)
