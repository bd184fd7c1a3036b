"""One migrated database, copied for every process and every run until a migration changes.

Migrating takes longer than a hundred tests; copying what is migrated takes a quarter of a second.
"""

import hashlib
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections

PREFIX = "migrated_for_tests_"


def fingerprint() -> str:
    """Of every migration of every app, ours and others'."""
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def ensure_template() -> str:
    """The name of a database with all tables and nothing in them but what migrations put there.

    Processes that start together wait for the first one. One that died half-way leaves no database of that name.
    """
    name = PREFIX + fingerprint()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        there = {row[0] for row in cursor.fetchall()}
        if name not in there:
            unfinished = PREFIX + "unfinished"
            for old in {*there, unfinished}:
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
            cursor.execute(f"CREATE DATABASE \"{unfinished}\" ENCODING 'UTF8' TEMPLATE template0")
            _migrate(unfinished)
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _migrate(database: str) -> None:
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connections["default"].close()
        connection.settings_dict["NAME"] = own
