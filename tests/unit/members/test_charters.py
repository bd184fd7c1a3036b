"""A charter is written, published once, and then nobody can change a word of it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction

from members import services
from members.models import Charter, CharterConsent, hash_of_text
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.members import CharterFactory, OrganizationFactory

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "プラットフォーム設置要綱",
    "text": "## 目的\n\nつながる。",
    "change_summary": "",
    "effective_on": dt.date(2026, 4, 1),
}


def publish(charter, by):
    return services.publish_charter(charter=charter, text_hash=charter.text_hash, by=by)


def test_versions_are_numbered_and_a_draft_can_be_changed(secretariat):
    first = services.write_charter(charter=None, values=WORDS, by=secretariat)
    second = services.write_charter(charter=None, values=WORDS, by=secretariat)
    assert (first.number, second.number) == (1, 2)
    services.write_charter(charter=first, values={"text": "変えた"}, by=secretariat)
    first.refresh_from_db()
    assert first.text == "変えた"
    types = [event.type for event in AuditEvent.objects.about(first)]
    assert types == ["members.charter_changed", "members.charter_added"]


def test_the_record_holds_the_hash_and_not_the_text(secretariat):
    charter = services.write_charter(charter=None, values=WORDS, by=secretariat)
    event = AuditEvent.objects.about(charter).get()
    assert event.new["text_hash"] == hash_of_text(WORDS["text"])
    assert "text" not in event.new


def test_published_words_stay(secretariat):
    charter = publish(services.write_charter(charter=None, values=WORDS, by=secretariat), secretariat)
    assert Charter.objects.in_force() == charter
    with pytest.raises(Refused, match="公開した設置要綱は変えられません"):
        services.write_charter(charter=charter, values={"text": "変えた"}, by=secretariat)
    with pytest.raises(Refused):
        services.delete_charter(charter=charter, by=secretariat)
    with pytest.raises(Refused):
        publish(charter, secretariat)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_keeps_published_words(change):
    rows = Charter.objects.filter(pk=CharterFactory().pk)
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        rows.update(text="変えた") if change == "update" else rows.delete()


def test_the_database_itself_keeps_what_somebody_agreed_to():
    charter = CharterFactory()
    consent = CharterConsent.objects.create(
        charter=charter, organization=OrganizationFactory(), text_hash=charter.text_hash, person_name="会員"
    )
    rows = CharterConsent.objects.filter(pk=consent.pk)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        rows.update(text_hash="0" * 64)
    rows.update(person_name="")
    assert rows.get().text_hash == charter.text_hash


def test_words_changed_while_somebody_read_are_not_published(secretariat):
    charter = services.write_charter(charter=None, values=WORDS, by=secretariat)
    read = charter.text_hash
    services.write_charter(charter=charter, values={"text": "変えた"}, by=secretariat)
    with pytest.raises(Refused, match="ほかの人が本文を変えました"):
        services.publish_charter(charter=charter, text_hash=read, by=secretariat)
    assert Charter.objects.in_force() is None


def test_an_older_draft_is_not_published_after_a_newer_one(secretariat):
    older = CharterFactory(draft=True, number=1)
    CharterFactory(number=2)
    with pytest.raises(Refused, match="新しい版が、もう公開されています"):
        publish(older, secretariat)


def test_a_version_does_not_begin_before_the_former(secretariat):
    CharterFactory(number=1, effective_on=dt.date(2026, 4, 1))
    draft = CharterFactory(draft=True, number=2, effective_on=dt.date(2026, 3, 1))
    with pytest.raises(ValidationError, match="より後に"):
        publish(draft, secretariat)


def test_a_version_that_begins_later_is_not_yet_in_force(secretariat):
    now = CharterFactory(number=1)
    CharterFactory(number=2, effective_on=dt.date(2999, 4, 1))
    CharterFactory(number=3, draft=True)
    assert Charter.objects.in_force() == now


def test_prefecture_staff_may_not(owner):
    with pytest.raises(Refused):
        services.write_charter(charter=None, values=WORDS, by=owner)
    with pytest.raises(Refused):
        publish(CharterFactory(draft=True), owner)


def test_a_draft_can_be_thrown_away_once(secretariat):
    draft = CharterFactory(draft=True)
    services.delete_charter(charter=draft, by=secretariat)
    assert not Charter.objects.exists()
    with pytest.raises(Refused, match="ほかの人が消しました"):
        services.delete_charter(charter=Charter(pk=draft.pk or 1), by=secretariat)
