"""What the manual calls buttons and pages is what stands on them, letter for letter."""

import re
from pathlib import Path

from django.conf import settings

MANUAL = Path(settings.BASE_DIR, "docs/manuals/newsletters.ja.md")
# Between the same brackets, and no name of a page or a button: what somebody says, and a word that is being explained.
SAID = {"届いていない", "やめたいのに届く", "分", "5."}
_IN_TEMPLATES = re.compile(r"""translate (?:"([^"]+)"|'([^']+)')""")
_IN_CODE = re.compile(r'(?:\b_|gettext|gettext_lazy)\(\s*"([^"]+)"\s*\)')
_PLAIN = re.compile(r">([^<>{}]+)</")  # words that need no translation, e.g. CSV


def names_in_the_portal() -> set[str]:
    found: set[str] = set()
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {one or other for one, other in _IN_TEMPLATES.findall(text)} | set(_PLAIN.findall(text))
    for app in ("newsletters", "consultations", "meetings", "members", "platform_portal"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            found |= set(_IN_CODE.findall(path.read_text(encoding="utf-8")))
    return found


def names_in_the_manual() -> set[str]:
    text = MANUAL.read_text(encoding="utf-8")
    buttons = re.findall(r"^\| [^|]+ \| ([^|（]+?)(?:（[^|]*)? \| [^|]+ \|$", text, re.MULTILINE)
    results = re.search(r"^\| 結果 \|.*?\n\n", text, re.MULTILINE | re.DOTALL)
    jobs = re.search(r"^\| 出る言葉 \|.*?\n\n", text, re.MULTILINE | re.DOTALL)
    assert results
    assert jobs
    words = [
        row for table in (results[0], jobs[0]) for row in re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)
    ]
    equation = re.search(r"^> あて先 = (.+)$", text, re.MULTILINE)
    assert equation
    quoted = re.findall(r"「([^「」]+)」", text)
    return {*quoted, *buttons, *words, *equation[1].split(" + ")} - SAID


def test_every_name_in_the_manual_stands_in_the_portal():
    heads = {"押すもの", "結果", "出る言葉", "何も出ない"}
    names = names_in_the_manual() - heads
    assert {"一時停止する", "送ったあと、戻ってきました", "数の合わない送信", "これから送ります"} <= names
    assert sorted(names - names_in_the_portal()) == []
