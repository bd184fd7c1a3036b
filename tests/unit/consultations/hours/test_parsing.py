"""Texts in the manner of offices, each with the rule a careful reader takes from it."""

import csv
import json
import re
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from consultations.hours.describing import describe
from consultations.hours.parsing import MAX_LENGTH, parse_hours
from consultations.hours.rules import read_rules

with (Path(__file__).parent / "texts.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = [
        {key: text.replace("\\n", "\n") for key, text in row.items()}
        for row in csv.DictReader(file, delimiter="\t")
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["hours"])
def test_texts(row):
    """`rule` is what a careful reader takes from the text; `unparsed` what no rule can say."""
    parsed = parse_hours(row["hours"], row["closed_days"])
    found = (parsed.opening_hours or "", parsed.confidence, parsed.unparsed)
    assert found == (row["rule"], row["confidence"], row["unparsed"])


def test_there_are_enough_texts():
    assert len(ROWS) >= 150


def test_what_limits_a_channel_is_kept_for_it():
    parsed = parse_hours("平日 9:00〜17:00、日曜 10:00〜15:00", "日曜は電話相談のみ／来所は要予約")
    assert parsed.confidence == "exact"
    assert parsed.channel_notes == ("日曜は電話相談のみ", "来所は要予約")


def test_hours_of_other_channels_are_told():
    parsed = parse_hours("電話：月〜金 9時〜17時 来所：月〜金 10時〜16時")
    assert (parsed.opening_hours, parsed.confidence) == ("Mo-Fr 09:00-17:00", "exact")
    assert parsed.channel_notes == ("来所：月〜金 10:00〜16:00",)


def test_the_original_wording_is_quoted():
    assert parse_hours("平日　９：００～１７：００（ﾒﾝﾃﾅﾝｽ日を除く）").unparsed == "ﾒﾝﾃﾅﾝｽ日を除く"


def test_mail_at_any_hour_does_not_open_the_telephone():
    parsed = parse_hours("メール：24時間　電話：平日10:00〜16:00")
    assert parsed.opening_hours == "Mo-Fr 10:00-16:00; PH off"


def test_text_beyond_the_limit_is_said():
    parsed = parse_hours("平日 9:00〜17:00" + " " * MAX_LENGTH + "水曜は休み")
    assert parsed.confidence == "partial"
    assert "水曜は休み" in parsed.unparsed


PIECES = [
    "平日",
    "月",
    "火",
    "水",
    "木",
    "金",
    "土",
    "日",
    "祝",
    "祝日",
    "年末年始",
    "毎日",
    "第",
    "1",
    "2",
    "3",
    "・",
    "、",
    "/",
    "。",
    "(",
    ")",
    "【",
    "】",
    "9",
    ":",
    "00",
    "時",
    "分",
    "半",
    "午前",
    "午後",
    "正午",
    "翌",
    "から",
    "～",
    "まで",
    "を除く",
    "は休み",
    "のみ",
    "電話",
    "来所",
    "受付",
    "予約制",
    "24時間",
    "毎月",
    "10日",
    "12月29日",
    "1月3日",
    "お盆",
    "昼休み",
    "8:30",
    "17:15",
    "9:00～17:00",
    "月曜日",
    "第2",
    "第4土曜",
    "偶数月",
    "の場合は",
    "翌日",
    "も",
    "に",
    "は",
    "の",
    "センター",
    "料金",
    "年中無休",
    "休日",
    "開庁日",
    "2026年5月1日",
    "30分前",
    "最終",
    "ー",
    "-",
    "も実施",
    "だけ",
    "含む",
]


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.lists(st.sampled_from(PIECES), max_size=8))
def test_whatever_is_written_an_answer_comes(hours, closed_days):
    parsed = parse_hours("".join(hours), "".join(closed_days))
    if parsed.opening_hours is None:
        assert parsed.confidence == "none"
        return
    read_rules(parsed.opening_hours)
    assert parsed.description == describe(parsed.opening_hours)
    assert parsed.confidence == "partial" or not parsed.unparsed


@given(st.text(max_size=60))
def test_any_characters_are_taken(text):
    parsed = parse_hours(text, text)
    assert parsed.confidence in ("exact", "partial", "none")


@given(st.text(alphabet="高松市役所階会議室東西南北課", min_size=1, max_size=12))
def test_words_that_are_not_understood_are_quoted(words):
    parsed = parse_hours(f"平日 9:00〜17:00 {words}")
    assert parsed.confidence == "partial"
    assert parsed.unparsed == words


@pytest.mark.parametrize(
    "piece", ["第1 ", "第", "～", "(", "a", "料金", "月～", "9:00～", "午前", "の", "電話", " "]
)
def test_long_texts_are_read_in_time(piece):
    text = piece * (10_000 // len(piece))
    started = time.process_time()
    parse_hours(text, text)
    assert time.process_time() - started < 2


def test_command_prints_json(capsys):
    call_command("parse_hours", "平日 8:30~17:15", closed_days="年末年始")
    assert json.loads(capsys.readouterr().out) == {
        "opening_hours": "Mo-Fr 08:30-17:15; PH off; Dec 29-Jan 03 off",
        "confidence": "exact",
        "unparsed": "",
        "description": "月〜金 8:30〜17:15 ／ 祝日・12/29〜1/3 休み",
    }


def test_command_reads_lines(capsys, monkeypatch, tmp_path):
    lines = tmp_path / "lines.tsv"
    lines.write_text("9:00〜16:30\t土日祝\n\n随時\n", encoding="utf-8")
    with lines.open(encoding="ascii", errors="surrogateescape") as file:
        monkeypatch.setattr("sys.stdin", file)
        call_command("parse_hours", "--stdin")
    printed = capsys.readouterr().out
    assert re.search("月〜金", printed)  # not escaped
    rules = [json.loads(line)["opening_hours"] for line in printed.splitlines()]
    assert rules == ["Mo-Fr 09:00-16:30; PH off", None, None]


@pytest.mark.parametrize("arguments", [[], ["--stdin", "平日"]])
def test_command_wants_one_source(arguments):
    with pytest.raises(CommandError, match="どちらか一つ"):
        call_command("parse_hours", *arguments)
