from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='outgoingmail',
            name='files',
            field=models.JSONField(blank=True, default=list, verbose_name='添付ファイル'),
        ),
    ]
