"""The form of the portal's settings."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from platform_portal.japanese.phone import read_phone
from platform_portal.region.models import PortalSettings
from platform_portal.region.services import SETTINGS_FIELDS
from platform_portal.seen_forms import SeenForm


class PortalSettingsForm(SeenForm):
    """`phone_warning`: what looks wrong about the number but may be right, or empty."""

    class Meta:
        model = PortalSettings
        fields = list(SETTINGS_FIELDS)
        help_texts = {
            "portal_name": _("すべてのページの上と、メールの差出人と最後に出ます。"),
            "prefecture": _("住民のページでは、この都道府県の市町村から選べます。"),
            "secretariat_postal_code": _("例：760-8570"),
            "secretariat_phone": _("例：087-832-0000"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phone_warning = ""
        cast("forms.ModelChoiceField[Any]", self.fields["prefecture"]).empty_label = _("選んでください")

    def clean_secretariat_postal_code(self) -> str:
        """Takes full-width digits and a missing hyphen."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["secretariat_postal_code"]).strip()
        digits = re.sub(r"[\s\-‐‑–—−ー〒]", "", text)
        return f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 and digits.isdigit() else text

    def clean_secretariat_phone(self) -> str:
        text: str = self.cleaned_data["secretariat_phone"].strip()
        if not text:
            return ""
        shape = _("087-832-0000 のように、数字とハイフンで書いてください。")
        try:
            phone = read_phone(text)
        except forms.ValidationError as error:
            raise forms.ValidationError(shape) from error
        if not re.fullmatch(r"\+?\d{9,}", phone.digits):  # a short dial is nobody's secretariat
            raise forms.ValidationError(shape)
        if "secretariat_phone" in self.changed_data:
            self.phone_warning = phone.warning
        return phone.display

    def _post_clean(self) -> None:
        """The service builds and checks the row; this form only reads what was typed."""
