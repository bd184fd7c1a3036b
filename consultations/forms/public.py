"""What residents may send: their own words, and a mistake they noticed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.finding.crisis import MAX_SEARCHED
from consultations.models import ErrorReport
from platform_portal.japanese.text import clean
from platform_portal.public_forms import PublicForm


class OwnWordsField(forms.CharField):
    """Takes whatever is pasted: control characters go, what is far too long is cut. Nobody in need is refused."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "", limit=MAX_SEARCHED)

    def bound_data(self, data: Any, initial: Any) -> str:
        """What the field shows again: the words as they were read."""
        return self.to_python(data)


class SearchForm(forms.Form):
    words = OwnWordsField(
        label=_("困っていることを、あなたの言葉で"),
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


class ConfirmForm(PublicForm):
    """One press: nothing but which window it is about."""

    purpose = "window-confirmation"
    button = _("変わりありません")

    window = forms.CharField(
        widget=forms.HiddenInput,
        max_length=20,
        error_messages={"required": _("どの窓口かが分かりません。もう一度押してください。")},
    )


class DifferenceForm(ErrorReportForm):
    """What the operator says is no longer true. Staff put it right, so they need the words."""

    purpose = "window-difference"

    text = forms.CharField(
        label=_("どう変わりましたか"),
        help_text=_("例：番号が 087-000-0000 に変わりました。土曜は休みになりました。450文字まで。"),
        max_length=450,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        error_messages={
            "required": _("どう変わったかを書いてください。"),
            "max_length": _("450文字までにしてください（いま %(show_value)d文字）。"),
        },
    )
