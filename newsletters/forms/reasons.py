"""Why something is stopped."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("公開をやめる理由"),
        help_text=_("記録に残ります。読む人には見せません。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("やめる理由"),
        help_text=_("記録に残ります。読む人には見せません。"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
