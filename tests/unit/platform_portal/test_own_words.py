"""What Django says of a form is said in the portal's words: locale/ja holds them, compiled beside their source."""

import gettext
import re
from pathlib import Path
from typing import Any

import django
import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from consultations.models import Category, ConsultationWindow
from tests.factories.consultations import CategoryFactory

OWN = Path(settings.BASE_DIR) / "locale" / "ja" / "LC_MESSAGES"
STOCK = Path(django.__path__[0]) / "conf" / "locale" / "ja" / "LC_MESSAGES"
_ENTRY = re.compile(r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.+)"$', re.MULTILINE)


def compiled(folder: Path) -> dict[str, str]:
    with (folder / "django.mo").open("rb") as file:
        catalogue: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # no other way to list it
    return {key if isinstance(key, str) else key[0]: text for key, text in catalogue.items() if key}


def test_compiled_words_are_those_of_the_source():
    source = (OWN / "django.po").read_text(encoding="utf-8")
    written = dict(_ENTRY.findall(source))
    assert len(written) == source.count("\nmsgid ") - 1  # the header
    assert compiled(OWN) == written


def test_django_still_says_each_of_them():
    """A sentence that a new version spells otherwise would come back in its own words."""
    assert set(compiled(OWN)) <= set(compiled(STOCK))


def test_placeholders_are_those_of_django():
    for said, own in compiled(OWN).items():
        assert set(re.findall(r"%\(\w+\)[sd]", own)) <= set(re.findall(r"%\(\w+\)[sdr]", said)), said


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (forms.CharField(), "", "この欄は空にできません。書くか、選んでください。"),
        (forms.CharField(max_length=3), "あいうえお", "3文字まで書けます（いまは5文字です）"),
        (forms.IntegerField(max_value=9), "10", "9以下にしてください"),
        (forms.IntegerField(), "x", "数字だけで"),
        (forms.DateField(), "x", "2026-04-01 のように"),
        (forms.EmailField(), "x", "soudan@pref.example.jp のように"),
        (forms.ChoiceField(choices=[("a", "a")]), "b", "一覧から選び直して"),
    ],
)
def test_forms_say_what_to_do(field, value, words):
    with pytest.raises(ValidationError, match=re.escape(words)):
        field.clean(value)


def test_models_say_what_to_do():
    with pytest.raises(ValidationError) as caught:
        ConsultationWindow(name="", operator="あ" * 5000).clean_fields()
    said = {name: " ".join(texts) for name, texts in caught.value.message_dict.items()}
    assert said["name"] == "この欄は空にできません。書いてください。"
    assert "短くしてください" in said["operator"]
    assert not any("フィールド" in text or "なければなりません" in text for text in said.values())


@pytest.mark.django_db
def test_what_is_there_already_is_said_in_words():
    there = CategoryFactory(slug="living", name="お金")
    with pytest.raises(ValidationError, match="もうあります。ほかの「"):
        Category(slug=there.slug, name=there.name).validate_unique()
