"""Reads event pages with everything that an answer shows, in a number of queries that does not depend on how many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from huunghi.conf import source_language
from huunghi.partners.access import Reader, readable_pages, readable_sources
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute
from huunghi.partners.withholding import present_whole

from .. import models
from ..confirming.statement import statements
from ..querysets import in_language, readable_events
from . import presenting, schemas
from .filters import with_updated
from .related import related_events
from .untranslated import original_among

PARTNER_COUNTRY = f"partner__{shared.COUNTRY}"


def joined(row: type[Any], *paths: str) -> QuerySet:
    """The rows with the records they name in the same query."""
    return row.objects.select_related(*paths)


def card_relations() -> list[Any]:
    return [
        Prefetch("partner_sides", joined(models.EventPartnerSide, PARTNER_COUNTRY)),
        Prefetch("venues", joined(models.Venue, "place", "host")),
        "places",
    ]


def detail_relations() -> list[Any]:
    return [
        *card_relations(),
        Prefetch("organisers", joined(models.EventOrganiser, "organisation")),
        Prefetch("appearances", joined(models.EventAppearance, "person", "organisation", PARTNER_COUNTRY)),
        Prefetch("figures", joined(models.Figure, "unit", "source")),
        "agenda",
        Prefetch("outcomes", joined(models.Outcome, "responsible")),
        Prefetch("documents", joined(models.EventDocument, "official_document__issuer", "file")),
        Prefetch("photos", joined(models.EventPhoto, "image", "place")),
        "fields",
        "audiences",
        "status_history",
    ]


def cards(sources: list[models.EventPage], language: str, reader: Reader, absolute: Absolute) -> list[dict[str, Any]]:
    """The cards of source pages in the reader's language, in their order."""
    return [presenting.event_card(page, language, absolute) for page in translated_pages(sources, language, reader)]


def translated_pages(sources: Iterable[models.EventPage], language: str, reader: Reader) -> list[models.EventPage]:
    """The pages of source pages in the reader's language, with what cards and calendars show."""
    sources = list(sources)
    # Read here and not afterwards: what was not read by then is left out for a reader from whom anything is withheld.
    pages = in_language(sources, language, reader, *card_relations())
    for source, page in zip(sources, pages, strict=True):
        page.kind = source.kind  # the same in every language, and already here
        page.updated = source.updated
    return pages


def detail(event_id: UUID, language: str, reader: Reader, absolute: Absolute) -> schemas.EventDetail | None:
    """One event with all that the reader may read of it; None when that is nothing."""
    readable = readable_pages(models.EventPage.objects.filter(translation_key=event_id), reader)
    pages = list(readable.select_related("locale", "kind", "exchange").order_by("pk"))
    source = source_among(pages, reader)
    if source is None:
        return None
    page = shared.nearest(pages, language)
    page.updated = max((each.last_published_at for each in pages if each.last_published_at), default=None)
    original = original_among(pages)
    prefetch_related_objects([page, *([original] if original not in (None, page) else [])], *detail_relations())
    present_whole(page, reader)
    page.statements = statements(page, reader)
    beside_it = series(source, page, language, reader, absolute)
    return presenting.event_detail(page, pages, beside_it, language, reader, absolute)


def source_among(pages: list[models.EventPage], reader: Reader) -> models.EventPage | None:
    """Of the pages of a record that the reader may read the one that stands for it in lists: `readable_sources`."""
    source = next((page for page in pages if page.locale.language_code == source_language()), None)
    if source is not None or not pages:
        return source
    # There may be an original that is hidden, with which the whole record is; or none at all.
    records = readable_sources(type(pages[0]), reader).filter(translation_key=pages[0].translation_key)
    numbers = set(records.values_list("pk", flat=True))
    return next((page for page in pages if page.pk in numbers), None)


def series(
    source: models.EventPage, page: models.EventPage, language: str, reader: Reader, absolute: Absolute
) -> dict[str, Any]:
    """The exchange of an event, the editions before and after it, and what is related; all that the reader may read.

    `page` is the event as the reader gets it.
    """
    exchange, neighbours = exchange_and_editions(source, language, reader)
    related = related_events(page, reader)
    links = links_in_language([*filter(None, neighbours), *related], language, reader, absolute)
    previous, following = (links.pop(0) if neighbour else None for neighbour in neighbours)
    return {
        "exchange": presenting.link(exchange, absolute) if exchange else None,
        "previous": previous,
        "next": following,
        "related": links,
    }


def links_in_language(
    sources: list[models.EventPage], language: str, reader: Reader, absolute: Absolute
) -> list[schemas.Edition]:
    """Links to events in the nearest language, in their order; one query."""
    return [presenting.edition(page, absolute) for page in in_language(sources, language, reader)]


def exchange_and_editions(
    source: models.EventPage, language: str, reader: Reader
) -> tuple[models.ExchangePage | None, tuple[models.EventPage | None, models.EventPage | None]]:
    """The exchange of an event and the source pages of its neighbours in it; nothing of an exchange that is hidden."""
    if source.exchange is None:
        return None, (None, None)
    key = source.exchange.translation_key
    exchanges = readable_sources(models.ExchangePage, reader).filter(translation_key=key)
    exchange = next(iter(in_language(exchanges, language, reader)), None)
    if exchange is None:
        return None, (None, None)
    editions = list(readable_events(reader).filter(exchange__translation_key=key))
    return exchange, beside(source, editions)


def beside(source: models.EventPage, editions: list[models.EventPage]) -> tuple[Any, Any]:
    """The editions before and after one of them: by day, and where no day is known by number."""

    def place_in_time(page: models.EventPage) -> tuple[bool, Any, int, int]:
        return page.start_date is None, page.start_date or 0, page.edition or 0, page.pk

    ordered = sorted(editions, key=place_in_time)
    position = next((index for index, page in enumerate(ordered) if page.pk == source.pk), None)
    if position is None:
        return None, None
    before = ordered[position - 1] if position else None
    after = ordered[position + 1] if position + 1 < len(ordered) else None
    return before, after


def list_sources(reader: Reader) -> QuerySet:
    """All events that the reader may read, with what ordering and the card's `updated` need."""
    return with_updated(readable_events(reader), reader)
