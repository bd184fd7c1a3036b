from django.db import migrations


def read_again(apps, schema_editor):
    """Until now nothing was read from them; the tick takes those that have not been read."""
    versions = apps.get_model("meetings", "DocumentVersion").objects
    versions.filter(kind__in=["xlsx", "pptx"], text="").update(read_at=None)


class Migration(migrations.Migration):

    dependencies = [
        ("meetings", "0009_tell_of_withdrawn_papers"),
    ]

    operations = [
        migrations.RunPython(read_again, migrations.RunPython.noop),
    ]
