"""Forms about rows that several people edit: nobody writes over a change without having been told of it.

For what few people change and save as a whole. Windows and organisations have finer ways of their own.
"""

import hashlib
from copy import copy
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

LONGEST_SHOWN = 100


class SeenForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Carries what each field held when the page was drawn; where that is no longer so, it says what it holds now.

    Saved again after that, it is saved: the person knows. A request that carries nothing was drawn by no page of ours
    and is not asked.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held = {name: _mark(self.initial.get(name)) for name in self.fields if name != "seen"}
        self.initial["seen"] = " ".join(f"{name}={mark}" for name, mark in self._held.items())

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        seen = dict(part.split("=", 1) for part in values.pop("seen", "").split() if "=" in part)
        changed = [
            name
            for name, mark in self._held.items()
            if seen.get(name, mark) != mark and _mark(values.get(name)) != mark
        ]
        if changed and not self.instance._state.adding:
            self._tell(changed)
        return values

    def _tell(self, changed: list[str]) -> None:
        self.add_error(
            None,
            _(
                "画面を開いたあとに、ほかの人か、ほかのタブが内容を変えました。まだ保存していません。"
                "印のある項目を、いまの内容とくらべて直してから、もう一度保存してください。"
            ),
        )
        for name in changed:
            self.add_error(name, _("いまの内容は「%(now)s」です。") % {"now": self._in_words(name)})
        data: Any = copy(self.data)  # a query is only read; its copy can be written
        data[self.add_prefix("seen")] = self.initial["seen"]
        self.data = data

    def _in_words(self, name: str) -> str:
        value, field = self.initial.get(name), self.fields[name]
        if isinstance(value, list | QuerySet):
            return Truncator("、".join(map(str, value))).chars(LONGEST_SHOWN) or _("なし")
        if isinstance(field, forms.BooleanField):
            return _("はい") if value else _("いいえ")
        if isinstance(field, forms.ChoiceField):
            chosen = dict(field.choices)  # type: ignore[arg-type]  # no groups of choices in these forms
            return str(chosen.get(value, chosen.get(str(value), value)))
        return Truncator("" if value is None else str(value)).chars(LONGEST_SHOWN) or _("なし")


def _mark(value: Any) -> str:
    """Short and of one shape, whatever a field gives. Browsers send line ends of their own."""
    if isinstance(value, list | QuerySet):
        value = [each.pk if isinstance(each, Model) else each for each in value]
    if isinstance(value, Model):
        value = value.pk
    text = "" if value is None else str(value).replace("\r\n", "\n")
    return hashlib.sha256(text.encode()).hexdigest()[:8]
