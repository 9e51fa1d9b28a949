"""`/articles/`: the texts around the events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from huunghi.http import LanguageParameters, Value, absolute_url, problems
from huunghi.partners.access import reader_of
from huunghi.partners.api import schemas as shared
from huunghi.partners.api.schemas import Absolute, DocumentOut, PartnerOut, Photo, PlaceOut, Term
from huunghi.partners.models import Partner

from ..models import ArticleAppearance, ArticleDocument, ArticlePage, ArticlePhoto, Publication
from ..querysets import in_country, readable_events
from . import presenting, records
from .fetching import PARTNER_COUNTRY, joined
from .publications import PublicationOut, publication_out, with_editions
from .schemas import AppearanceOut, Edition

router = Router(tags=["articles"])

Genre = Literal["news", "feature", "reportage", "guidance", "press-release", "statement"]


class ArticleListParameters(records.DatedListParameters):
    partner: list[Value] = Field([], description="Code of a partner that it speaks of: KH-8.")
    country: list[Value] = Field([], description="Key of such a partner's country or group: KH.")
    kind: list[Genre] = Field([], description="Genre.")
    field: list[Value] = Field([], description="Code of a field of cooperation.")
    place: list[Value] = Field([], description="Key of a place that it speaks of: VN-44.")
    event: list[UUID] = Field([], description="Id of an event that it reports on.")


class ArticleCard(records.RecordCard):
    type: Literal["article"] = "article"
    genre: str
    byline: str
    published_on: str | None = Field(description="ISO 8601, cut to the precision; null when it is not known.")
    published_time: str | None = Field(description="Hour and minute, 08:30; null when they are not known.")
    outlet: str = Field(description="Where it appeared first.")
    address: str = Field(description="The first publication on the web; empty without one.")
    partners: list[PartnerOut]
    places: list[PlaceOut]


class ArticleDetail(ArticleCard, records.RecordDetail):
    fields: list[Term]
    appearances: list[AppearanceOut]
    documents: list[DocumentOut]
    photos: list[Photo]
    events: list[Edition] = Field(description="The events that it reports on, newest first.")
    publications: list[PublicationOut] = Field(description="Publications that it speaks of.")


class ArticleList(Schema):
    items: list[ArticleCard]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


def card_relations() -> list[Any]:
    return [Prefetch("partners", Partner.objects.select_related(shared.COUNTRY)), "places"]


def detail_relations() -> list[Any]:
    return [
        *card_relations(),
        Prefetch("appearances", joined(ArticleAppearance, "person", "organisation", PARTNER_COUNTRY)),
        Prefetch("documents", joined(ArticleDocument, "official_document__issuer", "file")),
        Prefetch("photos", joined(ArticlePhoto, "image", "place")),
        Prefetch("publications", with_editions(Publication.objects.all())),
        "fields",
    ]


def article_card(page: ArticlePage, language: str, absolute: Absolute) -> dict[str, Any]:
    """The fields of `ArticleCard`."""
    return {
        **records.record_card(page, language, absolute),
        "genre": page.genre,
        "byline": page.byline,
        "published_on": page.published_on or None,
        "published_time": f"{page.published_time:%H:%M}" if page.published_time else None,
        "outlet": page.outlet,
        "address": page.address,
        "partners": [shared.partner_out(partner) for partner in page.partners.all()],
        "places": shared.places_out(page.places.all()),
    }


SHELF = records.Shelf(ArticlePage, "published_on", "published_on", article_card, card_relations)


def conditions(wanted: ArticleListParameters) -> Iterator[Q]:
    if wanted.kind:
        yield Q(genre__in=wanted.kind)
    if wanted.country:
        yield Q(pk__in=ArticlePage.objects.filter(in_country(wanted.country, "partners__place")).values("pk"))
    lookups = {
        "partners__code__in": wanted.partner,
        "fields__code__in": wanted.field,
        "places__key__in": wanted.place,
        "events__translation_key__in": wanted.event,
    }
    for lookup, values in lookups.items():
        if values:
            yield records.having(ArticlePage, **{lookup: values})


@router.get(
    "/",
    response={200: ArticleList, **problems(422)},
    operation_id="huunghi_list_articles",
    summary="Articles, newest first",
)
def list_articles(request: HttpRequest, parameters: Query[ArticleListParameters]) -> Any:
    return records.listed(SHELF, parameters, conditions(parameters), request)


@router.get(
    "/{uuid:article_id}/",
    response={200: ArticleDetail, **problems(404, 422)},
    operation_id="huunghi_get_article",
    summary="One article with its text",
)
def get_article(request: HttpRequest, article_id: UUID, parameters: Query[LanguageParameters]) -> Any:
    reader, absolute, language = reader_of(request), absolute_url(request), parameters.lang
    page, pages = records.one(ArticlePage, article_id, language, reader, detail_relations())
    events = readable_events(reader).filter(translation_key__in=page.events.values("translation_key"))
    return {
        **article_card(page, language, absolute),
        **records.record_detail(page, pages, reader, absolute),
        "fields": [shared.term(field) for field in page.fields.all()],
        "appearances": [presenting.appearance_out(row) for row in page.appearances.all()],
        "documents": [shared.document_out(row, page.locale.language_code, absolute) for row in page.documents.all()],
        "photos": shared.photos_out(page.photos.all(), absolute),
        "events": records.editions_in(events, language, reader, absolute),
        "publications": [publication_out(each, absolute) for each in page.publications.all()],
    }
