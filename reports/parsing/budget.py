"""Tables of 試行事業: one row for each project, or one for each payee. The 計 that a table states is checked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from meetings.parsing.source import fold, squeeze
from platform_portal.sheets.headers import HeaderError, check_once, tidy_header
from reports.parsing.dates import read_timing
from reports.parsing.labels import SIGNS
from reports.parsing.payees import read_payees, read_yen
from reports.parsing.reading import Budget, Flag, ReadProject
from reports.snapshots import Line

HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("事業名称", "事業名", "試行事業", "試行事業名", "取組名"),
    "content": ("事業内容", "実施内容", "内容"),
    "expected_effect": ("期待される効果", "期待する効果", "効果"),
    "timing": ("実施時期", "実施期間", "実施日", "時期"),
    "response": ("実施後の反響", "反響"),
    "category": ("区分", "事業区分"),
    "payee": ("発注先", "発注先(予算配分)", "発注先(金額)", "発注先(金額:円)", "支払先", "委託先"),
    "amount": (
        "金額(円)",
        "金額",
        "予算配分",
        "予算配分(円)",
        "予算額",
        "予算額(円)",
        "支出額",
        "支出額(円)",
    ),
    "breakdown": ("内訳", "費目", "摘要"),
    "is_additional": ("追加発注", "追加"),
    "number": ("番号", "No", "No.", "NO", "NO."),
}
_FIELDS = {header: name for name, headers in HEADERS.items() for header in headers}
_TOTAL = re.compile(r"(?:合計|総計|総額|計)(?:\(.{0,10}\))?")
_SUBTOTAL = re.compile(r"小計(?:\(.{0,10}\))?")
_YES = frozenset({"はい", "○", "〇", "有", "あり", "1", "追加", "追加発注", "true", "yes"})


@dataclass(frozen=True, slots=True)
class Columns:
    """`fields`: of each column, empty where it has none. `headers` as printed."""

    fields: tuple[str, ...]
    headers: tuple[str, ...]


def is_known_header(text: str) -> bool:
    return tidy_header(text) in _FIELDS


def read_columns(cells: Sequence[str]) -> Columns:
    """Raises HeaderError where the columns do not say what is what. Unknown columns stay and are told row by row."""
    fields = tuple(_FIELDS.get(tidy_header(cell), "") for cell in cells)
    if "name" not in fields or not {"payee", "amount", "content"} & set(fields):
        raise HeaderError(
            _(
                "1行目に「事業名称」と「発注先」の見出しがありません。見出しを書いてから、もう一度お試しください。"
            )
        )
    check_once([HEADERS[name][0] for name in fields if name])
    return Columns(fields, tuple(cells))


@dataclass(slots=True)
class _Project:
    line: int
    values: dict[str, str]
    lines: list[Line] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(each.amount_yen or 0 for each in self.lines)


@dataclass(slots=True)
class _Reader:
    columns: Columns
    fiscal_year: int | None
    projects: list[_Project] = field(default_factory=list)
    stated: int | None = None
    flags: list[Flag] = field(default_factory=list)

    def flag(self, code: str, line: int, message: str, text: str = "") -> None:
        self.flags.append(Flag(code, line, message, text))

    def read_row(self, number: int, cells: Sequence[str]) -> None:
        values = self._values(number, cells)
        if not any(values.values()):
            return
        if self._is_total(number, values):
            return
        if values["name"] and not self._is_same_project(values):
            self.projects.append(_Project(number, values))
        elif not self.projects:
            self.flag(
                "no_project",
                number,
                _("事業名称のない行です。取り込みません。"),
                " ".join(values.values()).strip(),
            )
            return
        else:
            self._merge(number, values)
        self._read_money(number, values, self.projects[-1])

    def _values(self, number: int, cells: Sequence[str]) -> dict[str, str]:
        values = dict.fromkeys(HEADERS, "")
        for index, cell in enumerate(cells):
            name = self.columns.fields[index] if index < len(self.columns.fields) else ""
            text = cell.strip()
            if name:
                values[name] = text
            elif text:
                header = self.columns.headers[index].strip() if index < len(self.columns.headers) else ""
                message = _("知らない見出し「%(header)s」の欄は取り込みません: 「%(text)s」")
                self.flag("column", number, message % {"header": header, "text": text[:40]}, text)
        return values

    def _is_same_project(self, values: Mapping[str, str]) -> bool:
        """Its name again: a row for another payee. A row that tells everything anew is another project of that name."""
        if not self.projects:
            return False
        last = self.projects[-1].values
        told = [name for name in ("content", "timing") if values[name]]
        return squeeze(values["name"]) == squeeze(last["name"]) and all(
            values[name] == last[name] for name in told
        )

    def _merge(self, number: int, values: Mapping[str, str]) -> None:
        last = self.projects[-1].values
        for name in ("content", "expected_effect", "timing", "response", "category"):
            if values[name] and not last[name]:
                last[name] = values[name]
            elif values[name] and values[name] != last[name]:
                message = _(
                    "同じ事業の前の行と「%(header)s」が違います: 「%(text)s」。前の行のものを使いました。"
                )
                self.flag(
                    "row_differs",
                    number,
                    message % {"header": HEADERS[name][0], "text": values[name][:40]},
                    values[name],
                )

    # --- sums -----------------------------------------------------------------------------------
    def _is_total(self, number: int, values: Mapping[str, str]) -> bool:
        words = [name for name, text in values.items() if text and _is_total_word(text)]
        if not words or (values["name"] and "name" not in words):
            return False
        amounts = [amount for text in values.values() if (amount := read_yen(text)) is not None]
        if not amounts:
            self.flag(
                "total_unread",
                number,
                _("計の金額を読み取れませんでした。"),
                " ".join(filter(None, values.values())),
            )
        elif _SUBTOTAL.fullmatch(squeeze(fold(values[words[0]]))):
            self._check_subtotal(number, amounts[0])
        else:
            self._check_total(number, amounts[0])
        return True

    def _check_subtotal(self, number: int, stated: int) -> None:
        counted = self.projects[-1].total if self.projects else 0
        if stated != counted:
            self._tell_difference("subtotal_differs", number, stated, counted)

    def _check_total(self, number: int, stated: int) -> None:
        self.stated = stated
        counted = sum(project.total for project in self.projects)
        if stated != counted:
            self._tell_difference("total_differs", number, stated, counted)

    def _tell_difference(self, code: str, number: int, stated: int, counted: int) -> None:
        message = _(
            "計は %(stated)s円とありますが、足すと %(counted)s円です（差は %(difference)s円）。金額を確かめてください。"
        )
        figures = {"stated": stated, "counted": counted, "difference": abs(stated - counted)}
        self.flag(code, number, message % {name: f"{yen:,}" for name, yen in figures.items()}, str(stated))

    # --- money ----------------------------------------------------------------------------------
    def _read_money(self, number: int, values: Mapping[str, str], project: _Project) -> None:
        amount = read_yen(values["amount"]) if values["amount"] else None
        if values["amount"] and amount is None and not values["payee"]:
            lines = list(read_payees(values["amount"]))
        elif values["amount"]:
            lines = [self._line(values, amount)]
        else:
            lines = [_with_breakdown(each, values) for each in read_payees(values["payee"])]
        for each in lines:
            if each.amount_yen is None:
                message = _("「%s」の金額を読み取れませんでした。金額を入れてください。")
                self.flag(
                    "no_amount", number, message % (each.payee or values["name"])[:40], values["amount"]
                )
        project.lines += lines

    def _line(self, values: Mapping[str, str], amount: int | None) -> Line:
        breakdown = values["breakdown"]
        if amount is None:
            breakdown = f"{breakdown} {values['amount']}".strip()
        return Line(" ".join(values["payee"].split()), amount, " ".join(breakdown.split()), _is_yes(values))

    # --- the end --------------------------------------------------------------------------------
    def done(self) -> Budget:
        projects = tuple(map(self._project, self.projects))
        for project in projects:
            if not project.lines:
                self.flag("no_lines", project.line, _("「%s」に金額がありません。") % project.name[:40])
        return Budget(projects, self.stated, tuple(self.flags))

    def _project(self, project: _Project) -> ReadProject:
        values = project.values
        days = read_timing(values["timing"], self.fiscal_year)
        if values["timing"] and days.starts_on is None:
            message = _("実施時期「%s」を日付として読めません。書いてあるとおりに残しました。")
            self.flag("timing", project.line, message % values["timing"][:40])
        category = _category(values["category"])
        if values["category"] and category is None:
            message = _("区分「%s」を読めません。①のような番号で選んでください。")
            self.flag("category", project.line, message % values["category"][:40], values["category"])
        return ReadProject(
            name=" ".join(values["name"].split()),
            content=values["content"],
            expected_effect=values["expected_effect"],
            timing=" ".join(values["timing"].split()),
            starts_on=days.starts_on,
            ends_on=days.ends_on,
            response="" if values["response"] in ("-", "－", "―") else values["response"],
            category=category,
            lines=tuple(project.lines),
            line=project.line,
        )


def read_budget(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Columns, fiscal_year: int | None = None
) -> Budget:
    """`rows`: with the numbers under which a person finds them."""
    reader = _Reader(columns, fiscal_year)
    for number, cells in rows:
        reader.read_row(number, cells)
    return reader.done()


def _is_total_word(text: str) -> bool:
    plain = squeeze(fold(text[:20]))
    return bool(_TOTAL.fullmatch(plain) or _SUBTOTAL.fullmatch(plain))


def _is_yes(values: Mapping[str, str]) -> bool:
    return squeeze(fold(values["is_additional"])).lower() in _YES


def _with_breakdown(line: Line, values: Mapping[str, str]) -> Line:
    breakdown = " ".join(f"{line.breakdown} {values['breakdown']}".split())
    return Line(line.payee, line.amount_yen, breakdown, line.is_additional or _is_yes(values))


def _category(text: str) -> int | None:
    plain = squeeze(fold(text))
    if plain and plain[0] in SIGNS:
        return SIGNS[plain[0]]
    match = re.match(r"\(?(\d{1,2})(?!\d)", plain)
    number = int(match[1]) if match else 0
    return number if 1 <= number <= 20 else None
