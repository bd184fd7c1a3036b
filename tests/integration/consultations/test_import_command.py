"""import_windows and export_windows on the real database."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from consultations.masters import load_categories
from consultations.models import ConsultationWindow
from platform_portal.audit.models import AuditEvent
from tests.factories.consultations import WindowFactory

DEMO = Path("consultations/data/demo_windows.csv")
HEAD = "名称,運営者,分野,連絡手段1_種類,連絡手段1_値\n"


@pytest.fixture(autouse=True)
def _masters(db):
    load_categories()
    call_command("load_region", stdout=io.StringIO())


@pytest.fixture
def write(tmp_path):
    def make(text: str, name: str = "windows.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return make


def run(path: Path, **options) -> list[str]:
    out = io.StringIO()
    call_command("import_windows", str(path), stdout=out, **options)
    return out.getvalue().splitlines()


def export(path: Path, **options) -> bytes:
    call_command("export_windows", output=path, stdout=io.StringIO(), **options)
    return path.read_bytes()


class TestDemoFile:
    def test_comes_in_whole_and_a_second_time_changes_nothing(self, administrator, tmp_path):
        first = run(DEMO, trust_state=True, by=administrator.email)
        count = ConsultationWindow.objects.count()
        assert count >= 55
        assert first[-1] == f"{count}件作成、0件変更、0件は同じ。取り込みました。"
        events = AuditEvent.objects.count()
        second = run(DEMO, trust_state=True, by=administrator.email)
        assert second[-1] == f"0件作成、0件変更、{count}件は同じ。取り込みました。"
        assert AuditEvent.objects.count() == events == count + 1

    def test_gets_what_search_and_open_now_need(self, administrator):
        run(DEMO, trust_state=True, by=administrator.email)
        assert not ConsultationWindow.objects.filter(search_vector=None).exists()
        window = ConsultationWindow.objects.published().filter(opening_hours="24/7").first()
        assert window.channels.first().effective_hours == "24/7"
        assert window.channels.first().schedule is not None

    @pytest.mark.parametrize("suffix", ["csv", "xlsx"])
    def test_goes_out_and_comes_back_the_same(self, administrator, tmp_path, suffix):
        run(DEMO, trust_state=True, by=administrator.email)
        before = export(tmp_path / "before.csv")
        export(tmp_path / f"carrier.{suffix}")
        ConsultationWindow.objects.all().delete()
        run(tmp_path / f"carrier.{suffix}", trust_state=True, by=administrator.email)
        assert export(tmp_path / "after.csv") == before


HOURS_HEAD = "名称,連絡手段1_種類,連絡手段1_値,受付時間_規則,受付時間_原文\n"


class TestHours:
    def test_rule_without_days_is_not_stored(self, write):
        path = write(HOURS_HEAD + "まど,phone,189,09:00-17:00,9時〜17時\n")
        printed = "\n".join(run(path))
        assert "受付時間_規則「09:00-17:00」: 曜日がないので「分からない」として取り込みます" in printed
        assert "「Mo-Su 09:00-17:00」" in printed
        window = ConsultationWindow.objects.get()
        assert (window.opening_hours, window.hours_text) == ("", "9時〜17時")
        assert window.channels.get().effective_hours == ""
        assert run(path)[-1] == "0件作成、0件変更、1件は同じ。取り込みました。"

    def test_stored_rule_without_days_comes_back_as_it_was(self, administrator, tmp_path):
        WindowFactory(opening_hours="09:00-17:00")
        export(tmp_path / "all.csv")
        assert run(tmp_path / "all.csv")[-1].startswith("0件作成、0件変更、1件は同じ")
        assert ConsultationWindow.objects.get().opening_hours == "09:00-17:00"

    def test_channel_without_days_is_refused(self, write):
        head = "名称,連絡手段1_種類,連絡手段1_値,連絡手段1_受付時間_規則\n"
        printed, _last = refused(write(head + "まど,phone,189,09:00-17:00\n"))
        assert "連絡手段1_受付時間_規則「09:00-17:00」: 曜日がありません" in printed
        assert not ConsultationWindow.objects.exists()

    @pytest.mark.parametrize(
        ("rule", "text", "warning"),
        [
            (
                "Mo-Fr 09:00-17:00",
                "電話：月〜金 9時〜17時 来所：月〜金 10時〜16時",
                "来所：月〜金 10:00〜16:00",
            ),
            ("We[3] 13:00-15:00", "第3水曜 13時〜15時（要予約）", "「要予約」は、規則に入っていません"),
            ("", "月〜金 9時〜17時", "「月〜金 9:00〜17:00」（Mo-Fr 09:00-17:00）と読めます"),
            ("", "ネコの気分による", "「ネコの気分による」は、規則に入っていません"),
        ],
    )
    def test_what_the_rule_leaves_out_is_warned_of(self, rule, text, warning, write):
        printed = run(write(HOURS_HEAD + f"まど,phone,189,{rule},{text}\n"), dry_run=True)
        assert any(warning in line and line.startswith("    ! 受付時間_原文") for line in printed)

    def test_appointments_that_the_file_states_are_no_matter(self, write):
        head = HOURS_HEAD.replace("受付時間_原文", "受付時間_原文,受付時間_予約制")
        printed = run(write(head + "まど,phone,189,We[3] 13:00-15:00,第3水曜 13時〜15時（要予約）,はい\n"))
        assert not any("!" in line for line in printed)

    def test_text_that_the_rule_says_in_full_is_no_matter(self, write):
        printed = run(write(HOURS_HEAD + "まど,phone,189,Mo-Fr 09:00-17:00,月〜金 9時〜17時\n"))
        assert not any("!" in line for line in printed)


def refused(path: Path, **options) -> tuple[str, str]:
    """What was printed, and the last word."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_windows", str(path), stdout=out, **options)
    return out.getvalue(), str(error.value)


class TestRefusals:
    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (",県,living,phone,110", "名称"),
            ("窓口,県,なにか,phone,110", "「なにか」という分野はありません"),
            ("窓口,県,living,telegraph,110", "使える言葉は phone（電話）"),
            ("窓口,県,living,,110", "種類を書いてください"),
            ("窓口,県,living,phone,", "電話番号を書いてください"),
            ("窓口,県,living,line,http://line.example", "https:// で始まるアドレス"),
            ("窓口,県,living,email,soudan", "メールアドレス"),
            ("あ" * 101 + ",県,living,phone,110", "100"),
            ("窓口,県,living,phone,110,はみだし", "見出しのない列"),
        ],
    )
    def test_says_what_is_wrong_and_does_nothing(self, row, words, write):
        good = "よい窓口,県,living,phone,110\n"
        text, last = refused(write(HEAD + good + row + "\n"))
        assert words in text
        assert "3行目" in text
        assert last == "1件作成、0件変更、0件は同じ、1件は取り込めません。何も変えていません。"
        assert not ConsultationWindow.objects.exists()
        assert not AuditEvent.objects.exists()

    @pytest.mark.parametrize(
        ("column", "value", "words"),
        [
            ("ID", "ABC", "ID の形ではありません"),
            ("受付時間_規則", "いつでも", "受付時間_規則"),
            ("対象年齢_下限", "200", "対象年齢_下限"),
            ("年末年始_休み開始", "12-29", "両方を書いてください"),
            ("市区町村コード", "372014", "市区町村はありません"),
            ("代わりの窓口", "zzzzzz", "という ID の窓口はありません"),
            ("日ごとの変更", "2026-12-28 25:99 理由", "受付時間が読めません"),
            ("日ごとの変更", "2026-12-28 休み", "日ごとの変更"),
            ("ウェブサイト", "javascript:alert(1)", "ウェブサイト"),
            ("確認日", "2099-01-01", "これからの日"),
            ("費用", "ただ", "free（無料）"),
            ("連絡手段1_受付時間_規則", "Mo 25", "連絡手段1_受付時間_規則"),
            ("言語", "ja;pt-BR", "pt と書いてください"),
            ("連絡手段1_言語", "klingon", "という言語の記号はありません"),
            (
                "日ごとの変更",
                ";".join(f"2027-{n // 28 + 1:02}-{n % 28 + 1:02} 休み x" for n in range(61)),
                "60個まで",
            ),
        ],
    )
    def test_names_the_column(self, column, value, words, write, administrator):
        head = f"名称,連絡手段1_種類,連絡手段1_値,{column}\n"
        text, _last = refused(write(head + f"窓口,phone,110,{value}\n"), by=administrator.email)
        assert words in text
        assert f"✕ {column}「{value}" in text or words in text

    @pytest.mark.parametrize(("count", "is_refused"), [(20, False), (21, True)])
    def test_as_many_channels_as_on_the_form(self, count, is_refused, write):
        head = ",".join(f"連絡手段{n}_種類,連絡手段{n}_値" for n in range(1, count + 1))
        path = write(f"名称,{head}\n窓口" + ",phone,110" * count + "\n")
        if is_refused:
            text, _last = refused(path)
            assert "2行目" in text
            assert "連絡手段21_種類" in text
            assert "20個まで書けます（いまは21個あります）" in text
        else:
            run(path)
            assert ConsultationWindow.objects.get().channels.count() == count

    def test_same_window_twice(self, write):
        text, _last = refused(write("名称,運営者\nA,県\nA,県\n"))
        assert "このファイルにもう1つあります" in text

    def test_rows_without_a_name_are_told_to_write_one(self, write):
        text, _last = refused(write("名称,運営者\n,県\n,県\n"))
        assert text.count("この欄は空にできません。書いてください。") == 2
        assert "もう1つあります" not in text

    def test_a_name_that_fits_two_windows(self, write):
        WindowFactory.create_batch(2, name="A", operator="県")
        text, _last = refused(write("名称,運営者\nA,県\n"))
        assert "ID を書いてください" in text

    @pytest.mark.parametrize("file", ["nowhere.csv", "."])
    def test_no_file(self, file, tmp_path):
        _text, last = refused(tmp_path / file)
        assert "ファイルを読めません" in last

    def test_nobody_of_that_name(self, write):
        _text, last = refused(write(HEAD + "A,県,living,phone,110\n"), by="nobody@portal.example")
        assert "という利用者はいません" in last

    def test_a_person_without_the_permission(self, write, outsider):
        _text, last = refused(write(HEAD + "A,県,living,phone,110\n"), by=outsider.email)
        assert "権限では、この操作はできません" in last
        assert not ConsultationWindow.objects.exists()


class TestChanges:
    def test_a_dry_run_shows_and_does_nothing(self, write):
        lines = run(write(HEAD + "A,県,living,phone,110\n"), dry_run=True)
        assert lines[-1] == "1件作成、0件変更、0件は同じ。試しです。何も変えていません。"
        assert not ConsultationWindow.objects.exists()

    def test_columns_that_are_not_there_stay(self, write):
        window = WindowFactory(name="A", operator="県", internal_note="メモ", phone="0120-000-000")
        run(write(f"ID,費用\n{window.public_id},無料\n"))
        window.refresh_from_db()
        assert (window.fee, window.internal_note, window.operator) == ("free", "メモ", "県")
        assert window.channels.get().value == "0120-000-000"

    def test_only_new_leaves_what_people_changed(self, write):
        window = WindowFactory(name="A", operator="県")
        lines = run(write(f"ID,名称,運営者\n{window.public_id},B,市\n,C,市\n"), only_new=True)
        window.refresh_from_db()
        assert window.name == "A"
        assert lines[-1].startswith("1件作成、0件変更、1件は同じ")

    def test_an_archived_window_stays_so(self, write, administrator):
        window = WindowFactory(name="A", state="archived")
        text, _last = refused(write(f"ID,名称\n{window.public_id},B\n"), by=administrator.email)
        assert "下書きとして戻す" in text

    def test_without_trust_no_state_comes_in(self, write, administrator):
        run(write("名称,分野,連絡手段1_種類,連絡手段1_値,公開状態\nA,living,phone,110,published\n"))
        assert ConsultationWindow.objects.get().state == "draft"

    def test_with_trust_a_window_nobody_can_reach_is_refused(self, write):
        text, _last = refused(write("名称,公開状態\nA,published\n"), trust_state=True)
        assert "連絡手段が1つもない窓口は公開できません" in text

    def test_a_failing_record_undoes_everything(self, write, monkeypatch):
        def fail(events):
            raise RuntimeError("no record")

        monkeypatch.setattr("platform_portal.audit.services.record_all", fail)
        with pytest.raises(RuntimeError):
            run(write(HEAD + "A,県,living,phone,110\n"))
        assert not ConsultationWindow.objects.exists()


class TestVerification:
    """Of a window that is not public; what is public waits for a second person: test_import_review.py."""

    @pytest.fixture
    def window(self, administrator):
        return WindowFactory(
            name="A",
            operator="県",
            state="suspended",
            verified_on=dt.date(2025, 1, 1),
            verified_by=administrator,
            website="",
        )

    def test_a_critical_change_takes_the_date_away(self, window, write, administrator):
        run(write(f"ID,ウェブサイト\n{window.public_id},https://a.example/\n"), by=administrator.email)
        window.refresh_from_db()
        assert (window.verified_on, window.verified_by) == (None, None)

    def test_another_change_leaves_it(self, window, write, administrator):
        run(write(f"ID,内部メモ\n{window.public_id},x\n"), by=administrator.email)
        window.refresh_from_db()
        assert window.verified_on == dt.date(2025, 1, 1)

    def test_the_old_date_beside_a_critical_change_is_refused(self, window, write, administrator):
        path = write(f"ID,ウェブサイト,確認日\n{window.public_id},https://a.example/,2025-01-01\n")
        text, _last = refused(path, by=administrator.email)
        assert "確認日が前のままです" in text

    def test_a_new_date_is_that_persons(self, window, write, secretariat):
        path = write(f"ID,ウェブサイト,確認日\n{window.public_id},https://a.example/,令和8年1月5日\n")
        run(path, by=secretariat.email)
        window.refresh_from_db()
        assert (window.verified_on, window.verified_by) == (dt.date(2026, 1, 5), secretariat)

    def test_a_date_needs_a_person(self, window, write):
        text, _last = refused(write(f"ID,確認日\n{window.public_id},2026-01-05\n"))
        assert "--by" in text

    @pytest.mark.parametrize("state", ["draft", "suspended", "published"])
    def test_an_old_file_leaves_the_newer_date(self, state, window, write, secretariat, administrator):
        ConsultationWindow.objects.filter(pk=window.pk).update(state=state)
        path = write(f"ID,内部メモ,確認日\n{window.public_id},x,2024-12-31\n")
        text = "\n".join(run(path, by=secretariat.email))
        window.refresh_from_db()
        assert "いまの確認日（2025-01-01）より前の日付です" in text
        assert window.internal_note == "x"
        assert (window.verified_on, window.verified_by) == (dt.date(2025, 1, 1), administrator)

    def test_an_old_file_that_says_nothing_else_changes_nothing(self, window, write):
        lines = run(write(f"ID,確認日\n{window.public_id},2024-12-31\n"))
        assert "1件は同じ" in lines[-1]

    def test_an_old_date_vouches_for_no_number(self, window, write, secretariat):
        path = write(f"ID,ウェブサイト,確認日\n{window.public_id},https://a.example/,2024-12-31\n")
        text, _last = refused(path, by=secretariat.email)
        assert "いまの確認日（2025-01-01）より前の日付です" in text
        assert "受付時間や番号が変わるので" in text


class TestExport:
    def test_says_how_many_and_leaves_no_half_file(self, tmp_path):
        WindowFactory(state="archived")
        out = io.StringIO()
        call_command("export_windows", output=tmp_path / "a.csv", stdout=out)
        assert out.getvalue().strip().endswith("0件を書き出しました。")
        call_command("export_windows", output=tmp_path / "a.csv", all=True, stdout=out)
        assert out.getvalue().strip().endswith("1件を書き出しました。")
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.csv"]

    def test_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(CommandError, match="ファイルに書けません"):
            call_command("export_windows", output=tmp_path / "none" / "a.csv", stdout=io.StringIO())

    def test_to_the_screen(self, capsys):
        WindowFactory(name="よるの電話")
        out, err = io.StringIO(), io.StringIO()
        call_command("export_windows", stdout=out, stderr=err)
        assert out.getvalue().startswith("\ufeffID,名称,")
        assert "よるの電話" in out.getvalue()
        assert "1件を書き出しました。" in err.getvalue()


class TestWhatASpreadsheetDoes:
    def test_detour_through_shift_jis_changes_nothing(self, administrator, write, tmp_path):
        window = WindowFactory(
            name="あけぼの〜ひだまり", hours_text="平日9時〜17時（11−12時は休み）", phone="087-832-0000"
        )
        window.channels.update(note="予約は〜前日")
        text = export(tmp_path / "out.csv").decode("utf-8-sig")
        detour = text.translate(str.maketrans("〜−", "～－"))
        path = write(detour, encoding="cp932")
        assert run(path, by=administrator.email)[-1].startswith("0件作成、0件変更、1件は同じ")
        other = write(detour.replace("予約は", "相談は"), encoding="cp932")
        assert run(other, by=administrator.email)[-1].startswith("0件作成、1件変更")
        window.refresh_from_db()
        assert window.hours_text == "平日9時〜17時（11−12時は休み）"
        assert window.channels.get().note == "相談は～前日"

    def test_channel_that_cannot_be_read_is_told_once(self, administrator, write):
        path = write(HEAD + "新しい窓口,,living,phone,でんわ\n新しいSNS,,living,line,http://example.jp/\n")
        words, _last = refused(path, by=administrator.email)
        assert "電話番号として読めません" in words
        assert "https:// で始まるアドレス" in words
        assert "空ではいけません" not in words
        assert "制約" not in words
        assert "consultations_" not in words

    def test_text_alone_does_not_change_the_hours(self, administrator, write):
        window = WindowFactory(opening_hours="Mo-Fr 09:00-17:00; PH off", hours_text="平日9時〜17時")
        path = write(f"ID,名称,受付時間_原文\n{window.public_id},{window.name},平日10時〜16時\n")
        said = "\n".join(run(path, by=administrator.email))
        assert "受付時間は「月〜金 9:00〜17:00 ／ 祝日 休み」のまま" in said
