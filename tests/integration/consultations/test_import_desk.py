"""Upload, plan, agreement and download on the desk."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from consultations.importing.uploads import intake
from consultations.models import Channel, ConsultationWindow, WindowImport, WindowImportRow
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.hostile_files import UNREADABLE

pytestmark = pytest.mark.django_db
HEAD = "ID,名称,運営者,分野,連絡手段1_種類,連絡手段1_値\n"
NEW = HEAD + ",まちの相談室,市役所,living,phone,087-832-0000\n"


@pytest.fixture(autouse=True)
def _category():
    CategoryFactory(slug="living", name="生活上の困りごと")


def send(client, content: bytes | str, name: str = "窓口.csv"):
    body = content if isinstance(content, bytes) else content.encode()
    return client.post(reverse("desk:window-import"), {"file": SimpleUploadedFile(name, body)})


def uploaded(client, content: bytes | str) -> WindowImport:
    response = send(client, content)
    assert response.status_code == 302, response.content.decode()
    return WindowImport.objects.latest("pk")


def page_of(upload: WindowImport) -> str:
    return reverse("desk:window-import-result", args=[upload.public_id])


def agree(client, upload: WindowImport) -> str:
    response = client.post(page_of(upload), {"agree": "1"}, follow=True)
    upload.refresh_from_db()
    return response.content.decode()


def as_csv(rows: list[dict[str, str]]) -> str:
    written = io.StringIO()
    table = csv.DictWriter(written, rows[0], quoting=csv.QUOTE_ALL)
    table.writeheader()
    table.writerows(rows)
    return written.getvalue()


class TestUpload:
    def test_shows_the_plan_and_changes_nothing(self, owner_client):
        upload = uploaded(owner_client, NEW)
        text = owner_client.get(page_of(upload)).content.decode()
        assert "まちの相談室" in text
        assert "087-832-0000" in text
        assert "この内容で取り込む" in text
        assert not ConsultationWindow.objects.exists()

    def test_agreeing_makes_drafts_by_the_person(self, owner, owner_client):
        upload = uploaded(owner_client, HEAD + ",まちの相談室,市役所,living,phone,0878320000\n")
        text = agree(owner_client, upload)
        window = ConsultationWindow.objects.get()
        assert "1件を作り、0件を変えました" in text
        assert (window.state, window.author, window.published_by) == ("draft", owner, None)
        channel = window.channels.get()
        assert (channel.value, channel.digits, channel.toll) == ("087-832-0000", "0878320000", "charged")
        assert bytes(upload.content) == b""
        assert (upload.stage, upload.applied_by) == ("done", owner)
        types = AuditEvent.objects.values_list("type", flat=True)
        assert sorted(types) == ["consultations.window_created", "consultations.windows_imported"]

    def test_never_publishes_and_keeps_the_state_of_what_is_there(self, owner_client):
        window = WindowFactory(name="よるの電話")
        rows = f"{window.public_id},よるの電話（新）,draft\n,まちの相談室,published\n"
        agree(owner_client, uploaded(owner_client, "ID,名称,公開状態\n" + rows))
        states = dict(ConsultationWindow.objects.values_list("name", "state"))
        assert states == {"よるの電話（新）": "published", "まちの相談室": "draft"}

    def test_a_second_click_does_nothing(self, owner_client):
        upload = uploaded(owner_client, NEW)
        agree(owner_client, upload)
        assert "もう始まっているか、終わっています" in agree(owner_client, upload)
        assert ConsultationWindow.objects.count() == 1

    def test_the_same_file_twice_changes_nothing(self, owner_client):
        agree(owner_client, uploaded(owner_client, NEW))
        upload = uploaded(owner_client, NEW)
        text = owner_client.get(page_of(upload)).content.decode()
        assert "どの行も、今の窓口と同じです" in text
        assert "この内容で取り込む" not in text

    def test_shows_old_and_new_of_a_change(self, owner_client):
        window = WindowFactory(name="よるの電話", operator="県")
        upload = uploaded(owner_client, f"ID,名称,運営者\n{window.public_id},よるの電話,市\n")
        text = owner_client.get(page_of(upload)).content.decode()
        assert "<del>県</del> → <ins>市</ins>" in text

    def test_refused_rows_stop_the_whole_file(self, owner_client):
        upload = uploaded(owner_client, NEW + "zzzzzz,だめ,,nothing,phone,なし\n")
        text = owner_client.get(page_of(upload)).content.decode()
        assert "取り込めない行が1行あります" in text
        assert "電話番号として読めません" in text
        assert "この内容で取り込む" not in text
        agree(owner_client, upload)  # a forged button
        assert not ConsultationWindow.objects.exists()

    def test_html_in_cells_is_text(self, owner_client):
        upload = uploaded(owner_client, HEAD + ",<script>alert(1)</script>,<b>市</b>,living,phone,110\n")
        text = owner_client.get(page_of(upload)).content.decode()
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text

    def test_throwing_it_away(self, owner_client):
        upload = uploaded(owner_client, NEW)
        owner_client.post(page_of(upload), {"give_up": "1"})
        assert not WindowImport.objects.exists()
        assert not WindowImportRow.objects.exists()


class TestMeanwhile:
    def test_a_changed_window_is_shown_again(self, owner_client):
        window = WindowFactory(name="よるの電話", operator="県")
        upload = uploaded(owner_client, f"ID,名称,運営者\n{window.public_id},よるの電話,市\n")
        ConsultationWindow.objects.filter(pk=window.pk).update(operator="町")
        text = agree(owner_client, upload)
        window.refresh_from_db()
        assert window.operator == "町"
        assert "ほかの人が窓口を変えました" in text
        assert "<del>町</del> → <ins>市</ins>" in text
        agree(owner_client, upload)
        window.refresh_from_db()
        assert window.operator == "市"

    def test_a_window_made_meanwhile_is_not_made_twice(self, owner_client):
        upload = uploaded(owner_client, NEW)
        WindowFactory(name="まちの相談室", operator="市役所")
        assert "ほかの人が窓口を変えました" in agree(owner_client, upload)
        assert ConsultationWindow.objects.count() == 1

    def test_verified_meanwhile_the_newer_date_stays(self, owner_client, administrator):
        window = WindowFactory(name="よるの電話", operator="県", draft=True)
        upload = uploaded(owner_client, f"ID,確認日\n{window.public_id},2026-01-05\n")
        newer = {"verified_on": dt.date(2026, 6, 1), "verified_by": administrator}
        ConsultationWindow.objects.filter(pk=window.pk).update(**newer, verification_source="staff")
        text = agree(owner_client, upload)
        window.refresh_from_db()
        assert window.verified_on == dt.date(2026, 6, 1)
        assert "いまの確認日（2026-06-01）より前の日付です" in text
        assert "この内容で取り込む" not in text


class TestWho:
    def test_nobody_sees_the_upload_of_another(self, owner_client, colleague_client, outsider_client):
        upload = uploaded(owner_client, NEW)
        assert colleague_client.get(page_of(upload)).status_code == 404
        assert colleague_client.post(page_of(upload), {"agree": "1"}).status_code == 404
        assert outsider_client.get(page_of(upload)).status_code == 403
        assert not ConsultationWindow.objects.exists()

    def test_a_role_taken_away_meanwhile_counts(self, owner, owner_client):
        upload = uploaded(owner_client, NEW)
        WindowImport.objects.filter(pk=upload.pk).update(stage="applying")
        owner.role = "member"
        owner.save()
        intake.apply_upload(upload=WindowImport.objects.get(pk=upload.pk))
        upload.refresh_from_db()
        assert upload.stage == "failed"
        assert not ConsultationWindow.objects.exists()


def many(count: int) -> str:
    return HEAD + "".join(f",窓口{n},市役所,living,phone,087-832-{n:04}\n" for n in range(count))


def no_broker(*args: object, **options: object) -> None:
    raise OperationalError("no broker")


class TestManyRows:
    def test_a_worker_takes_large_files(self, owner_client, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as waiting:
            upload = uploaded(owner_client, many(600))
        text = owner_client.get(page_of(upload)).content.decode()
        assert "今の様子を見る" in text
        assert "この内容で取り込む" not in text
        for work in waiting:
            work()
        text = owner_client.get(page_of(upload)).content.decode()
        assert "この内容で取り込む" in text
        with django_capture_on_commit_callbacks(execute=True):
            agree(owner_client, upload)
        upload.refresh_from_db()
        assert upload.stage == "done"
        assert ConsultationWindow.objects.count() == 600

    def test_an_unreadable_large_file_ends_with_a_sentence(
        self, owner_client, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            upload = uploaded(owner_client, many(600) + '"')
        upload.refresh_from_db()
        assert (upload.stage, bytes(upload.content)) == ("failed", b"")
        assert "引用符" in owner_client.get(page_of(upload)).content.decode()

    def test_without_the_queue_a_large_file_is_not_taken(
        self, owner_client, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr("consultations.tasks.plan_import.apply_async", no_broker)
        with django_capture_on_commit_callbacks(execute=True):
            upload = uploaded(owner_client, many(600))
        upload.refresh_from_db()
        assert (upload.stage, bytes(upload.content)) == ("failed", b"")
        text = owner_client.get(page_of(upload)).content.decode()
        assert "いまは行の多いファイルを読み取れません" in text
        assert "今の様子を見る" not in text

    def test_without_the_queue_an_agreement_can_be_given_again(
        self, owner_client, monkeypatch, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            upload = uploaded(owner_client, many(600))
        with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
            patch.setattr("consultations.tasks.apply_import.apply_async", no_broker)
            agree(owner_client, upload)
        text = owner_client.get(page_of(upload)).content.decode()
        assert "いまは取り込みを始められません" in text
        assert "この内容で取り込む" in text
        assert not ConsultationWindow.objects.exists()
        assert not AuditEvent.objects.exists()
        with django_capture_on_commit_callbacks(execute=True):
            agree(owner_client, upload)
        upload.refresh_from_db()
        assert (upload.stage, upload.message) == ("done", "")
        assert ConsultationWindow.objects.count() == 600

    def test_without_the_queue_small_files_work_as_ever(self, owner_client, monkeypatch):
        for name in ("plan_import", "apply_import"):
            monkeypatch.setattr(f"consultations.tasks.{name}.apply_async", no_broker)
        agree(owner_client, uploaded(owner_client, NEW))
        assert ConsultationWindow.objects.exists()

    def test_a_dead_worker_is_noticed(self, owner_client):
        upload = uploaded(owner_client, NEW)
        long_ago = timezone.now() - dt.timedelta(hours=1)
        WindowImport.objects.filter(pk=upload.pk).update(stage="applying", stage_at=long_ago)
        assert "途中で止まったようです" in owner_client.get(page_of(upload)).content.decode()

    def test_queries_do_not_grow(
        self, owner_client, django_assert_num_queries, django_assert_max_num_queries
    ):
        few, more = uploaded(owner_client, many(3)), uploaded(owner_client, many(90))
        owner_client.get(page_of(few))  # the first page puts the form token into the session
        with django_assert_max_num_queries(15) as asked:
            owner_client.get(page_of(few))
        with django_assert_num_queries(len(asked.captured_queries)):
            owner_client.get(page_of(more))

    def test_applying_does_not_ask_per_row_but_for_its_record(
        self, owner_client, django_assert_max_num_queries
    ):
        upload = uploaded(owner_client, many(90))
        with django_assert_max_num_queries(90 + 90):
            agree(owner_client, upload)
        assert ConsultationWindow.objects.count() == 90


OF_WINDOWS = UNREADABLE | {
    "misspelt header": ("ID,名称,運営\n,a,b\n".encode(), "「運営者」のことですか"),
    "no name": ("運営者\na\n".encode(), "「ID」も「名称」もありません"),
}


@pytest.mark.parametrize("name", OF_WINDOWS)
def test_hostile_file_is_refused_with_a_sentence_and_leaves_nothing(name, owner_client, tmp_path, settings):
    content, words = OF_WINDOWS[name]
    response = send(owner_client, content, name="windows.xlsx")
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not WindowImport.objects.exists()
    assert not ConsultationWindow.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        "'; DROP TABLE consultations_consultationwindow; --",
        "{{ settings.SECRET_KEY }}{% now 'Y' %}",
        "\x01\x02",
        "a\u202eb\u200b",
        "𠮷" * 5_000,
        "x" * 20_000,
        "../../etc/passwd",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ],
)
@pytest.mark.parametrize(
    "columns",
    [
        ["ID"],  # apart, since another row may name it
        [
            "名称",
            "分野",
            "対象年齢_下限",
            "ウェブサイト",
            "受付時間_規則",
            "日ごとの変更",
            "確認日",
            "代わりの窓口",
            "連絡手段1_値",
        ],
    ],
    ids=["id", "rest"],
)
def test_hostile_cell_is_refused_or_kept_as_text(cell, columns, owner_client):
    """In every column, one row each; what the plan does not refuse goes in when it comes alone."""
    plain = dict.fromkeys(["名称", *columns], "") | {"連絡手段1_種類": "phone", "連絡手段1_値": "110"}
    rows = [plain | {"名称": f"まちの{column}"} | {column: cell} for column in columns]
    first = uploaded(owner_client, as_csv(rows))
    assert owner_client.get(page_of(first)).status_code == 200
    refused = set(first.rows.filter(outcome="refused").values_list("number", flat=True))
    answer = agree(owner_client, first)
    assert first.stage == ("planned" if refused else "done")
    assert ConsultationWindow.objects.count() == (0 if refused else len(rows))

    kept = [row for number, row in enumerate(rows, start=2) if number not in refused]
    if refused and kept:
        assert f"取り込めない行が{len(refused)}行あります" in answer
        second = uploaded(owner_client, as_csv(kept))
        agree(owner_client, second)
        assert second.stage == "done"
        assert ConsultationWindow.objects.count() == len(kept)


@pytest.mark.parametrize("body", [{}, {"file": "text"}, {"agree": "1"}])
def test_a_form_without_a_file_says_so(body, owner_client):
    response = owner_client.post(reverse("desk:window-import"), body)
    assert response.status_code == 422
    assert "ファイルを選んでください" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["?outcome=x", "?outcome=%00", "?page=-1", "?page=999999999999999999999", "?page=%00"]
)
def test_garbage_in_the_address(query, owner_client):
    upload = uploaded(owner_client, NEW)
    assert owner_client.get(page_of(upload) + query).status_code == 200


def test_forged_post_without_token(owner):
    client = signed_in(owner)
    client.handler.enforce_csrf_checks = True
    assert send(client, NEW).status_code == 403
    assert not WindowImport.objects.exists()


def test_old_uploads_are_forgotten(owner_client):
    old, new = uploaded(owner_client, NEW), uploaded(owner_client, NEW)
    WindowImport.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    assert intake.forget_old_imports() == 1
    assert list(WindowImport.objects.all()) == [new]


class TestExport:
    def export(self, client, query: str = "") -> str:
        response = client.get(reverse("desk:window-export") + query)
        assert response.status_code == 200
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return body.decode("utf-8-sig")

    def test_is_what_the_list_shows(self, owner_client):
        WindowFactory(name="よるの電話", internal_note="内々の話")
        WindowFactory(name="ひるの電話", draft=True)
        WindowFactory(name="むかしの電話", state="archived")
        everything, drafts = self.export(owner_client), self.export(owner_client, "?state=draft")
        assert "よるの電話" in everything
        assert "内々の話" in everything
        assert "むかしの電話" not in everything
        assert "ひるの電話" in drafts
        assert "よるの電話" not in drafts

    def test_neutralises_formulas_and_the_import_restores_them(self, owner_client):
        window = WindowFactory(name="=1+1", operator="@県", internal_note="'=x", phone="+81-87-832-0000")
        text = self.export(owner_client)
        assert "'=1+1" in text
        assert "'@県" in text
        assert "'+81-87-832-0000" in text
        upload = uploaded(owner_client, text)
        assert upload.counts == {"refused": 0, "created": 0, "changed": 0, "proposed": 0, "unchanged": 1}
        assert ConsultationWindow.objects.get() == window

    def test_excel_cells_are_text(self, owner_client):
        WindowFactory(name="=1+1", phone="0120-000-000")
        response = owner_client.get(reverse("desk:window-export") + "?format=xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        cell = sheet.cell(row=2, column=2)
        assert (cell.value, cell.data_type) == ("=1+1", "s")
        upload = uploaded(owner_client, response.content)
        assert upload.counts["unchanged"] == 1

    def test_queries_do_not_grow(
        self, owner_client, django_assert_num_queries, django_assert_max_num_queries
    ):
        WindowFactory.create_batch(5)
        with django_assert_max_num_queries(15) as asked:
            self.export(owner_client)
        WindowFactory.create_batch(45)
        with django_assert_num_queries(len(asked.captured_queries)):
            self.export(owner_client)

    def test_garbage_conditions_are_ignored(self, owner_client):
        assert "名称" in self.export(owner_client, "?state=x&category=%27&format=exe&words=%00")

    def test_is_not_for_outsiders(self, outsider_client):
        assert outsider_client.get(reverse("desk:window-export")).status_code == 403


def test_channels_keep_their_order_and_extra_groups(owner_client):
    window = WindowFactory(phone=False)
    for position in range(7):
        Channel.objects.create(
            window=window, position=position, kind="visit", value=f"会場{position}", note="\\;x"
        )
    text = b"".join(owner_client.get(reverse("desk:window-export")).streaming_content).decode("utf-8-sig")
    assert "連絡手段7_メモ" in text
    window.delete()
    agree(owner_client, uploaded(owner_client, text))
    values = list(Channel.objects.order_by("position").values_list("value", flat=True))
    assert values == [f"会場{position}" for position in range(7)]
