import django.core.validators
import django.db.models.deletion
import huunghi.partners.fields
import modelcluster.fields
import modelsearch.index
import uuid
import wagtail.contrib.routable_page.models
from django.conf import settings
from django.db import migrations, models
from wagtail.documents import get_document_model_string
from wagtail.images import get_image_model_string


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        # A host may have image and document models of its own.
        migrations.swappable_dependency(get_image_model_string()),
        migrations.swappable_dependency(get_document_model_string()),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='Used in addresses and imports. It never changes.', max_length=60, unique=True, verbose_name='code')),
                ('names', huunghi.partners.fields.NamesField(default=dict, help_text='The term in each language.', validators=[huunghi.partners.fields.validate_names], verbose_name='names')),
                ('sort_order', models.PositiveSmallIntegerField(default=100, help_text='Smaller numbers come first in lists.', verbose_name='order')),
                ('active', models.BooleanField(default=True, help_text='Untick to offer it no longer; what uses it keeps it.', verbose_name='active')),
            ],
            options={
                'verbose_name': 'audience',
                'verbose_name_plural': 'audiences',
                'ordering': ['sort_order', 'code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CooperationField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(help_text='Used in addresses and imports. It never changes.', max_length=60, unique=True, verbose_name='code')),
                ('names', huunghi.partners.fields.NamesField(default=dict, help_text='The term in each language.', validators=[huunghi.partners.fields.validate_names], verbose_name='names')),
                ('sort_order', models.PositiveSmallIntegerField(default=100, help_text='Smaller numbers come first in lists.', verbose_name='order')),
                ('active', models.BooleanField(default=True, help_text='Untick to offer it no longer; what uses it keeps it.', verbose_name='active')),
                ('sensitive', models.BooleanField(default=False, help_text='Events of this field need a second reviewer.', verbose_name='sensitive')),
            ],
            options={
                'verbose_name': 'field of cooperation',
                'verbose_name_plural': 'fields of cooperation',
                'ordering': ['sort_order', 'code'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='A short name in small letters. It never changes.', max_length=80, unique=True, verbose_name='key')),
                ('name', models.CharField(help_text='In Latin letters, as printed.', max_length=160, verbose_name='name')),
                ('own_script_name', models.CharField(blank=True, help_text='For example in Khmer or Lao letters.', max_length=160, verbose_name='name in own script')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['name'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('labels', huunghi.partners.fields.NamesField(blank=True, default=dict, editable=False, validators=[huunghi.partners.fields.validate_names], verbose_name='names shown')),
                ('key', models.SlugField(help_text='ISO 3166 code (KH-8) or a short name in small letters. It never changes.', max_length=80, unique=True, verbose_name='key')),
                ('kind', models.CharField(choices=[('group', 'Group of countries'), ('country', 'Country'), ('province', 'Province'), ('city', 'City'), ('island', 'Island'), ('district', 'District'), ('commune', 'Commune'), ('border-gate', 'Border gate'), ('industrial-area', 'Industrial area'), ('venue', 'Venue'), ('other', 'Other place')], default='other', help_text='What sort of place it is.', max_length=20, verbose_name='kind')),
                ('latitude', models.DecimalField(blank=True, decimal_places=5, help_text='In degrees, north positive. Empty: the place is not on the map and outside distance filters.', max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='latitude')),
                ('longitude', models.DecimalField(blank=True, decimal_places=5, help_text='In degrees, east positive.', max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='longitude')),
                ('precision_km', models.PositiveSmallIntegerField(blank=True, help_text='How far off the position may be.', null=True, verbose_name='precision of the position (km)')),
                ('valid_from', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if not known.', verbose_name='exists from')),
                ('valid_to', huunghi.partners.fields.PartialDateField(blank=True, help_text='Set when the place was merged or abolished; events keep its name.', verbose_name='existed until')),
                ('note', models.TextField(blank=True, help_text='For editors: sources, doubts.', verbose_name='note')),
                ('parent', models.ForeignKey(blank=True, help_text='The next larger place: the province of a district, the country of a province.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='huunghi_partners.place', verbose_name='lies in')),
                ('successors', models.ManyToManyField(blank=True, help_text='The new units. Events are also found under them.', related_name='predecessors', to='huunghi_partners.place', verbose_name='became part of')),
            ],
            options={
                'verbose_name': 'place',
                'verbose_name_plural': 'places',
                'ordering': ['key'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('labels', huunghi.partners.fields.NamesField(blank=True, default=dict, editable=False, validators=[huunghi.partners.fields.validate_names], verbose_name='names shown')),
                ('key', models.SlugField(help_text='A short name in small letters. It never changes.', max_length=80, unique=True, verbose_name='key')),
                ('kind', models.CharField(choices=[('friendship-union', 'Friendship union'), ('peoples-committee', "People's committee"), ('department', 'Department'), ('committee', 'Committee'), ('association', 'Association'), ('party-body', 'Party body'), ('ministry', 'Ministry'), ('mission', 'Diplomatic mission'), ('press', 'Press agency'), ('armed-force', 'Armed force'), ('school', 'School'), ('club', 'Club'), ('company', 'Company'), ('partner-administration', 'Administration of a partner')], help_text='What sort of body it is.', max_length=24, verbose_name='kind')),
                ('short_name', models.CharField(blank=True, help_text='As it is abbreviated in reports: VUFO, UBND tỉnh.', max_length=80, verbose_name='short name')),
                ('valid_from', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if not known.', verbose_name='exists from')),
                ('valid_to', huunghi.partners.fields.PartialDateField(blank=True, help_text='Set when the body was merged or dissolved.', verbose_name='existed until')),
                ('is_group', models.BooleanField(default=False, help_text='Tick when this is not one body but a class of them, such as all member organisations.', verbose_name='stands for a group')),
                ('note', models.TextField(blank=True, help_text='For editors: sources, doubts.', verbose_name='note')),
                ('parent', models.ForeignKey(blank=True, help_text='The body above it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='huunghi_partners.organisation', verbose_name='belongs to')),
                ('successors', models.ManyToManyField(blank=True, help_text='The bodies that took over.', related_name='predecessors', to='huunghi_partners.organisation', verbose_name='succeeded by')),
                ('place', models.ForeignKey(blank=True, help_text='The province or city it works for.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='organisations', to='huunghi_partners.place', verbose_name='place')),
            ],
            options={
                'verbose_name': 'organisation',
                'verbose_name_plural': 'organisations',
                'ordering': ['key'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='PlaceName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('language', models.CharField(default='vi', help_text='Language code: vi, km, en, lo, zh-hans.', max_length=12, verbose_name='language')),
                ('text', models.CharField(help_text='The name as it is written in this language.', max_length=255, verbose_name='name')),
                ('kind', models.CharField(choices=[('official', 'Official name'), ('exonym', 'Name in another language'), ('romanisation', 'Latin spelling'), ('former', 'Former name'), ('variant', 'Other spelling')], default='official', help_text='Search finds the record under every kind of name; pages show the preferred one.', max_length=16, verbose_name='kind')),
                ('preferred', models.BooleanField(default=False, help_text='Show this name to readers of its language.', verbose_name='preferred')),
                ('valid_from', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if not known.', verbose_name='in use from')),
                ('valid_to', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if still in use.', verbose_name='in use until')),
                ('note', models.CharField(blank=True, help_text='Where the spelling comes from.', max_length=500, verbose_name='note')),
                ('uncertain', models.BooleanField(default=False, help_text='Tick when someone who knows the language should check it.', verbose_name='uncertain')),
                ('owner', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_rows', to='huunghi_partners.place')),
            ],
            options={
                'verbose_name': 'place name',
                'verbose_name_plural': 'place names',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='OfficialDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='A short name in small letters. It never changes.', max_length=80, unique=True, verbose_name='key')),
                ('number', models.CharField(blank=True, help_text='The number before the slash: 50.', max_length=20, verbose_name='number')),
                ('symbol', models.CharField(blank=True, help_text='After the slash: KH-UBND.', max_length=60, verbose_name='symbol')),
                ('type', models.CharField(choices=[('plan', 'Plan'), ('programme', 'Programme'), ('decision', 'Decision'), ('directive', 'Directive'), ('report', 'Report'), ('letter', 'Letter'), ('agreement', 'Agreement')], help_text='What sort of document it is.', max_length=16, verbose_name='type')),
                ('names', huunghi.partners.fields.NamesField(blank=True, default=dict, help_text='The title in each language.', validators=[huunghi.partners.fields.validate_names], verbose_name='title')),
                ('date', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy, as exactly as it is known.', verbose_name='date')),
                ('file', models.ForeignKey(blank=True, help_text='The scanned or digital document, if it may be shown.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=get_document_model_string(), verbose_name='file')),
                ('issuer', models.ForeignKey(blank=True, help_text='The body that signed it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issued_documents', to='huunghi_partners.organisation', verbose_name='issued by')),
                ('unit', models.ForeignKey(blank=True, help_text='The organisation that keeps this record.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.organisation', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'official document',
                'verbose_name_plural': 'official documents',
                'ordering': ['-date', 'key'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='EditorialUnit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('collection', models.OneToOneField(help_text='Images and documents of the unit.', on_delete=django.db.models.deletion.PROTECT, related_name='huunghi_unit', to='wagtailcore.collection', verbose_name='collection')),
                ('editors', models.OneToOneField(help_text='Members of this group edit the pages of the unit.', on_delete=django.db.models.deletion.PROTECT, related_name='huunghi_unit', to='auth.group', verbose_name='editors')),
                ('organisation', models.OneToOneField(help_text='The organisation that publishes.', on_delete=django.db.models.deletion.PROTECT, related_name='editorial_unit', to='huunghi_partners.organisation', verbose_name='organisation')),
            ],
            options={
                'verbose_name': 'editorial unit',
                'verbose_name_plural': 'editorial units',
            },
        ),
        migrations.CreateModel(
            name='OrganisationName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('language', models.CharField(default='vi', help_text='Language code: vi, km, en, lo, zh-hans.', max_length=12, verbose_name='language')),
                ('text', models.CharField(help_text='The name as it is written in this language.', max_length=255, verbose_name='name')),
                ('kind', models.CharField(choices=[('official', 'Official name'), ('exonym', 'Name in another language'), ('romanisation', 'Latin spelling'), ('former', 'Former name'), ('variant', 'Other spelling')], default='official', help_text='Search finds the record under every kind of name; pages show the preferred one.', max_length=16, verbose_name='kind')),
                ('preferred', models.BooleanField(default=False, help_text='Show this name to readers of its language.', verbose_name='preferred')),
                ('valid_from', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if not known.', verbose_name='in use from')),
                ('valid_to', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if still in use.', verbose_name='in use until')),
                ('note', models.CharField(blank=True, help_text='Where the spelling comes from.', max_length=500, verbose_name='note')),
                ('uncertain', models.BooleanField(default=False, help_text='Tick when someone who knows the language should check it.', verbose_name='uncertain')),
                ('owner', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_rows', to='huunghi_partners.organisation')),
            ],
            options={
                'verbose_name': 'organisation name',
                'verbose_name_plural': 'organisation names',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='ISO 3166 code (KH-8) or a short name. It never changes.', max_length=60, unique=True, verbose_name='code')),
                ('names', huunghi.partners.fields.NamesField(blank=True, default=dict, help_text='Only if it is not called like its place.', validators=[huunghi.partners.fields.validate_names], verbose_name='names')),
                ('contact', models.TextField(blank=True, help_text='For staff only: it is shown on no page and in no answer of the API.', verbose_name='contact')),
                ('active', models.BooleanField(default=True, help_text='Untick to close everything that is shared with the partner.', verbose_name='active')),
                ('counterpart', models.ForeignKey(blank=True, help_text='The organisation on the other side that we work with.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='huunghi_partners.organisation', verbose_name='counterpart')),
                ('emblem', models.ForeignKey(blank=True, help_text="Shown on the partner's page.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=get_image_model_string(), verbose_name='emblem')),
                ('readers', models.OneToOneField(blank=True, help_text='Members of this group read what is shared with the partner.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='huunghi_partner', to='auth.group', verbose_name='readers')),
                ('unit', models.ForeignKey(blank=True, help_text='The organisation that keeps this record.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.organisation', verbose_name='unit')),
                ('place', models.ForeignKey(blank=True, help_text="The province, country or group. Its names are the partner's names.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='huunghi_partners.place', verbose_name='place')),
            ],
            options={
                'verbose_name': 'partner',
                'verbose_name_plural': 'partners',
                'ordering': ['code'],
            },
            bases=(modelsearch.index.Indexed, models.Model),
        ),
        migrations.CreateModel(
            name='PartnerIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='huunghi_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('introduction', models.TextField(blank=True, help_text='One or two sentences above the list.', verbose_name='introduction')),
                ('unit', models.ForeignKey(blank=True, help_text='For a section: the organisation whose pages stand below.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.organisation', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'list of partners',
                'verbose_name_plural': 'lists of partners',
            },
            bases=(wagtail.contrib.routable_page.models.RoutablePageMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='DocumentRelation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('kind', models.CharField(choices=[('based-on', 'is based on'), ('implements', 'implements'), ('replaces', 'replaces'), ('embedded-in', 'is part of')], help_text='This document … the other one.', max_length=16, verbose_name='relation')),
                ('document', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='relations', to='huunghi_partners.officialdocument')),
                ('target', models.ForeignKey(help_text='The document it refers to.', on_delete=django.db.models.deletion.PROTECT, related_name='inverse_relations', to='huunghi_partners.officialdocument', verbose_name='other document')),
            ],
            options={
                'verbose_name': 'relation of documents',
                'verbose_name_plural': 'relations of documents',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnerPage',
            fields=[
                ('page_ptr', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='huunghi_%(class)s', serialize=False, to=settings.WAGTAIL_PAGE_MODEL)),
                ('visibility', models.CharField(choices=[('public', 'Everyone'), ('signed-in', 'Signed-in readers'), ('partners', 'Only partners it is shared with')], default='public', help_text='“Only partners” is read by nobody until the page is shared with a partner.', max_length=12, verbose_name='who may read it')),
                ('summary', models.TextField(blank=True, help_text='One or two sentences for lists and search.', verbose_name='summary')),
                ('body', models.TextField(blank=True, help_text='Plain paragraphs, separated by an empty line.', verbose_name='text')),
                ('partner', models.ForeignKey(help_text='The record of the partner; its names and agreements are shown from there.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='huunghi_partners.partner', verbose_name='partner')),
                ('unit', models.ForeignKey(help_text='The organisation that keeps this page. Needed to publish.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.organisation', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'partner page',
                'verbose_name_plural': 'partner pages',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.CreateModel(
            name='Partnership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='A short name in small letters. It never changes.', max_length=120, unique=True, verbose_name='key')),
                ('level', models.CharField(choices=[('national', 'National'), ('province', 'Province'), ('district', 'District'), ('organisation', 'Organisation')], default='province', help_text='Between whom the relation is kept.', max_length=16, verbose_name='level')),
                ('status', models.CharField(choices=[('contact', 'In contact'), ('agreed', 'Agreed'), ('active', 'Active'), ('dormant', 'Dormant'), ('ended', 'Ended')], default='contact', help_text='How things stand today; the history is kept below.', max_length=16, verbose_name='status')),
                ('fields', modelcluster.fields.ParentalManyToManyField(blank=True, help_text='What the relation is about.', related_name='+', to='huunghi_partners.cooperationfield', verbose_name='fields of cooperation')),
                ('organisation', models.ForeignKey(help_text='Who of us keeps the relation.', on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='huunghi_partners.organisation', verbose_name='our organisation')),
                ('other_organisation', models.ForeignKey(blank=True, help_text='Instead of a partner: a broadcaster or news agency, for example.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partnerships_as_other_side', to='huunghi_partners.organisation', verbose_name='organisation at home')),
                ('partner', models.ForeignKey(blank=True, help_text='The partner abroad.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='huunghi_partners.partner', verbose_name='partner')),
                ('unit', models.ForeignKey(blank=True, help_text='The organisation that keeps this record.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.organisation', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'partnership',
                'verbose_name_plural': 'partnerships',
                'ordering': ['key'],
                'constraints': [models.CheckConstraint(condition=models.Q(('partner__isnull', False), ('other_organisation__isnull', False), _connector='XOR'), name='huunghi_partnership_one_other_side')],
            },
        ),
        migrations.CreateModel(
            name='PartnershipStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('status', models.CharField(choices=[('contact', 'In contact'), ('agreed', 'Agreed'), ('active', 'Active'), ('dormant', 'Dormant'), ('ended', 'Ended')], help_text='The status that began then.', max_length=16, verbose_name='status')),
                ('since', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy.', verbose_name='since')),
                ('reason', models.CharField(blank=True, help_text='Why it changed.', max_length=500, verbose_name='reason')),
                ('partnership', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='status_history', to='huunghi_partners.partnership')),
            ],
            options={
                'verbose_name': 'status of a partnership',
                'verbose_name_plural': 'history of a partnership',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PartnerPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('caption', models.TextField(blank=True, help_text='Who and what can be seen, in one sentence.', verbose_name='caption')),
                ('alternative_text', models.CharField(blank=True, help_text='What the picture shows, without repeating the caption. Empty: the caption is read out.', max_length=255, verbose_name='text for readers who cannot see it')),
                ('credit', models.CharField(blank=True, help_text='Photographer or source.', max_length=160, verbose_name='credit')),
                ('people_visible', models.BooleanField(default=False, help_text='Then a note on their consent is needed.', verbose_name='people can be recognised')),
                ('consent_note', models.CharField(blank=True, help_text='Who agreed to publication, and when. For staff only.', max_length=255, verbose_name='consent')),
                ('withheld', models.BooleanField(default=False, help_text='Kept in the archive, shown to nobody but editors.', verbose_name='withheld')),
                ('image', models.ForeignKey(help_text='Location data of the camera is not needed and not shown.', on_delete=django.db.models.deletion.CASCADE, related_name='+', to=get_image_model_string(), verbose_name='picture')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('page', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='huunghi_partners.partnerpage')),
                ('place', models.ForeignKey(blank=True, help_text='Where it was taken.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.place', verbose_name='place')),
            ],
            options={
                'verbose_name': 'photo',
                'verbose_name_plural': 'photos',
                'ordering': ['sort_order'],
                'abstract': False,
                'unique_together': {('translation_key', 'locale')},
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('names', huunghi.partners.fields.NamesField(default=dict, help_text='The title in each language.', validators=[huunghi.partners.fields.validate_names], verbose_name='title')),
                ('signed_on', huunghi.partners.fields.PartialDateField(blank=True, help_text='dd/mm/yyyy, mm/yyyy or yyyy; empty if not signed.', verbose_name='signed on')),
                ('valid_until', huunghi.partners.fields.PartialDateField(blank=True, help_text='Empty if it has no end or the end is not known.', verbose_name='valid until')),
                ('file', models.ForeignKey(blank=True, help_text='The signed text, if it may be shown.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=get_document_model_string(), verbose_name='file')),
                ('fields', modelcluster.fields.ParentalManyToManyField(blank=True, help_text='What it covers.', related_name='+', to='huunghi_partners.cooperationfield', verbose_name='fields of cooperation')),
                ('official_document', models.ForeignKey(blank=True, help_text='The record of the signed text.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='huunghi_partners.officialdocument', verbose_name='official document')),
                ('partnership', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='huunghi_partners.partnership')),
                ('place', models.ForeignKey(blank=True, help_text='Where it was signed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='huunghi_partners.place', verbose_name='signed at')),
            ],
            options={
                'verbose_name': 'agreement',
                'verbose_name_plural': 'agreements',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
    ]
