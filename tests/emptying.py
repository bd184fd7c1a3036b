"""An empty database again after a test that commits.

Django truncates every table then: PostgreSQL makes some hundred files anew, which takes longer than most such tests.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

# Made once by the migrations; no test changes them.
ALWAYS_FILLED = {"auth_permission", "django_content_type", "django_migrations"}
_django_truncates = TransactionTestCase._fixture_teardown


def delete_all_rows(case: TransactionTestCase) -> None:
    """Needs a superuser, as the embedded PostgreSQL's role is; for any other (DATABASE_URL) Django does it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            _delete(cursor)
        else:
            _django_truncates(case)


def _delete(cursor) -> None:
    tables = sorted(set(connection.introspection.table_names(cursor)) - ALWAYS_FILLED)
    # Waits for requests that are still being answered, as TRUNCATE would.
    cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
    questions = ", ".join(f"('{name}', EXISTS (SELECT FROM {name}))" for name in tables)
    cursor.execute(f"SELECT name FROM (VALUES {questions}) AS asked (name, is_filled) WHERE is_filled")  # noqa: S608  our own tables' names
    filled = [name for (name,) in cursor.fetchall()]
    # Foreign keys and the triggers that guard the audit record are for the portal, not for an empty start.
    cursor.execute("SET LOCAL session_replication_role = replica")
    for name in filled:
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608  the same
