"""The first row of a table: which columns there are, and what to say when it cannot be used."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from platform_portal.sheets import values


@dataclass(frozen=True, slots=True)
class Column:
    """`read` raises ValidationError; `read(write(value)) == value` for every value a form can store."""

    header: str
    field: str
    read: Callable[[str], Any] = values.read_text
    write: Callable[[Any], str] = values.write_text


class HeaderError(Exception):
    """The first row of the file cannot be used; the text says what to change."""


def tidy_header(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", values.restore(text))).strip("\ufeff")


def check_known(names: Sequence[str], is_known: Callable[[str], bool], offered: Sequence[str]) -> None:
    """Raises HeaderError for names that nobody knows, with those of `offered` that come near."""
    unknown = [name for name in names if name and not is_known(name)]
    if not unknown:
        return
    hints = []
    for name in unknown[:5]:
        near = difflib.get_close_matches(name, offered, n=1, cutoff=0.6)
        hints.append(f"「{name[:30]}」" + (_("（「%s」のことですか）") % near[0] if near else ""))
    more = _("など%s個") % len(unknown) if len(unknown) > 5 else ""
    raise HeaderError(
        _(
            "知らない見出しがあります: %(names)s%(more)s。見出しを直すか、その列を消してから、もう一度お試しください。"
        )
        % {"names": "、".join(hints), "more": more}
    )


def check_once(names: Sequence[str]) -> None:
    repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if repeated:
        raise HeaderError(
            _("同じ見出しが2回あります: %s。どちらか1つの列を消してください。")
            % "、".join(f"「{name}」" for name in repeated[:5])
        )


def check_names_something(fields: set[str]) -> None:
    """Raises HeaderError when no column tells which thing a row speaks of."""
    if not {"public_id", "name"} & fields:
        raise HeaderError(
            _(
                "1行目に「ID」も「名称」もありません。1行目には、書き出したファイルと同じ見出しを書いてください。"
            )
        )
