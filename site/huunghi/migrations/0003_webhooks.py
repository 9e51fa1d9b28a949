import django.db.models.deletion
import django.utils.timezone
import huunghi.webhooks.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('huunghi', '0002_write_api'),
    ]

    operations = [
        migrations.CreateModel(
            name='StaleAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(blank=True, max_length=20)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('addresses', models.JSONField(default=list)),
                ('due_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('lease', models.CharField(blank=True, db_index=True, max_length=32)),
                ('purged', models.BooleanField(default=False)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'stale answer',
                'verbose_name_plural': 'stale answers',
            },
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(help_text='Which program or office receives the messages.', max_length=120, verbose_name='name')),
                ('address', models.URLField(help_text='Begins with https:// and is reachable from the internet. Redirects are not followed.', max_length=500, verbose_name='address')),
                ('types', models.JSONField(default=list, help_text='What the receiver is told.', verbose_name='messages')),
                ('active', models.BooleanField(default=True, help_text='Nothing is noted for it while it is off.', verbose_name='active')),
                ('secret_edition', models.PositiveIntegerField(default=1, editable=False)),
                ('secret_renewed_at', models.DateTimeField(editable=False, null=True)),
                ('key_check', models.CharField(editable=False, max_length=16)),
                ('failures', models.PositiveIntegerField(default=0, editable=False)),
                ('failing_since', models.DateTimeField(editable=False, null=True)),
                ('paused_until', models.DateTimeField(editable=False, null=True)),
                ('off_reason', models.CharField(blank=True, choices=[('failures', 'Switched off: nothing could be delivered for five days.'), ('gone', 'Switched off: the receiver answered that it is gone for good.')], editable=False, max_length=12)),
                ('off_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.CharField(default=huunghi.webhooks.models.new_message_id, max_length=40, unique=True)),
                ('type', models.CharField(max_length=40)),
                ('record', models.CharField(blank=True, max_length=40)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('delivered', 'Delivered'), ('given-up', 'Given up')], default='waiting', max_length=12)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tried_at', models.DateTimeField(null=True)),
                ('answer_code', models.PositiveSmallIntegerField(null=True)),
                ('answer_text', models.CharField(blank=True, max_length=500)),
                ('problem', models.CharField(blank=True, max_length=500)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='huunghi.webhookendpoint')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['endpoint', 'state', 'next_try_at'], name='huunghi_delivery_due'), models.Index(fields=['endpoint', 'record'], name='huunghi_delivery_record'), models.Index(fields=['state', 'created_at'], name='huunghi_delivery_old')],
            },
        ),
    ]
