"""`load_region`: all or nothing, and twice is once."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from platform_portal.region.models import Municipality, Prefecture

pytestmark = pytest.mark.django_db

PREFECTURES = "code,code2,name,kana\n370002,37,香川県,カガワケン\n360007,36,徳島県,トクシマケン\n"
MUNICIPALITIES = "code,name,kana,kind\n372013,高松市,タカマツシ,市\n"


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "prefectures.csv").write_text(PREFECTURES, encoding="utf-8")
    (tmp_path / "municipalities_37.csv").write_text(MUNICIPALITIES, encoding="utf-8")
    return tmp_path


def load(folder: Path) -> str:
    out = StringIO()
    call_command("load_region", folder=folder, stdout=out)
    return out.getvalue().strip().splitlines()[-1]


def test_the_files_of_the_project():
    out = StringIO()
    call_command("load_region", stdout=out)
    assert Prefecture.objects.count() == 47
    assert Municipality.objects.filter(prefecture__name="香川県").count() == 17
    assert "都道府県 47 件、市区町村 17 件（新しい・変わったもの 64 件）" in out.getvalue()


def test_twice_changes_nothing(folder):
    assert load(folder).endswith("（新しい・変わったもの 3 件）")
    assert load(folder).endswith("（新しい・変わったもの 0 件）")


def test_a_new_name_is_taken_over_and_others_stay(folder):
    load(folder)
    (folder / "municipalities_37.csv").write_text(
        "code,name,kana\n372013,新高松市,シンタカマツシ\n", encoding="utf-8-sig"
    )
    (folder / "prefectures.csv").write_text("code,name,kana\n370002,香川県,カガワケン\n", encoding="utf-8")
    assert load(folder).endswith("（新しい・変わったもの 1 件）")
    assert Municipality.objects.get().name == "新高松市"
    assert Prefecture.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("municipalities_37.csv", "code,name,kana\n372014,高松市,タカマツシ\n", "372014"),
        ("municipalities_37.csv", "code,name,kana\n362018,徳島市,トクシマシ\n", "ほかの都道府県"),
        ("municipalities_37.csv", "name,kana\n高松市,タカマツシ\n", "code"),
        ("municipalities_38.csv", "code,name,kana\n382019,松山市,マツヤマシ\n", "ほかの都道府県"),
        ("municipalities_37.csv", "code,name,kana\n372013,,タカマツシ\n", "372013"),
        ("prefectures.csv", b"\x8d\x81\x90\xec", "読めません"),
        ("prefectures.csv", "", "列がありません"),
    ],
)
def test_a_bad_file_changes_nothing(folder, name, content, words):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(data)
    with pytest.raises(CommandError, match=words):
        load(folder)
    assert not Prefecture.objects.exists()
    assert not Municipality.objects.exists()


def test_no_folder(tmp_path):
    with pytest.raises(CommandError, match="読めません"):
        load(tmp_path / "nowhere")
