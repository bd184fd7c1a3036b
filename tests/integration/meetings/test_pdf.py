"""The record as a file: made in the background, handed out to whoever may read it, gone when it is out of date."""

import hashlib
import io

import pypdfium2
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from kombu.exceptions import OperationalError

from meetings.models import AgendaItem, Audience, Minutes, MinutesPdf
from meetings.services import renderings
from meetings.tasks import print_waiting_minutes
from meetings.waiting.approval import approval_jobs
from platform_portal.pdf import print_pdf
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    AgendaItemFactory,
    CorrectionFactory,
    MinutesFactory,
    UtteranceFactory,
    written_into,
)
from tests.factories.members import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def minutes() -> Minutes:
    minutes = MinutesFactory(published=True)
    UtteranceFactory(minutes=minutes, text="山田さんの話です。", labels_text="委員の話です。")
    return minutes


def address(minutes: Minutes, edition: str = "named", name: str = "minutes-pdf") -> str:
    return reverse(f"meetings:{name}", args=[minutes.meeting.public_id]) + f"?edition={edition}"


def text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def make(minutes: Minutes) -> None:
    renderings.ask_for_pdfs(minutes.pk)
    print_waiting_minutes()


def test_both_editions_are_made_and_checked(minutes):
    make(minutes)
    for edition, words, missing in (("named", "山田さんの話", "委員の"), ("labels", "委員の話", "山田")):
        response = Client().get(address(minutes, edition))
        assert response.headers["Content-Type"] == "application/pdf"
        assert words in text(response.content)
        assert missing not in text(response.content)
        row = MinutesPdf.objects.get(edition=edition)
        assert hashlib.sha256(response.content).hexdigest() == row.sha256
        page = text_of(
            Client().get(
                reverse("meetings:minutes", args=[minutes.meeting.public_id]) + f"?edition={edition}"
            )
        )
        assert row.sha256 in page


def test_asked_twice_it_is_made_once(minutes):
    make(minutes)
    names = set(MinutesPdf.objects.values_list("file", flat=True))
    make(minutes)
    assert set(MinutesPdf.objects.values_list("file", flat=True)) == names
    assert MinutesPdf.objects.count() == 2


def test_after_a_correction_the_former_file_is_not_handed_out(minutes):
    make(minutes)
    former = MinutesPdf.objects.get(edition="named")
    CorrectionFactory(utterance=minutes.utterances.get())
    assert Client().get(address(minutes)).status_code == 404
    make(minutes)
    response = Client().get(address(minutes))
    assert "できなかつた。" in text(response.content)
    page = text_of(Client().get(reverse("meetings:minutes", args=[minutes.meeting.public_id])))
    assert former.sha256 in page
    assert hashlib.sha256(response.content).hexdigest() in page
    assert MinutesPdf.objects.filter(pk=former.pk).exists()


def test_item_that_was_closed_takes_the_file_away(minutes):
    item = AgendaItemFactory(meeting=minutes.meeting)
    with written_into(minutes):
        minutes.utterances.get().agenda_items.set([item])
    make(minutes)
    AgendaItem.objects.filter(pk=item.pk).update(is_closed=True, closed_reason="個人のこと")
    assert Client().get(address(minutes)).status_code == 404
    make(minutes)
    assert "山田" not in text(Client().get(address(minutes)).content)


def test_members_edition_is_for_members(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.MEMBERS)
    make(minutes)
    member = MembershipFactory()
    minutes.meeting.body.organizations.add(member.organization)
    inside, outside = signed_in(member.user), signed_in(MembershipFactory().user)
    assert "山田" in text(inside.get(address(minutes, name="my-minutes-pdf")).content)
    for response in (Client().get(address(minutes)), outside.get(address(minutes, name="my-minutes-pdf"))):
        assert "山田" not in text(response.content)


@pytest.mark.parametrize("state", ["draft", "suspended"])
def test_no_file_of_what_is_not_published(minutes, state):
    make(minutes)
    values = {"suspended_at": minutes.created_at, "suspended_by": minutes.author, "suspended_reason": "理由"}
    Minutes.objects.filter(pk=minutes.pk).update(state=state, **values)
    assert Client().get(address(minutes)).status_code == 404
    assert renderings.ask_for_pdfs(minutes.pk) == []


def test_closed_edition_is_not_printed(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.CLOSED)
    make(minutes)
    assert list(MinutesPdf.objects.values_list("edition", flat=True)) == ["labels"]


# --- What goes wrong -----------------------------------------------------------------------------
def test_missing_glyph_is_said_in_words_and_not_tried_again():
    minutes = MinutesFactory(published=True)
    UtteranceFactory(minutes=minutes, text="外字\ue123")
    make(minutes)
    row = MinutesPdf.objects.get(edition="named")
    assert "U+E123" in row.error
    assert renderings.print_waiting() == 0
    page = text_of(Client().get(reverse("meetings:minutes", args=[minutes.meeting.public_id])))
    assert "いま作っています" not in page
    assert "PDFは、いまありません" in page


def test_the_desk_says_why_there_is_no_file_and_tries_again(minutes, secretariat_client, monkeypatch):
    desk = reverse("meetings:desk-publication", args=[minutes.meeting.public_id])
    again = reverse("meetings:desk-minutes-print", args=[minutes.meeting.public_id])
    assert "まだ作るように頼んでいません" in text_of(secretariat_client.get(desk))

    def stumbles(html: str, css: str) -> bytes:
        if "山田" in html:
            raise ValueError
        return print_pdf(html, css)

    monkeypatch.setattr(renderings, "print_pdf", stumbles)
    make(minutes)
    assert (
        Client().get(address(minutes, "labels")).status_code == 200
    )  # behind the one that stopped the program
    page = text_of(secretariat_client.get(desk))
    assert "途中で止まりました（ValueError）" in page
    assert again in page
    job = next(job for job in approval_jobs(minutes.author) if job.words == "作れなかったPDF")
    assert (job.count, job.address) == (1, desk)
    monkeypatch.undo()
    assert "数分たったら" in text_of(secretariat_client.post(again, follow=True))
    waiting = text_of(Client().get(reverse("meetings:minutes", args=[minutes.meeting.public_id])))
    assert "いま作っています" in waiting
    print_waiting_minutes()
    assert Client().get(address(minutes)).status_code == 200
    assert again not in text_of(secretariat_client.get(desk))
    assert not MinutesPdf.objects.missing().exists()


def test_only_the_secretariat_asks_again_and_only_for_what_is_public(
    minutes, owner_client, secretariat_client
):
    again = reverse("meetings:desk-minutes-print", args=[minutes.meeting.public_id])
    assert owner_client.post(again).status_code == 403
    Minutes.objects.filter(pk=minutes.pk).update(state="draft", published_at=None, published_by=None)
    assert "公開している議事録だけ" in text_of(secretariat_client.post(again, follow=True))
    assert not MinutesPdf.objects.exists()


def test_time_that_runs_out_is_said_in_words(minutes, monkeypatch):
    def too_slow(*parts: str) -> bytes:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(renderings, "print_pdf", too_slow)
    make(minutes)
    assert "時間内" in MinutesPdf.objects.first().error


def test_record_that_changed_while_it_waited_is_another_file(minutes):
    renderings.ask_for_pdfs(minutes.pk)
    CorrectionFactory(utterance=minutes.utterances.get())
    print_waiting_minutes()
    assert not MinutesPdf.objects.exclude(rendered_at=None).exists()
    assert "変わりました" in MinutesPdf.objects.first().error
    make(minutes)
    assert Client().get(address(minutes)).status_code == 200


def test_without_the_queue_the_tick_makes_it(minutes, monkeypatch, django_capture_on_commit_callbacks):
    def away(**options: object) -> None:
        raise OperationalError

    monkeypatch.setattr(print_waiting_minutes, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        renderings.ask_for_pdfs(minutes.pk)
    assert not MinutesPdf.objects.exclude(rendered_at=None).exists()
    print_waiting_minutes()
    assert MinutesPdf.objects.exclude(rendered_at=None).count() == 2


def test_command_makes_what_is_missing(minutes):
    out = io.StringIO()
    call_command("print_minutes", stdout=out)
    assert out.getvalue() == "1件の議事録を確かめ、PDFを2件作りました。\n"
