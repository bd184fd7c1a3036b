import datetime as dt

import pytest
import time_machine

from consultations.finding.services import record_zero_hits
from consultations.models import ZeroHitWord

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    return dict(ZeroHitWord.objects.values_list("word", "count"))


def test_words_are_counted_in_one_spelling():
    record_zero_hits("不登校、ふとうこう")
    record_zero_hits("ふとうこう")
    assert counts()["不登校"] == 2


def test_day_is_kept_not_the_hour():
    with time_machine.travel(dt.datetime(2026, 11, 16, 3, 0, tzinfo=dt.UTC)):
        record_zero_hits("里親")
    assert ZeroHitWord.objects.get().last_on == dt.date(2026, 11, 16)


@pytest.mark.parametrize(
    "text",
    [
        "田中太郎",
        "たなか",
        "佐藤さん",
        "090-1234-5678",
        "09012345678",
        "taro@example.jp",
        "グエン・バン・ドゥック",
        "https://example.jp/abc",
        "山口",
        "福島",
        "木村",
        "3",
        "火",
        "あ" * 30,
        "相談窓口",
        "\x00",
        "",
    ],
)
def test_what_could_point_at_a_person_is_not_counted(text):
    assert record_zero_hits(text) == []
    assert counts() == {}


def test_municipalities_are_counted():
    assert record_zero_hits("丸亀市") == ["丸亀市"]


def test_a_whole_sentence_is_never_kept():
    record_zero_hits("隣の田中さんが毎晩ピアノを弾いて眠れない")
    assert counts()
    assert all(len(word) <= 20 for word in counts())
    assert not any("田中" in word for word in counts())


def test_one_search_cannot_flood_the_list():
    record_zero_hits("机 椅子 窓 時計 電車 自転車 冷蔵庫 洗濯機 掃除機 鉛筆 手帳 新聞 雑誌 写真 地図 切符")
    assert len(counts()) == 10
