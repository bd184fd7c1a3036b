import datetime

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0014_forbid_overtaken'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('joined_on__gte', datetime.date(1900, 1, 1)), ('joined_on__lte', datetime.date(2100, 12, 31))), name='members_organization_joined_on_plausible', violation_error_message='入会日は、1900年から2100年までの日付にしてください。'),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('left_on', None), models.Q(('left_on__gte', datetime.date(1900, 1, 1)), ('left_on__lte', datetime.date(2100, 12, 31))), _connector='OR'), name='members_organization_left_on_plausible', violation_error_message='退会日は、1900年から2100年までの日付にしてください。'),
        ),
    ]
