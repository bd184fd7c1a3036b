import django.db.models.deletion
import django.utils.timezone
import platform_portal.identifiers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0003_tie_activities_to_newsletters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportDoubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=platform_portal.identifiers.new_public_id, editable=False, max_length=6, unique=True, verbose_name='ID')),
                ('code', models.CharField(editable=False, max_length=40, verbose_name='種類')),
                ('file_name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='ファイルの名前')),
                ('line', models.PositiveIntegerField(editable=False, verbose_name='行')),
                ('message', models.TextField(editable=False, verbose_name='確かめること')),
                ('text', models.TextField(blank=True, editable=False, verbose_name='もとの文')),
                ('found_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='取り込んだ時刻')),
                ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='済みにした時刻')),
                ('found_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='取り込んだ人')),
                ('resolved_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='済みにした人')),
                ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_doubts', to='reports.grantscheme', verbose_name='年度')),
            ],
            options={
                'verbose_name': '取り込みで確かめること',
                'verbose_name_plural': '取り込みで確かめること',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='reports_importdoubt_resolved_pair')],
            },
        ),
    ]
