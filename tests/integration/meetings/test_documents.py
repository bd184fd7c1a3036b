"""Papers on the desk: stored under neutral names, replaced and withdrawn with a reason, refused in words."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from meetings.models import Document, Meeting
from meetings.services import documents as services
from meetings.tasks import documents as tasks
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.meetings import (
    AgendaItemFactory,
    BodyFactory,
    DocumentVersionFactory,
    MeetingFactory,
)
from tests.factories.members import MembershipFactory, UserFactory
from tests.integration.meetings.papers import SECRET, VALUES, body, file_address, get, paper
from tests.paper_files import HOSTILE, bare_pdf, pdf, word

pytestmark = pytest.mark.django_db


def stored_files() -> set[str]:
    found = set()
    for folder in ("meetings/documents", "meetings/previews"):
        try:
            found |= {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        except FileNotFoundError:
            continue
    return found


# --- Writing ----------------------------------------------------------------------------------------
class TestAdding:
    def test_everything_is_known_afterwards(self, kept, secretariat):
        version = kept.versions.get()
        assert (version.number, version.name, version.kind, version.pages) == (1, "資料1.pdf", "pdf", 1)
        assert version.text == SECRET
        assert version.read_at is not None
        assert stored_files() == {version.file.name, version.preview.name}
        assert "資料" not in version.file.name
        assert "'数字'" in version.search_vector
        event = AuditEvent.objects.about(kept).get()
        assert (event.type, event.actor_id) == ("meetings.document_added", secretariat.pk)
        assert event.new["sha256"] == version.sha256

    def test_position_goes_on(self, kept, secretariat):
        second = services.add_document(
            meeting=kept.meeting, paper=paper(), values=VALUES | {"label": "資料2"}, by=secretariat
        )
        assert [row.label for row in kept.meeting.documents.all()] == ["資料1", "資料2"]
        assert second.position == 1

    @pytest.mark.parametrize("role", ["staff", "member"])
    def test_only_the_secretariat(self, role):
        with pytest.raises(Refused):
            services.add_document(
                meeting=MeetingFactory(), paper=paper(), values=VALUES, by=UserFactory(role=role)
            )
        assert stored_files() == set()

    def test_items_of_another_meeting_leave_nothing_behind(self, secretariat):
        values = VALUES | {"agenda_items": [AgendaItemFactory()]}
        with pytest.raises(ValidationError, match="ほかの会議"):
            services.add_document(meeting=MeetingFactory(), paper=paper(), values=values, by=secretariat)
        assert stored_files() == set()
        assert not Document.objects.exists()
        assert not AuditEvent.objects.filter(type__startswith="meetings.document").exists()

    def test_broker_away_and_found_by_the_tick(self, secretariat, monkeypatch, run_on_commit):
        def away(*args: Any, **options: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(tasks.read_document_version, "apply_async", away)
        with run_on_commit():
            document = services.add_document(
                meeting=MeetingFactory(), paper=paper(pdf(f"<p>{SECRET}</p>")), values=VALUES, by=secretariat
            )
        assert document.versions.get().read_at is None
        tasks.read_waiting_papers()
        assert document.versions.get().text == SECRET
        assert services.read_waiting_versions() == 0

    def test_file_that_went_missing_is_said(self, secretariat):
        document = services.add_document(
            meeting=MeetingFactory(), paper=paper(), values=VALUES, by=secretariat
        )
        version = document.versions.get()
        default_storage.delete(version.file.name)
        tasks.read_waiting_papers()
        assert "見つかりません" in document.versions.get().reading_error
        assert Client().get(file_address(version)).status_code == 404

    def test_file_that_cannot_be_read_is_said(self):
        version = DocumentVersionFactory()
        services.read_version(version=version)
        version.refresh_from_db()
        assert "こわれています" in version.reading_error
        assert version.read_at is not None

    def test_read_twice_at_once_keeps_one_preview(self, secretariat):
        document = services.add_document(
            meeting=MeetingFactory(), paper=paper(), values=VALUES, by=secretariat
        )
        one, other = document.versions.get(), document.versions.get()
        services.read_version(version=one)
        services.read_version(version=other)
        version = document.versions.get()
        assert stored_files() == {version.file.name, version.preview.name}


class TestReplacing:
    def test_older_versions_stay(self, kept, secretariat, run_on_commit):
        first = kept.versions.get()
        with run_on_commit():
            services.replace_document(
                document=kept,
                paper=paper(word("新しい"), "資料1.docx"),
                change_note="数字を直しました。",
                by=secretariat,
            )
        newest, older = kept.versions.all()
        assert (newest.number, newest.kind, newest.text) == (2, "docx", "新しい\n")
        assert older.pk == first.pk
        assert body(Client().get(file_address(older))).startswith(b"%PDF")
        page = Client().get(reverse("meetings:document", args=[kept.public_id])).content.decode()
        assert "差し替え済み" in page
        assert "数字を直しました。" in page
        assert AuditEvent.objects.about(kept).first().note == "数字を直しました。"

    def test_the_same_file_again(self, kept, secretariat):
        with default_storage.open(kept.versions.get().file.name) as file:
            same = paper(file.read())
        before = stored_files()
        with pytest.raises(ValidationError, match="同じです"):
            services.replace_document(document=kept, paper=same, change_note="x", by=secretariat)
        assert stored_files() == before

    def test_not_after_it_was_withdrawn(self, kept, secretariat):
        services.withdraw_document(document=kept, reason="まちがえたため", by=secretariat)
        before = stored_files()
        with pytest.raises(Refused, match="取り下げた"):
            services.replace_document(document=kept, paper=paper(), change_note="x", by=secretariat)
        with pytest.raises(Refused, match="取り下げた"):
            services.change_document(document=kept, values=VALUES, by=secretariat)
        with pytest.raises(Refused, match="取り下げた"):
            services.withdraw_document(document=kept, reason="x", by=secretariat)
        assert stored_files() == before


class TestChanging:
    def test_visibility_is_on_record(self, kept, secretariat):
        item = AgendaItemFactory(meeting=kept.meeting)
        values = VALUES | {"audience": "closed", "agenda_items": [item], "title": "災害のそなえ"}
        services.change_document(document=kept, values=values, by=secretariat)
        assert "'災害'" in kept.versions.get().search_vector
        event = AuditEvent.objects.about(kept).first()
        assert event.type == "meetings.document_changed"
        assert (event.old["audience"], event.new["audience"]) == ("public", "closed")
        assert event.new["agenda_items"] == [str(item)]

    def test_nothing_changed_is_nothing_recorded(self, kept, secretariat):
        services.change_document(document=kept, values=VALUES, by=secretariat)
        assert AuditEvent.objects.about(kept).count() == 1

    def test_a_kept_page_is_forgotten(self, kept, secretariat, run_on_commit):
        address = reverse("meetings:document", args=[kept.public_id])
        assert Client().get(address).status_code == 200
        with run_on_commit():
            services.withdraw_document(document=kept, reason="まちがえたため", by=secretariat)
        assert Client().get(address).status_code == 410
        assert Client().get(file_address(kept.versions.get())).status_code == 410

    def test_a_reason_is_needed(self, kept, secretariat):
        with pytest.raises(ValidationError):
            services.withdraw_document(document=kept, reason="", by=secretariat)


# --- The desk -----------------------------------------------------------------------------------------------
class TestDesk:
    @pytest.fixture
    def meeting(self) -> Meeting:
        return MeetingFactory()

    @pytest.fixture
    def office(self, secretariat) -> Client:
        return signed_in(secretariat)

    def address(self, name: str, *things: Any) -> str:
        return reverse(f"meetings:{name}", args=[thing.public_id for thing in things])

    def upload(self, data: bytes, name: str = "資料1.pdf", **values: Any) -> dict[str, Any]:
        return {
            "file": SimpleUploadedFile(name, data),
            "label": "資料1",
            "title": "県の取組",
            "audience": "members",
            **values,
        }

    def test_a_number_used_twice_is_told(self, office, meeting):
        add = self.address("desk-document-add", meeting)
        first = office.post(add, self.upload(bare_pdf()), follow=True)
        assert "ほかにもあります" not in first.content.decode()
        again = office.post(add, self.upload(bare_pdf()), follow=True)
        assert "「資料1」という番号の資料が、ほかにもあります" in again.content.decode()

    def test_points_are_offered_in_the_order_of_the_agenda(self, office, meeting):
        first = AgendaItemFactory(meeting=meeting, number="1", title="議事", position=0)
        AgendaItemFactory(meeting=meeting, number="2", title="閉会", position=1)
        AgendaItemFactory(meeting=meeting, number="(1)", title="要綱", position=0, parent=first)
        page = office.get(self.address("desk-document-add", meeting)).content.decode()
        assert page.index("1 議事") < page.index("\u3000(1) 要綱") < page.index("2 閉会")

    def test_the_whole_way(self, office, meeting, run_on_commit):
        item = AgendaItemFactory(meeting=meeting)
        add = self.address("desk-document-add", meeting)
        assert "PDF・Word" in office.get(add).content.decode()
        with run_on_commit():
            values = {"opens_at": "2030-04-01T09:00", "agenda_items": [item.pk]}
            done = office.post(add, self.upload(pdf(f"<p>{SECRET}</p>"), **values))
        assert done.status_code == 302, done.content.decode()
        document = Document.objects.get()
        assert list(document.agenda_items.all()) == [item]
        assert timezone.localtime(document.opens_at).hour == 9
        listed = office.get(self.address("desk-documents", meeting)).content.decode()
        assert "資料1 県の取組" in listed
        assert "済み" in listed
        page = self.address("desk-document", meeting, document)
        assert (
            office.post(page, {"label": "資料2", "title": "新しい名前", "audience": "closed"}).status_code
            == 302
        )
        document.refresh_from_db()
        assert (document.label, document.audience, document.opens_at) == ("資料2", "closed", None)
        replace = self.address("desk-document-replace", meeting, document)
        values = {"file": SimpleUploadedFile("b.docx", word()), "change_note": "数字を直しました。"}
        assert office.post(replace, values).status_code == 302
        assert document.versions.count() == 2
        withdraw = self.address("desk-document-withdraw", meeting, document)
        assert "元には戻せません" in office.get(withdraw).content.decode()
        assert office.post(withdraw, {"reason": "まちがえたため"}).status_code == 302
        shown = office.get(page).content.decode()
        assert "まちがえたため" in shown
        assert "ファイルを差し替える" not in shown
        assert "資料を差し替えた" in shown
        assert "ファイルの指紋（SHA-256）：" in shown

    @pytest.mark.parametrize(("audience", "is_asked"), [("public", True), ("members", False)])
    def test_what_everybody_reads_is_asked_where_everybody_could_open_it(
        self, office, meeting, audience, is_asked
    ):
        document = DocumentVersionFactory(document__meeting=meeting, document__audience=audience).document
        withdraw = self.address("desk-document-withdraw", meeting, document)
        assert ("会議のページに出す理由" in office.get(withdraw).content.decode()) is is_asked
        office.post(withdraw, {"reason": "内輪の理由", "notice": "数字に誤りがあったため"})
        document.refresh_from_db()
        assert (document.was_public, bool(document.withdrawn_notice)) == (is_asked, is_asked)
        shown = office.get(self.address("desk-document", meeting, document)).content.decode()
        assert ("「取り下げ」と、この理由が出ています：数字に誤りがあったため" in shown) is is_asked

    @pytest.mark.parametrize("name", HOSTILE)
    def test_hostile_files_are_answered_in_words_and_nothing_is_stored(self, office, meeting, name):
        make, words = HOSTILE[name]
        data = make()
        suffix = "pdf" if b"%PDF" in data[:100] else "docx"
        answer = office.post(self.address("desk-document-add", meeting), self.upload(data, f"a.{suffix}"))
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert stored_files() == set()
        assert not Document.objects.exists()

    def test_too_large(self, office, meeting, settings):
        settings.PORTAL_PAPER_MB = 1
        big = self.upload(b"%PDF-" + b"0" * (1024 * 1024))
        answer = office.post(self.address("desk-document-add", meeting), big)
        assert "1 MB まで" in answer.content.decode()

    def test_without_a_file(self, office, meeting):
        values = self.upload(b"")
        del values["file"]
        answer = office.post(self.address("desk-document-add", meeting), values)
        assert "ファイルを選んでください" in answer.content.decode()

    def test_the_same_file_again_is_said_beside_it(self, office, kept):
        with default_storage.open(kept.versions.get().file.name) as file:
            values = {"file": SimpleUploadedFile("a.pdf", file.read()), "change_note": "x"}
        answer = office.post(self.address("desk-document-replace", kept.meeting, kept), values)
        assert answer.status_code == 422
        assert "同じです" in answer.content.decode()

    def test_closed_papers_are_not_even_named_to_staff(self, meeting):
        closed = DocumentVersionFactory(
            document__meeting=meeting, document__title=SECRET, document__audience="closed"
        )
        staff = signed_in(UserFactory(role="staff"))
        page = staff.get(self.address("desk-documents", meeting)).content.decode()
        assert SECRET not in page
        assert "資料を載せる" not in page
        assert staff.get(self.address("desk-document", meeting, closed.document)).status_code == 403

    def test_a_paper_of_another_meeting(self, office, meeting, kept):
        assert office.get(self.address("desk-document", meeting, kept)).status_code == 404

    def test_list_asks_constantly_often(self, office, meeting):
        address = self.address("desk-documents", meeting)

        def add() -> None:
            version = DocumentVersionFactory(document__meeting=meeting)
            version.document.agenda_items.add(AgendaItemFactory(meeting=meeting))
            DocumentVersionFactory(document=version.document, number=2)

        add()
        office.get(address)  # what is looked up once and kept is looked up now
        with CaptureQueriesContext(connection) as first:
            assert office.get(address).status_code == 200
        for _each in range(5):
            add()
        office.get(address)  # what is looked up once and kept is looked up now
        with CaptureQueriesContext(connection) as later:
            assert office.get(address).status_code == 200
        assert len(later) == len(first)

    def test_empty(self, office, meeting):
        assert "資料はまだありません" in office.get(self.address("desk-documents", meeting)).content.decode()

    def test_for_members_of_the_body(self):
        member = MembershipFactory()
        meeting = MeetingFactory(body=BodyFactory(seats=[member.organization]))
        version = DocumentVersionFactory(document__meeting=meeting, document__audience="members")
        assert get(file_address(version), signed_in(member.user)).status_code == 200
