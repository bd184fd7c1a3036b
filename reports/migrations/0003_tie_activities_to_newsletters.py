from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("newsletters", "0001_initial"),
        ("reports", "0002_who_wrote_and_who_asked"),
    ]

    operations = [
        migrations.AddField(
            "activity",
            "issues",
            models.ManyToManyField(
                blank=True,
                related_name="activities",
                to="newsletters.issue",
                verbose_name="関係するメルマガ",
            ),
        ),
    ]
