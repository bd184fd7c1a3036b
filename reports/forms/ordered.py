"""Categories picked in an order: one list of choices for the first, one for the second, and so on. No script is needed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import GrantCategory

LEAST_PLACES, ROOM = 3, 2


class OrderedSelects(forms.MultiWidget):
    use_fieldset = True

    def decompress(self, value: Any) -> list[Any]:
        """Of categories, of keys, or of what was typed."""
        return [each.pk if isinstance(each, GrantCategory) else each for each in value or []]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        values: list[Any] = super().value_from_datadict(data, files, name)
        return [value or "" for value in values]


class OrderedCategoriesField(forms.Field):
    """Gives a list of categories, gaps closed. `chosen`: how many there are already."""

    def __init__(self, categories: Sequence[GrantCategory] = (), chosen: int = 0, **options: Any) -> None:
        self.categories = {str(each.pk): each for each in categories}
        places = min(len(categories), max(LEAST_PLACES, chosen + ROOM))
        choices = [("", _("（なし）")), *((key, str(each)) for key, each in self.categories.items())]
        widget = OrderedSelects(
            [
                forms.Select(
                    choices=choices, attrs={"aria-label": _("%(place)s番目の区分") % {"place": place}}
                )
                for place in range(1, places + 1)
            ]
        )
        super().__init__(label=gettext_lazy("区分"), required=False, widget=widget, **options)

    def clean(self, value: Any) -> list[GrantCategory]:
        keys = [str(key) for key in value or [] if key]
        if any(key not in self.categories for key in keys):
            raise ValidationError(
                _("選んだ区分が、この年度にありません。もう一度選んでください。"), code="invalid"
            )
        if len(set(keys)) != len(keys):
            raise ValidationError(_("同じ区分が2回あります。1つを「（なし）」にしてください。"), code="twice")
        return [self.categories[key] for key in keys]
