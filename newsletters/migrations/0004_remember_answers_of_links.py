import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletters', '0003_keep_the_day_of_an_issue'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500, unique=True, verbose_name='リンク')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='確かめた時刻')),
                ('is_ok', models.BooleanField(verbose_name='つながった')),
                ('status', models.CharField(blank=True, max_length=60, verbose_name='答え')),
            ],
            options={
                'verbose_name': '号のリンクの確認',
                'verbose_name_plural': '号のリンクの確認',
                'ordering': ['url'],
            },
        ),
    ]
