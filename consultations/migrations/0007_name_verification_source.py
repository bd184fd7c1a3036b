from django.db import migrations, models
from django.db.models import Q


def name_source(apps, schema_editor):
    """Until now only staff could verify."""
    windows = apps.get_model("consultations", "ConsultationWindow")
    windows.objects.filter(verified_on__isnull=False).update(verification_source="staff")


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0006_own_windows_by_members'),
    ]

    operations = [
        migrations.AddField(
            model_name='consultationwindow',
            name='verification_source',
            field=models.CharField(blank=True, choices=[('staff', '職員が確かめた'), ('telephone', '職員が電話などで聞いて確かめた'), ('member', '運営する団体がサインインして確かめた'), ('link', '運営する団体がメールのリンクから確かめた')], default='', editable=False, max_length=10, verbose_name='だれの言葉で確かめたか'),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(
            model_name='consultationwindow',
            name='consultations_window_verified_pair',
        ),
        migrations.RunPython(name_source, migrations.RunPython.noop),
        # PostgreSQL refuses to alter a table whose rows still have checks to come.
        migrations.RunSQL('SET CONSTRAINTS ALL IMMEDIATE', migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='consultationwindow',
            constraint=models.CheckConstraint(
                condition=(
                    Q(verified_on__isnull=True, verified_by__isnull=True, verification_source='')
                    | Q(verified_on__isnull=False, verified_by__isnull=False, verification_source__in=['staff', 'telephone', 'member'])
                    | Q(verified_on__isnull=False, verified_by__isnull=True, verification_source='link')
                ),
                name='consultations_window_verified_by_somebody',
            ),
        ),
    ]
