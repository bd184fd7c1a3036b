"""The audit record cannot be changed, and does not stand without its change."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils.functional import SimpleLazyObject

from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.japanese.calendar import TOKYO
from tests.factories.members import MembershipFactory


@pytest.fixture
def event(owner) -> AuditEvent:
    return audit.record(
        type="members.user_tested", by=owner, obj=owner, old={"role": "staff"}, new={"role": "member"}
    )


@pytest.mark.django_db
class TestAppendOnly:
    def test_update_is_refused_by_the_database(self, event):
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            AuditEvent.objects.filter(pk=event.pk).update(note="なかったことに")
        event.refresh_from_db()
        assert event.note == ""

    def test_delete_is_refused_by_the_database(self, event):
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            AuditEvent.objects.filter(pk=event.pk).delete()
        assert AuditEvent.objects.filter(pk=event.pk).exists()

    def test_raw_sql_is_refused_too(self, event):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE audit_auditevent SET actor_id = 0")


@pytest.mark.django_db(transaction=True)
def test_record_needs_a_transaction(owner):
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record(type="members.user_tested", by=owner)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_event_keeps_who_what_and_both_values(event, owner):
    assert (event.actor_id, event.object_type, event.object_id) == (owner.pk, "members.user", str(owner.pk))
    assert event.changed_fields == [("role", "staff", "member")]
    assert list(AuditEvent.objects.about(owner)) == [event]


@pytest.mark.django_db
def test_values_about_people_are_never_written(owner):
    """The record cannot be erased: it says that a name changed, and whether there was one, but not the name."""
    event = audit.record(
        type="members.user_tested",
        by=owner,
        obj=owner,
        old={"name": "前の名前", "section": "", "role": "staff"},
        new={"name": "後の名前", "section": "総務課", "role": "member"},
    )
    event.refresh_from_db()
    assert event.old == {"name": audit.WITHHELD, "section": "", "role": "staff"}
    assert event.new == {"name": audit.WITHHELD, "section": audit.WITHHELD, "role": "member"}


@pytest.mark.django_db
def test_whoever_is_signed_in_may_be_the_object(owner):
    event = audit.record(
        type="members.user_tested", by=owner, obj=SimpleLazyObject(lambda: owner), new={"name": "名前"}
    )
    assert (event.object_type, event.new) == ("members.user", {"name": audit.WITHHELD})


@pytest.mark.django_db
def test_keys_of_people_stay_in_the_record(owner):
    membership = MembershipFactory(user=owner)
    event = audit.record(
        type="members.membership_tested", by=owner, obj=membership, new=audit.snapshot(membership, ("user",))
    )
    assert event.new == {"user": owner.pk}


@pytest.mark.django_db
def test_values_recorded_before_that_are_withheld_by_the_migration(owner):
    names = ("member.nobody", "members.user")
    values = {"name": "前の名前", "section": "", "role": "staff"}
    rows = [AuditEvent(type="x.y", object_type=name, object_id="1", old=values) for name in names]
    AuditEvent.objects.bulk_create(rows)
    migration = import_module("platform_portal.audit.migrations.0003_withhold_personal_values")
    with connection.schema_editor() as editor:
        migration.withhold(apps, editor)
    other, user = AuditEvent.objects.order_by("object_type")
    assert other.old == values
    assert user.old == {"name": audit.WITHHELD, "section": "", "role": "staff"}
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        AuditEvent.objects.update(note="もう変えられない")


def test_difference_keeps_only_what_changed():
    assert audit.difference({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == (
        {"b": 2, "c": None},
        {"b": 3, "c": 4},
    )


def test_a_moment_reads_the_same_from_a_form_and_from_the_database(owner):
    owner.last_login = dt.datetime(2026, 12, 12, 13, 30, tzinfo=TOKYO)
    from_form = audit.snapshot(owner, ["last_login"])
    owner.last_login = dt.datetime(2026, 12, 12, 4, 30, tzinfo=dt.UTC)
    assert from_form == audit.snapshot(owner, ["last_login"])
