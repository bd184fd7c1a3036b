"""A charter is written, published once, and then nobody can change a word of it."""

import datetime as dt
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from members import services
from members.forms.charters import CharterForm
from members.models import Charter, CharterConsent, hash_of_text
from members.services import charters
from members.tasks import tell_of_charter
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import CharterFactory, MembershipFactory, OrganizationFactory, UserFactory
from tests.racing import at_once

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


# --- What changed, and who is told --------------------------------------------------------------
TODAY = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


def test_the_first_version_needs_no_summary_and_the_others_do(secretariat):
    assert CharterForm(WORDS).is_valid()
    publish(services.write_charter(charter=None, values=WORDS, by=secretariat), secretariat)
    form = CharterForm(WORDS | {"change_summary": " \n"})
    assert form.errors == {"change_summary": ["前の版から変わったことを書いてください。"]}
    draft = services.write_charter(charter=None, values=WORDS, by=secretariat)
    with pytest.raises(ValidationError, match="前の版から変わったこと"):
        publish(draft, secretariat)
    publish(
        services.write_charter(charter=draft, values={"change_summary": "守秘義務。"}, by=secretariat),
        secretariat,
    )


def test_the_database_itself_asks_what_changed():
    CharterFactory(number=1, change_summary="")
    CharterFactory(number=2, change_summary="", draft=True)
    with pytest.raises(IntegrityError, match="members_charter_says_what_changed"), transaction.atomic():
        CharterFactory(number=3, change_summary="")


def test_a_version_from_before_that_says_nothing_lets_the_migration_pass():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_charter DROP CONSTRAINT members_charter_says_what_changed")
    silent, spoken = (
        CharterFactory(number=2, change_summary=""),
        CharterFactory(number=3, change_summary="第2条。"),
    )
    first, draft = (
        CharterFactory(number=1, change_summary=""),
        CharterFactory(number=4, change_summary="", draft=True),
    )
    import_module("members.migrations.0013_tell_of_charters").say_what_is_missing(apps, None)
    with (
        connection.cursor() as cursor
    ):  # rows written in this very transaction keep the table from being changed
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    (again,) = [
        each for each in Charter._meta.constraints if each.name == "members_charter_says_what_changed"
    ]
    with connection.schema_editor() as editor:
        editor.add_constraint(Charter, again)
    rows = dict(Charter.objects.values_list("number", "change_summary"))
    assert "残っていません" in rows[silent.number]
    assert (rows[spoken.number], rows[first.number], rows[draft.number]) == ("第2条。", "", "")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Charter.objects.filter(pk=silent.pk).update(text="変えた")


def told() -> list[str]:
    rows = OutgoingMail.objects.filter(kind="members.charter_in_force")
    return sorted(rows.values_list("address", flat=True))


@pytest.fixture
def managers():
    both = UserFactory(email="both@npo.example", member=True)
    MembershipFactory(user=both)
    MembershipFactory(user=both)
    MembershipFactory(user__email="one@npo.example")
    MembershipFactory(user__email="editor@npo.example", role="editor")
    MembershipFactory(user__email="gone@npo.example", ended_at=timezone.now())
    MembershipFactory(user__email="left@npo.example", organization__left=True)
    MembershipFactory(user=UserFactory(email="inactive@npo.example", member=True, inactive=True))


@pytest.mark.usefixtures("managers")
class TestTelling:
    @pytest.fixture(autouse=True)
    def _today(self):
        with time_machine.travel(TODAY, tick=False):
            yield

    def test_each_manager_once_when_it_begins(self):
        CharterFactory(number=1)
        CharterFactory(
            number=2, effective_on=dt.date(2026, 11, 22), change_summary="守秘義務<b>を加えた</b>。"
        )
        tell_of_charter()
        assert told() == []
        with time_machine.travel(TODAY + dt.timedelta(days=1), tick=False):
            tell_of_charter()
            assert told() == ["both@npo.example", "one@npo.example"]
            tell_of_charter()
            MembershipFactory(user__email="new@npo.example")
            tell_of_charter()
        assert len(told()) == 2
        row = OutgoingMail.objects.filter(kind="members.charter_in_force").first()
        assert (row.subject, row.is_confidential) == ("設置要綱が新しくなりました", False)
        assert "守秘義務<b>を加えた</b>。" in row.text
        assert "守秘義務&lt;b&gt;を加えた" in row.html
        assert "2026年11月22日から第2版" in row.text
        assert AuditEvent.objects.filter(type="members.charter_told").count() == 1

    def test_round_by_round_nobody_twice(self, monkeypatch):
        monkeypatch.setattr(charters, "MOST_TOLD_AT_ONCE", 1)
        CharterFactory(number=1)
        CharterFactory(number=2)
        assert [services.tell_of_charter() for _round in range(4)] == [1, 1, 0, 0]
        assert told() == ["both@npo.example", "one@npo.example"]

    def test_the_first_version_is_nobodys_news(self):
        CharterFactory(number=1)
        assert services.tell_of_charter() == 0

    def test_after_a_month_it_is_no_news(self):
        CharterFactory(number=1)
        CharterFactory(number=2, effective_on=dt.date(2026, 4, 1), published_at=TODAY)
        with time_machine.travel(TODAY + dt.timedelta(days=30), tick=False):
            assert services.tell_of_charter() == 0
        with time_machine.travel(TODAY + dt.timedelta(days=29), tick=False):
            assert services.tell_of_charter() == 2

    def test_half_told_is_untold(self, monkeypatch):
        def fail(*args):
            raise OSError("away")

        CharterFactory(number=1)
        CharterFactory(number=2)
        with monkeypatch.context() as patch:
            patch.setattr(charters.mails, "send_charter_in_force", fail)
            with pytest.raises(OSError, match="away"):
                services.tell_of_charter()
        assert services.tell_of_charter() == 2


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_tell_nobody_twice():
    MembershipFactory(user__email="one@npo.example")
    CharterFactory(number=1)
    CharterFactory(number=2)
    at_once(services.tell_of_charter, services.tell_of_charter)
    assert told() == ["one@npo.example"]
