"""Upload, proposal beside its source, putting right, accepting: as pages, for each role."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.models import AgendaItem, Meeting, Minutes, MinutesImport, SpeakerAlias
from meetings.services.minutes import delete_utterance, move_utterance
from tests.conftest import text_of
from tests.factories.meetings import AgendaItemFactory, BodyFactory, MeetingFactory, MinutesFactory
from tests.hostile_files import bomb
from tests.minutes_files import LATER, RECORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    return MeetingFactory(place="")


def upload(client: Client, meeting: Meeting, text: str | bytes = RECORD) -> MinutesImport:
    content = text if isinstance(text, bytes) else text.encode()
    here = reverse("meetings:desk-import", args=[meeting.public_id])
    answer = client.post(here, {"file": SimpleUploadedFile("記録.txt", content)})
    assert answer.status_code == 302, text_of(answer)
    return MinutesImport._default_manager.order_by("-pk").first()


def address_of(kept: MinutesImport) -> str:
    return reverse("meetings:desk-import-proposal", args=[kept.public_id])


def fields_of(response: Any) -> dict[str, str]:
    """What the form of the proposal sends when nothing was touched."""
    form = response.context["form"]
    found = {"version": str(response.context["kept"].version), "seen": str(response.context["seen"])}
    for part in (
        form.header,
        *(row for rows in (form.agenda, form.documents, form.attendance) for row in rows),
    ):
        for field in part:
            value = field.value()
            if value not in (None, "", False):
                found[field.html_name] = str(value)
    for rows in (form.agenda, form.documents, form.attendance):
        for field in rows.management_form:
            found[field.html_name] = str(field.value())
    return found


class TestUpload:
    def test_shows_the_proposal_beside_its_source(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        page = text_of(secretariat_client.get(address_of(kept)))
        assert "居場所に来られない人には" in page
        assert 'id="line-3"' in page
        assert "まだ何も変わっていません" in page
        for place, flag in enumerate(kept.proposal["flags"]):
            assert f'href="#doubt-{place}"' in page
            assert f'href="#line-{flag["line"]}"' in page
        assert not Minutes.objects.exists()

    def test_points_that_share_a_number_and_not_a_title_are_told(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        row = kept.proposal["agenda"][0]
        AgendaItemFactory(meeting=meeting, number=row["number"], title="別のことを話す", position=0)
        page = text_of(secretariat_client.get(address_of(kept)))
        assert f"{row['number']}：別のことを話す → {row['title']}" in page
        AgendaItem.objects.update(title=row["title"])
        assert "次第の件名が違うところ" not in text_of(secretariat_client.get(address_of(kept)))

    def test_says_nothing_of_accepting_where_that_is_too_late(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        MinutesFactory(published=True, meeting=meeting)
        page = text_of(secretariat_client.get(address_of(kept)))
        assert "訂正で行います" in page
        assert "まだ何も変わっていません" not in page

    def test_the_same_file_twice_is_told(self, meeting, secretariat_client: Client):
        upload(secretariat_client, meeting)
        page = text_of(secretariat_client.get(address_of(upload(secretariat_client, meeting))))
        assert "同じファイルが、令和" in page
        assert MinutesImport._default_manager.count() == 2

    @pytest.mark.parametrize("content", [b" ", bomb(), b"\x89PNG\r\n\x1a\n"])
    def test_hostile_files_are_answered_in_words(self, content, meeting, secretariat_client: Client):
        here = reverse("meetings:desk-import", args=[meeting.public_id])
        answer = secretariat_client.post(here, {"file": SimpleUploadedFile("x.docx", content)})
        assert answer.status_code == 422
        assert "ファイル" in text_of(answer)
        assert not MinutesImport._default_manager.exists()

    def test_for_the_secretariat_alone(self, meeting, secretariat_client, owner_client, outsider_client):
        kept = upload(secretariat_client, meeting)
        names = [("desk-import", meeting), ("desk-body-import", meeting.body), ("desk-aliases", meeting.body)]
        addresses = [reverse(f"meetings:{name}", args=[each.public_id]) for name, each in names]
        for client in (owner_client, outsider_client):
            for address in (*addresses, address_of(kept)):
                assert client.get(address).status_code == 403
                assert client.post(address).status_code == 403
        for address in addresses:
            assert secretariat_client.get(address).status_code == 200

    def test_not_onto_a_published_record(self, secretariat_client: Client):
        meeting = MinutesFactory(published=True).meeting
        here = reverse("meetings:desk-import", args=[meeting.public_id])
        assert "訂正で行います" in text_of(secretariat_client.get(here))
        answer = secretariat_client.post(here, {"file": SimpleUploadedFile("x.txt", RECORD.encode())})
        assert answer.status_code == 422
        assert not MinutesImport._default_manager.exists()


class TestPuttingRight:
    def test_header_agenda_and_people(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        data = fields_of(secretariat_client.get(address_of(kept)))
        data |= {"header-place": "別の場所", "agenda-0-title": "はじめに", "attendance-0-DELETE": "on"}
        data |= {"save": "1"}
        secretariat_client.post(address_of(kept), data)
        people = len(kept.proposal["attendance"])
        kept.refresh_from_db()
        assert kept.proposal["header"]["place"] == "別の場所"
        assert kept.proposal["agenda"][0]["title"] == "はじめに"
        assert kept.proposal["agenda"][0]["line"] > 0
        assert len(kept.proposal["attendance"]) == people - 1
        assert kept.proposal["agenda"][2]["documents"] == ["資料1"]

    def test_nothing_touched_changes_nothing(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        secretariat_client.post(
            address_of(kept), fields_of(secretariat_client.get(address_of(kept))) | {"save": "1"}
        )
        version = kept.version
        kept.refresh_from_db()
        assert kept.version == version

    def test_one_utterance_or_all_of_a_name(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        rows = kept.proposal["utterances"]
        place = next(n for n, row in enumerate(rows) if row["label"].startswith("あかり"))
        page = secretariat_client.get(address_of(kept), {"edit": place})
        assert text_of(page).count("<textarea") == 1
        row = rows[place] | {"role": "代表", "agenda": "2(1)、2(2)", "everywhere": "on"}
        names = ("kind", "organization_name", "speaker", "role", "agenda", "text", "everywhere")
        data = {f"utterance-{name}": row[name] for name in names} | {"row": place, "version": kept.version}
        secretariat_client.post(address_of(kept), data)
        kept.refresh_from_db()
        changed = [each for each in kept.proposal["utterances"] if each["label"].startswith("あかり")]
        assert {each["role"] for each in changed} == {"代表"}
        assert kept.proposal["utterances"][place]["agenda"] == ["2(1)", "2(2)"]
        assert "".join(each["text"] for each in rows) == "".join(
            each["text"] for each in kept.proposal["utterances"]
        )
        answer = secretariat_client.post(address_of(kept), data)
        assert answer.status_code == 409
        assert "ほかの人がこの案を直しました" in text_of(answer)

    def test_the_row_that_is_edited_stands_beside_its_line(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        page = text_of(secretariat_client.get(address_of(kept)))
        line = kept.proposal["utterances"][1]["line"]
        assert f'href="?edit=1#line-{line}"' in page
        page = text_of(secretariat_client.get(address_of(kept), {"edit": 1}))
        assert f'id="line-{line}"' in page
        # First in the other pane: the fragment scrolls the source to the line and leaves the page at its top.
        assert (
            page.index('id="source-title"')
            < page.index('id="proposal-row"')
            < page.index('id="doubts-title"')
        )
        assert f"原文 {line}行" in page

    @pytest.mark.parametrize("row", ["", "x", "999", "-1"])
    def test_a_row_that_is_none_is_told(self, row, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        page = secretariat_client.post(address_of(kept), {"row": row}, follow=True)
        assert "もうありません" in text_of(page)

    def test_what_is_wrong_stays_to_be_mended(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        data = fields_of(secretariat_client.get(address_of(kept)))
        answer = secretariat_client.post(address_of(kept), data | {"header-held_on": "いつか", "accept": "1"})
        assert answer.status_code == 422
        assert not Minutes.objects.exists()


class TestTheEnd:
    def test_accepts(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        data = fields_of(secretariat_client.get(address_of(kept)))
        page = secretariat_client.post(address_of(kept), data | {"accept": "1"}, follow=True)
        assert "議事録の下書きにしました" in text_of(page)
        assert Minutes.objects.get().meeting == meeting
        again = secretariat_client.post(address_of(kept), data | {"accept": "1"}, follow=True)
        assert "もう直せません" in text_of(again)
        assert "受け入れました" in text_of(again)

    def test_dismisses(self, meeting, secretariat_client: Client):
        kept = upload(secretariat_client, meeting)
        page = secretariat_client.post(address_of(kept), {"dismiss": "1"}, follow=True)
        assert "使わないことにしました" in text_of(page)
        assert "居場所に来られない人には" in text_of(page)

    def test_makes_the_meeting_of_a_body(self, secretariat_client: Client):
        body = BodyFactory()
        here = reverse("meetings:desk-body-import", args=[body.public_id])
        secretariat_client.post(here, {"file": SimpleUploadedFile("記録.txt", RECORD.encode())})
        kept = MinutesImport._default_manager.get()
        data = fields_of(secretariat_client.get(address_of(kept)))
        secretariat_client.post(address_of(kept), data | {"accept": "1"})
        assert Meeting.objects.get().body == body

    def test_what_was_moved_or_deleted_is_told_before(self, meeting, secretariat, secretariat_client: Client):
        first = upload(secretariat_client, meeting)
        data = fields_of(secretariat_client.get(address_of(first)))
        secretariat_client.post(address_of(first), data | {"accept": "1"})
        page = text_of(secretariat_client.get(address_of(upload(secretariat_client, meeting))))
        assert "順のちがう発言" not in page
        assert "新しい発言としてもどります" not in page
        blocks = Minutes.objects.get().utterances
        move_utterance(utterance=blocks.get(text__contains="次の号"), to=2, by=secretariat)
        delete_utterance(utterance=blocks.get(text__contains="井川さん"), version=None, by=secretariat)
        response = secretariat_client.get(address_of(upload(secretariat_client, meeting)))
        page = text_of(response)
        assert "順のちがう発言" in page
        assert [row.block.text for row in response.context["moved"]] == ["次の号から大きくします。"]
        told = page[page.index("新しい発言としてもどります") :]
        assert "井川さんのお話に賛成です" in told

    def test_differences_are_shown_before(self, meeting, secretariat_client: Client):
        first = upload(secretariat_client, meeting)
        data = fields_of(secretariat_client.get(address_of(first)))
        secretariat_client.post(address_of(first), data | {"accept": "1"})
        second = upload(secretariat_client, meeting, LATER)
        response = secretariat_client.get(address_of(second))
        page = text_of(response)
        assert "違う 1件、新しい 1件、ファイルにない 0件" in page
        block = Minutes.objects.get().utterances.get(text__contains="どのように")
        data = fields_of(response) | {"differences": "1", "accept": "1"}
        secretariat_client.post(address_of(second), data)
        block.refresh_from_db()
        assert "でしょうか" not in block.text, "its tick was taken away"


class TestOtherStates:
    def test_while_it_is_read(self, meeting, secretariat, secretariat_client: Client):
        kept = MinutesImport._default_manager.create(
            body=meeting.body,
            meeting=meeting,
            file_name="大.pdf",
            text="",
            sha256="0",
            uploaded_by=secretariat,
        )
        assert 'id="working"' in text_of(secretariat_client.get(address_of(kept)))
        kept.uploaded_at = timezone.now() - dt.timedelta(hours=1)
        kept.save()
        assert "途中で止まったようです" in text_of(secretariat_client.get(address_of(kept)))
        kept.reading_error = "パスワードがかかっています。"
        kept.save()
        assert "パスワード" in text_of(secretariat_client.get(address_of(kept)))
        page = secretariat_client.post(address_of(kept), {"dismiss": "1"}, follow=True)
        assert "使わないことにしました" in text_of(page)

    def test_asks_as_often_for_a_long_one(self, meeting, secretariat_client: Client):
        def count(kept: MinutesImport) -> int:
            with CaptureQueriesContext(connection) as seen:
                assert secretariat_client.get(address_of(kept)).status_code == 200
            return len(seen)

        short = upload(secretariat_client, meeting)
        long = upload(secretariat_client, meeting, RECORD + "（あかり電話・井川理事）\nもう一度。\n" * 40)
        count(long)
        assert count(short) == count(long)

    def test_names_are_listed_and_forgotten(self, meeting, secretariat_client: Client):
        alias = SpeakerAlias._default_manager.create(body=meeting.body, label="井川理事", speaker="井川")
        here = reverse("meetings:desk-aliases", args=[meeting.body.public_id])
        assert "井川理事" in text_of(secretariat_client.get(here))
        secretariat_client.post(here, {"alias": str(alias.pk)})
        assert "まだ1つも覚えていません" in text_of(secretariat_client.get(here))
