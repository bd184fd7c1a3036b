"""import_windows and export_windows on the real database."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from consultations.masters import load_categories
from consultations.models import ConsultationWindow
from platform_portal.audit.models import AuditEvent

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
