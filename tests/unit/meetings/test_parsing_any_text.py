"""Any text at all: answered, nothing lost, in time that grows with its length."""

import sys
import time
from itertools import product
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.parsing import parse_minutes
from meetings.parsing.source import split_lines
from tests.unit.meetings.reading import STYLES, assert_nothing_lost, fixture

PIECES = st.sampled_from(
    [
        *(
            "○",
            "◯",
            "◎",
            "●",
            "■",
            "・",
            "-",
            "#",
            "**",
            "（",
            "）",
            "(",
            ")",
            "【",
            "】",
            "〔",
            "〕",
            "<",
            ">",
            "「",
            "」",
            "|",
            "：",
            ":",
        ),
        *(
            "委員長",
            "山田委員",
            "事務局",
            "議長",
            "会長",
            "Ａ委員",
            "田中",
            "議事録",
            "日時",
            "場所",
            "出席者",
            "次第",
            "議題",
            "資料1",
            "配布資料",
        ),
        *(
            "1 ",
            "(1) ",
            "２　",
            "①",
            "第１",
            "日程第１　",
            "令和7年2月12日(水) 13:30～15:30",
            "午後１時開会",
            "休憩",
            "10名",
            "開会",
            "その他",
        ),
        *(
            "ただいまから始めます。",
            "はい。",
            "説明した。",
            "それでは、会議を終了いたします。",
            "を議長に",
            "あいうえおかきくけこさしすせそたちつてと",
            "<br>",
        ),
        *(
            "\n",
            "\n",
            "\n\n",
            "\f",
            "\r\n",
            "\r",
            "\t",
            " ",
            "　",
            "\u200b",
            "\u2028",
            "𠮷",
            "e\u0301",
            "ﾊﾟ",
            "\x00",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered_and_nothing_lost(source: str) -> None:
    assert_nothing_lost(source, parse_minutes(source))


@given(st.sampled_from(STYLES), st.data())
@settings(max_examples=100, deadline=None)
def test_records_with_pieces_cut_out_or_put_in(style: str, data: st.DataObject) -> None:
    source = fixture(f"styles/{style}.txt")
    first = data.draw(st.integers(0, len(source)))
    last = data.draw(st.integers(first, min(len(source), first + 80)))
    changed = source[:first] + data.draw(TEXTS) + source[last:]
    assert_nothing_lost(changed, parse_minutes(changed))


MEGABYTE = 1_000_000
HOSTILE = {
    "brackets": "(" * MEGABYTE,
    "circles": "○" * (MEGABYTE // 3),
    "one line": "あ" * (MEGABYTE // 3),
    "nested": "(" * (MEGABYTE // 2) + ")" * (MEGABYTE // 2),
    "line ends": "\n" * MEGABYTE,
    "labels": "（委員）\n" * (MEGABYTE // 13),
    "headings": "(1) 開会について\n" * (MEGABYTE // 24),
    "agenda": "次第\n"
    + "".join(f"({index % 30}) {'あ' * (index % 50)}\n" for index in range(MEGABYTE // 80)),
    "cells": "| 委員 | はい。 |\n" * (MEGABYTE // 26),
    "one turn": "○委員　" + "はい。\n\n" * (MEGABYTE // 11),
}


SHORT_LINES = (
    *("(\n", "1\n", "○\n", "あ\n", "A\n", ":\n", "|\n", "-\n", ",,\n", "1)\n", "ab\n", "あい\n"),
    *("(\n1\n○\nあ\n", "ab\n○\n県\nA:\n"),
)


def _lines_of_two(alphabet: str, size: int) -> str:
    """Every pair of the alphabet on a line, over again until there are `size` bytes."""
    pairs = "".join(f"{one}{other}\n" for one, other in product(alphabet, repeat=2))
    return pairs * (size // len(pairs.encode()) + 1)


ALPHABETS = {
    "marks and letters": "あ○ab1(:|,A県。",
    "ascii": "".join(map(chr, range(0x21, 0x7F))),
    "kanji": "".join(map(chr, range(0x4E00, 0x4F80))),
}


@pytest.mark.parametrize("source", [*HOSTILE.values(), *SHORT_LINES], ids=[*HOSTILE, *map(repr, SHORT_LINES)])
def test_hostile_text_loses_nothing(source: str) -> None:
    piece = (source * 1_000)[:1_000]
    assert_nothing_lost(piece, parse_minutes(piece))


@pytest.mark.timed
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_is_read_in_seconds(name: str) -> None:
    began = time.process_time()
    parse_minutes(HOSTILE[name])
    assert time.process_time() - began <= 5


@pytest.mark.timed
@pytest.mark.parametrize("line", SHORT_LINES)
def test_a_megabyte_of_short_lines(line: str) -> None:
    """About two seconds; the bound leaves room for a machine that does other work as well."""
    assert _seconds(line * (MEGABYTE // len(line.encode()))) <= 5


@pytest.mark.timed
@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_a_megabyte_of_short_lines_of_any_kind(alphabet: str) -> None:
    assert _seconds(_lines_of_two(ALPHABETS[alphabet], MEGABYTE)) <= 5


@pytest.mark.parametrize("line", SHORT_LINES)
def test_a_short_line_asks_few_questions(line: str) -> None:
    """Half a million lines of one letter are a megabyte; calls are counted, since seconds depend on the machine."""
    source = line * 20_000
    calls = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        # What measures the coverage makes calls of its own.
        calls += event == "call" and "slipcover" not in frame.f_code.co_filename

    sys.setprofile(count)
    try:
        parse_minutes(source)
    finally:
        sys.setprofile(None)
    assert calls <= 17 * source.count("\n")


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_lines_are_the_same_however_they_end(ends: str) -> None:
    source = "\n 会議録\n\n\n　○会長　始めます。\n \n続きです。\nA\n"
    plain, other = split_lines(source), split_lines(source.replace("\n", ends))
    assert [(line.number, line.text, line.indent, line.after_gap) for line in plain] == [
        (line.number, line.text, line.indent, line.after_gap) for line in other
    ]
    assert all(source[line.start : line.end] == line.text for line in plain)


@pytest.mark.timed
def test_twice_the_text_takes_about_twice_the_time() -> None:
    record = fixture("styles/circle_wide_gap.txt")
    once, twice = (_seconds(record * times) for times in (100, 200))
    assert twice <= once * 3 + 0.2


@pytest.mark.timed
@pytest.mark.parametrize("line", SHORT_LINES[:4])
def test_twice_as_many_short_lines_take_about_twice_the_time(line: str) -> None:
    lines = MEGABYTE // len(line.encode())
    half, whole = (_seconds(line * number) for number in (lines // 2, lines))
    assert whole <= half * 3 + 0.5


def _seconds(source: str) -> float:
    began = time.process_time()
    parse_minutes(source)
    return time.process_time() - began
