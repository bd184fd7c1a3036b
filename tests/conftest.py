"""What every test gets: strict templates, an empty cache, closed sockets, named people, and a window."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, client, override_settings
from hypothesis import settings as hypothesis_settings

from consultations.models import Category, ConsultationWindow
from members.models import User
from tests.emptying import delete_all_rows
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.members import UserFactory
from tests.migrated import ensure_template

# The same cases in every run, so that what is green stays green until somebody changes something.
# `make fuzz` looks for new ones (--hypothesis-profile=search).
hypothesis_settings.register_profile("same", derandomize=True, database=None, deadline=None)
hypothesis_settings.register_profile("search", deadline=None, print_blob=True)
hypothesis_settings.load_profile("same")

# Modules, tests and their cases stay until the end: looking through them for garbage again and again takes
# a sixth of a run. What the tests themselves leave behind is collected as ever.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(5_000)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _quick_return_to_an_empty_database() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_all_rows)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = ensure_template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database is only dropped when nobody is connected; a server's thread may end a moment later than its test."""
    yield
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"{others} AND pid <> pg_backend_pid()")


@pytest.fixture(autouse=True, scope="session")
def _contexts_of_pages_alone() -> Iterator[None]:
    """A copy of its variables is kept of every template for `response.context`; those of a form's six hundred
    little ones nobody asks about."""
    keep = client.store_rendered_templates

    def keep_if_ours(
        store: Any, signal: Any, sender: Any, template: Any, context: Any, **options: Any
    ) -> None:
        if not (template.name or "").startswith("django/forms/"):
            keep(store, signal, sender, template, context, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", keep_if_ours)
        yield


@pytest.fixture(autouse=True, scope="session")
def _hour_that_does_not_end() -> Iterator[None]:
    """Limits are counted from one full hour (or minute) to the next; a test that runs across it would begin anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django_ratelimit.core._get_window", lambda value, period: 2**40)
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _plain_settings(
    django_test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Once for all tests: every change tells a score of receivers and forgets what was read of the others."""
    media = tmp_path_factory.mktemp("files") / "media"  # made by the test that needs it
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=media,
        PORTAL_REQUIRE_MFA=False,
        # Mails go through the outbox here too; what leaves it is found in django.core.mail.outbox.
        EMAIL_BACKEND="platform_portal.mail.backend.OutboxBackend",
        PORTAL_MAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    ):
        yield media


@pytest.fixture(autouse=True)
def _no_files_of_the_test_before(_plain_settings: Path) -> None:
    if _plain_settings.exists():
        shutil.rmtree(_plain_settings)


@pytest.fixture(scope="module")
def shared_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Rows and files that a module makes once; every test begins at a savepoint and goes back to it."""
    media = tmp_path_factory.mktemp("shared")
    with override_settings(MEDIA_ROOT=media), django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- Named people: the same ones in every test -------------------------------------------------
@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(name="管理 花", email="hana@portal.example", role="administrator")


@pytest.fixture
def secretariat(db: None) -> User:
    return UserFactory(name="事務 一郎", email="ichiro@portal.example", role="secretariat")


@pytest.fixture
def owner(db: None) -> User:
    """Prefecture staff; wrote the window in question."""
    return UserFactory(name="県庁 あおい", email="aoi@portal.example", role="staff")


@pytest.fixture
def colleague(db: None) -> User:
    """Prefecture staff; sits beside the owner and approves."""
    return UserFactory(name="同僚 みどり", email="midori@portal.example", role="staff")


@pytest.fixture
def outsider(db: None) -> User:
    """Belongs to a member organisation; has no business on the desk."""
    return UserFactory(name="会員 そら", email="sora@npo.example", role="member")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def owner_client(owner: User) -> Client:
    return signed_in(owner)


@pytest.fixture
def colleague_client(colleague: User) -> Client:
    return signed_in(colleague)


@pytest.fixture
def outsider_client(outsider: User) -> Client:
    return signed_in(outsider)


@pytest.fixture
def secretariat_client(secretariat: User) -> Client:
    return signed_in(secretariat)


@pytest.fixture
def administrator_client(administrator: User) -> Client:
    return signed_in(administrator)


def text_of(response: Any) -> str:
    return response.content.decode()


# --- One window of one category ----------------------------------------------------------------
@pytest.fixture
def category(db: None) -> Category:
    return CategoryFactory(slug="living", name="生活上の困りごと")


@pytest.fixture
def window(category: Category) -> ConsultationWindow:
    return WindowFactory(name="くらしの窓口", topics=[category])
