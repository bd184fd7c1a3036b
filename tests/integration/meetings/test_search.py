"""Search among records: every reader finds what they may read, in the edition that they see, and nothing else."""

import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings import searching
from meetings.indexing import rebuild_vectors, refresh_minutes, refresh_paper
from meetings.models import AgendaItem, Audience, Minutes, Utterance
from meetings.searching import Asked, find_papers, find_utterances
from meetings.words import spellings_of
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    AgendaItemFactory,
    DocumentFactory,
    DocumentVersionFactory,
    MeetingFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/meetings/minutes/search/"
NOBODY = AnonymousUser()


def record(*texts: str, **options) -> Minutes:
    minutes = MinutesFactory(published=True, **options)
    for text in texts:
        UtteranceFactory(minutes=minutes, text=text)
    refresh_minutes(minutes)
    return minutes


def found(words: str = "", user=NOBODY, **asked) -> list[str]:
    keys = find_utterances(Asked(words, **asked), user).keys
    texts = dict(Utterance.objects.values_list("pk", "text"))
    return [texts[key] for key in keys]


def answer(words: str, client: Client | None = None, **fields) -> str:
    response = (client or Client()).post(ADDRESS, {"words": words, **fields})
    assert response.status_code == 200
    return text_of(response)


# --- Words ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words", ["孤立", "孤独", "孤独孤立", "孤独・孤立", "孤独・孤立対策", "対策 孤立", "孤立　ＳＮＳ"]
)
def test_compounds_are_found_by_their_parts(words):
    record("孤独・孤立対策をSNSで知らせます。", "天気の話。")
    assert found(words) == ["孤独・孤立対策をSNSで知らせます。"]


def test_every_term_is_needed():
    record("相談の話", "孤立の話", "相談と孤立の話")
    assert found("相談 孤立") == ["相談と孤立の話"]


@pytest.mark.parametrize("words", ["", "、。", "の", "' | '' & (", "a:*", "\\"])
def test_what_is_no_word_finds_nothing_and_breaks_nothing(words):
    record("相談の話")
    assert found(words) == []
    assert "相談の話" not in answer(words)


def test_what_was_on_the_agenda_is_found_though_nobody_says_it():
    minutes = record("ちらしの話")
    item = AgendaItemFactory(meeting=minutes.meeting, title="孤独・孤立の広報の進め方")
    later = AgendaItemFactory(meeting=MeetingFactory(planned=True), title="広報の計画")
    text = answer("広報")
    assert "<mark>広報</mark>の進め方" in text
    assert "見つかった発言" not in text
    assert "見つかりませんでした" not in text
    assert text.index("</mark>の計画") < text.index("</mark>の進め方")
    assert [each.pk for each in searching.find_items(Asked("孤独孤立"), NOBODY)] == [item.pk]
    year = later.meeting.fiscal_year
    assert not searching.find_items(Asked("広報", year=year + 9), NOBODY)
    assert not searching.find_items(Asked("広報", speaker="議長"), NOBODY)
    assert not searching.find_items(Asked("の"), NOBODY)


@pytest.mark.parametrize("case", ["closed item", "under a closed one", "draft", "members", "closed"])
def test_an_item_that_is_not_public_is_not_found(case):
    options = {"draft": {"draft": True}, "members": {"audience": "members"}, "closed": {"audience": "closed"}}
    meeting = MeetingFactory(**options.get(case, {}))
    closed = {"is_closed": True, "closed_reason": "個人の相談のため"}
    over = AgendaItemFactory(meeting=meeting, **(closed if case == "under a closed one" else {}))
    hidden = closed if case == "closed item" else {}
    AgendaItemFactory(meeting=meeting, parent=over, title="ひみつの広報", **hidden)
    assert "ひみつ" not in answer("広報")
    assert "見つかりませんでした" in answer("広報")


def test_newest_meeting_comes_first_and_in_it_the_order_of_speaking():
    record(
        "古い相談1",
        "古い相談2",
        meeting=MeetingFactory(starts_at=timezone.now() - timezone.timedelta(days=400)),
    )
    record("新しい相談")
    assert found("相談") == ["新しい相談", "古い相談1", "古い相談2"]


def test_filters():
    minutes, other = record("相談1"), record("相談2")
    assert found("相談", body=minutes.meeting.body) == ["相談1"]
    assert found("相談", year=other.meeting.fiscal_year + 1) == []
    assert len(found("相談", year=other.meeting.fiscal_year)) == 2


@pytest.mark.parametrize("expected", [1, 12, 10_000], ids=["too little", "right", "too many"])
def test_common_words_are_counted_to_the_limit_and_come_newest_first(monkeypatch, expected):
    """Whatever the planner makes of the word."""
    monkeypatch.setattr(searching, "_expected", lambda *asked: expected)
    monkeypatch.setattr(searching, "MOST_COUNTED", 5)
    monkeypatch.setattr(searching, "PER_PAGE", 2)
    for days in range(6, 0, -1):
        when = timezone.now() - timezone.timedelta(days=days)
        record(f"相談{days}の1", f"相談{days}の2", meeting=MeetingFactory(starts_at=when))
    result = find_utterances(Asked("相談"), NOBODY)
    assert (result.count, result.has_more_than_counted) == (5, True)
    texts = [
        Utterance.objects.get(pk=key).text
        for page in (1, 2, 3)
        for key in find_utterances(Asked("相談"), NOBODY, page=page).keys
    ]
    assert texts == ["相談1の1", "相談1の2", "相談2の1", "相談2の2", "相談3の1"]
    assert "5件以上" in answer("相談")


def test_parts_of_a_compound_are_expected_as_often_as_the_rarest_and_terms_by_chance(monkeypatch):
    """The planner multiplies all of them, and takes a common compound for the rarest of words."""
    planned = {"every": 1000, "newest": 200, "word_0": 500, "word_1": 100, "word_2": 800}
    monkeypatch.setattr(searching, "_planned_rows", lambda plan: planned)
    compound, word = [["地域", "包括"]], [["窓口"]]
    for terms, expected in (([compound], 20), ([compound, word], 16), ([[[], ["地域"]]], 100)):
        assert searching._expected(terms, [1, 2, 3, 4, 5], "named_vector") == expected


def test_words_are_expected_as_often_as_the_planner_says(django_assert_num_queries):
    minutes = record(*["相談と支援の話"] * 3, "天気の話")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE meetings_utterance")
    with django_assert_num_queries(1):
        assert searching._expected(spellings_of("相談 支援"), [minutes.pk], "named_vector") in {2, 3}
    assert searching._expected(spellings_of("相談" * 40), [minutes.pk], "labels_vector") >= 1


# --- Who finds what ------------------------------------------------------------------------------
def two_editions(**audiences) -> Minutes:
    minutes = MinutesFactory(published=True)
    Minutes.objects.filter(pk=minutes.pk).update(**audiences)
    UtteranceFactory(
        minutes=minutes, text="大谷さんの相談", labels_text="参与の相談", speaker="山田", role="課長"
    )
    refresh_minutes(minutes)
    return minutes


def test_names_are_found_by_who_may_read_them():
    minutes = two_editions(named_audience=Audience.MEMBERS)
    member = MembershipFactory()
    minutes.meeting.body.organizations.add(member.organization)
    for asked in (Asked("大谷"), Asked(speaker="山田"), Asked("相談", speaker="山田"), Asked("山田")):
        assert find_utterances(asked, NOBODY).count == 0
        assert find_utterances(asked, MembershipFactory().user).count == 0
        assert find_utterances(asked, member.user).count == 1
    assert find_utterances(Asked("参与", speaker="課長"), NOBODY).count == 1
    assert find_utterances(Asked("参与"), member.user).count == 0  # the edition that is shown says 大谷さん


def test_each_record_is_searched_in_its_own_edition():
    two_editions(named_audience=Audience.MEMBERS)
    record("大谷さんへの答え", "参与への答え")
    assert found("大谷") == ["大谷さんへの答え"]
    assert sorted(found("参与")) == ["参与への答え", "大谷さんの相談"]


def test_labels_page_shows_labels():
    two_editions(named_audience=Audience.MEMBERS)
    words = answer("相談")
    assert "参与の<mark>相談</mark>" in words
    assert "大谷" not in words
    assert "山田" not in words


def test_speaker_alone_is_enough_and_is_no_word_of_the_text():
    minutes = MinutesFactory(published=True)
    UtteranceFactory(minutes=minutes, text="今日の話", speaker="森", role="部長")
    UtteranceFactory(minutes=minutes, text="森の話")
    refresh_minutes(minutes)
    assert found(speaker="森") == ["今日の話"]


@pytest.mark.parametrize("state", ["draft", "in_review", "suspended", "archived"])
def test_only_published_records_are_found(state):
    minutes = record("相談の話")
    Minutes.objects.filter(pk=minutes.pk).update(
        state=state, suspended_at=timezone.now(), suspended_by=UserFactory(), suspended_reason="理由"
    )
    assert found("相談", UserFactory(role="secretariat")) == []


def test_closed_items_are_not_found_even_before_the_index_knows():
    minutes = MinutesFactory(published=True)
    item = AgendaItemFactory(meeting=minutes.meeting)
    UtteranceFactory(minutes=minutes, text="相談の話", items=[item])
    refresh_minutes(minutes)
    assert found("相談") == ["相談の話"]
    AgendaItem.objects.filter(pk=item.pk).update(is_closed=True, closed_reason="個人のこと")
    assert found("相談") == []
    refresh_minutes(minutes)
    assert not Utterance.objects.exclude(named_vector=None).exists()


# --- Papers --------------------------------------------------------------------------------------
def paper(text: str, **options) -> None:
    refresh_paper(DocumentVersionFactory(document=DocumentFactory(**options), text=text))


def test_papers_are_found_by_text_and_title():
    paper("孤独・孤立対策の取組", title="県の計画")
    assert len(find_papers(Asked("孤立"), NOBODY)) == len(find_papers(Asked("計画"), NOBODY)) == 1
    assert "<mark>孤立</mark>" in answer("孤立")


def test_only_the_newest_version_is_found():
    document = DocumentFactory()
    refresh_paper(DocumentVersionFactory(document=document, text="古い孤立"))
    refresh_paper(DocumentVersionFactory(document=document, text="新しい相談", number=2))
    assert find_papers(Asked("孤立"), NOBODY) == []
    assert len(find_papers(Asked("相談"), NOBODY)) == 1


@pytest.mark.parametrize(
    "options",
    [
        {"audience": Audience.MEMBERS},
        {"audience": Audience.CLOSED},
        {"opens_at": timezone.now() + timezone.timedelta(days=1)},
        {"withdrawn_at": timezone.now(), "withdrawn_by": True, "withdrawn_reason": "誤り"},
        {"meeting": {"draft": True}},
    ],
    ids=["members", "closed", "later", "withdrawn", "draft"],
)
def test_papers_that_nobody_may_open_are_not_found(options):
    if options.get("withdrawn_by"):
        options = options | {"withdrawn_by": UserFactory()}
    if "meeting" in options:
        options = options | {"meeting": MeetingFactory(**options["meeting"])}
    paper("孤立の話", **options)
    assert find_papers(Asked("孤立"), NOBODY) == []


def test_all_is_built_anew():
    record("相談")
    paper("孤立")
    Utterance.objects.update(named_vector=None, labels_vector=None)
    assert rebuild_vectors() == (1, 1)
    assert found("相談") == ["相談"]


# --- The page ------------------------------------------------------------------------------------
def test_words_are_in_no_address_log_or_cache(caplog):
    record("相談の話")
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    response = Client().post(ADDRESS, {"words": "相談"})
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    assert "相談" not in caplog.text
    assert Client().get(ADDRESS, {"words": "相談"}).context["answer"] is None


def test_the_empty_page_may_wait_in_memory_with_its_answer_and_no_other():
    """A browser keeps no page alive that says `no-store`: going back would lose what was found."""
    record("相談の話")
    inside = signed_in(UserFactory(role="staff"))
    assert "no-store" not in Client().get(ADDRESS).headers["Cache-Control"]
    assert "no-store" in inside.get(ADDRESS).headers["Cache-Control"]
    for visitor in (Client(), inside):
        assert "no-store" in visitor.post(ADDRESS, {"words": "相談"}).headers["Cache-Control"]


def test_hits_are_marked_and_escaped():
    record("<b>相談</b> & 話")
    assert "&lt;b&gt;<mark>相談</mark>&lt;/b&gt; &amp; 話" in answer("相談")


def test_who_is_signed_in_is_led_to_pages_for_those_inside():
    record("相談の話")
    block = Utterance.objects.get()
    assert f"{reverse('meetings:utterance', args=[block.public_id])}#u-{block.public_id}" in answer("相談")
    assert reverse("meetings:my-utterance", args=[block.public_id]) in answer(
        "相談", signed_in(MembershipFactory().user)
    )


def test_nothing_found_says_what_to_try():
    assert "言葉を1つだけに" in answer("ぬぬぬ相談")


def test_nothing_asked_says_what_to_write():
    assert "さがす言葉か、発言した人を書いてください。" in answer("")


def test_garbage_in_the_fields_is_answered_in_words():
    for fields in ({"page": "x"}, {"page": "-1"}, {"year": "x"}, {"body": "x"}, {"page": "999999999999"}):
        answer("相談", **fields)


def test_pages_by_post(monkeypatch):
    monkeypatch.setattr(searching, "PER_PAGE", 2)
    monkeypatch.setattr("meetings.views.public.search.PER_PAGE", 2)
    record("相談1", "相談2", "相談3")
    first, second = answer("相談"), answer("相談", page=2)
    assert 'name="page" value="2"' in first
    assert ">3</" not in first
    assert "<mark>相談</mark>3" in second
    assert 'name="page" value="1"' in second


def test_bodies_of_meetings_that_nobody_may_know_of_are_not_offered():
    open_one, hidden = MeetingFactory(), MeetingFactory(audience=Audience.MEMBERS)
    words = text_of(Client().get(ADDRESS))
    assert open_one.body.name in words
    assert hidden.body.name not in words


@pytest.mark.parametrize("count", [2, 30])
def test_queries_are_constant(count, django_assert_num_queries):
    for n in range(count):
        record(f"相談{n}")
    with django_assert_num_queries(3):
        find_utterances(Asked("相談"), NOBODY)


@pytest.mark.parametrize(
    ("words", "heading", "hint", "other"),
    [
        ("の", "この言葉ではさがせません", "2文字以上の言葉", "短くしてみてください"),
        ("！？", "この言葉ではさがせません", "2文字以上の言葉", "短くしてみてください"),
        ("丼", "見つかりませんでした", "2文字以上にしてみてください", "短くしてみてください"),
        ("見当たらない語", "見つかりませんでした", "短くしてみてください", "2文字以上"),
    ],
)
def test_what_cannot_be_looked_for_is_not_called_too_long(words, heading, hint, other):
    record("相談の話")
    page = answer(words)
    assert heading in page
    assert hint in page
    assert other not in page
