import platform_portal.identifiers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0004_add_imports'),
    ]

    operations = [
        migrations.AlterField(
            model_name='category',
            name='public_id',
            field=models.CharField(default=platform_portal.identifiers.new_public_id, editable=False, max_length=6, unique=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='windowimport',
            name='public_id',
            field=models.CharField(default=platform_portal.identifiers.new_public_id, editable=False, max_length=6, unique=True, verbose_name='ID'),
        ),
    ]
