import django.db.models.deletion
import modelcluster.fields
import modelsearch.index
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Concept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='A short name in small letters. It never changes.', max_length=80, unique=True, verbose_name='code')),
                ('kind', models.CharField(blank=True, help_text='A group of your choice: event, organisation, festival …', max_length=40, verbose_name='kind')),
                ('note', models.CharField(blank=True, help_text='For editors: sources, doubts.', max_length=500, verbose_name='note')),
                ('uncertain', models.BooleanField(default=False, help_text='Tick when someone who knows the language should check it.', verbose_name='uncertain')),
            ],
            options={
                'verbose_name': 'glossary entry',
                'verbose_name_plural': 'glossary',
                'ordering': ['code'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'counter',
                'verbose_name_plural': 'counters',
            },
        ),
        migrations.CreateModel(
            name='PendingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=100)),
                ('version', models.BigIntegerField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('last_error', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name': 'pending change',
                'verbose_name_plural': 'pending changes',
                'constraints': [models.UniqueConstraint(fields=('type', 'key'), name='huunghi_pending_change_once')],
            },
        ),
        migrations.CreateModel(
            name='ConceptTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('language', models.CharField(default='vi', help_text='Language code: vi, km, en, lo, zh-hans.', max_length=12, verbose_name='language')),
                ('text', models.CharField(help_text='A word or phrase of this language.', max_length=160, verbose_name='term')),
                ('preferred', models.BooleanField(default=False, help_text='The word to use in translations, of several.', verbose_name='preferred')),
                ('concept', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='huunghi_search.concept')),
            ],
            options={
                'verbose_name': 'term',
                'verbose_name_plural': 'terms',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
    ]
