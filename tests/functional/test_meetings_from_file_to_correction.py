"""The whole way of a record, as its people walk it: a file, doubts settled, words confirmed, approved, read, corrected."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from meetings.models import Minutes, Utterance
from meetings.services.flags import open_flags
from tests.factories.meetings import BodyFactory, MeetingFactory
from tests.factories.members import MembershipFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE
from tests.minutes_files import as_pdf, as_word
from tests.outbox import delivered

pytestmark = pytest.mark.django_db(transaction=True)

RECORD = (Path(__file__).parents[1] / "data" / "minutes" / "tsunagari_05.txt").read_text(encoding="utf-8")
SAID = "わたしたちの会でも茶話会を開いていますが"
CONFIRMED = SAID.replace("茶話会", "お茶の会")
CORRECTED = SAID.replace("茶話会", "昼の茶話会")


@pytest.mark.parametrize(
    ("name", "make"),
    [("記録.txt", str.encode), ("記録.docx", as_word), ("記録.pdf", as_pdf)],
    ids=["txt", "docx", "pdf"],
)
def test_from_a_file_to_a_correction(name: str, make: Callable[[str], bytes], visit: Any) -> None:
    PortalSettingsFactory()
    speaker = MembershipFactory(organization__name="県歯科衛生士会")
    meeting = MeetingFactory(body=BodyFactory(named_audience="public", labels_audience="public"))
    writer, approver = visit(DESK), visit(DESK)
    writer.be(UserFactory(role="secretariat", name="事務 いちろう"))
    approver.be(UserFactory(role="secretariat", name="事務 はなこ"))

    minutes = take_in(writer, meeting, name, make(RECORD))
    settle_doubts(writer, minutes)
    have_confirmed(writer, visit(PHONE, java_script_enabled=False), minutes, speaker.user.email)
    publish(writer, approver, minutes)
    block = Utterance.objects.get(text__startswith=CONFIRMED)
    correct(writer, approver, block)

    reader = visit(PHONE, java_script_enabled=False)
    reader.open(reverse("meetings:utterance", args=[block.public_id]))
    for folded in reader.page.locator("main summary").all():
        folded.click()
    text = reader.page.locator("main").inner_text()
    assert CORRECTED in text
    assert "訂正あり" in text
    assert CONFIRMED in text  # what stood there before
    assert "会の名前を書きまちがえていました。" in text
    assert "会の名前を書きまちがえていました。" in reader.open(reverse("meetings:correction-feed")).text()
    assert reader.context.cookies() == []
    assert writer.problems == approver.problems == reader.problems == []


def take_in(writer: Any, meeting: Any, name: str, content: bytes) -> Minutes:
    page = writer.page
    writer.open(reverse("meetings:desk-import", args=[meeting.public_id]))
    page.get_by_label("議事録のファイル").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="読み取る").click()
    page.get_by_role("button", name="この内容で受け入れる").click()
    expect(page.locator("main")).to_contain_text("議事録の下書きにしました", use_inner_text=True)
    return Minutes.objects.get()


def settle_doubts(writer: Any, minutes: Minutes) -> None:
    page = writer.page
    doubts = list(open_flags(minutes))
    assert {"unmarked_speech", "page_join", "agenda_missing"} <= {doubt.code for doubt in doubts}
    writer.open(reverse("meetings:desk-publication", args=[minutes.meeting.public_id]))
    expect(page.locator("main")).to_contain_text(f"確かめるところが{len(doubts)}件", use_inner_text=True)
    writer.open(reverse("meetings:desk-minutes", args=[minutes.meeting.public_id]))
    for doubt in doubts:
        page.locator(f"#flag-{doubt.pk}").get_by_label("わけ").fill("原文を見ました。")
        page.locator(f"#flag-{doubt.pk}").get_by_role("button", name="問題なし").click()
    expect(page.locator("main")).to_contain_text("確かめるところは残っていません", use_inner_text=True)


def have_confirmed(writer: Any, phone: Any, minutes: Minutes, address: str) -> None:
    page = writer.page
    writer.open(reverse("meetings:desk-confirmation-open", args=[minutes.meeting.public_id]))
    page.get_by_label("返事の期限").fill("2030-01-31")
    page.get_by_role("button", name="確認を頼むメールを送る").click()
    mail = next(mail for mail in delivered() if mail.to == [address])
    link = re.search(r"https?://[^/\s]+(/meetings/confirm/\S+)", mail.body)
    assert link
    phone.open(link[1])
    block = Utterance.objects.get(text__startswith=SAID)
    phone.page.locator(f"#u-{block.public_id}").get_by_role("link", name="直す").click()
    phone.page.get_by_label("直した文").fill(block.text.replace(SAID, CONFIRMED))
    phone.page.get_by_label("明らかな誤り").check()
    phone.page.wait_for_timeout(2100)  # a person reads first
    phone.page.get_by_role("button", name="修正案を送る").click()
    expect(phone.page.locator("main")).to_contain_text("修正案を受け取りました", use_inner_text=True)
    assert phone.context.cookies() == []

    writer.open(reverse("meetings:desk-confirmation", args=[minutes.meeting.public_id]))
    page.locator("main li a", has_text="県歯科衛生士会").click()
    page.get_by_role("button", name="取り入れる", exact=True).click()
    writer.open(reverse("meetings:desk-confirmation", args=[minutes.meeting.public_id]))
    page.get_by_role("button", name="いま締め切る").click()


def publish(writer: Any, approver: Any, minutes: Minutes) -> None:
    address = reverse("meetings:desk-publication", args=[minutes.meeting.public_id])
    writer.open(address)
    writer.page.get_by_role("button", name="承認を頼む").click()
    expect(writer.page.locator("h1")).to_contain_text("確認待ち", use_inner_text=True)
    approver.open(address)
    approver.page.get_by_role("button", name="認めて公開する").click()
    expect(approver.page.locator("h1")).to_contain_text("公開中", use_inner_text=True)


def correct(writer: Any, approver: Any, block: Utterance) -> None:
    meeting, page = block.minutes.meeting.public_id, writer.page
    writer.open(reverse("meetings:desk-correction-create", args=[meeting, block.public_id]))
    page.get_by_label("直した後の文", exact=True).fill(block.text.replace(CONFIRMED, CORRECTED))
    page.get_by_label("明らかな誤り").check()
    page.get_by_label("くわしいわけ").fill("会の名前を書きまちがえていました。")
    page.get_by_role("button", name="訂正の確認を頼む").click()
    approver.open(reverse("meetings:desk-corrections", args=[meeting]))
    approver.page.get_by_role("link", name="会の名前を書きまちがえていました。").click()
    approver.page.get_by_role("button", name="認めて公開する").click()
    expect(approver.page.locator("main")).to_contain_text("訂正を公開しました", use_inner_text=True)
