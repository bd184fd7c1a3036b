"""The form of the portal's settings."""

import re
import unicodedata
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from platform_portal.region.models import PortalSettings
from platform_portal.region.services import SETTINGS_FIELDS


class PortalSettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = PortalSettings
        fields = list(SETTINGS_FIELDS)
        help_texts = {
            "portal_name": _("すべてのページの上と、メールの最後に出ます。"),
            "prefecture": _("住民のページでは、この都道府県の市町村から選べます。"),
            "secretariat_postal_code": _("例：760-8570"),
            "secretariat_phone": _("例：087-832-0000"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Any]", self.fields["prefecture"]).empty_label = _("選んでください")

    def clean_secretariat_postal_code(self) -> str:
        """Takes full-width digits and a missing hyphen."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["secretariat_postal_code"]).strip()
        digits = re.sub(r"[\s\-‐‑–—−ー〒]", "", text)
        return f"{digits[:3]}-{digits[3:]}" if len(digits) == 7 and digits.isdigit() else text

    def clean_secretariat_phone(self) -> str:
        text = unicodedata.normalize("NFKC", self.cleaned_data["secretariat_phone"]).strip()
        text = re.sub(r"[‐‑–—−ー]", "-", text)
        if text and not re.fullmatch(r"[0-9][0-9-]{8,18}[0-9]", text):
            raise forms.ValidationError(_("087-832-0000 のように、数字とハイフンで書いてください。"))
        return text

    def _post_clean(self) -> None:
        """The service builds and checks the row; this form only reads what was typed."""
