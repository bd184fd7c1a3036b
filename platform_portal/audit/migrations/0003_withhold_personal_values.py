"""Takes what was recorded about people before ADR 0015 out of the record; that it changed stays."""

from django.db import migrations

PERSONAL = {
    "members.user": ("email", "name", "section", "last_login"),
    "members.invitation": ("email", "name", "section"),
    "members.organization": ("address", "office_phone", "office_email", "internal_note", "leaving_reason"),
    "members.application": (
        "address",
        "contact_name",
        "contact_section",
        "contact_email",
        "contact_phone",
        "activity",
        "motive",
        "reason",
        "staff_note",
    ),
}
WITHHELD = '{"personal": true}'


def withhold(apps, schema_editor):
    """The one time that the record is rewritten; the guard is down for this transaction alone."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        for label, names in PERSONAL.items():
            for name in names:
                for column in ("old", "new"):
                    cursor.execute(
                        f"UPDATE audit_auditevent SET {column} = jsonb_set({column}, ARRAY[%s], %s::jsonb)"
                        f" WHERE object_type = %s AND coalesce({column} ->> %s, '') <> ''",
                        [name, WITHHELD, label, name],
                    )
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")


class Migration(migrations.Migration):

    dependencies = [
        ("audit", "0002_index_actors"),
    ]

    operations = [
        migrations.RunPython(withhold, migrations.RunPython.noop),
    ]
