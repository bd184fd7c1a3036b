"""Every cell of the workflow: each pair of states, for each role, by author and by somebody else."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import Refused
from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Role
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing import services
from platform_portal.publishing.models import paired
from platform_portal.publishing.services import check_can_transition, transition
from platform_portal.publishing.states import State, diagram
from tests.factories.consultations import WindowFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db


def window_in(state, author=None):
    return WindowFactory(state=state, author=author)


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("is_author", [True, False])
def test_every_cell(before, after, role, is_author):
    user = UserFactory(role=role)
    window = window_in(before, user if is_author else UserFactory())
    way = WINDOW_WAYS.get((before, after))
    allowed = (
        way is not None
        and way.permission in PERMISSIONS_OF_ROLE[role]
        and not (way.needs_other_person and is_author)
    )
    if allowed:
        check_can_transition(user, window, after, WINDOW_WAYS)
    else:
        with pytest.raises(Refused):
            check_can_transition(user, window, after, WINDOW_WAYS)


class TestTransition:
    def test_writes_state_time_person_and_audit_together(self, owner, colleague):
        window = window_in(State.IN_REVIEW, owner)
        moved = transition(obj=window, to=State.PUBLISHED, ways=WINDOW_WAYS, by=colleague)
        assert (moved.state, moved.published_by) == (State.PUBLISHED, colleague)
        event = AuditEvent.objects.about(window).get()
        assert event.type == "consultations.window_published"
        assert (event.old, event.new) == ({"state": "in_review"}, {"state": "published"})

    def test_nobody_approves_what_they_submitted(self, owner, colleague):
        window = window_in(State.DRAFT, owner)
        submitted = transition(obj=window, to=State.IN_REVIEW, ways=WINDOW_WAYS, by=colleague)
        with pytest.raises(Refused, match="自分で認めることはできません"):
            transition(obj=submitted, to=State.PUBLISHED, ways=WINDOW_WAYS, by=colleague)

    def test_reason_is_demanded_and_kept(self, owner):
        window = window_in(State.PUBLISHED, owner)
        with pytest.raises(Refused, match="理由"):
            transition(obj=window, to=State.SUSPENDED, ways=WINDOW_WAYS, by=owner, reason="  ")
        transition(obj=window, to=State.SUSPENDED, ways=WINDOW_WAYS, by=owner, reason="番号が変わった")
        assert AuditEvent.objects.about(window).get().note == "番号が変わった"

    def test_a_stale_copy_does_not_pass_twice(self, owner, colleague):
        window = window_in(State.IN_REVIEW, owner)
        transition(obj=window, to=State.PUBLISHED, ways=WINDOW_WAYS, by=colleague)
        assert window.state == State.IN_REVIEW  # the copy in hand is old
        with pytest.raises(Refused, match="読み込み直して"):
            transition(obj=window, to=State.PUBLISHED, ways=WINDOW_WAYS, by=colleague)

    def test_without_audit_there_is_no_change(self, owner, colleague, monkeypatch):
        def broken(**kwargs):
            raise RuntimeError("audit is away")

        monkeypatch.setattr(services.audit, "record", broken)
        window = window_in(State.IN_REVIEW, owner)
        with pytest.raises(RuntimeError), transaction.atomic():
            transition(obj=window, to=State.PUBLISHED, ways=WINDOW_WAYS, by=colleague)
        window.refresh_from_db()
        assert window.state == State.IN_REVIEW


class TestConstraints:
    def test_time_without_person_is_refused_by_the_database(self, owner):
        window = window_in(State.DRAFT, owner)
        with pytest.raises(IntegrityError, match="published_pair"), transaction.atomic():
            type(window).objects.filter(pk=window.pk).update(published_by=owner)

    def test_unknown_state_is_refused_by_the_database(self, owner):
        window = window_in(State.DRAFT, owner)
        with pytest.raises(IntegrityError, match="state_known"), transaction.atomic():
            type(window).objects.filter(pk=window.pk).update(state="deleted")


def test_paired_names_both_fields():
    assert "published_at__isnull" in str(paired("published_at", "published_by"))


def test_diagram_names_every_way():
    drawn = diagram(WINDOW_WAYS)
    for (before, after), way in WINDOW_WAYS.items():
        assert f"{before.value} --> {after.value}: {way.verb}" in drawn
