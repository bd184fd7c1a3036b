"""The audit record cannot be changed, and does not stand without its change."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent


@pytest.fixture
def event(owner) -> AuditEvent:
    return audit.record(
        type="members.user_tested", by=owner, obj=owner, old={"name": "前"}, new={"name": "後"}
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
    assert event.changed_fields == [("name", "前", "後")]
    assert list(AuditEvent.objects.about(owner)) == [event]


def test_difference_keeps_only_what_changed():
    assert audit.difference({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == (
        {"b": 2, "c": None},
        {"b": 3, "c": 4},
    )
