"""Where the office's own words on its hours and the rule beside them say different things."""

import pytest

from consultations.published_hours import contradictions

WEEKDAYS = "Mo-Fr 09:00-17:00; PH off"


def said(text: str, rule: str, **more: object) -> list[str]:
    return contradictions({"hours_text": text, "opening_hours": rule, **more})


@pytest.mark.parametrize(
    ("text", "rule", "more"),
    [
        ("平日9時〜17時", WEEKDAYS, {}),
        ("平日9時〜12時、13時〜17時", "Mo-Fr 09:00-12:00,13:00-17:00; PH off", {}),
        ("24時間", "24/7", {}),
        # what a text leaves out
        ("月〜金 9時〜17時", WEEKDAYS, {}),
        ("月〜金 9時〜17時", WEEKDAYS, {"year_end_from": "12-29", "year_end_to": "01-03"}),
        ("月〜金 9時〜17時", "Mo-Fr 09:00-17:00; Dec 29-Jan 03 off", {}),
        # the closure at New Year has fields of its own
        (
            "平日9時〜17時（年末年始を除く）",
            WEEKDAYS,
            {"year_end_from": "12-29", "year_end_to": "01-03"},
        ),
        # nothing to compare, or nothing that anybody could read in full
        ("", WEEKDAYS, {}),
        ("平日9時〜17時", "", {}),
        ("お問い合わせください", WEEKDAYS, {}),
        ("平日9時〜20時ごろ（職員がいるとき）", WEEKDAYS, {}),
        ("9時〜20時", WEEKDAYS, {}),
        ("平日9時〜17時", "easter 10:00-12:00", {}),
    ],
)
def test_agree(text, rule, more):
    assert said(text, rule, **more) == []


@pytest.mark.parametrize(
    ("text", "rule", "more"),
    [
        ("平日9時〜17時", "Mo-Fr 09:00-20:00; PH off", {}),
        ("平日9時〜17時", "Mo-Sa 09:00-17:00; PH off", {}),
        ("月〜金 9時〜17時（祝日を除く）", "Mo-Fr,PH 09:00-17:00", {}),
        ("24時間", WEEKDAYS, {}),
        ("平日9時〜17時（12月29日〜1月3日を除く）", WEEKDAYS, {}),
    ],
)
def test_contradict(text, rule, more):
    (sentence,) = said(text, rule, **more)
    assert "正しいほうに合わせてください" in sentence


def test_both_are_quoted_in_words():
    (sentence,) = said("平日9時〜17時", "Mo-Fr 09:00-20:00; PH off")
    assert "「月〜金 9:00〜17:00 ／ 祝日 休み」" in sentence
    assert "「月〜金 9:00〜20:00 ／ 祝日 休み」" in sentence


def test_channels_are_compared_with_their_own_hours_or_those_of_the_window():
    own = {"hours_text": "土曜10時〜12時", "opening_hours": "Sa 10:00-12:00"}
    borrowed = {"hours_text": "土曜10時〜12時"}
    assert said("平日9時〜17時", WEEKDAYS, channels=[own]) == []
    assert len(said("平日9時〜17時", WEEKDAYS, channels=[borrowed, borrowed])) == 1
