"""Organisations in and out: on the desk, on the command line, and round."""

import io
import time

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from kombu.exceptions import OperationalError

from members.importing.columns import COLUMN_OF_FIELD, NOT_IN_FILES, PERSONAL
from members.importing.exporting import table_rows
from members.importing.uploads import intake
from members.models import (
    Organization,
    OrganizationImport,
)
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.services import WITHHELD
from platform_portal.privacy import stored_fields
from platform_portal.sheets.writing import csv_lines
from tests.conftest import signed_in
from tests.factories.members import OrganizationFactory, SectorFactory, StrengthFactory
from tests.factories.region import MunicipalityFactory
from tests.hostile_files import UNREADABLE
from tests.integration.members.organization_files import (
    NEW,
    NUMBER,
    OTHER_NUMBER,
    agree,
    exported,
    page_of,
    refusals,
    shown,
    taken_in,
    uploaded,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _masters():
    SectorFactory()
    StrengthFactory()
    MunicipalityFactory()


def test_every_field_has_a_column_or_a_reason_not_to():
    assert set(COLUMN_OF_FIELD) | set(NOT_IN_FILES) == stored_fields(Organization)
    assert set(COLUMN_OF_FIELD).isdisjoint(NOT_IN_FILES)


def test_personal_columns_are_those_of_the_model():
    assert set(PERSONAL) == set(Organization.Privacy.personal)


class TestUpload:
    def test_shows_the_plan_then_registers(self, owner, owner_client):
        upload = uploaded(owner_client, NEW)
        text = shown(owner_client, upload)
        assert "つながりの会" in text
        assert "居場所づくり" in text
        assert not Organization.objects.exists()
        assert "1件を登録し、0件を変えました" in agree(owner_client, upload)
        organization = Organization.objects.get()
        assert (organization.sector.name, organization.corporate_number) == ("福祉", NUMBER)
        assert organization.municipality.name == "高松市"
        assert [strength.name for strength in organization.strengths.all()] == ["居場所づくり"]
        assert (organization.address_visibility, organization.is_listed) == ("hidden", True)
        assert list(Organization.objects.search("つながり")) == [organization]
        assert bytes(upload.content) == b""
        types = AuditEvent.objects.values_list("type", flat=True)
        assert sorted(types) == ["members.organization_created", "members.organizations_imported"]
        assert set(AuditEvent.objects.values_list("actor_id", flat=True)) == {owner.pk}

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
    @pytest.mark.parametrize("delimiter", [",", "\t"])
    def test_every_dress(self, owner_client, encoding, delimiter):
        assert taken_in(owner_client, NEW.replace(",", delimiter).encode(encoding))["created"] == 1
        assert Organization.objects.get().sector.name == "福祉"

    def test_same_file_twice_changes_nothing(self, owner_client):
        taken_in(owner_client, NEW)
        events = AuditEvent.objects.count()
        upload = uploaded(owner_client, NEW)
        text = shown(owner_client, upload)
        assert "どの行も、今の団体と同じです" in text
        assert "この内容で取り込む" not in text
        assert AuditEvent.objects.count() == events

    def test_all_or_nothing(self, owner_client):
        text = refusals(owner_client, NEW + ",だめな会,ない分野,123,どこか町,ない力\n")
        assert "「ない分野」という活動分野はありません" in text
        assert "法人番号ではありません" in text
        assert "「どこか町」という市町はありません" in text
        assert not Organization.objects.exists()

    def test_change_shows_old_and_new_and_keeps_other_columns(self, owner_client):
        there = OrganizationFactory(name="つながりの会", profile="まえ", internal_note="内々")
        upload = uploaded(owner_client, f"ID,名称,紹介\n{there.public_id},つながりの会,あと\n")
        assert "<del>まえ</del> → <ins>あと</ins>" in shown(owner_client, upload)
        agree(owner_client, upload)
        there.refresh_from_db()
        assert (there.profile, there.internal_note) == ("あと", "内々")
        event = AuditEvent.objects.about(there).get()
        assert (event.old, event.new) == ({"profile": "まえ"}, {"profile": "あと"})

    def test_addresses_do_not_enter_the_record(self, owner_client):
        taken_in(
            owner_client, "名称,活動分野,住所,連絡用の電話\nつながりの会,福祉,高松市ひみつ町1,087-000-0000\n"
        )
        event = AuditEvent.objects.about(Organization.objects.get()).get()
        assert event.new["address"] == event.new["office_phone"] == WITHHELD
        assert "ひみつ" not in str(list(AuditEvent.objects.values("old", "new")))

    def test_html_and_formulas_are_text(self, owner_client):
        upload = uploaded(owner_client, "名称,活動分野\n<script>alert(1)</script>,福祉\n=1+1,福祉\n")
        assert "<script>alert(1)" not in shown(owner_client, upload)
        agree(owner_client, upload)
        text = "".join(csv_lines(table_rows(Organization.objects.order_by("pk"), with_contacts=True)))
        assert "'=1+1" in text
        assert uploaded(owner_client, text).counts["unchanged"] == 2

    def test_changed_meanwhile_is_shown_again(self, owner_client):
        there = OrganizationFactory(name="つながりの会", profile="まえ")
        upload = uploaded(owner_client, f"ID,名称,紹介\n{there.public_id},つながりの会,あと\n")
        Organization.objects.filter(pk=there.pk).update(profile="ほかの人")
        assert "ほかの人が団体を変えました" in agree(owner_client, upload)
        there.refresh_from_db()
        assert there.profile == "ほかの人"

    def test_throwing_it_away(self, owner_client):
        upload = uploaded(owner_client, NEW)
        owner_client.post(page_of(upload), {"give_up": "1"})
        assert not OrganizationImport.objects.exists()

    def test_nobody_sees_the_upload_of_another(self, owner_client, colleague_client, outsider_client):
        upload = uploaded(owner_client, NEW)
        assert colleague_client.get(page_of(upload)).status_code == 404
        assert colleague_client.post(page_of(upload), {"agree": "1"}).status_code == 404
        assert outsider_client.get(page_of(upload)).status_code == 403

    def test_a_role_taken_away_meanwhile_counts(self, owner, owner_client):
        upload = uploaded(owner_client, NEW)
        OrganizationImport.objects.filter(pk=upload.pk).update(stage="applying")
        owner.role = "member"
        owner.save()
        intake.apply_upload(upload=OrganizationImport.objects.get(pk=upload.pk))
        upload.refresh_from_db()
        assert (upload.stage, Organization.objects.exists()) == ("failed", False)

    def test_forged_post_without_token(self, owner):
        client = signed_in(owner)
        client.handler.enforce_csrf_checks = True
        body = {"file": SimpleUploadedFile("x.csv", NEW.encode())}
        assert client.post(reverse("members:organization-import"), body).status_code == 403

    @pytest.mark.parametrize("query", ["?outcome=x", "?outcome=%00", "?page=-1", "?page=%00"])
    def test_garbage_in_the_address(self, query, owner_client):
        assert shown(owner_client, uploaded(owner_client, NEW), query)

    def test_a_detour_through_shift_jis_changes_nothing(self, owner_client):
        OrganizationFactory(profile="9時〜17時 − 無料")
        text = exported(owner_client)
        wide = text.replace("〜", "～").replace("−", "－").encode("cp932")
        assert uploaded(owner_client, wide).counts["unchanged"] == 1


@pytest.mark.parametrize("phone", ["電話", "087-111-1111、087-222-2222"])
def test_telephone_that_nobody_can_dial_is_refused(phone, owner_client):
    upload = uploaded(owner_client, f"名称,活動分野,公開する電話\nつながりの会,福祉,{phone}\n")
    assert upload.counts["refused"] == 1
    assert "公開する電話" in shown(owner_client, upload)


class TestMatching:
    def test_by_number_before_name(self, owner_client):
        there = OrganizationFactory(name="旧い名前", corporate_number=NUMBER)
        OrganizationFactory(name="つながりの会", corporate_number=OTHER_NUMBER)
        taken_in(owner_client, "名称,活動分野,法人番号\nつながりの会,福祉,8-7001-1000-5901\n")
        there.refresh_from_db()
        assert there.name == "つながりの会"

    @pytest.mark.parametrize("name", ["ＮＰＯ つながりの会", "npoつながりの会", "NPOつながりの会"])
    def test_by_name_however_it_is_typed(self, owner_client, name):
        OrganizationFactory(name="NPO つながりの会")
        assert taken_in(owner_client, f"名称,活動分野\n{name},福祉\n")["created"] == 0

    def test_a_name_met_twice_is_refused(self, owner_client):
        OrganizationFactory.create_batch(2, name="つながりの会")
        assert "ID を書いてください" in refusals(owner_client, "名称,活動分野\nつながりの会,福祉\n")

    def test_a_name_twice_in_the_file_is_refused(self, owner_client):
        rows = "名称,活動分野\nつながりの会,福祉\nツナガリノ会,福祉\nつながりの 会,福祉\n"
        assert "同じ団体の行が、このファイルにもう1つあります" in refusals(owner_client, rows)

    def test_another_number_is_another_body(self, owner_client):
        OrganizationFactory(name="つながりの会", corporate_number=OTHER_NUMBER)
        upload = uploaded(owner_client, NEW)
        assert "法人番号のちがう団体があります" in shown(owner_client, upload)
        agree(owner_client, upload)
        assert Organization.objects.count() == 2
        assert uploaded(owner_client, NEW).counts["unchanged"] == 1

    def test_a_number_that_is_taken(self, owner_client):
        there = OrganizationFactory(name="つながりの会")
        OrganizationFactory(name="べつの会", corporate_number=NUMBER)
        rows = f"ID,名称,法人番号\n{there.public_id},つながりの会,{NUMBER}\n"
        assert "すでに登録されています" in refusals(owner_client, rows)

    def test_a_number_twice_in_the_file(self, owner_client):
        one, two = OrganizationFactory.create_batch(2)
        rows = f"ID,法人番号\n{one.public_id},{NUMBER}\n{two.public_id},{NUMBER}\n"
        assert "2行目と同じ法人番号です" in refusals(owner_client, rows)

    def test_who_has_gone_is_not_changed(self, owner_client):
        left = OrganizationFactory(left=True)
        survivor = OrganizationFactory()
        merged = OrganizationFactory(state="merged", left_on="2026-03-31", merged_into=survivor)
        rows = f"ID,紹介\n{left.public_id},あと\n{merged.public_id},あと\n"
        text = refusals(owner_client, rows)
        assert "退会した団体は、ファイルでは直せません" in text
        assert f"この団体は {survivor.public_id} に統合されています" in text

    def test_a_namesake_that_left_is_told(self, owner_client):
        OrganizationFactory(left=True, name="つながりの会")
        upload = uploaded(owner_client, NEW)
        assert "退会か統合が済んだ団体があります" in shown(owner_client, upload)
        assert upload.counts["created"] == 1

    @pytest.mark.parametrize("public_id", ["000000", "x", "'; --"])
    def test_no_id_at_all(self, owner_client, public_id):
        assert "ID の形ではありません" in refusals(owner_client, f"ID,名称,活動分野\n{public_id},a,福祉\n")

    def test_lists_by_name_with_other_separators(self, owner_client):
        StrengthFactory(slug="food", name="食料、日用品")
        StrengthFactory(slug="semi", name="同行;訪問")
        rows = (
            '名称,活動分野,得意分野\na,福祉,"居場所づくり、食料、日用品"\nb,福祉,食料、日用品;居場所づくり\n'
        )
        assert "「食料、日用品」という得意分野はありません" in refusals(owner_client, rows)
        rows = "名称,活動分野,得意分野\nb,福祉,食料、日用品;居場所づくり;同行\\;訪問\n"
        taken_in(owner_client, rows)
        names = Organization.objects.get().strengths.values_list("name", flat=True)
        assert set(names) == {"食料、日用品", "居場所づくり", "同行;訪問"}

    @pytest.mark.parametrize(
        ("cells", "words"),
        [
            ("名称,活動分野\n,福祉\n,福祉\n", "名称"),
            ("名称\nつながりの会\n", "活動分野を書いてください"),
            ("名称,活動分野,入会日\na,福祉,きのう\n", "日付として読めません"),
            ("名称,活動分野,ウェブサイト\na,福祉,javascript:alert(1)\n", "ウェブサイト"),
            ("名称,活動分野,公開するメール\na,福祉,x\n", "公開するメール"),
            ("名称,活動分野,区分\na,福祉,王様\n", "leading（幹事団体）"),
            ("名称,活動分野\na,福祉,はみ出し\n", "見出しのない列"),
            ("名称,活動分野\na\u202eb,福祉\n", "名称"),
        ],
    )
    def test_cells_that_cannot_be(self, owner_client, cells, words):
        assert words in refusals(owner_client, cells)

    def test_joining_day_is_not_emptied(self, owner_client):
        there = OrganizationFactory()
        rows = f"ID,入会日\n{there.public_id},\n"
        assert "入会日を書いてください" in refusals(owner_client, rows)


@pytest.mark.parametrize("name", UNREADABLE)
def test_hostile_file_is_refused_with_a_sentence_and_leaves_nothing(name, owner_client, tmp_path):
    content, words = UNREADABLE[name]
    file = SimpleUploadedFile("organizations.xlsx", content)
    response = owner_client.post(reverse("members:organization-import"), {"file": file})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not OrganizationImport.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def many(count: int) -> str:
    rows = (
        f",団体{n},カナ{n},general,福祉,高松市,高松市番町{n},area,はい,高松市,住民,居場所づくり,紹介{n},"
        f"https://group{n}.example/,087-832-{n:04},info{n}@group.example,はい,2025-04-01\n"
        for n in range(count)
    )
    head = (
        "ID,名称,名称_カナ,区分,活動分野,所在の市町,住所,住所の公開,県内全域,活動する市町,対象とする人,得意分野,"
        "紹介,ウェブサイト,公開する電話,公開するメール,一覧に載せる,入会日\n"
    )
    return head + "".join(rows)


class TestManyRows:
    def test_a_worker_takes_large_files_and_says_how_far_it_is(
        self, owner_client, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks() as waiting:
            upload = uploaded(owner_client, many(600))
        text = shown(owner_client, upload)
        assert "<progress" in text
        assert "順番を待っています" in text
        for work in waiting:
            work()
        with django_capture_on_commit_callbacks(execute=True):
            agree(owner_client, upload)
        upload.refresh_from_db()
        assert upload.stage == "done"
        assert Organization.objects.count() == 600

    def test_progress_is_seen_by_another_process(self, owner_client, monkeypatch):
        seen = []
        monkeypatch.setattr("platform_portal.sheets.progress._EVERY_SECONDS", 0)
        original = intake._keep_rows

        def look(upload, plan, report):
            seen.append(shown(owner_client, upload))
            original(upload, plan, report)
            seen.append(shown(owner_client, upload))

        upload = uploaded(owner_client, NEW)
        monkeypatch.setattr(intake, "_keep_rows", look)
        agree(owner_client, upload)
        assert "80%まで終わりました" in seen[0]
        assert "100%まで終わりました" in seen[1]

    def test_a_thousand_rows_in_ten_seconds(self, owner_client, django_capture_on_commit_callbacks):
        began = time.process_time()  # not by the clock: other tests share the machine
        with django_capture_on_commit_callbacks(execute=True):
            upload = uploaded(owner_client, many(1_000))
        with django_capture_on_commit_callbacks(execute=True):
            agree(owner_client, upload)
        seconds = time.process_time() - began
        upload.refresh_from_db()
        assert upload.counts["created"] == 1_000
        assert seconds <= 10

    def test_without_the_queue_a_large_file_is_not_taken(
        self, owner_client, monkeypatch, django_capture_on_commit_callbacks
    ):
        def no_broker(*args: object, **options: object) -> None:
            raise OperationalError("no broker")

        monkeypatch.setattr("members.tasks.plan_organization_import.apply_async", no_broker)
        with django_capture_on_commit_callbacks(execute=True):
            upload = uploaded(owner_client, many(600))
        assert "いまは行の多いファイルを読み取れません" in shown(owner_client, upload)

    def test_queries_do_not_grow_with_the_rows(
        self, owner_client, django_assert_num_queries, django_assert_max_num_queries
    ):
        few, more = uploaded(owner_client, many(3)), uploaded(owner_client, many(90))
        owner_client.get(page_of(few))
        with django_assert_max_num_queries(15) as asked:
            owner_client.get(page_of(few))
        with django_assert_num_queries(len(asked.captured_queries)):
            owner_client.get(page_of(more))
        with django_assert_max_num_queries(60):
            agree(owner_client, more)
        assert Organization.objects.count() == 90


class TestExport:
    def test_is_what_the_list_shows(self, owner_client):
        OrganizationFactory(name="幹事の会", kind="leading")
        OrganizationFactory(name="一般の会", sector=SectorFactory(slug="school", name="教育"))
        OrganizationFactory(name="去った会", left=True)
        everything = exported(owner_client)
        assert "幹事の会" in everything
        assert "去った会" not in everything
        assert "去った会" in exported(owner_client, "?state=left")
        leading = exported(owner_client, "?kind=leading")
        assert "幹事の会" in leading
        assert "一般の会" not in leading
        assert "一般の会" in exported(owner_client, "?sector=school")

    def test_contacts_only_for_who_may_and_noted(self, owner_client, secretariat, secretariat_client):
        OrganizationFactory(address="高松市ひみつ町1", office_phone="087-111-1111")
        plain = exported(secretariat_client)
        assert "ひみつ町" not in plain
        assert "連絡用の電話" not in plain
        address = reverse("members:organization-export") + "?contacts=1"
        assert owner_client.get(address).status_code == 403
        full = exported(secretariat_client, "?contacts=1&kind=general")
        assert "ひみつ町" in full
        assert "087-111-1111" in full
        event = AuditEvent.objects.order_by("pk").last()
        assert (event.type, event.actor_id) == ("members.organizations_exported", secretariat.pk)
        assert event.new == {"count": 1, "with_contacts": True, "conditions": {"kind": "general"}}
        assert AuditEvent.objects.count() == 2  # the one refused took nothing along

    def test_excel_cells_are_text(self, secretariat_client):
        OrganizationFactory(name="=1+1", corporate_number=NUMBER)
        response = secretariat_client.get(reverse("members:organization-export") + "?format=xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        cell = sheet.cell(row=2, column=2)
        assert (cell.value, cell.data_type) == ("=1+1", "s")
        assert uploaded(secretariat_client, response.content).counts["unchanged"] == 1

    def test_queries_do_not_grow(
        self, owner_client, django_assert_num_queries, django_assert_max_num_queries
    ):
        OrganizationFactory.create_batch(5)
        with django_assert_max_num_queries(20) as asked:
            exported(owner_client)
        OrganizationFactory.create_batch(45)
        with django_assert_num_queries(len(asked.captured_queries)):
            exported(owner_client)

    @pytest.mark.parametrize(
        "query", ["?state=x&kind=%27&sector=%00", "?municipality=x&strength=1&format=exe"]
    )
    def test_garbage_conditions_are_ignored(self, owner_client, query):
        OrganizationFactory(name="つながりの会")
        OrganizationFactory(name="去った会", left=True)
        text = exported(owner_client, query)
        assert "つながりの会" in text
        assert "去った会" not in text


class TestCommands:
    def run(self, path, **options) -> str:
        out = io.StringIO()
        call_command("import_organizations", str(path), stdout=out, **options)
        return out.getvalue().splitlines()[-1]

    def test_out_and_in(self, administrator, tmp_path):
        path = tmp_path / "organizations.csv"
        path.write_text(NEW, encoding="utf-8")
        assert self.run(path, dry_run=True) == "1件作成、0件変更、0件は同じ。試しです。何も変えていません。"
        assert self.run(path, by=administrator.email) == "1件作成、0件変更、0件は同じ。取り込みました。"
        assert self.run(path) == "0件作成、0件変更、1件は同じ。取り込みました。"
        out = tmp_path / "out.xlsx"
        call_command("export_organizations", output=out, with_contacts=True, stdout=io.StringIO())
        assert self.run(out) == "0件作成、0件変更、1件は同じ。取り込みました。"
        assert AuditEvent.objects.filter(type="members.organizations_exported").count() == 1

    def test_refused_rows_end_it(self, tmp_path):
        path = tmp_path / "organizations.csv"
        path.write_text("名称\nつながりの会\n", encoding="utf-8")
        with pytest.raises(CommandError, match="何も変えていません"):
            self.run(path)
        assert not Organization.objects.exists()

    def test_only_members_of_today_unless_all(self, tmp_path):
        OrganizationFactory(left=True, name="去った会")
        for options, is_there in (({}, False), ({"all": True}, True)):
            out = tmp_path / "out.csv"
            call_command("export_organizations", output=out, stdout=io.StringIO(), **options)
            assert ("去った会" in out.read_text(encoding="utf-8")) is is_there
