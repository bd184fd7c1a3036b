"""Windows by words, in the database."""

import pytest

from consultations.finding import find
from consultations.finding.categories import CategoryMatch
from consultations.finding.indexing import rebuild_search_vectors
from consultations.finding.windows import LEAST_SCORE, DatabaseWindows
from consultations.finding.words import query_words
from consultations.indexing import refresh_derived
from consultations.models import Category, ConsultationWindow
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hikikomori() -> Category:
    return CategoryFactory(slug="hikikomori", name="ひきこもり状態にある方", words="へやにおる")


@pytest.fixture
def windows(hikikomori) -> dict[str, ConsultationWindow]:
    made = {
        "other": WindowFactory(
            name="くらしの電話",
            kana="クラシノデンワ",
            description="ひきこもりのことも話せます。",
            operator="市",
        ),
        "category": WindowFactory(
            name="はじめの一歩",
            kana="ハジメノイッポ",
            description="家族の話を聞きます。",
            operator="県",
            topics=[hikikomori],
        ),
        "name": WindowFactory(
            name="引き籠もり地域支援センター",
            kana="ヒキコモリチイキシエンセンター",
            description="話せます。",
            operator="県",
        ),
        "none": WindowFactory(
            name="税の窓口", kana="ゼイノマドグチ", description="税金のこと。", operator="国"
        ),
    }
    for window in made.values():
        refresh_derived(window)
    return made


def names(found) -> list[str]:
    return [window.name for window in found]


@pytest.mark.parametrize("words", ["ひきこもり", "引きこもり", "引籠り", "ﾋｷｺﾓﾘ", "ひきこもりの相談窓口"])
def test_name_first_then_category_then_the_rest(windows, words):
    found = ConsultationWindow.objects.search(words)
    assert names(found) == ["引き籠もり地域支援センター", "はじめの一歩", "くらしの電話"]


def test_a_name_outranks_any_number_of_words_elsewhere(windows):
    many = "家族 息子 娘 仕事 学校 病院 薬 食事 風呂 部屋 将来 年金 友達 先生 会社 お金"
    talkative = WindowFactory(name="なんでも電話", kana="ナンデモデンワ", description=many)
    refresh_derived(talkative)
    found = list(ConsultationWindow.objects.matching(query_words(f"ひきこもり {many}")))
    assert names(found)[0] == "引き籠もり地域支援センター"
    assert found[0].word_rank < next(window.word_rank for window in found if window == talkative)


@pytest.mark.parametrize("beginning", ["ひきこもりちい", "ヒキコモリチイキ", "ちいきしえん", "しえんせん"])
def test_beginning_of_a_name_as_it_is_read(windows, beginning):
    assert names(ConsultationWindow.objects.search(beginning))[0] == "引き籠もり地域支援センター"


@pytest.mark.parametrize(
    "words", ["", "  ", "。", "zzqq", "'; DROP TABLE x; --", "a' | 'b", "\x00", "{{7*7}}", "x" * 5000]
)
def test_odd_words_find_nothing_and_break_nothing(windows, words):
    assert names(ConsultationWindow.objects.search(words)) == []
    assert find(words).windows == []


def test_search_combines_with_other_reads(windows):
    ConsultationWindow.objects.filter(pk=windows["name"].pk).update(state=State.DRAFT)
    assert "引き籠もり地域支援センター" not in names(
        ConsultationWindow.objects.published().search("ひきこもり")
    )


def test_find_ranks_windows_and_keeps_drafts_to_itself(windows):
    ConsultationWindow.objects.filter(pk=windows["other"].pk).update(state=State.DRAFT)
    found = find("ひきこもりの息子のことで相談したい")
    assert found.categories[0].slug == "hikikomori"
    assert [match.id for match in found.windows] == [windows["name"].public_id, windows["category"].public_id]
    assert all(0 < match.score <= 1 for match in found.windows)
    assert [m.score for m in found.windows] == sorted((m.score for m in found.windows), reverse=True)


def test_find_listens_to_the_words_of_staff(windows):
    assert find("へやにおるんや").categories[0].slug == "hikikomori"
    assert find("へやにおるんや").windows[0].id == windows["category"].public_id


def test_find_can_do_without_windows(windows, django_assert_num_queries):
    with django_assert_num_queries(0):
        found = find("ひきこもりの息子", windows=None)
    assert found.windows == []
    assert found.categories[0].slug == "hikikomori"


def test_a_category_that_is_hardly_meant_brings_no_windows(windows, hikikomori):
    unsure = [CategoryMatch("living", 0.6), CategoryMatch("hikikomori", LEAST_SCORE - 0.01)]
    sure = [CategoryMatch("living", 0.6), CategoryMatch("hikikomori", LEAST_SCORE)]
    assert DatabaseWindows().search("。", unsure) == []
    assert [match.name for match in DatabaseWindows().search("。", sure)] == ["はじめの一歩"]


def test_find_tells_of_danger():
    assert find("しにたい").danger
    assert not find("家賃が払えない").danger


def test_number_of_queries_does_not_grow(windows, hikikomori, django_assert_max_num_queries):
    for _ in range(30):
        WindowFactory(topics=[hikikomori])
    with django_assert_max_num_queries(5):
        find("ひきこもりの息子のことで相談したい")


def test_changed_name_is_found_after_refreshing(windows):
    window = windows["none"]
    window.name = "農家の電話"
    window.save()
    assert names(ConsultationWindow.objects.search("農家")) == []
    refresh_derived(window)
    assert names(ConsultationWindow.objects.search("農家")) == ["農家の電話"]


def test_internal_note_and_hidden_address_cannot_be_searched(windows):
    window = windows["none"]
    window.internal_note, window.address, window.address_visibility = "ひみつ倉庫", "ひみつ町一丁目", "hidden"
    window.save()
    refresh_derived(window)
    assert names(ConsultationWindow.objects.search("倉庫")) == []
    assert names(ConsultationWindow.objects.search("ひみつ町")) == []


def test_rebuilding_gives_the_same_vectors(windows):
    before = dict(ConsultationWindow.objects.values_list("pk", "search_vector"))
    ConsultationWindow.objects.update(search_vector=None)
    assert rebuild_search_vectors() == len(windows)
    assert dict(ConsultationWindow.objects.values_list("pk", "search_vector")) == before


@pytest.fixture
def towns(hikikomori) -> dict[str, ConsultationWindow]:
    """One window of 高松市, one of 三木町, one for everybody."""
    prefecture = PortalSettingsFactory().prefecture
    takamatsu = MunicipalityFactory(code="372013", name="高松市", kana="タカマツシ", prefecture=prefecture)
    miki = MunicipalityFactory(code="373419", name="三木町", kana="ミキチョウ", prefecture=prefecture)
    made = {
        "高松": WindowFactory(
            name="港の窓口", area_scope="municipality", places=[takamatsu], topics=[hikikomori]
        ),
        "三木": WindowFactory(name="山の窓口", area_scope="municipality", places=[miki], topics=[hikikomori]),
        "国": WindowFactory(name="みんなの窓口", topics=[hikikomori]),
    }
    for window in made.values():
        refresh_derived(window)
    return made


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("高松市 ひきこもり", {"高松", "国"}),
        ("高松の息子がひきこもりです", {"高松", "国"}),
        ("三木町で息子がひきこもり", {"三木", "国"}),
        ("三木に住んでいます。息子がひきこもり", {"三木", "国"}),
        ("高松市と三木町 ひきこもり", {"高松", "三木", "国"}),
        ("息子がひきこもり", {"高松", "三木", "国"}),
        ("三木さんの息子がひきこもり", {"高松", "三木", "国"}),
        ("高松先生に聞いた 息子がひきこもり", {"高松", "三木", "国"}),
        ("東京の息子がひきこもり", {"高松", "三木", "国"}),
    ],
)
def test_town_named_rules_out_the_other_towns(towns, words, expected):
    found = {match.id for match in find(words).windows}
    assert found == {towns[key].public_id for key in expected}


@pytest.mark.parametrize("words", ["高松市 借金", "高松で借金が返せない"])
def test_window_is_not_found_for_the_town_in_its_name_alone(towns, words):
    women = WindowFactory(
        name="高松市女性の電話", area_scope="municipality", places=[Municipality.objects.get(code="372013")]
    )
    refresh_derived(women)
    assert women.public_id not in {match.id for match in find(words).windows}
    assert women.public_id in {match.id for match in find("高松市").windows}
    assert find("高松市の女性の電話").windows[0].id == women.public_id
