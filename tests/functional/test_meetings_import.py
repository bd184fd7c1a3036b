"""A file of minutes becomes a draft in a real browser, with scripts and without, on a wide screen and a narrow one."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from meetings.models import Minutes, MinutesImport
from meetings.services.flags import open_flags
from tests.factories.meetings import MeetingFactory
from tests.factories.members import UserFactory
from tests.functional.conftest import DESK, PHONE
from tests.minutes_files import LATER, RECORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESK, True), (PHONE, False)], ids=["desk", "phone, no scripts"]
)
def test_from_file_to_a_draft_without_doubts(visit, viewport, scripts):
    meeting = MeetingFactory(place="")
    visitor = visit(viewport, java_script_enabled=scripts)
    visitor.be(UserFactory(role="secretariat"))
    page = visitor.page

    def bring(text: str) -> None:
        visitor.open(reverse("meetings:desk-import", args=[meeting.public_id]))
        page.get_by_label("議事録のファイル").set_input_files(
            {"name": "記録.txt", "mimeType": "text/plain", "buffer": text.encode()}
        )
        page.get_by_role("button", name="読み取る").click()

    bring(RECORD)
    expect(page.get_by_text("まだ何も変わっていません")).to_be_visible()
    if scripts:
        visitor.see(reverse("meetings:desk-body-import", args=[meeting.body.public_id]))
        kept = MinutesImport._default_manager.get()
        visitor.see(reverse("meetings:desk-import-proposal", args=[kept.public_id]))
        page.set_viewport_size(DESK)
        visitor.open(reverse("meetings:desk-import-proposal", args=[kept.public_id]))
    page.locator("#p-1").get_by_role("link", name="直す").click()
    page.locator("#proposal-row").get_by_label("本文").fill("電話と訪問で、声をかけるのか。")
    page.get_by_role("button", name="この発言を直す").click()
    page.get_by_role("button", name="この内容で受け入れる").click()
    expect(page.get_by_text("議事録の下書きにしました")).to_be_visible()
    minutes = Minutes.objects.get()
    # Blocks out of sight are not laid out (content-visibility), and what is not laid out has no inner text.
    expect(page.locator("#blocks")).to_contain_text("電話と訪問で、声をかけるのか。")
    for flag in open_flags(minutes):
        page.locator(f"#flag-{flag.pk}").get_by_label("わけ").fill("原文を見た")
        page.locator(f"#flag-{flag.pk}").get_by_role("button", name="問題なし").click()
    expect(page.get_by_text("確かめるところは残っていません")).to_be_visible()
    if scripts:
        visitor.see(reverse("meetings:desk-aliases", args=[meeting.body.public_id]))
        page.set_viewport_size(DESK)
    addresses = set(minutes.utterances.values_list("public_id", flat=True))
    bring(LATER)
    expect(page.get_by_text("今の下書きとの違い")).to_be_visible()
    if scripts:
        assert visitor.axe_violations() == []
    page.get_by_role("button", name="この内容で受け入れる").click()
    assert addresses < set(minutes.utterances.values_list("public_id", flat=True))
    assert visitor.problems == []
