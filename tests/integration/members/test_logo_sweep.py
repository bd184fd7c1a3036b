"""Logo files that nothing refers to go, a day later; what somebody is just uploading stays."""

import os
import threading
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from members import services, tasks
from members.logos import FOLDER, store_logo
from members.models import Organization
from members.profile import describe
from platform_portal.celery import app
from platform_portal.publishing.revisions import RevisionState
from tests.factories.members import OrganizationFactory, OrganizationRevisionFactory, UserFactory
from tests.racing import at_once

TWO_DAYS = 2 * 24 * 3600


def stored(*, age: int = TWO_DAYS) -> str:
    """A file in the storage, written `age` seconds ago."""
    name = store_logo(b"not looked into")
    then = timezone.now().timestamp() - age
    os.utime(default_storage.path(name), (then, then))
    return name


def proposed(name: str, **values: Any) -> Any:
    organization = OrganizationFactory()
    return OrganizationRevisionFactory(
        organization=organization, before=describe(organization, ["logo"]), proposed={"logo": name}, **values
    )


@pytest.mark.django_db
class TestSweep:
    def test_only_what_is_old_and_in_use_nowhere(self):
        forgotten, fresh = stored(), stored(age=3600)
        live = OrganizationFactory(logo=stored()).logo.name
        waiting = proposed(stored()).proposed["logo"]
        assert services.sweep_logos() == 1
        assert not default_storage.exists(forgotten)
        assert all(map(default_storage.exists, (fresh, live, waiting)))

    def test_what_was_returned_waits_for_the_next_attempt(self):
        name = proposed(stored(), returned=True).proposed["logo"]
        assert services.sweep_logos() == 0
        assert default_storage.exists(name)

    def test_what_is_in_use_by_a_member_that_left_stays(self):
        name = OrganizationFactory(left=True, logo=stored()).logo.name
        assert services.sweep_logos() == 0
        assert default_storage.exists(name)

    @pytest.mark.parametrize("state", [RevisionState.WITHDRAWN, RevisionState.APPROVED])
    def test_a_proposal_that_is_over_holds_nothing(self, state):
        person = UserFactory()
        revision = proposed(stored(), state=state, note="x", decided_at=timezone.now(), decided_by=person)
        services.sweep_logos()
        assert not default_storage.exists(revision.proposed["logo"])

    def test_a_batch_and_then_the_rest(self, monkeypatch):
        monkeypatch.setattr("members.services.sweeping.BATCH", 2)
        names = [stored() for _each in range(3)]
        assert [services.sweep_logos() for _each in range(3)] == [2, 1, 0]
        assert not any(map(default_storage.exists, names))

    def test_nothing_uploaded_yet(self):
        assert services.sweep_logos() == 0

    def test_other_folders_are_not_its_business(self):
        other = default_storage.save("elsewhere/a.png", ContentFile(b"not looked into"))
        then = timezone.now().timestamp() - TWO_DAYS
        os.utime(default_storage.path(other), (then, then))
        services.sweep_logos()
        assert default_storage.exists(other)

    def test_one_statement_for_any_number(self, django_assert_num_queries):
        for _each in range(3):
            OrganizationFactory(logo=stored())
            proposed(stored())
        with django_assert_num_queries(1):
            services.sweep_logos()

    def test_what_its_own_service_removes_meanwhile_is_no_error(self, monkeypatch):
        name = stored()
        monkeypatch.setattr("members.services.sweeping._stored_names", lambda: [name, f"{FOLDER}gone.png"])
        assert services.sweep_logos() == 1

    def test_beat_calls_it_once_a_day(self):
        assert app.conf.beat_schedule["sweep-logos"]["task"] == tasks.sweep_logos.name


@pytest.mark.django_db(transaction=True)
class TestMeanwhile:
    def test_a_fresh_upload_that_is_not_committed_yet_stays(self):
        organization = OrganizationFactory()
        removed: list[int] = []

        def sweep() -> None:
            try:
                removed.append(services.sweep_logos())
            finally:
                connection.close()

        with transaction.atomic():
            name = store_logo(b"just now")
            Organization.objects.filter(pk=organization.pk).update(logo=name)
            thread = threading.Thread(target=sweep)
            thread.start()
            thread.join(timeout=30)
        assert removed == [0]
        assert default_storage.exists(name)

    @pytest.mark.parametrize("attempt", range(3))
    def test_an_old_proposal_approved_at_the_same_moment_stays(self, attempt):
        revision, staff = proposed(stored()), UserFactory()
        for _each in range(20):
            stored()
        answers = at_once(
            services.sweep_logos,
            lambda: services.approve_organization_revision(revision=revision, by=staff),
        )
        assert answers == [None, None]
        logo = Organization.objects.get(pk=revision.organization_id).logo
        assert logo.name == revision.proposed["logo"]
        assert default_storage.exists(logo.name)
