"""`/partners/`: the partners that have a public page."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from huunghi.http import (
    UNSTORABLE,
    CursorParameters,
    LanguageParameters,
    Value,
    absolute_url,
    decode_cursor,
    encode_cursor,
    problems,
    text_value,
)

from ..access import Reader, readable_pages, readable_sources, reader_of
from ..models import Partner, PartnerPage
from ..withholding import present
from . import schemas

router = Router(tags=["partners"])

ORDER = "code"
PARTNER_RELATIONS = (
    "counterpart",
    "partnerships__organisation",
    "partnerships__fields",
    "partnerships__agreements__place",
    "partnerships__agreements__official_document",
    "partnerships__status_history",
)


class PartnerListParameters(CursorParameters):
    country: list[Value] = Field([], description="Key of a country or group, ISO 3166: KH.")


@router.get(
    "/",
    response={200: schemas.PartnerList, **problems(422)},
    operation_id="huunghi_list_partners",
    summary="Partners by code",
)
def list_partners(request: HttpRequest, parameters: Query[PartnerListParameters]) -> Any:
    reader = reader_of(request)
    pages = readable_partner_pages(reader)
    partners = with_country(partners_with_page(reader), parameters.country).order_by("code")
    if position := decode_cursor(parameters.cursor, ORDER, text_value):
        partners = partners.filter(code__gt=position[0])
    partners = list(partners[: parameters.limit + 1])
    shown = partners[: parameters.limit]
    by_partner = pages_by_partner(pages, shown)
    return {
        "items": [
            schemas.partner_card(
                partner,
                schemas.nearest(by_partner[partner.pk], parameters.lang),
                parameters.lang,
                absolute_url(request),
            )
            for partner in shown
        ],
        "next": encode_cursor(ORDER, shown[-1].code) if len(partners) > len(shown) else None,
    }


@router.get(
    "/{code}/",
    response={200: schemas.PartnerDetail, **problems(404, 422)},
    operation_id="huunghi_get_partner",
    summary="One partner with its agreements, by its code or the last part of its page's address",
)
def get_partner(request: HttpRequest, code: str, parameters: Query[LanguageParameters]) -> Any:
    if UNSTORABLE.search(code):
        raise Http404("No such partner.")
    reader = reader_of(request)
    partner = partner_called(code, reader)
    if partner is None:
        raise Http404("No such partner.")
    prefetch_related_objects([partner], *PARTNER_RELATIONS)
    pages = readable_partner_pages(reader).filter(partner=partner)
    texts = list(pages.prefetch_related("photos__image", "photos__place"))
    present(texts, reader)
    return schemas.partner_detail(partner, texts, parameters.lang, absolute_url(request))


def partner_called(name: str, reader: Reader) -> Partner | None:
    """The partner with that code, else the one whose page has that slug in some language; one query."""
    slugs = readable_partner_pages(reader).filter(slug=name)
    found = partners_with_page(reader).filter(Q(code=name) | Q(pk__in=slugs.values("partner"))).order_by("code")
    return min(found, key=lambda partner: partner.code != name, default=None)


def readable_partner_pages(reader: Reader) -> QuerySet:
    return readable_pages(PartnerPage.objects.all(), reader).select_related("locale")


def partners_with_page(reader: Reader) -> QuerySet:
    """The partners that have a page which the reader may read. A record alone is not public."""
    sources = readable_sources(PartnerPage, reader)
    return Partner.objects.filter(pk__in=sources.values("partner")).select_related(schemas.COUNTRY)


def with_country(partners: QuerySet, keys: list[str]) -> QuerySet:
    if not keys:
        return partners
    condition = Q()
    for path in ("place", "place__parent", "place__parent__parent"):
        condition |= Q(**{f"{path}__key__in": keys})
    return partners.filter(condition)


def pages_by_partner(pages: QuerySet, partners: list[Partner]) -> dict[int, list[PartnerPage]]:
    by_partner = defaultdict(list)
    for page in pages.filter(partner__in=partners):
        by_partner[page.partner_id].append(page)
    return by_partner
