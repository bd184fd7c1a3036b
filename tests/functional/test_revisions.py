"""A member's change on its way: proposed, returned with a reason, put right, checked by a second person, public."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import expect

from consultations.models import ConsultationWindow, WindowRevision
from tests.factories.consultations import RevisionFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.functional.conftest import DESK, PHONE, Directory


def check(visitor: Any) -> None:
    assert visitor.axe_violations() == [], visitor.page.url
    assert not visitor.overflows(), visitor.page.url
    assert visitor.page.locator("h1").count() == 1, visitor.page.url


def words(visitor: Any) -> str:
    return str(visitor.page.locator("main").inner_text())


def set_end_of_day(visitor: Any, end: str) -> None:
    """Monday to Friday from nine, and so in the published words."""
    page = visitor.page
    page.fill("#id_hours_text", f"月〜金 9:00〜{end}")
    page.check("input[name=hours-mode][value=rows]")
    if page.locator("#id_rows-0-start").count() == 0:
        page.click("text=曜日と時刻を足す")
    for day in range(5):
        page.check(f"input[name=rows-0-days][value='{day}']")
    page.fill("#id_rows-0-start", "9:00")
    page.fill("#id_rows-0-end", end)
    page.locator(".sticky-end button", has_text="保存する").click()


def test_change_of_hours_from_a_member_to_the_public(visit: Any, directory: Directory) -> None:
    window = directory.open_line
    group = OrganizationFactory(name="つながりの会")
    ConsultationWindow.objects.filter(pk=window.pk).update(organization=group)
    member, first, second, resident = visit(PHONE), visit(DESK), visit(DESK), visit(PHONE)
    member.be(MembershipFactory(organization=group, editor=True, user__name="会の人").user)
    first.be(UserFactory(role="staff", name="確かめる人"))
    second.be(UserFactory(role="staff", name="もう一人"))
    public = reverse("consultations:window-detail", args=[window.public_id])

    # The member finds the window and proposes other hours.
    member.open(reverse("my:home"))
    check(member)
    member.page.locator("nav.sections a", has_text="窓口").click()
    check(member)
    member.page.click("a:has-text('よるひる電話')")
    check(member)
    member.page.click("a:has-text('内容を直す')")
    check(member)
    set_end_of_day(member, "17:00")
    expect(member.page.locator("main")).to_contain_text("住民の画面は、まだ前のままです", use_inner_text=True)
    check(member)
    resident.open(public)
    assert "17:00" not in words(resident)

    # Staff read it and give it back.
    first.open(reverse("desk:home"))
    first.page.click("a:has-text('確認を待っている変更')")
    check(first)
    first.page.click("a:has-text('よるひる電話')")
    expect(first.page.locator("main")).to_contain_text("月〜金 9:00〜17:00", use_inner_text=True)
    check(first)
    first.page.fill("#id_reason", "金曜は16時まで、と電話で聞きました。")
    first.page.locator("button[name=return]").click()
    expect(first.page.locator("main")).to_contain_text("差し戻しました", use_inner_text=True)

    # The member puts it right.
    member.open(reverse("my:window-page", args=[window.public_id]))
    expect(member.page.locator("main")).to_contain_text("金曜は16時まで", use_inner_text=True)
    check(member)
    member.page.click("text=直して、もう一度申し出る")
    expect(member.page.locator("main")).to_contain_text("差し戻された変更の続きです", use_inner_text=True)
    check(member)
    set_end_of_day(member, "16:00")

    # A second person checks, forgets the tick, ticks, approves.
    revision = WindowRevision.objects.pending().get()
    second.open(reverse("desk:revision-page", args=[revision.public_id]))
    second.page.locator("button[name=approve]").click()
    expect(second.page.locator("main")).to_contain_text("印をつけてから", use_inner_text=True)
    check(second)
    second.page.check("#id_is_checked")
    second.page.locator("button[name=approve]").click()
    expect(second.page.locator("main")).to_contain_text("公開しました", use_inner_text=True)
    check(second)

    # Residents see it.
    resident.open(public)
    expect(resident.page.locator("main")).to_contain_text("16:00", use_inner_text=True)
    for visitor in (member, first, second, resident):
        assert visitor.problems == []


def test_review_page_on_a_phone(visit: Any, directory: Directory) -> None:
    revision = RevisionFactory(window=directory.open_line)
    visitor = visit(PHONE)
    visitor.be(UserFactory(role="staff"))
    for name, args in (("revision-list", []), ("revision-page", [revision.public_id])):
        visitor.open(reverse(f"desk:{name}", args=args))
        check(visitor)
