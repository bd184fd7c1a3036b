"""Papers from the upload to the reader: stored under neutral names, opened by whoever may, by nobody else."""

import datetime as dt
import io
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

from meetings.models import Audience, Document, DocumentVersion, Meeting
from meetings.papers.checking import check_paper
from meetings.services import documents as services
from meetings.tasks import documents as tasks
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    BodyFactory,
    DocumentFactory,
    DocumentVersionFactory,
    MeetingFactory,
)
from tests.factories.members import MembershipFactory, UserFactory
from tests.paper_files import HOSTILE, bare_pdf, pdf, picture, word

pytestmark = pytest.mark.django_db
VALUES = {"label": "資料1", "title": "県の取組", "audience": "public", "opens_at": None}
SECRET = "ひみつの数字は三十七"


def paper(data: bytes | None = None, name: str = "資料1.pdf"):
    return check_paper(io.BytesIO(data or bare_pdf()), name)


def stored_files() -> set[str]:
    found = set()
    for folder in ("meetings/documents", "meetings/previews"):
        try:
            found |= {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        except FileNotFoundError:
            continue
    return found


def body(response: Any) -> bytes:
    """All of it: at its end the file is closed."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def get(address: str, client: Client | None = None, **options: Any) -> Any:
    """A response whose body nobody wants."""
    response = (client or Client()).get(address, **options)
    body(response)
    return response


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def kept(secretariat, run_on_commit) -> Document:
    """A public paper that was read."""
    with run_on_commit():
        return services.add_document(
            meeting=MeetingFactory(), paper=paper(pdf(f"<p>{SECRET}</p>")), values=VALUES, by=secretariat
        )


def file_address(version: DocumentVersion, name: str = "document-file") -> str:
    return reverse(f"meetings:{name}", args=[version.document.public_id, version.public_id])


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
        assert Client().get(address).status_code == 404
        assert Client().get(file_address(kept.versions.get())).status_code == 404

    def test_a_reason_is_needed(self, kept, secretariat):
        with pytest.raises(ValidationError):
            services.withdraw_document(document=kept, reason="", by=secretariat)


# --- Who may open what ---------------------------------------------------------------------------------
def people(meeting: Meeting) -> dict[str, Client]:
    invited, outsider = MembershipFactory(), MembershipFactory()
    AttendanceFactory(meeting=meeting, organization=invited.organization)
    return {
        "anonymous": Client(),
        "outsider": signed_in(outsider.user),
        "invited": signed_in(invited.user),
        "staff": signed_in(UserFactory(role="staff")),
        "secretariat": signed_in(UserFactory(role="secretariat")),
    }


EVERYBODY = {"anonymous", "outsider", "invited", "staff", "secretariat"}
INSIDE = {"invited", "staff", "secretariat"}
OFFICE = {"secretariat"}
LATER = dt.timedelta(days=1)
# (meeting, paper, opens after) -> who opens it
MATRIX = {
    "public": ({}, {"audience": "public"}, EVERYBODY),
    "public since yesterday": ({}, {"audience": "public", "opens_at": -LATER}, EVERYBODY),
    "not yet public": ({}, {"audience": "public", "opens_at": LATER}, INSIDE),
    "members": ({}, {"audience": "members"}, INSIDE),
    "closed": ({}, {"audience": "closed"}, OFFICE),
    "withdrawn": ({}, {"audience": "public", "withdrawn": True}, OFFICE),
    "public paper of a meeting for members": ({"audience": "members"}, {"audience": "public"}, INSIDE),
    "public paper of a closed meeting": ({"audience": "closed"}, {"audience": "public"}, OFFICE),
    "public paper of a draft": ({"draft": True}, {"audience": "public"}, OFFICE),
}


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("what", ["page", "file", "older file", "preview"])
def test_visibility(name, what):
    of_meeting, of_paper, wanted = MATRIX[name]
    meeting = MeetingFactory(**of_meeting)
    values = dict(of_paper)
    if "opens_at" in values:
        values["opens_at"] = timezone.now() + values["opens_at"]
    if values.pop("withdrawn", False):
        values |= {
            "withdrawn_at": timezone.now(),
            "withdrawn_by": UserFactory(role="secretariat"),
            "withdrawn_reason": "x",
        }
    document = DocumentFactory(meeting=meeting, title=SECRET, **values)
    place = default_storage.save("meetings/previews/a.png", io.BytesIO(picture()))
    older = DocumentVersionFactory(document=document, number=1, name="older.pdf")
    newest = DocumentVersionFactory(document=document, number=2, name="newest.pdf", preview=place)
    address = {
        "page": reverse("meetings:document", args=[document.public_id]),
        "file": file_address(newest),
        "older file": file_address(older),
        "preview": file_address(newest, "document-preview"),
    }[what]
    seen = set()
    for who, client in people(meeting).items():
        response = get(address, client)
        assert response.status_code in {200, 404}
        if response.status_code == 200:
            seen.add(who)
            is_public = wanted == EVERYBODY
            assert ("no-store" in response.headers["Cache-Control"]) is not is_public
            assert ("X-Robots-Tag" in response.headers) is (
                not is_public or what in {"older file", "preview"}
            )
        else:
            assert SECRET not in response.content.decode()
    assert seen == wanted


def test_a_version_of_another_paper_is_not_reached_through_an_open_one():
    open_paper, closed = DocumentVersionFactory(), DocumentVersionFactory(document__audience=Audience.CLOSED)
    address = reverse("meetings:document-file", args=[open_paper.document.public_id, closed.public_id])
    assert Client().get(address).status_code == 404


def test_strangers_learn_nothing_from_the_difference():
    closed = DocumentVersionFactory(document__audience=Audience.CLOSED)
    there = Client().get(file_address(closed))
    absent = Client().get(reverse("meetings:document-file", args=["aaaaaa", "aaaaaa"]))
    assert there.status_code == absent.status_code == 404
    assert dict(there.headers) == dict(absent.headers)


# --- How it is handed out --------------------------------------------------------------------------------
class TestServing:
    def test_headers(self, kept):
        version = kept.versions.get()
        response = Client().get(file_address(version))
        headers = response.headers
        assert headers["Content-Type"] == "application/pdf"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Content-Disposition"].startswith("inline; filename*=utf-8''%E8%B3%87")
        assert headers["ETag"] == f'"{version.sha256}"'
        assert headers["Content-Length"] == str(version.size)
        assert "public" not in headers["Cache-Control"]
        assert not response.cookies
        assert len(body(response)) == version.size

    def test_office_files_are_only_saved(self, kept, secretariat):
        services.replace_document(
            document=kept, paper=paper(word(), 'a"\r\nX: 1.docx'), change_note="x", by=secretariat
        )
        response = get(file_address(kept.versions.first()))
        assert response.headers["Content-Disposition"] == 'attachment; filename="aX 1.docx"'
        assert "sandbox" in response.headers["Content-Security-Policy"]

    def test_unchanged(self, kept):
        address = file_address(kept.versions.get())
        etag = get(address).headers["ETag"]
        again = Client().get(address, headers={"If-None-Match": etag})
        assert again.status_code == 304
        preview = file_address(kept.versions.get(), "document-preview")
        etag = get(preview).headers["ETag"]
        assert Client().get(preview, headers={"If-None-Match": etag}).status_code == 304

    @pytest.mark.parametrize(
        ("asked", "status", "part"),
        [
            ("bytes=0-3", 206, slice(0, 4)),
            ("bytes=4-", 206, slice(4, None)),
            ("bytes=-5", 206, slice(-5, None)),
            ("bytes=0-99999999", 206, slice(0, None)),
            ("bytes=99999999-", 416, slice(0, 0)),
            ("bytes=5-2", 416, slice(0, 0)),
            ("bytes=0-1,3-4", 200, slice(0, None)),
            ("bytes=-", 200, slice(0, None)),
            ("lines=1-2", 200, slice(0, None)),
        ],
    )
    def test_ranges(self, kept, asked, status, part):
        address = file_address(kept.versions.get())
        whole = body(Client().get(address))
        response = Client().get(address, headers={"Range": asked})
        assert response.status_code == status
        assert body(response) == whole[part]
        if status == 206:
            assert response.headers["Content-Range"].endswith(f"/{len(whole)}")
            assert response.headers["X-Content-Type-Options"] == "nosniff"

    def test_a_range_of_an_older_copy_gets_the_whole(self, kept):
        headers = {"Range": "bytes=0-3", "If-Range": '"other"'}
        assert get(file_address(kept.versions.get()), headers=headers).status_code == 200

    def test_head(self, kept):
        response = Client().head(file_address(kept.versions.get()))
        assert response.status_code == 200
        assert body(response) == b""

    def test_nothing_is_kept_by_the_page_cache(self, kept, secretariat):
        address = file_address(kept.versions.get())
        get(address)
        Document.objects.filter(pk=kept.pk).update(audience="closed")
        assert Client().get(address).status_code == 404

    def test_page_asks_constantly_often(self, kept, django_assert_max_num_queries):
        for number in range(2, 9):
            DocumentVersionFactory(document=kept, number=number)
        with django_assert_max_num_queries(6):
            assert Client().get(reverse("meetings:document", args=[kept.public_id])).status_code == 200


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
