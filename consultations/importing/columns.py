"""The columns of the file: header, field and how a cell is read and written. Import and export share them.

One row is one window. Channels stand side by side as numbered groups 連絡手段1_…, 連絡手段2_…, as many as needed.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from consultations.models import AddressVisibility, Anonymity, AreaScope, Asker, ChannelKind, Fee, Toll
from consultations.presenting.languages import LANGUAGES, language_like
from platform_portal.publishing.states import State
from platform_portal.sheets import values
from platform_portal.sheets.headers import (
    Column,
    check_known,
    check_names_something,
    check_once,
    tidy_header,
)

_ENTRY = re.compile(r"(?:\\.|[^;；\n\\]|\\$)+")


def read_exceptions(text: str) -> list[tuple[dt.date, str, str]]:
    """`2026-12-28 休み 理由; 2026-12-29 10:00-12:00,13:00-15:00 理由` as (date, spans, reason); no spans = closed."""
    found = []
    for entry in _ENTRY.findall(text):
        if not (plain := entry.strip()):
            continue
        day, _space, rest = plain.partition(" ")
        spans, _space, reason = rest.strip().partition(" ")
        on = values.read_date(day)
        if on is None or not spans:
            raise ValidationError(
                _("「%(entry)s」は読めません。2026-12-28 休み 理由 のように書いてください。"),
                params={"entry": plain[:60]},
            )
        found.append((on, "" if spans == "休み" else values.half(spans), _unescape(reason.strip())))
    if len({on for on, _spans, _reason in found}) != len(found):
        raise ValidationError(_("同じ日が2回書かれています。"))
    return sorted(found)


def write_exceptions(entries: Iterable[tuple[dt.date, str, str]]) -> str:
    return "; ".join(
        f"{on.isoformat()} {spans.replace(' ', '') or '休み'} {_escape(reason)}".rstrip()
        for on, spans, reason in entries
    )


def _escape(text: str) -> str:
    return text.strip().replace("\\", "\\\\").replace(";", "\\;").replace("；", "\\；").replace("\n", "\\n")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], text)


def read_languages(text: str) -> list[str]:
    """Codes of the languages that the form offers, in the order given."""
    tags = [values.half(part) for part in values.split(text)]
    for tag in tags:
        if tag in LANGUAGES:
            continue
        likely = language_like(tag)
        raise ValidationError(
            _("「%(tag)s」という言語の記号はありません。%(likely)s と書いてください。")
            if likely
            else _("「%(tag)s」という言語の記号はありません。使える記号は %(known)s です。"),
            params={"tag": tag[:20], "likely": likely, "known": "、".join(LANGUAGES)},
        )
    return tags


WINDOW_COLUMNS: tuple[Column, ...] = (
    Column("ID", "public_id", values.half),
    Column("名称", "name"),
    Column("名称_カナ", "kana"),
    Column("相談できること", "description"),
    Column("運営者", "operator"),
    Column("運営団体", "organization"),
    Column("分野", "categories", values.read_keys, values.write_list),
    Column("相談できる人", "askers", values.choices_reader(Asker), values.write_list),
    Column("対象年齢_下限", "minimum_age", values.read_number),
    Column("対象年齢_上限", "maximum_age", values.read_number),
    Column("対象の条件", "eligibility"),
    Column("対象_女性のみ", "is_women_only", values.read_flag, values.write_flag),
    Column("地域の範囲", "area_scope", values.choice_reader(AreaScope, AreaScope.PREFECTURE)),
    Column("市区町村コード", "municipalities", values.read_keys, values.write_list),
    Column("費用", "fee", values.choice_reader(Fee, Fee.UNKNOWN)),
    Column("費用の説明", "fee_note"),
    Column("匿名", "anonymity", values.choice_reader(Anonymity, Anonymity.UNKNOWN)),
    Column("言語", "languages", read_languages, values.write_list),
    Column("連絡すると_だれが出るか", "who_answers"),
    Column("連絡すると_聞かれること", "what_is_asked"),
    Column("連絡すると_秘密", "confidentiality"),
    Column("住所", "address"),
    Column(
        "住所の公開",
        "address_visibility",
        values.choice_reader(AddressVisibility, AddressVisibility.PUBLIC),
    ),
    Column("ウェブサイト", "website"),
    Column("受付時間_規則", "opening_hours"),
    Column("受付時間_原文", "hours_text"),
    Column("受付時間_予約制", "is_by_appointment", values.read_flag, values.write_flag),
    Column("年末年始_休み開始", "year_end_from", values.read_month_day),
    Column("年末年始_休み終了", "year_end_to", values.read_month_day),
    Column("日ごとの変更", "exceptions", read_exceptions, write_exceptions),
    Column("公開状態", "state", values.choice_reader(State, State.DRAFT)),
    Column("確認日", "verified_on", values.read_date, values.write_date),
    Column("確認間隔_月", "verification_interval", values.read_number),
    Column("代わりの窓口", "fallbacks", values.read_keys, values.write_list),
    Column("内部メモ", "internal_note"),
    Column("出典", "source"),
    Column("出典日", "source_on", values.read_date, values.write_date),
    Column("公開開始日", "valid_from", values.read_date, values.write_date),
    Column("公開終了日", "valid_to", values.read_date, values.write_date),
)

CHANNEL_COLUMNS: tuple[Column, ...] = (
    Column("種類", "kind", values.choice_reader(ChannelKind)),
    Column("値", "value"),
    Column("料金", "toll", values.choice_reader(Toll)),
    Column("つながる範囲", "reach_note"),
    Column("IP電話", "accepts_ip_phone", values.read_maybe, values.write_maybe),
    Column("受付時間_規則", "opening_hours"),
    Column("受付時間_原文", "hours_text"),
    Column("予約制", "is_by_appointment", values.read_flag, values.write_flag),
    Column("言語", "languages", read_languages, values.write_list),
    Column("メモ", "note"),
)

MINIMUM_GROUPS = 5
_GROUP = re.compile(r"連絡手段([1-9]\d?)_(.+)", re.ASCII)
_WINDOW_BY_HEADER = {column.header: column for column in WINDOW_COLUMNS}
_CHANNEL_BY_HEADER = {column.header: column for column in CHANNEL_COLUMNS}
COLUMN_OF_FIELD = {column.field: column for column in WINDOW_COLUMNS}
CHANNEL_COLUMN_OF_FIELD = {column.field: column for column in CHANNEL_COLUMNS}


_CHOICES: dict[str, type[models.TextChoices]] = {
    "地域の範囲": AreaScope,
    "費用": Fee,
    "匿名": Anonymity,
    "住所の公開": AddressVisibility,
    "公開状態": State,
    "種類": ChannelKind,
    "料金": Toll,
}


def shown(header: str, text: str) -> str:
    """A cell as people read it: 通話無料 instead of `free`."""
    group = _GROUP.fullmatch(header)
    choices = _CHOICES.get(group[2] if group else header)
    return str(choices(text).label) if choices and text in choices.values else text


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row each column stands."""

    windows: dict[str, int]  # field → index
    channels: dict[int, dict[str, int]]  # number of the group, from 1 → field → index

    @property
    def named(self) -> set[int]:
        """Indices of the columns that have a header."""
        groups = (index for group in self.channels.values() for index in group.values())
        return {*self.windows.values(), *groups}


def group_header(number: int, column: Column) -> str:
    return f"連絡手段{number}_{column.header}"


def headers(groups: int = MINIMUM_GROUPS) -> list[str]:
    """The first row of an export with `groups` channel groups."""
    return [column.header for column in WINDOW_COLUMNS] + [
        group_header(number, column) for number in range(1, groups + 1) for column in CHANNEL_COLUMNS
    ]


def is_known(header: str) -> bool:
    plain = tidy_header(header)
    match = _GROUP.fullmatch(plain)
    return plain in _WINDOW_BY_HEADER or bool(match and match[2] in _CHANNEL_BY_HEADER)


def read_layout(row: Sequence[str]) -> Layout:
    """Raises HeaderError for unknown, repeated and missing headers."""
    names = [tidy_header(cell) for cell in row]
    check_known(names, is_known, headers())
    check_once(names)
    layout = Layout({}, {})
    for index, name in enumerate(names):
        if column := _WINDOW_BY_HEADER.get(name):
            layout.windows[column.field] = index
        elif match := _GROUP.fullmatch(name):
            group = layout.channels.setdefault(int(match[1]), {})
            group[_CHANNEL_BY_HEADER[match[2]].field] = index
    check_names_something(set(layout.windows))
    return layout
