"""What residents may send: their own words, and a mistake they noticed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.models import ErrorReport
from platform_portal.public_forms import PublicForm

MAX_WORDS = 300


class SearchForm(forms.Form):
    words = forms.CharField(
        label=_("困っていることを、あなたの言葉で"),
        max_length=MAX_WORDS,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
                "enterkeyhint": "search",
            }
        ),
        error_messages={
            "required": _("困っていることを、ひとことでよいので書いてください。"),
            "max_length": _("少し長いようです。%(limit_value)d文字までにしてください。"),
        },
    )


class ErrorReportForm(PublicForm):
    purpose = "error-report"

    kind = forms.ChoiceField(
        label=_("どこがちがいますか"),
        choices=ErrorReport.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("ひとつ選んでください。"),
            "invalid_choice": _("ひとつ選んでください。"),
        },
    )
    text = forms.CharField(
        label=_("くわしく（書かなくてもかまいません）"),
        help_text=_("500文字まで。あなたの名前や、相談したいことは書かないでください。返事はできません。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={"max_length": _("500文字までにしてください（いま %(show_value)d文字）。")},
    )
