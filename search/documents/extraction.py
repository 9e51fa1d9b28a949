"""Search documents made from the present state of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.utils.html import strip_tags
from wagtail.models import Page

from huunghi.conf import content_languages
from huunghi.events.models import (
    ArticlePage,
    EventPage,
    ExchangePage,
    PlanPage,
    Publication,
    ReportPage,
)
from huunghi.events.periods import Precision
from huunghi.partners.access import live_pages
from huunghi.partners.audiences import Coverage, audiences_by_page, coverages_by_page
from huunghi.partners.fields import first_day, last_day
from huunghi.partners.models import Partner, PartnerPage, Place
from huunghi.partners.withholding import withhold

from ..attachments.files import attached_text, edition_files, shown_files
from .document import LanguagePart, SearchDocument
from .rows import read_rows

PAGE_TYPES: dict[str, type[Page]] = {
    "event": EventPage,
    "exchange": ExchangePage,
    "partner": PartnerPage,
    "article": ArticlePage,
    "plan": PlanPage,
    "report": ReportPage,
}
TYPES = (*PAGE_TYPES, "publication")
CHUNK = 200
VENUES = "venue"  # unit of measure of the number of venues that was announced
APART = "~"  # between a record's key and the partner for whom the document was made

RELATIONS: dict[str, tuple[str, ...]] = {
    "event": (
        "kind", "exchange", "places__parent__parent", "venues__place__parent__parent", "venues__host",
        "partner_sides__partner__place__parent__parent", "organisers__organisation", "appearances__person",
        "appearances__organisation", "figures__unit", "agenda", "outcomes",
        "documents__file", "documents__official_document__file", "photos", "fields",
    ),
    "exchange": ("partner_sides__partner__place__parent__parent", "organisers__organisation", "photos", "fields"),
    "partner": ("partner__place__parent__parent", "partner__counterpart", "photos"),
    "article": (
        "partners__place__parent__parent", "places__parent__parent", "appearances__person",
        "appearances__organisation", "documents__file", "documents__official_document__file", "photos", "fields",
    ),
    "plan": ("items__partner__place__parent__parent", "items__lead", "official_document__file"),
    "report": ("figures__unit", "figures__organisation", "official_document__file"),
}  # fmt: skip


def type_of(page: Page) -> str | None:
    """The search type of a specific page; None for pages that are not searched."""
    return next((name for name, model in PAGE_TYPES.items() if isinstance(page, model)), None)


def all_keys(type_: str) -> Iterator[str]:
    """The keys of all records of one type, in a stable order, read in pieces by key."""
    if type_ == "publication":
        yield from Publication.objects.order_by("pk").values_list("key", flat=True).iterator()
        return
    keys = PAGE_TYPES[type_].objects.order_by("translation_key").values_list("translation_key", flat=True)
    for key in keys.distinct().iterator(chunk_size=2000):
        yield str(key)


def documents(type_: str, keys: Iterable[str]) -> Iterator[SearchDocument]:
    """The documents of those keys that anybody may read now; others are left out. Memory stays flat."""
    keys = iter(keys)
    while chunk := list(islice(keys, CHUNK)):
        yield from _publications(chunk) if type_ == "publication" else _pages(type_, chunk)


def all_documents() -> Iterator[SearchDocument]:
    for type_ in TYPES:
        yield from documents(type_, all_keys(type_))


def count_all() -> int:
    """How many records `all_documents` looks at; some of them may be hidden."""
    pages = sum(model.objects.values("translation_key").distinct().count() for model in PAGE_TYPES.values())
    return pages + Publication.objects.count()


def _pages(type_: str, keys: list[str]) -> Iterator[SearchDocument]:
    pages = _read_pages(type_, keys)
    audiences = audiences_by_page(pages)
    coverages = coverages_by_page(pages)
    versions: dict[str, dict[str, Any]] = {key: {} for key in keys}
    for page in pages:
        apart = partners_that_get_less(coverages[page.pk])
        audiences[page.pk] += [each.token for each in coverages[page.pk] if each.partner not in apart]
        if audiences[page.pk]:
            versions[str(page.translation_key)][page.locale.language_code] = page
    for key, languages in versions.items():
        if languages:
            yield _document(type_, key, languages, audiences)
    yield from _pages_with_less(type_, pages, coverages)


def _read_pages(type_: str, keys: Iterable[str], whole: bool = True) -> list[Any]:
    """Live pages with all that they show. `whole`: nothing will be withheld of them."""
    pages = live_pages(PAGE_TYPES[type_].objects.filter(translation_key__in=list(keys)))
    if not whole:
        return list(pages.select_related("locale", "unit").prefetch_related(*RELATIONS[type_]))
    found = list(pages)
    read_rows(found, ["locale", "unit", *RELATIONS[type_]])
    return found


def rows_of(page: Any, name: str) -> Iterable[Any]:
    """The rows of a relation; none when pages of this type have no such rows."""
    if not hasattr(type(page), name):  # asking the page itself would make a manager
        return ()
    read = page.__dict__.get(f"read_{name}")
    return getattr(page, name).all() if read is None else read


def partners_that_get_less(coverages: Iterable[Coverage]) -> set[int]:
    """The partners from whom a page withholds something: they have a document of their own."""
    return {each.partner for each in coverages if each.withholds}


def _pages_with_less(type_: str, pages: list[Any], coverages: dict[int, list[Coverage]]) -> Iterator[SearchDocument]:
    """A document per record and partner that gets less of it, with the rest only; its id ends with the partner."""
    wanted = {
        (str(page.translation_key), partner) for page in pages for partner in partners_that_get_less(coverages[page.pk])
    }
    for key, partner in sorted(wanted):
        versions, audiences = {}, {}
        for page in _read_pages(type_, [key], whole=False):
            mine = [each for each in coverages.get(page.pk, []) if each.partner == partner]
            if mine:
                withhold(page, mine[0].withheld_rows, mine[0].withheld_images)
                versions[page.locale.language_code] = page
                audiences[page.pk] = [each.token for each in mine]
        if versions:
            document = _document(type_, key, versions, audiences)
            document.id = f"{key}{APART}{partner}"
            yield document


def _document(type_: str, key: str, languages: dict[str, Any], audiences: dict[int, list[str]]) -> SearchDocument:
    ordered = [code for code in content_languages() if code in languages]
    facts = languages[(ordered or list(languages))[0]]  # the source page where it is live: facts are the same in all
    document = SearchDocument(
        id=key,
        type=type_,
        parts={
            code: LanguagePart(
                title=page.title,
                summary=page.summary,
                body=body_text(page, code),
                people=people_text(page),
                documents=attached_text(shown_files(facts)) if page is facts else "",
                audiences=audiences[page.pk],
                expiry=page.expire_at,
            )
            for code, page in languages.items()
        },
        fields=[field.code for field in rows_of(facts, "fields")],
        unit=facts.unit.key if facts.unit else "",
        has_media=any(not photo.withheld for photo in rows_of(facts, "photos")),
    )
    FACTS[type_](document, facts)
    document.country_ids = list(dict.fromkeys(document.country_ids))
    document.place_ids = list(dict.fromkeys(document.place_ids))
    return document


def _add_partners(document: SearchDocument, partners: Iterable[Partner]) -> None:
    for partner in partners:
        document.partner_ids.append(partner.code)
        document.country_ids.append(partner.country_key)


def _add_places(document: SearchDocument, places: Iterable[Place | None]) -> None:
    for place in filter(None, places):
        document.place_ids.append(place.key)
        if place.latitude is not None and place.longitude is not None:
            document.geo.append((float(place.latitude), float(place.longitude)))


def _event_facts(document: SearchDocument, page: EventPage) -> None:
    document.kind = page.kind.code if page.kind else ""
    document.status = page.status
    document.exchange = str(page.exchange.translation_key) if page.exchange else ""
    document.start, document.end, document.precision = page.start_date, page.end_date, page.precision
    _add_partners(document, (side.partner for side in rows_of(page, "partner_sides")))
    _add_places(document, (*rows_of(page, "places"), *(venue.place for venue in rows_of(page, "venues"))))
    bodies = [row.organisation for row in rows_of(page, "organisers")] + [
        venue.host for venue in rows_of(page, "venues")
    ]
    document.organisation_ids = [f"org:{body.key}" for body in dict.fromkeys(filter(None, bodies))]
    figures = [(figure.unit.code, float(figure.quantity)) for figure in rows_of(page, "figures")]
    if page.stated_venues:
        figures.append((VENUES, float(page.stated_venues)))
    for unit, quantity in figures:
        document.quantities[unit] = max(document.quantities.get(unit, quantity), quantity)


def _exchange_facts(document: SearchDocument, page: ExchangePage) -> None:
    document.kind = page.form
    _set_period(document, page.since, page.since)
    _add_partners(document, (side.partner for side in rows_of(page, "partner_sides")))


def _partner_facts(document: SearchDocument, page: PartnerPage) -> None:
    _add_partners(document, filter(None, [page.partner]))
    _add_places(document, [page.partner.place if page.partner else None])


def _article_facts(document: SearchDocument, page: ArticlePage) -> None:
    document.kind = page.genre
    _set_period(document, page.published_on, page.published_on)
    _add_partners(document, rows_of(page, "partners"))
    _add_places(document, rows_of(page, "places"))


def _period_facts(document: SearchDocument, page: PlanPage | ReportPage) -> None:
    _set_period(document, page.period_from, page.period_to or page.period_from)
    if isinstance(page, PlanPage):
        _add_partners(document, filter(None, (item.partner for item in rows_of(page, "items"))))


FACTS = {
    "event": _event_facts,
    "exchange": _exchange_facts,
    "partner": _partner_facts,
    "article": _article_facts,
    "plan": _period_facts,
    "report": _period_facts,
}


def _set_period(document: SearchDocument, start: str, end: str) -> None:
    if start:
        document.start, document.end = first_day(start), last_day(end)
        document.precision = {4: Precision.YEAR, 7: Precision.MONTH}.get(len(start), Precision.DAY)


def _publications(keys: list[str]) -> Iterator[SearchDocument]:
    for publication in (
        Publication.objects.filter(key__in=keys).select_related("issuer").prefetch_related("editions__file")
    ):
        years = [edition.year for edition in publication.editions.all() if edition.year]
        document = SearchDocument(
            id=f"publication-{publication.key}",
            type="publication",
            parts={
                code: LanguagePart(
                    title=name,
                    summary=publication.subject.get(code, ""),
                    body=publication.issuer.name_in(code) if publication.issuer else "",
                    documents=attached_text(edition_files(publication, code)),
                )
                for code, name in publication.names.items()
                if name
            },
        )
        if years:
            _set_period(document, str(min(years)), str(max(years)))
        yield document


def people_text(page: Any) -> str:
    """ "Nguyễn Văn A, Phó Giám đốc" for everyone who appears, one to a line."""
    rows = rows_of(page, "appearances")
    return "\n".join(
        ", ".join(filter(None, [row.person.name, row.person.own_script_name, row.title_as_printed, row.topic]))
        for row in rows
    )


def body_text(page: Any, language: str) -> str:
    """The text of the page and of its rows in one language, without markup."""
    parts = [stream_text(page.body)]
    for rows, describe in ROW_TEXTS.items():
        parts += [describe(row, language) for row in rows_of(page, rows)]
    return "\n".join(filter(None, parts))


def stream_text(body: Any) -> str:
    """Plain text of a StreamField or of a plain text column."""
    if isinstance(body, str):
        return body
    # A space where a tag stood, so that the words of two paragraphs do not become one.
    texts = (str(text).replace("<", " <") for block in body for text in block.block.get_searchable_content(block.value))
    return "\n".join(" ".join(strip_tags(text).split()) for text in texts)


def _names(language: str, *values: Any) -> str:
    return ", ".join(value if isinstance(value, str) else value.name_in(language) for value in values if value)


def _document_row(row: Any, language: str) -> str:
    document = row.official_document
    return " ".join(filter(None, [row.title, document.full_number if document else "", _names(language, document)]))


ROW_TEXTS = {
    "venues": lambda row, code: _names(code, row.name, row.place, row.host, row.host_name, row.chair),
    "partner_sides": lambda row, code: _names(code, row.partner),
    "organisers": lambda row, code: _names(code, row.organisation, row.name),
    "figures": lambda row, code: " ".join(
        filter(None, [getattr(row, "label", ""), f"{row.quantity:f}".rstrip("0").rstrip("."), row.scope, row.note])
    ),
    "agenda": lambda row, code: _names(code, row.text, row.speaker),
    "outcomes": lambda row, code: _names(code, row.text, row.responsible_name),
    "items": lambda row, code: _names(code, row.content, row.lead),
    "documents": _document_row,
    "photos": lambda row, code: "" if row.withheld else row.caption,
}
