import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def forget_when_nobody_wrote(apps, schema_editor):
    """The time was set when the empty section was made."""
    apps.get_model("reports", "ReportSection").objects.filter(written_by=None).update(written_at=None)


def say_now_where_nobody_wrote(apps, schema_editor):
    apps.get_model("reports", "ReportSection").objects.filter(written_at=None).update(written_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameField("reportsection", "updated_by", "written_by"),
        migrations.RenameField("reportsection", "updated_at", "written_at"),
        migrations.AlterField(
            "reportsection",
            "written_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="書いた時刻"),
        ),
        migrations.RunPython(forget_when_nobody_wrote, say_now_where_nobody_wrote),
        migrations.AddConstraint(
            "reportsection",
            models.CheckConstraint(
                condition=models.Q(written_at__isnull=True, written_by__isnull=True)
                | models.Q(written_at__isnull=False, written_by__isnull=False),
                name="reports_reportsection_written_pair",
            ),
        ),
        migrations.AlterField(
            "rendering",
            "asked_by",
            models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="頼んだ人",
            ),
        ),
    ]
