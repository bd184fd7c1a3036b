"""A member's window that nobody has published yet: whoever asked for the review learns what came of it."""

from typing import Any

import pytest

from consultations import services
from consultations.models import ConsultationWindow
from consultations.services import BulkAction
from platform_portal.access.checks import Refused
from platform_portal.mail.models import OutgoingMail
from platform_portal.publishing.states import State
from tests.factories.consultations import WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Any:
    return OrganizationFactory(name="つながりの会")


@pytest.fixture
def member(group) -> Any:
    return MembershipFactory(
        organization=group, editor=True, user__name="会の人", user__email="a@npo.example"
    ).user


@pytest.fixture
def asked(group, member, category) -> ConsultationWindow:
    """The member has written it and asked for the review."""
    draft = WindowFactory(
        draft=True,
        name="会の窓口",
        organization=group,
        topics=[category],
        author=member,
        internal_note="県だけのメモ",
    )
    return services.move_own_window(window=draft, to=State.IN_REVIEW, by=member)


def bodies(message: Any) -> tuple[str, str]:
    return message.body, message.alternatives[0][0]


def test_published(asked, colleague):
    services.move_window(window=asked, to=State.PUBLISHED, by=colleague, is_checked=True)
    (message,) = delivered()
    assert message.to == ["a@npo.example"]
    assert "会の窓口" not in message.subject
    for body in bodies(message):
        assert "会の人 さん" in body
        assert "「会の窓口」を確かめて、公開しました" in body
        assert f"/my/windows/{asked.public_id}/" in body
        assert "県だけのメモ" not in body


def test_returned_with_the_reason_as_text(asked, colleague):
    services.move_window(window=asked, to=State.DRAFT, by=colleague, reason="<b>時間</b>を書いてください")
    (message,) = delivered()
    text, html = bodies(message)
    assert message.to == ["a@npo.example"]
    assert "<b>時間</b>を書いてください" in text
    assert "&lt;b&gt;時間&lt;/b&gt;" in html
    for body in (text, html):
        assert "まだ住民の画面に出ていません" in body
        assert f"/my/windows/{asked.public_id}/" in body
        assert "県だけのメモ" not in body


def test_each_round_has_its_own_answer(asked, member, colleague):
    back = services.move_window(window=asked, to=State.DRAFT, by=colleague, reason="x")
    again = services.move_own_window(window=back, to=State.IN_REVIEW, by=member)
    services.move_window(window=again, to=State.PUBLISHED, by=colleague, is_checked=True)
    assert [message.to for message in delivered()] == [["a@npo.example"]] * 2


def test_many_at_once(asked, colleague):
    plan = services.plan_bulk(
        action=BulkAction.APPROVE, windows=[asked], by=colleague, checked={asked.public_id}
    )
    services.apply_bulk(plan=plan, by=colleague)
    assert [message.to for message in delivered()] == [["a@npo.example"]]


def test_refused_step_sends_nothing(asked, owner, colleague):
    with pytest.raises(Refused):
        services.move_window(window=asked, to=State.DRAFT, by=colleague, reason=" ")
    assert not OutgoingMail.objects.exists()


def test_taking_it_back_oneself_sends_nothing(asked, member):
    services.move_own_window(window=asked, to=State.DRAFT, by=member)
    assert not OutgoingMail.objects.exists()


def test_windows_of_the_office_send_nothing(group, owner, colleague, category):
    draft = WindowFactory(draft=True, organization=group, topics=[category], author=owner)
    asked = services.move_window(window=draft, to=State.IN_REVIEW, by=owner)
    services.move_window(window=asked, to=State.PUBLISHED, by=colleague, is_checked=True)
    assert not OutgoingMail.objects.exists()


def test_written_by_a_member_and_handed_in_by_the_office(group, member, owner, colleague, category):
    draft = WindowFactory(draft=True, organization=group, topics=[category], author=member)
    asked = services.move_window(window=draft, to=State.IN_REVIEW, by=owner)
    services.move_window(window=asked, to=State.PUBLISHED, by=colleague, is_checked=True)
    assert [message.to for message in delivered()] == [["a@npo.example"]]


@pytest.mark.parametrize("why", ["left the group", "may not sign in"])
def test_when_that_person_has_gone_the_contacts_learn_it(why, group, asked, member, colleague):
    MembershipFactory(organization=group, user=UserFactory(member=True, email="b@npo.example"))
    if why == "left the group":
        membership = member.memberships.get()
        membership.ended_at = membership.started_at
        membership.save()
    else:
        member.is_active = False
        member.save()
    services.move_window(window=asked, to=State.PUBLISHED, by=colleague, is_checked=True)
    assert [message.to for message in delivered()] == [["b@npo.example"]]
