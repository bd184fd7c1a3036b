"""The daily round: who is asked when, by one mail, and what becomes of windows that nobody confirms."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations import mails, services
from consultations.models import ConsultationWindow, VerificationRequest, VerificationRules
from consultations.models.verification import Outcome, Stage
from consultations.services.asking import ask_for_verification
from consultations.tasks import ask_for_verification as task
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from platform_portal.publishing.states import State
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.outbox import delivered
from tests.racing import at_once

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 4, 1, 7, 30, tzinfo=dt.timezone(dt.timedelta(hours=9)))


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def day(clock: Any, number: int, hour: int = 7) -> None:
    clock.move_to(START.replace(hour=hour) + dt.timedelta(days=number))


def run(clock: Any, *days: int) -> None:
    for number in days:
        day(clock, number)
        ask_for_verification()


@pytest.fixture
def organization(db):
    made = OrganizationFactory(name="まちの会")
    MembershipFactory(organization=made, user=UserFactory(name="連絡 係", email="kakari@npo.example"))
    return made


def operated(organization: Any, count: int = 1, **values: Any) -> list[ConsultationWindow]:
    """Windows that were never verified, and so are due; not the only ones of their category."""
    topic = CategoryFactory(slug="living")
    WindowFactory(
        topics=[topic], verified_on=timezone.localdate(), verification_source="link", name="ほかの窓口"
    )
    return [
        WindowFactory(organization=organization, topics=[topic], name=f"まちの窓口{number}", **values)
        for number in range(count)
    ]


def stages() -> list[str]:
    return list(VerificationRequest.objects.order_by("pk").values_list("stage", flat=True))


def sent() -> list[Any]:
    return [each for each in delivered() if "確かめて" in each.subject or "止めました" in each.subject]


# --- Who is asked, and when ---------------------------------------------------------------------
def test_one_mail_a_contact_for_all_windows(clock, organization):
    operated(organization, 3)
    MembershipFactory(organization=organization, user=UserFactory(email="another@npo.example"))
    MembershipFactory(organization=organization, is_contact=False)
    MembershipFactory(organization=organization, user=UserFactory(inactive=True))
    MembershipFactory(organization=organization, ended_at=timezone.now())
    run(clock, 0)
    assert sorted(each.to[0] for each in sent()) == ["another@npo.example", "kakari@npo.example"]
    body = sent()[0].body
    assert all(f"まちの窓口{number}" in body for number in range(3))
    assert stages() == ["asked"] * 3


def test_asked_reminded_last_and_then_called(clock, organization):
    operated(organization)
    run(clock, *range(60))
    assert len(sent()) == 3
    days = [(each.created_at.date() - START.date()).days for each in OutgoingMail.objects.order_by("pk")]
    assert [round(each) for each in days] in ([0, 14, 28], [-1, 13, 27])  # UTC is a day behind in the morning
    assert VerificationRequest.objects.to_call().count() == 1


def test_twice_a_day_is_once(clock, organization):
    operated(organization)
    for hour in (7, 8, 23):
        day(clock, 0, hour)
        ask_for_verification()
    assert len(sent()) == 1
    assert VerificationRequest.objects.count() == 1


def test_a_window_that_falls_due_later_the_same_day_waits_for_tomorrow(clock, organization):
    operated(organization)
    run(clock, 0)
    WindowFactory(organization=organization, name="あとの窓口")
    run(clock, 0)
    assert len(sent()) == 1
    run(clock, 1)
    assert len(sent()) == 2
    assert "まちの窓口0" in sent()[1].body, "what is still open is listed again: one visit does all"


def test_beat_stopped_for_three_weeks_before_the_first_mail(clock, organization, owner):
    operated(organization, verified_on=dt.date(2025, 9, 20), verified_by=owner)
    run(clock, 21)
    assert (stages(), len(sent())) == (["asked"], 1)
    run(clock, 22, 34)
    assert len(sent()) == 1
    run(clock, 35)
    assert (stages(), len(sent())) == (["reminded"], 2)


@pytest.mark.parametrize(("back", "stage"), [(22, "reminded"), (30, "last")])
def test_beat_stopped_for_weeks_after_the_first_mail(clock, organization, back, stage):
    operated(organization)
    run(clock, 0, back)
    assert (stages(), len(sent())) == ([stage], 2)
    run(clock, back + 1)
    assert len(sent()) == 2


def test_straight_to_the_telephone(clock, organization):
    alone, silent, gone = operated(None)[0], OrganizationFactory(), OrganizationFactory(left=True)
    MembershipFactory(organization=gone)
    for each in (silent, gone):
        operated(each)
    run(clock, 0)
    assert sent() == []
    assert set(stages()) == {"phone"}
    assert VerificationRequest.objects.to_call().count() == 3
    assert alone.verification_requests.get().organization is None


def test_an_address_that_takes_no_mail_is_no_contact(clock, organization):
    operated(organization)
    OutgoingMail.objects.create(
        to="kakari@npo.example",
        address="kakari@npo.example",
        from_address="portal@portal.example",
        message_id="<1@portal.example>",
        state="given_up",
        next_attempt_at=None,
        last_error="SMTPRecipientsRefused 550",
    )
    run(clock, 0)
    assert stages() == ["phone"]


# --- How a round ends ----------------------------------------------------------------------------
def test_verifying_on_the_desk_ends_the_round_and_taking_back_goes_on_with_it(clock, organization, owner):
    (window,) = operated(organization)
    run(clock, 0, 14)
    services.verify_window(window=window, by=owner)
    request = VerificationRequest.objects.get()
    assert (request.state, request.ending, request.closed_by) == (Outcome.CONFIRMED, "staff", owner)
    services.take_back_verification(window=window, by=owner)
    request.refresh_from_db()
    assert (request.state, request.stage, request.closed_at) == (Outcome.OPEN, "reminded", None)
    run(clock, 15)
    assert VerificationRequest.objects.count() == 1
    assert len(sent()) == 2


def test_a_day_written_by_a_form_or_a_file_ends_the_round_in_the_next_run(clock, organization, owner):
    (window,) = operated(organization)
    run(clock, 0)
    day(clock, 3)
    window.website = "https://new.example/"
    window.set_verification(on=timezone.localdate(), by=owner, source="staff")
    window.save()
    run(clock, 4)
    request = VerificationRequest.objects.get()
    assert (request.state, request.closed_by) == (Outcome.CHANGED, owner)


def test_a_round_lapses_with_its_window_and_begins_anew_with_another_operator(clock, organization):
    moved, stopped = operated(organization, 2)
    run(clock, 0)
    other = MembershipFactory(user=UserFactory(email="other@npo.example")).organization
    ConsultationWindow.objects.filter(pk=moved.pk).update(organization=other)
    ConsultationWindow.objects.filter(pk=stopped.pk).update(state=State.SUSPENDED)
    run(clock, 1)
    assert list(moved.verification_requests.order_by("pk").values_list("state", "organization")) == [
        ("lapsed", organization.pk),
        ("open", other.pk),
    ]
    assert stopped.verification_requests.get().state == Outcome.LAPSED
    assert [each.to[0] for each in sent()] == ["kakari@npo.example", "other@npo.example"]


# --- The end of patience ---------------------------------------------------------------------------
def test_unconfirmed_is_stopped_with_a_word_to_everybody(
    clock, organization, secretariat, monkeypatch, django_capture_on_commit_callbacks
):
    PortalSettingsFactory(secretariat_email="")
    (window,) = operated(organization)
    run(clock, 0, 14, 28, 119)
    window.refresh_from_db()
    assert window.state == State.PUBLISHED
    forgotten: list[int] = []
    monkeypatch.setattr(
        "consultations.services.verification.forget_public_pages", lambda: forgotten.append(1)
    )
    with django_capture_on_commit_callbacks(execute=True):
        run(clock, 120)
    window.refresh_from_db()
    assert window.state == State.SUSPENDED
    assert forgotten
    event = AuditEvent.objects.about(window)[0]
    assert (event.type, event.actor_id) == ("consultations.window_suspended", None)
    assert "120日たっても" in event.note
    request = VerificationRequest.objects.get()
    assert (request.state, request.ending, request.is_stopped) == (Outcome.LAPSED, "portal", True)
    assert VerificationRequest.objects.stopped_by_portal().get() == request
    to_member, to_staff = sent()[-2:]
    assert to_member.to == ["kakari@npo.example"]
    assert "まちの窓口0" in to_member.body
    assert "公開を止めました" in to_member.body
    assert to_staff.to == [secretariat.email]
    run(clock, 121)
    assert len([each for each in sent() if "止めました" in each.subject]) == 2, "told once"


def test_everybody_has_time_to_answer_however_old_the_entry_is(clock, organization, owner):
    (window,) = operated(organization, verified_on=dt.date(2020, 2, 29), verified_by=owner)
    run(clock, 0, 74)
    window.refresh_from_db()
    assert window.state == State.PUBLISHED
    run(clock, 75)
    window.refresh_from_db()
    assert window.state == State.SUSPENDED


@pytest.mark.parametrize("other", ["none", "in one town", "by chat", "draft", "closed at night"])
def test_the_last_line_by_night_is_not_stopped(clock, organization, other):
    topic = CategoryFactory(slug="night")
    line = WindowFactory(organization=organization, topics=[topic], name="夜の電話")
    values: dict[str, Any] = {
        "none": None,
        "in one town": {"area_scope": "municipality"},
        "by chat": {"phone": False},
        "draft": {"draft": True},
        "closed at night": {"opening_hours": "Mo-Fr 09:00-17:00"},
    }[other]
    if values is not None:
        WindowFactory(topics=[topic], verified_on=timezone.localdate(), verification_source="link", **values)
    run(clock, 0, 120, 121)
    line.refresh_from_db()
    request = line.verification_requests.get()
    assert line.state == State.PUBLISHED
    assert request.escalated_at is not None
    assert VerificationRequest.objects.escalated().get() == request
    WindowFactory(topics=[topic], verified_on=timezone.localdate(), verification_source="link")
    run(clock, 122)
    line.refresh_from_db()
    assert line.state == State.SUSPENDED, "somebody else answers by night now"


def test_of_two_lines_by_night_one_stays(clock, organization):
    topic = CategoryFactory(slug="night")
    lines = [WindowFactory(organization=organization, topics=[topic]) for _each in range(2)]
    run(clock, 0, 120, 121, 122)
    assert ConsultationWindow.objects.published().filter(pk__in=[each.pk for each in lines]).count() == 1
    assert VerificationRequest.objects.escalated().count() == 1


# --- Faults ------------------------------------------------------------------------------------------
def test_a_mail_that_cannot_be_written_keeps_nobody_else_waiting(clock, organization, monkeypatch):
    operated(organization)
    other = MembershipFactory(user=UserFactory(email="other@npo.example")).organization
    operated(other)
    send = mails.send_verification

    def broken(about: Any, *args: Any) -> None:
        if about == organization:
            raise ValueError("no such template")
        send(about, *args)

    monkeypatch.setattr(mails, "send_verification", broken)
    with pytest.raises(CommandError, match="1団体には頼めませんでした"):
        call_command("ask_for_verification")
    assert [each.to[0] for each in sent()] == ["other@npo.example"]
    assert organization.verification_requests.get().mailed_on is None
    monkeypatch.setattr(mails, "send_verification", send)
    ask_for_verification()
    assert len(sent()) == 2, "the same day, as soon as it works again"


def test_rolled_back_with_its_mail(clock, organization, monkeypatch):
    operated(organization)

    def broken(*args: Any, **kwargs: Any) -> None:
        send(*args, **kwargs)
        raise OSError("the machine stops here")

    send = mails.send_verification
    monkeypatch.setattr(mails, "send_verification", broken)
    assert ask_for_verification().failed == 1
    assert not OutgoingMail.objects.exists()
    assert VerificationRequest.objects.get().mailed_on is None


@pytest.mark.django_db(transaction=True)
def test_two_tasks_at_once_send_one_mail(organization):
    operated(organization, 5)
    assert at_once(task, task) == [None, None]
    assert OutgoingMail.objects.count() == 1
    assert VerificationRequest.objects.count() == 5


@pytest.mark.parametrize(
    ("verified_on", "interval", "due_on"),
    [
        (dt.date(2027, 8, 31), 6, dt.date(2028, 2, 29)),
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2026, 9, 30), 6, dt.date(2027, 3, 30)),
        (dt.date(2026, 12, 31), 3, dt.date(2027, 3, 31)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
    ],
)
def test_ends_of_months_and_leap_days(organization, owner, verified_on, interval, due_on):
    with time_machine.travel(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), tick=False) as traveller:
        window = WindowFactory(
            organization=organization,
            verified_on=verified_on,
            verified_by=owner,
            verification_interval=interval,
            topics=[CategoryFactory()],
        )
        for ahead, count in ((-1, 0), (0, 1)):
            at = dt.datetime.combine(due_on, dt.time(7, 30), START.tzinfo) + dt.timedelta(days=ahead)
            traveller.move_to(at)
            ask_for_verification()
            assert window.verification_requests.count() == count
        assert window.verification_requests.get().due_on == due_on


def test_dry_run_changes_nothing_and_says_everything(clock, organization, capsys):
    operated(organization, 2)
    call_command("ask_for_verification", "--dry-run")
    said = capsys.readouterr().out
    assert "まちの会: 確認を頼む窓口 2件" in said
    assert "（試し）始めた確認 2件" in said
    assert not VerificationRequest.objects.exists()
    assert not OutgoingMail.objects.exists()
    call_command("ask_for_verification")
    assert OutgoingMail.objects.count() == 1


def test_queries_do_not_grow_with_windows(clock):
    counts = []
    for size in (2, 30):
        member = MembershipFactory().organization
        operated(member, size)
        with CaptureQueriesContext(connection) as captured:
            ask_for_verification()
        counts.append(len(captured))
        VerificationRequest.objects.all().delete()
        member.windows.update(state=State.DRAFT)
    assert counts[1] <= counts[0] + 2


def test_names_and_notes_are_forgotten_after_a_year(clock, organization, owner):
    operated(None)
    run(clock, 0)
    services.record_call(
        request=VerificationRequest.objects.get(),
        values={"way": "phone", "result": "unreached", "spoken_to": "留守番 さん", "note": "鈴木さんは休み"},
        next_on=None,
        by=owner,
    )
    call = VerificationRequest.objects.get().calls.get()
    run(clock, 366)
    call.refresh_from_db()
    assert (call.spoken_to, call.note, call.result) == ("", "", "unreached")


def test_rules_decide(clock, organization, secretariat):
    values = {"reminder_days": 3, "last_days": 5, "doubt_days": 7, "suspend_days": 9}
    services.save_verification_rules(values=values, by=secretariat)
    (window,) = operated(organization)
    run(clock, *range(8))
    assert len(sent()) == 3
    run(clock, 9)
    window.refresh_from_db()
    assert window.state == State.SUSPENDED
    assert mail.outbox
    assert VerificationRules.load().days_to_answer == 2
    assert Stage.LAST in stages()
