"""Files of a report: asked for, made once, taken up again, cancelled; whatever dies in between."""

import gc
import threading

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.db import connection

from platform_portal import lighter_printing
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.pdf import UnprintableError
from reports.making import Made
from reports.models import AnnualReport, Rendering, RenderingKind, RenderingState
from reports.models.renderings import RENDERINGS
from reports.services import renderings
from reports.services.annual import begin_report, write_heading
from reports.services.renderings import ask_for_file, cancel_file, make_one, make_waiting
from tests.factories.members import UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.factories.reports import GrantSchemeFactory
from tests.full_disk import full_disk
from tests.racing import at_once

pytestmark = pytest.mark.django_db
PDF = RenderingKind.PDF


@pytest.fixture
def secretary():
    return UserFactory(role="secretariat")


@pytest.fixture
def report(secretary):
    PortalSettingsFactory()
    return begin_report(scheme=GrantSchemeFactory(), by=secretary)


@pytest.fixture
def maker(monkeypatch):
    """Stands in for the printer; keeps count. What `does` holds is done while the file is made."""

    class Maker:
        calls = 0
        does = staticmethod(lambda: None)

        def __call__(self, kind, source, *, on_writing):
            self.calls += 1
            on_writing()
            self.does()
            return Made(b"%PDF-1.7 of a report", 6)

    maker = Maker()
    monkeypatch.setattr(renderings, "make_file", maker)
    # A click makes nothing: only the worker does.
    monkeypatch.setattr(renderings, "_wake_printer", lambda: None)
    return maker


def raising(error: Exception):
    def act() -> None:
        raise error

    return act


def stored_files() -> list[str]:
    return default_storage.listdir(RENDERINGS)[1]


def test_two_clicks_are_one_file(report, secretary, maker):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    again = ask_for_file(report=report, kind=PDF, by=UserFactory(role="secretariat"))
    assert again == row
    assert (make_waiting(), make_waiting()) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.page_count, maker.calls) == (RenderingState.DONE, 6, 1)
    with row.file.open("rb") as file:
        assert file.read() == b"%PDF-1.7 of a report"
    assert ask_for_file(report=report, kind=PDF, by=secretary).state == RenderingState.DONE
    assert make_waiting() == 0


def test_changed_content_is_another_file(report, secretary, maker):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    write_heading(report=report, heading="べつの事業名", by=secretary)
    report.refresh_from_db()
    assert ask_for_file(report=report, kind=PDF, by=secretary) != row


def test_the_state_is_seen_while_it_is_made(report, secretary, maker):
    seen = []
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    maker.does = lambda: seen.append(Rendering.objects.get().state)
    make_one(row.pk)
    assert seen == [RenderingState.WRITING]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (UnprintableError("書体にない文字：𠮷"), "書体にない文字：𠮷"),
        (SoftTimeLimitExceeded(), "時間内に作れませんでした。報告書が長すぎるようです"),
        (MemoryError(), "メモリーが足りず、作れませんでした。報告書が長すぎるようです"),
        (RecursionError(), "印刷のプログラムが途中で止まりました（RecursionError）"),
    ],
)
def test_what_cannot_be_made_is_said_and_can_be_tried_again(report, secretary, maker, error, words):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    maker.does = raising(error)
    make_waiting()
    row.refresh_from_db()
    assert row.state == RenderingState.FAILED
    assert words in row.error
    assert make_waiting() == 0
    maker.does = lambda: None
    assert ask_for_file(report=report, kind=PDF, by=secretary) == row
    make_waiting()
    row.refresh_from_db()
    assert (row.state, row.error) == (RenderingState.DONE, "")


def test_a_file_that_cannot_be_made_holds_up_none_behind_it(report, secretary, maker):
    first = ask_for_file(report=report, kind=PDF, by=secretary)
    second = ask_for_file(report=report, kind=RenderingKind.DOCX, by=secretary)
    maker.does = lambda: 1 / (maker.calls - 1)
    assert make_waiting() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (RenderingState.FAILED, RenderingState.DONE)


@pytest.mark.parametrize(("kind", "advice"), [("pdf", "Wordのファイルで作って"), ("docx", "文章を減らして")])
def test_too_long_a_report_is_told_with_a_way_out(report, secretary, maker, kind, advice):
    row = ask_for_file(report=report, kind=RenderingKind(kind), by=secretary)
    maker.does = raising(SoftTimeLimitExceeded())
    make_waiting()
    row.refresh_from_db()
    assert advice in row.error


def test_the_limit_of_time_reaches_us_out_of_the_middle_of_the_pages(report, secretary, monkeypatch):
    """Nothing on the way takes it for an error of a document, and the process prints on as before."""
    monkeypatch.setattr(renderings, "_wake_printer", lambda: None)
    before = gc.get_threshold()
    with monkeypatch.context() as patch:
        patch.setattr(lighter_printing, "strut", lambda _style: raising(SoftTimeLimitExceeded())())
        row = ask_for_file(report=report, kind=PDF, by=secretary)
        assert make_waiting() == 1
    row.refresh_from_db()
    assert (row.state, row.error[:9]) == (RenderingState.FAILED, "時間内に作れません")
    assert gc.get_threshold() == before
    ask_for_file(report=report, kind=PDF, by=secretary)
    assert make_waiting() == 1
    row.refresh_from_db()
    assert (row.state, row.page_count) == (RenderingState.DONE, 1)


def test_disk_full(report, secretary, maker):
    """A part of the file stays there; the next attempt does not take it for the whole."""
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    with full_disk():
        make_waiting()
    row.refresh_from_db()
    assert (row.state, row.file.name) == (RenderingState.FAILED, "")
    assert "置き場所" in row.error
    assert [default_storage.size(f"{RENDERINGS}{name}") for name in stored_files()] == [10]
    ask_for_file(report=report, kind=PDF, by=secretary)
    make_waiting()
    row.refresh_from_db()
    with row.file.open("rb") as file:
        assert file.read() == b"%PDF-1.7 of a report"
    assert len(stored_files()) == 1


def test_cancelled_before_and_while_it_is_made(report, secretary, maker):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    cancel_file(rendering=row, by=secretary)
    assert make_waiting() == 0
    ask_for_file(report=report, kind=PDF, by=secretary)
    maker.does = lambda: cancel_file(rendering=row, by=secretary)
    make_waiting()
    row.refresh_from_db()
    assert (row.state, row.file.name) == (RenderingState.CANCELLED, "")


def test_what_is_done_is_not_cancelled(report, secretary, maker):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    make_waiting()
    with pytest.raises(Refused, match="もう終わっています"):
        cancel_file(rendering=row, by=secretary)


def test_a_worker_that_died_is_followed_by_another(report, secretary, maker):
    """Its lock went with its connection; the row still says that somebody is at it."""
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    maker.does = raising(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        make_one(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (RenderingState.WRITING, 1)
    maker.does = lambda: None
    assert make_waiting() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (RenderingState.DONE, 2)
    assert len(stored_files()) == 1


def test_a_long_queue_is_made_in_several_runs(report, secretary, maker, monkeypatch):
    """The time limit of one run must not strike a row that only had to wait for others."""
    for heading in ("はじめ", "つぎ", "おわり"):
        write_heading(report=report, heading=heading, by=secretary)
        report.refresh_from_db()
        ask_for_file(report=report, kind=PDF, by=secretary)
    monkeypatch.setattr(renderings, "_BEGINS_NONE_AFTER", 0)
    woken = []
    monkeypatch.setattr(renderings, "_wake_printer", lambda: woken.append(maker.calls))
    assert [make_waiting() for _run in range(4)] == [1, 1, 1, 0]
    assert woken == [1, 2]
    assert set(Rendering.objects.values_list("state", flat=True)) == {RenderingState.DONE}


def test_what_kills_every_worker_is_given_up(report, secretary, maker):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    maker.does = raising(KeyboardInterrupt())
    for _attempt in range(renderings.MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            make_one(row.pk)
    assert make_waiting() == 0
    row.refresh_from_db()
    assert row.state == RenderingState.FAILED
    assert "途中で止まりました" in row.error


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_job(report, secretary, maker):
    def click() -> None:
        ask_for_file(report=AnnualReport.objects.get(), kind=PDF, by=secretary)

    assert at_once(click, click) == [None, None]
    assert (make_waiting(), maker.calls, Rendering.objects.count()) == (1, 1, 1)
    assert AuditEvent.objects.filter(type="reports.file_asked_for").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_make_one_file(report, secretary, maker):
    row = ask_for_file(report=report, kind=PDF, by=secretary)
    answers = []

    def second_worker() -> None:
        answers.append(make_one(row.pk))
        connection.close()

    def meanwhile() -> None:
        other = threading.Thread(target=second_worker)
        other.start()
        other.join()

    maker.does = meanwhile
    assert make_one(row.pk)
    assert (answers, maker.calls) == ([False], 1)


@pytest.mark.parametrize("role", ["staff", "member"])
def test_files_are_the_secretariats(report, role):
    with pytest.raises(Refused):
        ask_for_file(report=report, kind=PDF, by=UserFactory(role=role))
