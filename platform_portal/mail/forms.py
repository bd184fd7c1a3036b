"""Looking for mails."""

from django import forms
from django.utils.translation import gettext_lazy as _


class MailSearchForm(forms.Form):
    """Addresses are personal data: they go by POST and stay in the session, never in an address."""

    words = forms.CharField(label=_("あて先"), max_length=100, required=False)
