import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from wagtail.documents import get_document_model_string


class Migration(migrations.Migration):

    dependencies = [
        ('huunghi_search', '0001_initial'),
        migrations.swappable_dependency(get_document_model_string()),
    ]

    operations = [
        # What was pending need not be carried over: an index that no target names is built anew.
        migrations.DeleteModel(name='PendingChange'),
        migrations.CreateModel(
            name='DocumentVariant',
            fields=[
                ('document_id', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('record', models.CharField(db_index=True, max_length=200)),
            ],
            options={
                'verbose_name': 'document variant',
                'verbose_name_plural': 'document variants',
            },
        ),
        migrations.CreateModel(
            name='FileText',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=get_document_model_string())),
                ('file_name', models.CharField(blank=True, max_length=255)),
                ('file_hash', models.CharField(blank=True, max_length=40)),
                ('content_hash', models.CharField(blank=True, db_index=True, max_length=64)),
                ('state', models.CharField(choices=[('waiting', 'not read yet'), ('read', 'searched'), ('cut', 'searched in part: it is very long'), ('no-text', 'not searched: it holds pictures of pages, without text'), ('encrypted', 'not searched: it is protected by a password'), ('broken', 'not searched: it is damaged'), ('too-large', 'not searched: it is too large'), ('too-slow', 'not searched: reading it takes too long'), ('missing', 'not searched: the file is not there'), ('other-kind', 'not searched: it is neither PDF nor DOCX')], db_index=True, default='waiting', max_length=12)),
                ('numbered', models.BooleanField(default=False)),
                ('pages', models.JSONField(default=list)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'text of a file',
                'verbose_name_plural': 'texts of files',
            },
        ),
        migrations.CreateModel(
            name='IndexTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('engine', models.CharField(max_length=20)),
                ('host', models.CharField(blank=True, max_length=36)),
                ('index', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('live', 'live'), ('building', 'building')], max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('done_type', models.CharField(blank=True, max_length=20)),
                ('done_key', models.CharField(blank=True, max_length=200)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('written', models.PositiveIntegerField(default=0)),
                ('filled_at', models.DateTimeField(null=True)),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('leased_until', models.DateTimeField(null=True)),
                ('previous', models.CharField(blank=True, max_length=200)),
                ('published_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('sampled_at', models.DateTimeField(null=True)),
                ('sample_key', models.CharField(blank=True, max_length=200)),
                ('verified_at', models.DateTimeField(null=True)),
                ('drift', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name': 'index target',
                'verbose_name_plural': 'index targets',
                'constraints': [models.UniqueConstraint(fields=('engine', 'host', 'state'), name='huunghi_target_one_of_each_state'), models.UniqueConstraint(fields=('engine', 'host', 'index'), name='huunghi_target_once')],
            },
        ),
        migrations.CreateModel(
            name='PendingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=200)),
                ('stamp', models.BigIntegerField()),
                ('priority', models.SmallIntegerField(choices=[(0, 'revoking'), (1, 'normal'), (2, 'bulk')], default=1)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('last_error', models.TextField(blank=True)),
                ('parked_at', models.DateTimeField(null=True)),
                ('lease', models.CharField(blank=True, max_length=32)),
                ('leased_until', models.DateTimeField(null=True)),
                ('target', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pending', to='huunghi_search.indextarget')),
            ],
            options={
                'verbose_name': 'pending change',
                'verbose_name_plural': 'pending changes',
                'indexes': [models.Index(fields=['target', 'priority', 'id'], name='huunghi_pending_order')],
                'constraints': [models.UniqueConstraint(fields=('target', 'type', 'key'), name='huunghi_pending_once_per_target'), models.UniqueConstraint(condition=models.Q(('target__isnull', True)), fields=('type', 'key'), name='huunghi_pending_once_for_all')],
            },
        ),
    ]
