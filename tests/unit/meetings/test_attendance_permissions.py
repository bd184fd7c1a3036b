"""Twins agree, and every event has words."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from meetings.audit_labels.attendance import LABELS
from meetings.mails import attendance as mails
from meetings.permissions import attendance as permissions
from platform_portal.access.checks import reason_against
from platform_portal.access.roles import Role
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.members import UserFactory

CHECKS = [
    name
    for name, check in vars(permissions).items()
    if name.startswith("check_can_") and check.__module__ == permissions.__name__
]
OF_ATTENDANCES = {"withdraw_invitation", "answer_as_member", "record_answer"}


def test_there_are_checks_to_look_at():
    assert len(CHECKS) >= 6


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", CHECKS)
def test_twins_agree(name, role):
    meeting = MeetingFactory(planned=True)
    about = AttendanceFactory(meeting=meeting) if name[len("check_can_") :] in OF_ATTENDANCES else meeting
    user = UserFactory(role=role)
    reason = reason_against(getattr(permissions, name), user, about)
    assert getattr(permissions, name.removeprefix("check_"))(user, about) == (reason == "")
    assert reason or role in {Role.SECRETARIAT, Role.ADMINISTRATOR}


def test_every_event_has_words():
    folder = Path(settings.BASE_DIR) / "meetings"
    paths = [*(folder / "services" / "attendance").glob("*.py"), folder / "views" / "desk" / "attendance.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    assert set(re.findall(r'type="(meetings\.\w+)"', text)) == set(LABELS)


def test_every_mail_has_a_name():
    used = {value for name, value in vars(mails).items() if name.isupper() and isinstance(value, str)}
    assert used == set(mails.KINDS)
