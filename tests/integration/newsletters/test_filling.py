"""Blocks that fill themselves: only what everybody may see, whoever reads the newsletter."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.models import ConsultationWindow
from meetings.models import Audience
from newsletters.composing import compose, compose_with_parts
from newsletters.composing.filling import MOST_BLOCKS, Wish, wish_of
from newsletters.content import to_json
from newsletters.models import Issue, Newsletter
from newsletters.services import issues as services
from platform_portal.audit import services as audit
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.events import EventFactory
from tests.factories.meetings import MinutesFactory
from tests.factories.members import UserFactory
from tests.factories.newsletters import IssueFactory, NewsletterFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db


def written(body: str, **values: object) -> str:
    return compose(IssueFactory(body=body, **values)).text


def published(days: int = 0, **values: object):
    at = timezone.now() - dt.timedelta(days=days)
    return WindowFactory(published_at=at, published_by=UserFactory(), **values)


def changed(window, *names: str) -> None:
    with transaction.atomic():
        audit.record(type="consultations.window_changed", by=None, obj=window, new=dict.fromkeys(names, "新"))


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("催し", Wish("催し")),
        ("催し 5件", Wish("催し", 5)),
        ("催し５件", Wish("催し", 5)),
        ("催し 30日以内 3件まで", Wish("催し", 3, 30)),
        ("催し　来月", Wish("催し", month="来月")),
        ("イベント 2週間", Wish("催し", days=14)),
        ("議事録 3か月", Wish("議事録", days=93)),
        ("議事録 2ヶ月", Wish("議事録", days=62)),
        ("窓口", Wish("新しい窓口")),
        ("議事録 来月", None),
        ("催し たくさん", None),
        ("催し 0件", None),
        ("催し 999日", None),
        ("天気", None),
        ("", None),
    ],
)
def test_what_a_block_asks_for(words, wish):
    assert wish_of(words) == wish


def test_events_are_those_that_are_to_come_for_everybody():
    soon = EventFactory(title="お茶の会", organization__name="つながりの会")
    EventFactory(title="下書きの会", draft=True)
    EventFactory(title="終わった会", past=True)
    EventFactory(title="遠い会", starts_at=timezone.now() + dt.timedelta(days=300))
    EventFactory(
        title="中止の会",
        cancelled_at=timezone.now(),
        cancelled_by=UserFactory(),
        cancelled_reason="台風のため",
    )
    text = written("{{催し}}")
    assert "・お茶の会\n" in text
    assert f"http://testserver/events/{soon.public_id}/" in text
    assert "会場：市民センター 2階" in text
    for word in ("下書きの会", "終わった会", "遠い会", "中止の会", "オンラインの参加先"):
        assert word not in text


def test_a_host_that_is_not_listed_is_not_named():
    EventFactory(organization__name="かくれた会", organization__is_listed=False)
    assert "かくれた会" not in written("{{催し}}")


def test_months_and_numbers_narrow_it():
    first = timezone.localtime().replace(day=1, hour=12) + dt.timedelta(days=32)
    EventFactory.create_batch(3, starts_at=first.replace(day=15))
    text = written("{{催し 来月 2件}}")
    assert text.count("http://testserver/events/") == 3  # two events, and the list with the rest
    assert "ほかに1件あります。すべて見る" in text
    assert "催しはありません" in written("{{催し 今月}}")


def test_windows_are_the_new_and_the_changed_ones():
    new = published(name="新しい相談室", address="ひみつの町1-1", address_visibility="hidden")
    old = published(days=90, name="変わった相談室")
    changed(old, "opening_hours")
    changed(new, "name")
    within = published(days=90, name="内輪だけ変わった相談室")
    changed(within, "internal_note", "address")
    published(days=90, name="変わらない相談室")
    WindowFactory(name="下書きの相談室", draft=True)
    published(name="閉じた相談室", valid_to=dt.date(2020, 1, 1))
    text = written("{{新しい窓口}}")
    assert text.count("新しい相談室") == 1
    assert f"http://testserver/w/{new.public_id}/" in text
    assert "・変わった相談室（変更）" in text
    assert text.count("電話 ") == 2
    for word in ("内輪", "変わらない", "下書き", "閉じた", "ひみつ"):
        assert word not in text


@pytest.mark.parametrize("readership", ["public", "members"])
def test_a_window_that_must_not_be_noticed_is_in_no_mail(readership):
    """A mail stays in the mailbox, where whoever watches looks first."""
    window = published(name="DV相談", topics=[CategoryFactory(risk=True)])
    changed(window, "name")
    newsletter = NewsletterFactory(readership=readership)
    content = compose(IssueFactory(newsletter=newsletter, body="{{新しい窓口 50件 365日}}"))
    assert "DV" not in content.text + content.html
    assert "新しい窓口はありません" in content.text


def test_minutes_are_those_for_everybody():
    record = MinutesFactory(published=True, meeting__title="第3回の会議")
    MinutesFactory(
        published=True,
        meeting__title="会員の会議",
        named_audience=Audience.MEMBERS,
        labels_audience=Audience.MEMBERS,
    )
    MinutesFactory(meeting__title="下書きの会議")
    labels = MinutesFactory(published=True, meeting__title="要旨の会議", named_audience=Audience.CLOSED)
    text = written("{{議事録}}")
    assert f"http://testserver/meetings/{record.meeting.public_id}/minutes/" in text
    assert f"http://testserver/meetings/{labels.meeting.public_id}/minutes/" in text
    assert "会員の会議" not in text
    assert "下書きの会議" not in text


# --- Since the last issue -------------------------------------------------------------------------
BLOCKS = "{{新しい窓口}}\n\n{{議事録}}"


def bound(
    newsletter: Newsletter, body: str = BLOCKS, *, days: int = 0, state: str = "completed", **values: object
) -> Issue:
    """An issue that was put together so many days ago, and was sent."""
    with time_machine.travel(timezone.now() - dt.timedelta(days=days), tick=False):
        content = compose(IssueFactory(newsletter=newsletter, body=body))
        return IssueFactory(
            **{state: True}, newsletter=newsletter, body=body, content=to_json(content), **values
        )


def test_what_the_last_issue_holds_is_not_told_again():
    newsletter = NewsletterFactory()
    published(days=12, name="前の号の窓口")
    bound(newsletter, days=10)
    published(days=9, name="今度の号の窓口")
    text = written(BLOCKS, newsletter=newsletter)
    assert "今度の号の窓口" in text
    assert "前の号の窓口" not in text
    assert "前の号の窓口" in written("{{新しい窓口 20日}}", newsletter=newsletter)
    assert "前の号の窓口" in written("{{新しい窓口}}")  # of another newsletter


@pytest.mark.parametrize("state", ["approved", "scheduled", "sending", "completed"])
def test_at_the_boundary_nothing_is_told_twice_and_nothing_missed(state):
    """What stands at the very moment; what was being published then and shows only afterwards."""
    newsletter = NewsletterFactory()
    old = published(days=300, name="古")
    changed(old, "name")
    now = timezone.now()
    before = WindowFactory(name="前", published_at=now, published_by=UserFactory())
    record = MinutesFactory(published=True, meeting__title="第1回の会議", published_at=now)
    with time_machine.travel(now, tick=False):
        bound(newsletter, state=state)
        late = WindowFactory(
            name="遅", published_at=now - dt.timedelta(seconds=5), published_by=UserFactory()
        )
        after = WindowFactory(name="後", published_at=now, published_by=UserFactory())
        text = written(BLOCKS, newsletter=newsletter)
    for row in (before, old):
        assert f"/w/{row.public_id}/" not in text
    assert f"/meetings/{record.meeting.public_id}/" not in text
    for row in (late, after):
        assert f"/w/{row.public_id}/" in text
    changed(before, "name")  # since it was told
    assert "・前（変更）" in written(BLOCKS, newsletter=newsletter)


def test_an_issue_without_the_block_has_told_nothing():
    newsletter = NewsletterFactory()
    bound(newsletter, days=25)
    published(days=20, name="だれも知らない窓口")
    published(days=3, name="7日の号の窓口")
    bound(newsletter, "{{議事録}}\n\n本文", days=10)
    bound(newsletter, "{{新しい窓口 7日}}", days=1)
    text = written("{{新しい窓口}}", newsletter=newsletter)
    assert "だれも知らない窓口" in text
    assert "7日の号の窓口" not in text


def test_an_issue_that_is_approved_anew_tells_what_it_would_have_told():
    newsletter = NewsletterFactory()
    bound(newsletter, days=20, number=1)
    published(days=10, name="2号の窓口")
    second = bound(newsletter, days=8, number=2, state="approved")
    published(days=6, name="3号の窓口")
    bound(newsletter, days=5, number=3)
    for text in (
        compose(second).text,
        compose(Issue(newsletter=newsletter, number=2, body=BLOCKS)).text,  # as it stands in the form
    ):
        assert "2号の窓口" in text
        assert "3号の窓口" not in text


def test_approval_remembers_when_the_issue_was_put_together(secretariat, owner, monkeypatch):
    PortalSettingsFactory(secretariat_address="高松市番町四丁目1番10号")
    issue = IssueFactory(in_review=True, body="{{新しい窓口}}", author=owner)
    real = services.compose_with_parts

    def slow(*args, **values):
        composed = real(*args, **values)
        with transaction.atomic():
            published(name="そのあいだに公開した窓口")
        return composed

    seen = services.proposal_of(issue).content.sha256
    monkeypatch.setattr(services, "compose_with_parts", slow)
    approved = services.approve_issue(issue=issue, seen_sha256=seen, by=secretariat)
    window = ConsultationWindow.objects.get()
    assert approved.approved_at < window.published_at
    assert window.name in written("{{新しい窓口}}", newsletter=issue.newsletter)


def test_many_blocks_are_looked_up_once_and_not_without_end():
    EventFactory()
    numbers = [*range(1, 10), *range(11, 42)]  # 10 is what it is without a number
    body = "{{催し}}\n\n" * 3 + "".join(f"{{{{催し {number}件}}}}\n\n" for number in numbers)
    parts = compose_with_parts(IssueFactory(body=body))
    assert sum(filled is None for _block, filled in parts.filled) == 1 + len(numbers) - MOST_BLOCKS


def test_the_number_of_queries_does_not_grow_with_the_rows():
    issue = IssueFactory(body="{{催し}}\n\n{{新しい窓口}}\n\n{{議事録}}")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            compose(issue)
        return len(queries)

    EventFactory()
    changed(published(days=90), "name")
    published()
    MinutesFactory(published=True)
    before = count()
    EventFactory.create_batch(3)
    for _number in range(3):
        changed(published(days=90), "name")
        published()
        MinutesFactory(published=True)
    assert count() == before


def test_titles_of_others_cannot_break_the_mail():
    EventFactory(title="<script>alert(1)</script> %%token%% **会**")
    content = compose(IssueFactory(body="{{催し}}"))
    assert content.text.count("%%token%%") == content.html.count("%%token%%") == 1
    assert "<script" not in content.text + content.html
