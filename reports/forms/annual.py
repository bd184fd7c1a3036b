"""Forms of the annual report on the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models.annual import LONGEST_SECTION


class HeadingForm(forms.Form):
    heading = forms.CharField(
        label=_("事業名"),
        max_length=150,
        required=False,
        help_text=_("報告書の「【事業内容】」のすぐ下に、●をつけて入ります。"),
    )


class SectionForm(forms.Form):
    """`version`: of the section that the person saw."""

    body = forms.CharField(
        label=_("本文"),
        required=False,
        max_length=LONGEST_SECTION,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("段落は、空の行で分けてください。「## 」で始まる行は見出しになります。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def clean_body(self) -> str:
        """Browsers send line ends of their own; blank lines at the ends say nothing."""
        body: str = self.cleaned_data["body"]
        return body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("意見"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("意見を書いてください。")},
    )


class StepForm(forms.Form):
    """One step of the workflow. Whether a reason is needed says the table."""

    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("理由を書いてください。")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, needs_reason: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason
