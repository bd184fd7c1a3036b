"""A version after the first says what changed, and managers are told of it once."""

import django.db.models.deletion
import pgtrigger
from django.db import migrations, models

NOT_KEPT = "この版で変わったことの記録は、残っていません。"


def say_what_is_missing(apps, schema_editor):
    """Versions that were published without a summary; nothing but this migration may touch them any more."""
    silent = apps.get_model("members", "Charter").objects.filter(
        number__gt=1, published_at__isnull=False, change_summary=""
    )
    with pgtrigger.ignore("members.Charter:published_stays"):
        silent.update(change_summary=NOT_KEPT)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0012_add_distinctions"),
    ]

    operations = [
        migrations.RunPython(say_what_is_missing, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="charter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", 1),
                    ("published_at", None),
                    models.Q(("change_summary", ""), _negated=True),
                    _connector="OR",
                ),
                name="members_charter_says_what_changed",
                violation_error_message="前の版から変わったことを書いてください。",
            ),
        ),
        migrations.CreateModel(
            name="CharterNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "told_through",
                    models.PositiveBigIntegerField(default=0, verbose_name="ここまでの利用者に知らせた"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="知らせ終わった時刻"),
                ),
                (
                    "charter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notice",
                        to="members.charter",
                        verbose_name="設置要綱",
                    ),
                ),
            ],
            options={
                "verbose_name": "設置要綱の知らせ",
                "verbose_name_plural": "設置要綱の知らせ",
                "ordering": ["-charter"],
            },
        ),
    ]
