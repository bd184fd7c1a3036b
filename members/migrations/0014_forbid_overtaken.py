"""Only changes of windows are overtaken: the database says so for those of organisations."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0013_tell_of_charters"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="organizationrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "overtaken"), _negated=True),
                name="members_organizationrevision_not_overtaken",
            ),
        ),
    ]
