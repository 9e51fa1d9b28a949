from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=200, unique=True, verbose_name='identifier in the source')),
                ('type', models.CharField(max_length=20, verbose_name='type')),
                ('object_key', models.CharField(max_length=200, verbose_name='record or page')),
                ('fingerprints', models.JSONField(default=dict, verbose_name='fingerprints')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='first imported')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last changed by an import')),
            ],
            options={
                'verbose_name': 'imported item',
                'verbose_name_plural': 'imported items',
                'indexes': [models.Index(fields=['type', 'object_key'], name='huunghi_imp_type_d6349d_idx')],
            },
        ),
    ]
