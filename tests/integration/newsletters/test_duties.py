"""Whose turn it is, and the mails that remind of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from newsletters.models import Duty
from newsletters.services import duties as services
from newsletters.tasks import remind_of_duties, sweep_attachments
from platform_portal.access.checks import Refused
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import UserFactory
from tests.factories.newsletters import DutyFactory, IssueFactory, NewsletterFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def portal():
    return PortalSettingsFactory()


@pytest.fixture
def editor():
    return UserFactory(role="staff")


def due_in(days: int, **values: object) -> Duty:
    return DutyFactory(due_on=timezone.localdate() + dt.timedelta(days=days), **values)


def test_once_before_and_once_on_the_day(editor):
    duty = due_in(5, editor=editor, note="増刊号")
    assert services.remind_of_duties() == 1
    assert services.remind_of_duties() == 0
    mail = OutgoingMail.objects.get()
    assert mail.address == editor.email
    assert "増刊号" in mail.text
    assert f"/desk/newsletters/new/?duty={duty.public_id}" in mail.text
    Duty.objects.update(due_on=timezone.localdate())
    assert services.remind_of_duties() == 1
    assert services.remind_of_duties() == 0
    assert "きょうは" in OutgoingMail.objects.latest("pk").text


def test_nobody_is_reminded_of_what_is_on_its_way(editor):
    due_in(3, issue=IssueFactory(in_review=True))
    loose = NewsletterFactory()
    IssueFactory(newsletter=loose, approved=True)
    due_in(3, newsletter=loose)
    due_in(3, newsletter=NewsletterFactory(is_active=False))
    due_in(3, editor=UserFactory(role="staff", is_active=False))
    due_in(8)
    due_in(-1)
    assert services.remind_of_duties() == 0


def test_a_draft_is_no_excuse(editor):
    duty = due_in(2, issue=IssueFactory())
    remind_of_duties()
    assert f"/desk/newsletters/{duty.issue.public_id}/" in OutgoingMail.objects.get().text
    sweep_attachments()


def test_one_that_fails_does_not_keep_the_others(monkeypatch, caplog):
    bad, good = due_in(1), due_in(2)
    write = services.send_duty_reminder

    def fail(duty: Duty) -> None:
        if duty.pk == bad.pk:
            raise RuntimeError("no")
        write(duty)

    monkeypatch.setattr(services, "send_duty_reminder", fail)
    assert services.remind_of_duties() == 1
    assert OutgoingMail.objects.get().address == good.editor.email
    bad.refresh_from_db()
    assert bad.reminded_at is None


def test_whoever_gets_a_turn_is_reminded_anew(editor):
    duty = due_in(3)
    services.remind_of_duties()
    by = UserFactory(role="staff")
    services.change_duty(duty=duty, values={"note": "メモ"}, by=by)
    assert services.remind_of_duties() == 0
    services.change_duty(duty=duty, values={"editor": editor}, by=by)
    assert services.change_duty(duty=duty, values={"editor": editor}, by=by).editor == editor
    assert services.remind_of_duties() == 1


def test_a_turn_that_was_begun_is_not_swapped(editor):
    one, two = due_in(3, issue=IssueFactory()), due_in(9)
    with pytest.raises(Refused, match="書きはじめた"):
        services.swap_duties(duty=one, other=two, by=editor)
    with pytest.raises(Refused, match="もう1つ"):
        services.swap_duties(duty=two, other=two, by=editor)


def test_what_is_gone_is_gone(editor):
    duty = due_in(3)
    services.remove_duty(duty=duty, by=editor)
    services.remove_duty(duty=duty, by=editor)
    with pytest.raises(Refused, match="もう消されています"):
        services.change_duty(duty=duty, values={"note": "x"}, by=editor)
    assert services._remind(999_999_999, timezone.localdate()) == 0


def test_turns_are_for_those_who_may_write(editor):
    member = UserFactory(role="member")
    values = {"newsletter": NewsletterFactory(), "due_on": timezone.localdate(), "editor": member}
    with pytest.raises(ValidationError, match="メルマガを書けません"):
        services.assign_duty(values=values, by=editor)
    with pytest.raises(Refused):
        services.assign_duty(values={**values, "editor": editor}, by=member)
    with pytest.raises(ValidationError, match="選んでください"):
        services.plan_duties(
            newsletter=values["newsletter"], first_on=timezone.localdate(), months=2, editors=[], by=editor
        )
