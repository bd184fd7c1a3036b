"""What holds for every service: its record, its permission, and that residents see it at once."""

import datetime as dt
from typing import Any

import pytest

from consultations import permissions, services
from consultations.models import (
    CalendarOverride,
    Category,
    ConsultationWindow,
    ErrorReport,
    VerificationCall,
    VerificationRequest,
    VerificationRules,
    ZeroHitWord,
)
from consultations.services import BulkAction, WindowContent
from platform_portal.access.checks import Refused, reason_against
from platform_portal.access.roles import Role
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.services import record
from platform_portal.publishing.states import State
from tests.factories.consultations import (
    CalendarOverrideFactory,
    ErrorReportFactory,
    RevisionFactory,
    VerificationRequestFactory,
    ZeroHitWordFactory,
)
from tests.factories.members import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
WRITES = {
    "save_window": lambda window, by: services.save_window(
        window=window, content=WindowContent(values={"name": "変"}), by=by
    ),
    "move_window": lambda window, by: services.move_window(
        window=window, to=State.SUSPENDED, by=by, reason="理由"
    ),
    "verify_window": lambda window, by: services.verify_window(window=window, by=by),
    "record_call": lambda window, by: services.record_call(
        request=window.verification_requests.get(),
        values={"way": "phone", "result": "unreached", "spoken_to": "", "note": ""},
        next_on=None,
        by=by,
    ),
    "record_call, same": lambda window, by: services.record_call(
        request=window.verification_requests.get(),
        values={"way": "phone", "result": "same", "spoken_to": "受付", "note": ""},
        next_on=None,
        by=by,
    ),
    "save_verification_rules": lambda window, by: services.save_verification_rules(
        values={"reminder_days": 7, "last_days": 14, "doubt_days": 30, "suspend_days": 60}, by=by
    ),
    "handle_report": lambda window, by: services.handle_report(
        report=window.error_reports.get(), resolution="済", by=by
    ),
    "save_category": lambda window, by: services.save_category(
        category=window.categories.get(), values={"name": "変"}, by=by
    ),
    "save_override": lambda window, by: services.save_override(
        override=CalendarOverride(), values={"on": dt.date(2027, 1, 4), "name": "x"}, by=by
    ),
    "delete_override": lambda window, by: services.delete_override(
        override=CalendarOverride.objects.get(), by=by
    ),
    "forget_word": lambda window, by: services.forget_word(word=ZeroHitWord.objects.get(), by=by),
    "adopt_word": lambda window, by: services.adopt_word(
        word=ZeroHitWord.objects.get(), category=window.categories.get(), by=by
    ),
    "apply_bulk": lambda window, by: services.apply_bulk(
        plan=services.plan_bulk(action=BulkAction.VERIFY, windows=[window], by=by), by=by
    ),
}


@pytest.fixture
def world(window) -> ConsultationWindow:
    ErrorReportFactory(window=window)
    VerificationRequestFactory(window=window)
    CalendarOverrideFactory()
    ZeroHitWordFactory()
    return window


def everything() -> list[Any]:
    models = (
        ConsultationWindow,
        Category,
        ErrorReport,
        CalendarOverride,
        ZeroHitWord,
        VerificationRequest,
        VerificationCall,
        VerificationRules,
    )
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("name", WRITES)
def test_no_change_without_its_record(name, world, administrator, monkeypatch):
    def broken(**kwargs: Any) -> None:
        record(**kwargs)
        raise RuntimeError("the record is broken")

    before = everything()
    for module in ("windows", "reports", "masters", "verification"):
        monkeypatch.setattr(f"consultations.services.{module}.audit.record", broken)
    with pytest.raises(RuntimeError, match="record is broken"):
        WRITES[name](world, administrator)
    assert everything() == before
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("name", sorted(set(WRITES) - {"apply_bulk"}))
def test_nobody_without_permission(name, world, outsider):
    before = everything()
    with pytest.raises(Refused, match="会員団体の担当者"):
        WRITES[name](world, outsider)
    assert everything() == before


@pytest.mark.parametrize(
    "name",
    [
        "save_window",
        "move_window",
        "verify_window",
        "record_call, same",
        "save_verification_rules",
        "save_category",
        "save_override",
        "delete_override",
    ],
)
def test_residents_see_it_at_once(
    name, world, administrator, monkeypatch, django_capture_on_commit_callbacks
):
    forgotten = []
    for module in ("windows", "masters", "verification"):
        monkeypatch.setattr(
            f"consultations.services.{module}.forget_public_pages", lambda: forgotten.append(1)
        )
    with django_capture_on_commit_callbacks(execute=True):
        WRITES[name](world, administrator)
    assert forgotten


OWN_CHECKS = [
    name
    for name, check in vars(permissions).items()
    if name.startswith("check_can_") and check.__module__ == permissions.__name__
]


@pytest.mark.parametrize("name", OWN_CHECKS)
def test_check_has_its_twin(name):
    assert hasattr(permissions, name.removeprefix("check_"))


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", OWN_CHECKS)
def test_twins_agree(name, role, world):
    subjects = {
        "window": [world],
        "report": [world.error_reports.get()],
        "record_call": [world.verification_requests.get()],
        "take_back_verification": [world],
        "deactivate_category": [world.categories.get()],
        "move_window": [world, State.SUSPENDED],
        "own_window": [world],
        "move_own_window": [world, State.IN_REVIEW],
        "for_organization": [OrganizationFactory()],
        "revision": [RevisionFactory(window=world)],
    }
    user = UserFactory(role=role)
    about = next((found for key, found in subjects.items() if name.endswith(f"_{key}")), [])
    about = subjects.get(name.removeprefix("check_can_"), about)
    reason = reason_against(getattr(permissions, name), user, *about)
    can = getattr(permissions, name.removeprefix("check_"))
    assert can(user, *about) == (reason == "")
    assert reason or role != Role.MEMBER


def test_there_are_checks_to_look_at():
    assert len(OWN_CHECKS) >= 8
