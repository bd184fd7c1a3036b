"""What somebody looks for in the records."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.filters import year_choices
from meetings.models import Body
from meetings.searching import Asked
from meetings.words import LONGEST_ASKED
from platform_portal.japanese.text import clean

_QUIET = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "enterkeyhint": "search"}


class WordsField(forms.CharField):
    """Takes whatever is pasted: control characters go, what is too long is cut."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "", limit=LONGEST_ASKED)

    def bound_data(self, data: Any, initial: Any) -> str:
        return self.to_python(data)


class MinutesSearchForm(forms.Form):
    """`meetings`: those that the asker may know of; only their bodies and years are offered."""

    words = WordsField(label=_("さがす言葉"), required=False, widget=forms.TextInput(attrs=_QUIET))
    speaker = WordsField(
        label=_("発言した人（役職や団体でも）"), required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    body = forms.ModelChoiceField(
        label=_("会議体"),
        queryset=Body.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("すべて"),
    )
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    page = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # a queryset and choices are what the fields above have
        fields["body"].queryset = Body.objects.filter(pk__in=meetings.order_by().values("body"))
        fields["year"].choices = [("", _("すべて")), *year_choices(meetings)]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not (values.get("words") or values.get("speaker")):
            self.add_error("words", _("さがす言葉か、発言した人を書いてください。"))
        return values

    @property
    def asked(self) -> Asked:
        values = self.cleaned_data
        return Asked(values["words"], values["speaker"], values["body"], values["year"])

    @property
    def asked_page(self) -> int:
        return self.cleaned_data.get("page") or 1
