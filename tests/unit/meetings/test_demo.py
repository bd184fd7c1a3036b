"""What the trial shows of meetings; loading it again adds nothing and undoes nothing."""

import pytest
from django.core.management import CommandError, call_command

from meetings.demo import load_demo_meetings
from meetings.demo_events import EVENTS, load_demo_events
from meetings.models import Body, Edition, Event, Meeting, MeetingState, Minutes
from tests.factories.members import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_eight_bodies_over_more_than_one_fiscal_year(secretariat, administrator):
    OrganizationFactory(name="まちの居場所の会（試用）")
    assert load_demo_meetings(by=secretariat, approver=administrator) == 8
    count = Meeting.objects.count()
    assert {state for (state,) in Meeting.objects.values_list("state").distinct()} == set(MeetingState)
    assert Meeting.objects.values("fiscal_year").distinct().count() >= 2
    assert Minutes.objects.published(Edition.LABELS).count() == 2
    assert Body.objects.get(name="コア会議").organizations.count() == 1
    Meeting.objects.filter(state="draft").delete()
    assert load_demo_meetings(by=secretariat, approver=administrator) == 0
    assert Meeting.objects.count() == count - 1


def test_the_command_is_for_trials_alone(settings, secretariat, administrator, capsys):
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="何もしません"):
        call_command("load_demo_meetings")
    settings.PORTAL_DEMO = True
    with pytest.raises(CommandError, match="利用者がいません"):
        call_command("load_demo_meetings", by="nobody@portal.example")
    call_command("load_demo_meetings", by=secretariat.email, approver=administrator.email)
    assert "会議体 8件" in capsys.readouterr().out


def test_events_past_and_coming(secretariat, administrator):
    OrganizationFactory.create_batch(2)
    assert load_demo_events(by=secretariat, approver=administrator) == len(EVENTS)
    published = Event.objects.published()
    assert published.coming().count() == 4
    assert published.past().count() == 1
    assert published.exclude(cancelled_at=None).count() == 1
    assert Event.objects.waiting_for_review().count() == 1
    assert load_demo_events(by=secretariat, approver=administrator) == 0
