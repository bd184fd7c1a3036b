"""The form in which a version of the charter is written."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.masters import ReadsOnly
from members.models import Charter


class CharterForm(ReadsOnly):
    class Meta:
        model = Charter
        fields = ("title", "effective_on", "text", "change_summary")
        widgets = {
            "effective_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "text": forms.Textarea(attrs={"rows": 20}),
            "change_summary": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "text": _("行のはじめに「## 」を付けると見出しに、「1. 」を付けると番号になります（Markdown）。"),
            "change_summary": _(
                "会員団体が、同意する前に読みます。はじめての版では、書かなくてかまいません。"
            ),
            "effective_on": _("この日から、申し込む人はこの版に同意します。"),
        }

    def clean_text(self) -> str:
        """Browsers send line ends of their own; the words that people agree to have one kind."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")
