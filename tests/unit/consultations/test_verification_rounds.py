"""How often an operator is asked, over any time and with any days on which the beat stood still."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consultations.models import VerificationRequest, VerificationRules
from consultations.models.verification import Stage
from consultations.services.rounds import ORDER, later, stage_after
from tests.factories.consultations import VerificationRequestFactory, WindowFactory

RULES = VerificationRules()


@pytest.mark.parametrize(
    ("days", "stage"),
    [(0, "asked"), (13, "asked"), (14, "reminded"), (27, "reminded"), (28, "last"), (400, "last")],
)
def test_stage_by_day(days, stage):
    assert stage_after(days, RULES) == stage


@given(st.sets(st.integers(0, 130), max_size=131))
def test_no_rhythm_of_the_beat_sends_a_burst(days_with_a_run):
    """Whatever days the beat ran on: three mails at most, every one later than the one before, none out of order."""
    stage: Stage | None = None
    mails: list[tuple[int, Stage]] = []
    runs = sorted(days_with_a_run)
    for day in runs:
        now = stage_after(day - runs[0], RULES)
        if stage is None or later(now, stage) != stage:
            stage = now
            mails.append((day, now))
    assert len(mails) == len({day for day, _stage in mails}) <= 3
    assert [ORDER.index(each) for _day, each in mails] == sorted({ORDER.index(each) for _day, each in mails})
    if runs:
        assert mails[0] == (runs[0], Stage.ASKED)
        if runs[-1] - runs[0] >= RULES.last_days:
            assert stage == Stage.LAST


@given(st.sampled_from(ORDER), st.sampled_from(ORDER))
def test_stages_only_go_forward(one, other):
    assert later(one, other) == later(other, one)
    assert ORDER.index(later(one, other)) >= ORDER.index(one)


@given(
    st.dates(dt.date(2023, 1, 1), dt.date(2029, 12, 31)),
    st.integers(1, 366),
    st.integers(1, 366),
    st.integers(1, 366),
)
def test_every_operator_has_the_days_to_answer(day, doubt, more, late):
    """However long ago a window was due when it was first asked about; leap days and ends of years included."""
    rules = VerificationRules(doubt_days=doubt, suspend_days=doubt + more)
    due_on, opened_on = day, day + dt.timedelta(days=late)
    stopped_on = max(
        due_on + dt.timedelta(days=rules.suspend_days), opened_on + dt.timedelta(days=rules.days_to_answer)
    )
    assert (stopped_on - opened_on).days >= more
    assert (stopped_on - due_on).days >= rules.suspend_days


@pytest.mark.django_db
class TestConstraints:
    def test_one_open_round_a_window(self, window):
        VerificationRequestFactory(window=window)
        with pytest.raises(IntegrityError, match="one_open"):
            VerificationRequestFactory(window=window)

    @pytest.mark.parametrize(
        "values",
        [
            {"state": "confirmed"},
            {"state": "confirmed", "closed_at": timezone.now(), "ending": ""},
            {"state": "confirmed", "closed_at": timezone.now(), "ending": "staff"},
            {"state": "open", "closed_at": timezone.now()},
            {"state": "open", "ending": "link"},
            {"state": "gone", "closed_at": timezone.now(), "ending": "link"},
        ],
    )
    def test_a_round_ends_as_a_whole(self, values, window):
        with pytest.raises(IntegrityError, match="ends_once"):
            VerificationRequestFactory(window=window, **values)

    def test_only_the_portal_stops(self, window):
        with pytest.raises(IntegrityError, match="stopped_by_portal"):
            VerificationRequestFactory(
                window=window, state="lapsed", closed_at=timezone.now(), ending="link", is_stopped=True
            )

    @pytest.mark.parametrize(
        "days", [(14, 14, 45, 120), (28, 14, 45, 120), (14, 28, 28, 120), (14, 28, 45, 45)]
    )
    def test_rules_are_in_order(self, days):
        names = ("reminder_days", "last_days", "doubt_days", "suspend_days")
        rules = VerificationRules(pk=1, **dict(zip(names, days, strict=True)))
        with pytest.raises(ValidationError, match="順に長く"):
            rules.full_clean()
        with pytest.raises(IntegrityError, match="ordered"), transaction.atomic():
            rules.save()


@pytest.mark.django_db
def test_counts_by_state_for_the_dashboard(owner, django_assert_num_queries):
    today = timezone.localdate()
    days = {"verified": 10, "due": 200, "doubted": 300}
    for ago in days.values():
        WindowFactory(verified_on=today - dt.timedelta(days=ago), verified_by=owner)
    WindowFactory()
    WindowFactory(created_at=timezone.now() - dt.timedelta(days=60))
    WindowFactory(draft=True)
    windows = VerificationRequest.window.field.related_model.objects
    with django_assert_num_queries(1):
        counts = windows.by_verification_state(today, doubt_days=45)
    assert counts == {"verified": 1, "never": 1, "due": 1, "doubted": 2}
