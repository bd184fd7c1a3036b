from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletters', '0002_find_copies_in_doubt'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='issue',
            name='newsletters_issue_completed_has_a_time',
        ),
        migrations.AddConstraint(
            model_name='issue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('state', 'completed')), ('state__in', ('sending', 'paused', 'cancelled')), models.Q(('completed_at', None), models.Q(('state', 'completed'), _negated=True)), _connector='OR'), name='newsletters_issue_completed_has_a_time'),
        ),
        migrations.RemoveIndex(
            model_name='issue',
            name='newsletters_issue_archive',
        ),
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(condition=models.Q(('completed_at__isnull', False)), fields=['newsletter', '-completed_at'], name='newsletters_issue_archive'),
        ),
    ]
