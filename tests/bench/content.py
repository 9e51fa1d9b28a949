"""Event pages of any number in the database, with their translations and rows, put there many at a time.

They say what the generated search documents say (see `generated`), as an editor would have entered it: venues,
partners, organisers, figures, outcomes and people are rows. Signals are not sent, so nothing is filed for the indices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID, uuid5

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import Locale, Page

from huunghi.events.models import EventIndexPage, EventKind, EventPage, MeasureUnit
from huunghi.events.models.event_rows import EventAppearance, EventOrganiser, EventPartnerSide, Figure, Outcome, Venue
from huunghi.partners.models import CooperationField, Organisation, Partner, Person, Place
from huunghi.search.documents.document import SearchDocument
from tests.factories import index_page

from .generated import documents
from .pages import insert

BATCH = 500  # events
PEOPLE = 40
SPACE = UUID("6f1d4a52-3c3e-4a0b-9d55-0d9f6f1c2b7e")  # of the translation keys, which are the same in every run
ROWS = (Venue, EventPartnerSide, EventOrganiser, EventAppearance, Figure, Outcome)
PLACES, FIELDS = (getattr(EventPage, name).through for name in ("places", "fields"))


class Records:
    """What the pages point to."""

    def __init__(self) -> None:
        self.places = {place.key: place for place in Place.objects.all()}
        self.kinds = list(EventKind.objects.order_by("code"))
        self.fields = list(CooperationField.objects.order_by("code"))
        self.measures = list(MeasureUnit.objects.order_by("code"))
        self.organisations = list(Organisation.objects.order_by("key"))
        numbers = range(PEOPLE)
        Person.objects.bulk_create(
            (Person(key=f"person-{number}", name=f"Đại biểu {number}") for number in numbers), ignore_conflicts=True
        )
        self.people = list(Person.objects.filter(key__startswith="person-").order_by("key"))
        Partner.objects.bulk_create(
            (Partner(code=key, place=place) for key, place in self.places.items()), ignore_conflicts=True
        )
        self.partners = {partner.code: partner for partner in Partner.objects.all()}


def fill(count: int) -> int:
    """Bring an archive that `huunghi_setup` made to `count` events; returns the number of their pages."""
    records = Records()
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    parents = {code: index_page(EventIndexPage, code) for code in locales}
    made = {code: parent.numchild for code, parent in parents.items()}
    rest = islice(enumerate(documents(count)), EventPage.objects.values("translation_key").distinct().count(), None)
    while batch := list(islice(rest, BATCH)):
        pages = list(_pages(batch, locales, parents, made, records))
        with transaction.atomic():
            _insert(pages, records)
    for code, parent in parents.items():
        Page.objects.filter(pk=parent.pk).update(numchild=made[code])
    return sum(made.values())


def _pages(
    batch: Iterable[tuple[int, SearchDocument]],
    locales: dict[str, Locale],
    parents: dict[str, Page],
    made: dict[str, int],
    records: Records,
) -> Iterator[tuple[int, SearchDocument, str, EventPage]]:
    now = timezone.now()
    type_ = ContentType.objects.get_for_model(EventPage)
    for number, document in batch:
        for code, part in document.parts.items():
            if code not in locales:
                continue
            made[code] += 1
            parent, slug = parents[code], f"event-{number}"
            page = EventPage(
                path=Page._get_path(parent.path, parent.depth + 1, made[code]),
                depth=parent.depth + 1,
                translation_key=uuid5(SPACE, document.id),
                locale=locales[code],
                title=part.title[:255],
                draft_title=part.title[:255],
                slug=slug,
                url_path=f"{parent.url_path}{slug}/",
                content_type=type_,
                first_published_at=now,
                last_published_at=now,
                unit=records.organisations[number % len(records.organisations)],
                kind=records.kinds[number % len(records.kinds)],
                status="held",
                start_date=document.start,
                end_date=document.end,
                precision=document.precision,
                summary=part.summary,
                body=[("text", "".join(f"<p>{escape(line)}</p>" for line in part.body.split("\n")))],
            )
            yield number, document, code, page


def _insert(pages: list[tuple[int, SearchDocument, str, EventPage]], records: Records) -> None:
    insert(EventPage, [page for *_, page in pages])
    rows: dict[type, list[Any]] = defaultdict(list)
    for number, document, _, page in pages:
        for order, row in enumerate(_rows(number, document, page, records)):
            row.sort_order, row.locale_id, row.page = order, page.locale_id, page
            row.translation_key = uuid5(page.translation_key, f"{type(row).__name__}-{order}")
            rows[type(row)].append(row)
        places = [records.places[key] for key in dict.fromkeys(document.place_ids) if key in records.places]
        rows[PLACES] += [PLACES(eventpage_id=page.pk, place_id=place.pk) for place in places]
        fields = {records.fields[(number + step) % len(records.fields)] for step in range(number % 3)}
        rows[FIELDS] += [FIELDS(eventpage_id=page.pk, cooperationfield_id=field.pk) for field in fields]
    for model, some in rows.items():
        model._default_manager.bulk_create(some)


def _rows(number: int, document: SearchDocument, page: EventPage, records: Records) -> Iterator[Any]:
    """About nine rows of a page. Rows that nobody translated keep the texts of the source page, as in real archives."""
    keys = [key for key in document.place_ids if key in records.places]
    for key in keys[: 1 + number % 2]:
        yield Venue(place=records.places[key], name=f"Hội trường {number % 53}", attendance=10 + number % 400)
    for code in document.partner_ids:
        if code in records.partners:
            yield EventPartnerSide(partner=records.partners[code])
    bodies = records.organisations
    yield EventOrganiser(organisation=bodies[number % len(bodies)])
    yield EventOrganiser(organisation=bodies[(number * 7 + 3) % len(bodies)], role=EventOrganiser.Role.CO_ORGANISER)
    for step in range(number % 3):
        yield EventAppearance(
            person=records.people[(number + step) % len(records.people)], title_as_printed="Phó Giám đốc sở"
        )
    for step, quantity in enumerate(document.quantities.values()):
        unit = records.measures[(number + step) % len(records.measures)]
        yield Figure(quantity=Decimal(quantity), unit=unit, scope="đại biểu")
    sentences = page.summary or page.title
    yield Outcome(text=sentences)
