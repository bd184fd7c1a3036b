"""Tables of projects inside a text: lines whose cells tabs set apart, as Word documents and copied pages give them."""

from collections.abc import Sequence

from meetings.parsing.source import Line
from platform_portal.sheets.headers import HeaderError
from reports.parsing.budget import is_known_header, read_budget, read_columns
from reports.parsing.reading import Budget

_FEWEST_HEADERS = 3


def tables_in(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Where each begins and ends. A line without a tab between two rows is the rest of the cell before it."""
    found: list[tuple[int, int]] = []
    place = 0
    while place < len(lines):
        if not _is_header(lines[place].text):
            place += 1
            continue
        end = place + 1
        for index in range(place + 1, len(lines)):
            if lines[index].after_gap and not lines[index].opens_page:
                break
            if "\t" in lines[index].text:
                end = index + 1
        found.append((place, end))
        place = end
    return found


def budget_of(source: str, lines: Sequence[Line], fiscal_year: int | None) -> Budget:
    columns = read_columns(_cells(source, lines[0]))
    rows: list[tuple[int, list[str]]] = []
    for line in lines[1:]:
        cells = _cells(source, line)
        if len(cells) == 1 and rows:
            rows[-1][1][-1] += f"\n{line.text}"
        else:
            rows.append((line.number, cells))
    return read_budget(rows, columns, fiscal_year)


def _cells(source: str, line: Line) -> list[str]:
    """With the empty ones before the first word."""
    return source[line.start - line.indent : line.end].split("\t")


def _is_header(text: str) -> bool:
    cells = text.split("\t")
    if sum(map(is_known_header, cells)) < _FEWEST_HEADERS:
        return False
    try:
        read_columns(cells)
    except HeaderError:
        return False
    return True
