"""Forms of case studies."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import CaseStudy
from meetings.models.case_studies import TEXTS
from members.forms.board import OrganizationField
from members.forms.masters import ReadsOnly


class CaseStudyForm(ReadsOnly):
    field_order = ("organization", *TEXTS)

    class Meta:
        model = CaseStudy
        fields = TEXTS
        widgets = {
            name: forms.Textarea(attrs={"rows": 7})
            for name in ("background", "course", "support", "learning")
        }
        help_texts = {
            "title": gettext_lazy("100文字まで。例：ひとり暮らしの男性が、畑の会につながるまで"),
        }

    def __init__(self, *args: Any, organizations: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organizations:
            self.fields["organization"] = OrganizationField(organizations, _("事例を出す団体"))
            self.order_fields(self.field_order)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in TEXTS}


class JustifyForm(forms.Form):
    kind = forms.CharField(widget=forms.HiddenInput, max_length=12)
    words = forms.CharField(widget=forms.HiddenInput, max_length=200, strip=False)
    reason = forms.CharField(label=gettext_lazy("残してよい理由"), max_length=300)
