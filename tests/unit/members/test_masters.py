"""What a new portal starts with, and what staff change of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from members import audit_labels, services
from members.masters import load_member_masters
from members.models import JoiningCriterion, JoiningRules, Sector, Strength
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.members import SectorFactory

pytestmark = pytest.mark.django_db


class TestLoading:
    def test_a_new_portal_has_something_to_choose(self, capsys):
        call_command("load_member_masters")
        assert {"福祉", "教育", "労働・就労", "警察・安全", "住まい"} <= set(
            Sector.objects.values_list("name", flat=True)
        )
        assert Strength.objects.count() >= 10
        assert JoiningCriterion.objects.filter(is_required=True).count() == 4
        assert len(JoiningRules.load().merit_list) == 4
        assert "件登録しました" in capsys.readouterr().out

    def test_a_second_time_adds_nothing(self):
        assert load_member_masters() > 30
        assert load_member_masters() == 0

    def test_what_staff_changed_stays(self, secretariat):
        load_member_masters()
        sector = Sector.objects.get(slug="welfare")
        services.save_master(row=sector, values={"name": "福祉・介護", "is_active": False}, by=secretariat)
        criterion = JoiningCriterion.objects.get(slug="no-propaganda")
        services.save_master(row=criterion, values={"text": "宣伝だけをする団体ではない。"}, by=secretariat)
        services.save_joining_rules(values={"guidance": "県庁へ"}, by=secretariat)
        assert load_member_masters() == 0
        sector.refresh_from_db()
        assert (sector.name, sector.is_active) == ("福祉・介護", False)
        assert JoiningCriterion.objects.count() == 5
        assert JoiningRules.load().guidance == "県庁へ"


class TestSaving:
    def test_adds_with_a_slug_of_its_own_and_records(self, secretariat):
        sector = services.save_master(row=Sector(), values={"name": "観光", "position": 5}, by=secretariat)
        assert sector.slug.startswith("own-")
        event = AuditEvent.objects.about(sector).get()
        assert event.type == "members.master_added"
        line = audit_labels.describe(event, {secretariat.pk: secretariat.name})
        assert ("名称", "なし", "観光") in line.changes

    def test_saving_the_same_records_nothing(self, secretariat):
        sector = SectorFactory()
        services.save_master(row=sector, values={"name": sector.name}, by=secretariat)
        assert not AuditEvent.objects.about(sector).exists()

    def test_two_entries_cannot_share_a_name(self, secretariat):
        SectorFactory(name="福祉")
        with pytest.raises(ValidationError):
            services.save_master(row=Sector(), values={"name": "福祉"}, by=secretariat)

    def test_staff_of_a_section_may_not(self, owner):
        with pytest.raises(Refused):
            services.save_master(row=Sector(), values={"name": "観光"}, by=owner)
        with pytest.raises(Refused):
            services.save_joining_rules(values={"is_open": False}, by=owner)

    def test_a_rhythm_needs_its_first_day(self, secretariat):
        with pytest.raises(ValidationError, match="始まりの日"):
            services.save_joining_rules(values={"admission_interval": 14}, by=secretariat)
        assert not JoiningRules.objects.exists()


@pytest.mark.parametrize(
    ("today", "last", "coming"),
    [
        ("2026-03-31", None, "2026-04-01"),
        ("2026-04-01", "2026-04-01", "2026-04-01"),
        ("2026-04-02", "2026-04-01", "2026-04-15"),
        ("2026-04-15", "2026-04-15", "2026-04-15"),
        ("2026-05-01", "2026-04-29", "2026-05-13"),
    ],
)
def test_days_of_admission(today, last, coming):
    rules = JoiningRules(admission_interval=14, first_admission_on=dt.date(2026, 4, 1))
    day = dt.date.fromisoformat(today)
    assert rules.last_admission_on(day) == (dt.date.fromisoformat(last) if last else None)
    assert rules.next_admission_on(day) == dt.date.fromisoformat(coming)


def test_without_a_rhythm_there_are_no_days():
    assert JoiningRules().last_admission_on() is None
    assert JoiningRules().next_admission_on() is None
