from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('huunghi', '0003_webhooks'),
    ]

    operations = [
        migrations.CreateModel(
            name='HarvestRecord',
            fields=[
                ('key', models.UUIDField(primary_key=True, serialize=False)),
                ('changed_at', models.DateTimeField(null=True)),
                ('deleted', models.BooleanField(default=False)),
                ('version', models.CharField(blank=True, max_length=80)),
                ('sets', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'harvest record',
                'verbose_name_plural': 'harvest records',
                'indexes': [models.Index(fields=['changed_at', 'key'], name='huunghi_harvest_order')],
            },
        ),
    ]
