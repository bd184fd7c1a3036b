"""Whatever residents and applicants meet in a template has an English text; the other words may still wait."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

BASE = Path(settings.BASE_DIR)
TEMPLATES = BASE / "templates"
CATALOGUE = BASE / "locale" / "en" / "LC_MESSAGES" / "django.po"
# Said by modules behind these pages: what a card, a form or an error says.
MODULES = (
    "consultations/forms/public.py",
    "consultations/models/kinds.py",
    "consultations/presenting/*.py",
    "consultations/views/public/*.py",
    "meetings/event_calendars.py",
    "meetings/forms/applying.py",
    "meetings/forms/confirmation.py",
    "meetings/forms/search.py",
    "meetings/presenting/agenda.py",
    "meetings/presenting/atom.py",
    "meetings/presenting/calendars.py",
    "meetings/presenting/days.py",
    "meetings/presenting/editions.py",
    "meetings/presenting/events.py",
    "meetings/presenting/hits.py",
    "meetings/presenting/machines.py",
    "meetings/presenting/meeting.py",
    "meetings/presenting/months.py",
    "meetings/presenting/record.py",
    "meetings/presenting/titles.py",
    "meetings/services/attendance/answering.py",
    "meetings/views/answering.py",
    "meetings/views/documents.py",
    "meetings/views/public/*.py",
    "members/forms/joining.py",
    "members/views/joining.py",
    "newsletters/forms/subscribing.py",
    "newsletters/views/public/*.py",
    "platform_portal/public_forms.py",
    "reports/views/public.py",
    "platform_portal/views.py",
)
# Without signing in; what these extend and include is added.
OPEN_TO_ALL = (
    "consultations/*.html",
    "meetings/public/*.html",
    "newsletters/public/*.html",
    "reports/public/*.html",
    "members/joining/*.html",
    "errors/*.html",
)
OPEN_TO_ALL_BESIDES = ("members/charter.html", "members/too_many_requests.html")
FOR_THE_DESK = {"consultations/_window_form.html"}

STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(?:_|n?gettext)\(({STRING})")
_INCLUDED = re.compile(r'{%\s*(?:include|extends)\s+"([^"]+)"')
_ENTRY = re.compile(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ("(?:.*)"(?:\n".*")*)', re.MULTILINE)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
_MARKUP = re.compile(r"</?\w+[^>]*>")


def resident_templates() -> list[Path]:
    waiting = [path for pattern in OPEN_TO_ALL for path in TEMPLATES.glob(pattern)]
    waiting += [TEMPLATES / name for name in OPEN_TO_ALL_BESIDES]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found or str(path.relative_to(TEMPLATES)) in FOR_THE_DESK:
            continue
        found.add(path)
        waiting += [TEMPLATES / name for name in _INCLUDED.findall(path.read_text(encoding="utf-8"))]
    return sorted(found)


def words_of(path: Path) -> set[str]:
    """The msgids of a template, as makemessages would find them."""
    return {ast.literal_eval(text) for text in _CALL.findall(templatize(path.read_text(encoding="utf-8")))}


def words_of_module(path: Path) -> set[str]:
    calls = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in {"_", "gettext", "gettext_lazy", "ngettext"}
        and isinstance(call.args[0], ast.Constant)
    }


def catalogue() -> dict[str, list[str]]:
    """{msgid: its English texts}; empty ones too. What msgmerge only guessed (fuzzy) counts as empty."""
    found: dict[str, list[str]] = {}
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n"):
        is_guessed = re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE) is not None
        msgid = ""
        for name, quoted in _ENTRY.findall(block):
            text = "".join(ast.literal_eval(line) for line in quoted.splitlines())
            if name == "msgid":
                msgid = text
                found[msgid] = []
            elif name.startswith("msgstr"):
                found[msgid].append("" if is_guessed else text)
    return found


ENGLISH = catalogue()


@pytest.mark.parametrize("path", resident_templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_has_an_english_text(path):
    """How the catalogue is brought up to date stands in its first lines."""
    missing = [words for words in words_of(path) if not all(ENGLISH.get(words) or [""])]
    assert missing == []


@pytest.mark.parametrize(
    "path",
    [path for pattern in MODULES for path in sorted(BASE.glob(pattern))],
    ids=lambda path: str(path.relative_to(BASE)),
)
def test_every_word_of_the_modules_has_an_english_text(path):
    missing = [words for words in words_of_module(path) if not all(ENGLISH.get(words) or [""])]
    assert missing == []


def test_english_texts_keep_placeholders_and_markup():
    """A text that dropped one would lose a number; one that invented one would break the page."""
    for msgid, texts in ENGLISH.items():
        for text in filter(None, texts if msgid else []):
            for pattern in (_PLACEHOLDER, _MARKUP):
                assert sorted(pattern.findall(text)) == sorted(pattern.findall(msgid)), msgid


def test_each_text_stands_once():
    """Of a catalogue in which one stands twice, msgfmt takes nothing."""
    msgids = re.findall(r'^msgid ".+"$', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [msgid for msgid, count in Counter(msgids).items() if count > 1] == []


def test_the_pages_are_found():
    assert len(resident_templates()) >= 60
    assert "相談窓口" in ENGLISH
