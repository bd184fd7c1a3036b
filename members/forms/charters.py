"""The form in which a version of the charter is written."""

from typing import Any

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
                "会員団体が、同意する前に読みます。効力が始まると、管理担当にメールでも届きます。"
            ),
            "effective_on": _("この日から、申し込む人はこの版に同意します。"),
        }
        error_messages = {"change_summary": {"required": _("前の版から変わったことを書いてください。")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_first = self.instance.number == 1 if self.instance.pk else not Charter.objects.exists()
        self.fields["change_summary"].required = not is_first
        if is_first:
            self.fields["change_summary"].help_text = _("はじめての版では、書かなくてかまいません。")

    def clean_text(self) -> str:
        """Browsers send line ends of their own; the words that people agree to have one kind."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").replace("\r", "\n")
