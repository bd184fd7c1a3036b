"""Files that change what was verified of a published window: nothing goes live unseen."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from consultations import services
from consultations.importing.applying import import_table
from consultations.importing.planning import Options, WindowPlan
from consultations.importing.reading import WINDOWS
from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.services import WindowContent
from platform_portal.sheets.planning import Outcome, PlanRefusedError
from tests.conftest import text_of
from tests.factories.consultations import WindowFactory

pytestmark = pytest.mark.django_db
HEAD = "ID,住所,内部メモ,確認日\n"


def file_of(window: ConsultationWindow, address: str = "番町4-1-10", note: str = "", day: str = "") -> str:
    return f"{HEAD}{window.public_id},{address},{note},{day}\n"


def take(text: str, by: Any, **options: Any) -> WindowPlan:
    return import_table(table=WINDOWS.read(text.encode()), by=by, options=Options(**options))


def test_critical_row_waits(owner, colleague, window):
    plan = take(file_of(window, note="メモ"), owner)
    assert plan.counts[Outcome.PROPOSED] == 1
    revision = WindowRevision.objects.get()
    assert (revision.proposed_by, sorted(revision.changed_names)) == (owner, ["address", "internal_note"])
    window.refresh_from_db()
    assert (window.address, window.internal_note) == ("", "")
    services.approve_revision(revision=revision, by=colleague, is_checked=True)
    window.refresh_from_db()
    assert (window.address, window.internal_note) == ("番町4-1-10", "メモ")


def test_same_file_again_changes_nothing(owner, colleague, window):
    take(file_of(window), owner)
    before = WindowRevision.objects.values().get()
    for person in (owner, colleague):
        assert take(file_of(window), person).counts[Outcome.UNCHANGED] == 1
    assert WindowRevision.objects.values().get() == before


def test_another_file_of_the_same_person_replaces_it(owner, window):
    take(file_of(window), owner)
    take(file_of(window, "番町5"), owner)
    assert WindowRevision.objects.get().proposed["address"] == "番町5"


def test_another_file_of_somebody_else_is_refused(owner, colleague, window):
    take(file_of(window), owner)
    with pytest.raises(PlanRefusedError) as refused:
        take(file_of(window, "番町5"), colleague)
    assert "県庁 あおいさんの変更が確認を待っています" in refused.value.plan.rows[0].problems[0].reason


def test_other_rows_are_live_and_may_overtake(owner, colleague, window):
    waiting = services.change_window(
        window=window, content=WindowContent(values={"address": "番町", "source": "ちらし"}), by=colleague
    ).revision
    plan = take(f"ID,出典\n{window.public_id},ウェブサイト\n", owner)
    assert plan.counts[Outcome.CHANGED] == 1
    waiting.refresh_from_db()
    assert waiting.state == RevisionState.OVERTAKEN


def test_date_of_checking_is_that_of_the_reviewer(owner, window):
    today = timezone.localdate().isoformat()
    plan = take(file_of(window, day=today), owner)
    assert "認める人が確かめた日" in plan.rows[0].warnings[0].reason
    window.refresh_from_db()
    assert window.verified_on is None


@pytest.mark.parametrize("state", ["draft", "suspended"])
def test_what_is_not_public_changes_at_once(state, owner):
    window = WindowFactory(state=state)
    assert take(file_of(window), owner).counts[Outcome.CHANGED] == 1


def test_moving_house_skips_the_review(owner, window):
    assert take(file_of(window), owner, trusts_state=True).counts[Outcome.CHANGED] == 1
    window.refresh_from_db()
    assert window.address == "番町4-1-10"


def test_command_says_so_and_wants_a_person(owner, window, tmp_path: Path):
    path = tmp_path / "windows.csv"
    path.write_text(file_of(window), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_windows", path, stdout=io.StringIO())
    out = io.StringIO()
    call_command("import_windows", path, by=owner.email, dry_run=True, stdout=out)
    assert "確認待ちになります" in out.getvalue()
    assert "1件は確認待ち" in out.getvalue()
    assert not WindowRevision.objects.exists()


def test_upload_says_so_before_and_after(owner_client, window, tmp_path):
    file = io.BytesIO(file_of(window).encode())
    file.name = "windows.csv"
    response = owner_client.post(reverse("desk:window-import"), {"file": file}, follow=True)
    assert "確認待ちになります" in text_of(response)
    assert not WindowRevision.objects.exists()
    response = owner_client.post(response.request["PATH_INFO"], {"agree": "1"}, follow=True)
    assert "確認待ちになりました" in text_of(response)
    assert WindowRevision.objects.get().window == window
