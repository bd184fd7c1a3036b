"""Which of two entries stays, and whose words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.importing.columns import COLUMN_OF_FIELD, LISTS, shown
from members.importing.contents import content_of, text_of
from members.importing.masters import Masters
from members.models import Organization
from members.services import Side
from members.services.merging import MERGEABLE
from platform_portal.identifiers import LENGTH
from platform_portal.japanese.text import normalize_width

FIRST, SECOND, BOTH = "first", "second", "both"


class PublicIdField(forms.CharField):
    """An ID as people type it: in capitals, or with the wide letters of a Japanese keyboard."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=LENGTH, max_length=LENGTH, **kwargs)

    def to_python(self, value: Any) -> str:
        return normalize_width(super().to_python(value) or "")


class PairForm(forms.Form):
    """Two that no list has put side by side."""

    first = PublicIdField(label=gettext_lazy("1つめの ID"))
    second = PublicIdField(label=gettext_lazy("2つめの ID"))


class MergeForm(forms.Form):
    """A choice for each field in which the two differ; `stays` says whose ID and address remain."""

    stays = forms.ChoiceField(label=gettext_lazy("残す団体"), widget=forms.RadioSelect)
    version = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any, *, first: Organization, second: Organization, version: str) -> None:
        super().__init__(data, initial={"version": version})
        self.first, self.second = first, second
        stays: Any = self.fields["stays"]
        stays.choices = [
            (key, f"{each.name}（{each.public_id}、{each.get_state_display()}、{each.joined_on.year}年入会）")
            for key, each in ((FIRST, first), (SECOND, second))
            if each.is_active
        ]
        stays.initial = stays.choices[0][0] if stays.choices else None
        stays.help_text = _("残すほうの ID と公開ページの住所が、これからも使われます。")
        masters = Masters()
        self._words: dict[str, dict[str, str]] = {}
        for name in MERGEABLE:
            one, other = (_words(each, name, masters) for each in (first, second))
            if one != other:
                self._words[name] = _choices(name, one, other)
                self.fields[name] = _field(name, self._words[name], FIRST if one else SECOND)

    @property
    def source(self) -> Organization:
        return self.second if self.cleaned_data["stays"] == FIRST else self.first

    @property
    def target(self) -> Organization:
        return self.first if self.cleaned_data["stays"] == FIRST else self.second

    @property
    def sides(self) -> dict[str, Side]:
        """For the service: whose value each field takes."""
        of_key = {
            self.cleaned_data["stays"]: Side.TARGET,
            SECOND if self.cleaned_data["stays"] == FIRST else FIRST: Side.SOURCE,
            BOTH: Side.BOTH,
        }
        return {name: of_key[self.cleaned_data[name]] for name in MERGEABLE if name in self.fields}

    @property
    def outcome(self) -> list[tuple[str, str]]:
        """(field, what will stand there) of everything that was chosen."""
        return [
            (str(self.fields[name].label), words[self.cleaned_data[name]])
            for name, words in self._words.items()
        ]


def _choices(name: str, one: str, other: str) -> dict[str, str]:
    if name == "logo":
        return {FIRST: _("1つめの団体のロゴ"), SECOND: _("2つめの団体のロゴ")}
    words = {FIRST: one or _("（空）"), SECOND: other or _("（空）")}
    if name in LISTS and one and other:
        words[BOTH] = _("両方を合わせる")
    return words


def _field(name: str, words: dict[str, str], filled: str) -> forms.ChoiceField:
    label = COLUMN_OF_FIELD[name].header.replace("_", " ") if name in COLUMN_OF_FIELD else _("ロゴ")
    initial = BOTH if BOTH in words else filled
    return forms.ChoiceField(
        label=label, choices=list(words.items()), initial=initial, widget=forms.RadioSelect
    )


def _words(organization: Organization, name: str, masters: Masters) -> str:
    if name == "logo":
        return organization.logo.name or ""
    text = text_of(content_of(organization), name, masters)
    return text.replace(";", "、") if name in LISTS else shown(COLUMN_OF_FIELD[name].header, text)
