"""Names left in the edition without names."""

import time

import pytest

from meetings.leaks.checking import blocks_of, known_of, labels_go_further, open_hits
from meetings.leaks.finding import Known, LeakKind, find, rewritten
from meetings.leaks.folding import fold
from meetings.services.leaks import judge_harmless, write_labels_text
from platform_portal.access.checks import Refused
from tests.factories.meetings import (
    AttendanceFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory


@pytest.fixture
def known() -> Known:
    people = Known()
    people.add_person("大谷", "参与")
    people.add_person("大谷　蓮")
    people.add_person("奈和", "統括保護観察官")
    people.add_person("髙崎", "会長")
    people.add_person("林", "部長")
    people.add_person("オオタニ", "相談員")
    people.add_organization("県社協")
    return people.index()


@pytest.mark.parametrize(
    ("text", "words", "kind", "instead"),
    [
        ("大谷さんは話した。", "大谷", "name", "参与は話した。"),
        ("大谷 さんは話した。", "大谷", "name", "参与は話した。"),
        ("大谷参与のとおり。", "大谷", "name", "参与のとおり。"),
        ("奈和氏の話。", "奈和", "name", "統括保護観察官の話。"),
        ("大谷の話。", "大谷", "name", "参与の話。"),
        ("大 谷 蓮の話。", "大 谷 蓮", "name", "参与の話。"),
        ("大谷\n蓮の話。", "大谷\n蓮", "name", "参与の話。"),
        ("高崎会長から。", "高崎", "name", "会長から。"),
        ("高﨑さんから。", "高﨑", "name", "会長から。"),
        ("林部長から。", "林", "name", "部長から。"),
        ("健康福祉部林部長から。", "林", "perhaps", "健康福祉部林部長から。"),
        ("ｵｵﾀﾆさんから。", "ｵｵﾀﾆ", "name", "相談員から。"),
        ("大谷石の塀。", "大谷", "perhaps", "大谷石の塀。"),
        ("県社協からも意見があった。", "県社協", "organization", "県社協からも意見があった。"),
        ("佐々木さんから。", "佐々木", "unknown", "○○さんから。"),
        ("スミスさんから。", "スミス", "unknown", "○○さんから。"),
        ("土屋先生の話。", "土屋", "unknown", "○○先生の話。"),
    ],
)
def test_a_name_is_found_and_rewritten(known, text, words, kind, instead):
    found = find(text, known)
    assert [(text[each.start : each.end], each.kind.value) for each in found] == [(words, kind)]
    assert rewritten(text, found, known) == instead


@pytest.mark.parametrize(
    "text",
    [
        "皆さん、患者さん、看護師さん、お客様、同様に様々な様子を見た。",
        "森林の林業。",
        "高崎市の取組。",
        "氏名を書く。お子さん、お父さん、ヘルパーさん、学生さん。",
        "多様な支援を行う。彼氏、両氏。いま皆さん、企業様、地域住民さん、今皆さん。",
        "",
    ],
)
def test_what_is_no_name_is_left(known, text):
    assert find(text, known) == []


def test_folding_leads_back_to_the_text():
    text = "ﾀﾞイ 髙﨑\u3000"
    plain, places = fold(text)
    assert plain == "だい高崎"
    assert [text[place] for place in places] == ["ﾀ", "イ", "髙", "﨑"]


@pytest.mark.timed
def test_time_grows_with_the_length_alone(known):
    text = "大谷さんは高崎と林業の話をしました。県社協からも、佐々木さんからも。" * 200
    began = time.process_time()
    find(text, known)
    short = time.process_time() - began
    began = time.process_time()
    find(text * 8, known)
    assert time.process_time() - began < max(short, 0.01) * 24


@pytest.fixture
def minutes(db):
    return MinutesFactory(named_audience="members", labels_audience="public")


def test_everybody_who_took_part_is_known(minutes, django_assert_num_queries):
    meeting = minutes.meeting
    organization = OrganizationFactory(name="まちの居場所の会")
    MembershipFactory(organization=organization, user__name="三好 はる")
    attendance = AttendanceFactory(meeting=meeting, organization=organization)
    attendance.attendees.create(name="木村 夏", role="代表")
    meeting.body.aliases.create(label="田中参与", speaker="田中", role="参与")
    utterances = [UtteranceFactory(minutes=minutes, position=n) for n in range(3)]
    with django_assert_num_queries(4):
        known = known_of(minutes, utterances)
    assert {"山田", "三好", "三好はる", "木村", "木村夏", "田中"} <= set(known.roles)
    assert {"県社協", "まちの居場所の会"} <= known.organizations


def test_five_hundred_blocks_in_constant_queries(minutes, django_assert_num_queries):
    for position in range(500):
        UtteranceFactory(minutes=minutes, position=position, text="山田課長から説明がありました。" * 10)
    with django_assert_num_queries(6):
        hits = open_hits(minutes)
    assert len(hits) == 5000


def test_only_an_edition_that_goes_further_needs_it():
    cases = {
        ("closed", "public"): True,
        ("members", "public"): True,
        ("closed", "members"): True,
        ("public", "public"): False,
        ("public", "closed"): False,
        ("members", "members"): False,
    }
    for (named, labels), expected in cases.items():
        minutes = MinutesFactory.build(
            named_audience=named, labels_audience=labels, meeting=None, author=None
        )
        assert labels_go_further(minutes) is expected


def test_a_judgement_holds_for_exactly_that_text(minutes, secretariat):
    block = UtteranceFactory(minutes=minutes, position=0, text="山田さんのとおりです。")
    hits = open_hits(minutes)
    assert [hit.words for hit in hits] == ["山田"]
    with pytest.raises(Refused, match="わけ"):
        judge_harmless(minutes=minutes, hits=hits, reason=" ", by=secretariat)
    assert judge_harmless(minutes=minutes, hits=hits, reason="公表されています", by=secretariat) == 1
    assert judge_harmless(minutes=minutes, hits=hits, reason="公表されています", by=secretariat) == 0
    assert open_hits(minutes) == []
    assert blocks_of(minutes)[0].hits[0].decision.reason == "公表されています"
    block.text += "以上です。"
    block.save()
    assert [hit.words for hit in open_hits(minutes)] == ["山田"]


def test_other_words_for_the_edition_without_names(minutes, secretariat):
    block = UtteranceFactory(minutes=minutes, position=0, text="山田さんのとおりです。")
    (found,) = blocks_of(minutes)
    assert found.proposal == "課長のとおりです。"
    write_labels_text(utterance=block, text=found.proposal, by=secretariat, version=block.version)
    block.refresh_from_db()
    assert (block.text, block.labels_text) == ("山田さんのとおりです。", "課長のとおりです。")
    assert open_hits(minutes) == []
    with pytest.raises(Refused):
        write_labels_text(utterance=block, text="別の文", by=secretariat, version=1)
    # The words of the other edition: nothing of its own.
    write_labels_text(utterance=block, text=block.text, by=secretariat, version=block.version)
    block.refresh_from_db()
    assert block.labels_text == ""


def test_a_name_in_the_label_is_found(minutes):
    UtteranceFactory(minutes=minutes, position=0, speaker="山田", role="課長", text="はい。")
    UtteranceFactory(minutes=minutes, position=1, speaker="", role="山田課長", text="はい。")
    (hit,) = open_hits(minutes)
    assert hit.is_label
    assert hit.utterance.position == 1
    assert hit.kind_label == LeakKind.NAME.label


def test_only_the_secretariat_judges(minutes):
    UtteranceFactory(minutes=minutes, position=0, text="山田さんのとおりです。")
    with pytest.raises(Refused):
        judge_harmless(minutes=minutes, hits=open_hits(minutes), reason="x", by=UserFactory(role="staff"))


def test_a_body_without_anybody():
    assert find("大谷さん", Known().index())[0].kind == LeakKind.UNKNOWN
