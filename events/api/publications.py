"""`/publications/`: books, leaflets, films and serials. They are records: everybody may read them."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
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
from huunghi.partners.access import readable_sources, reader_of
from huunghi.partners.api.schemas import Absolute, Names, OrganisationOut, organisation_out

from ..models import ArticlePage, Edition, Publication
from . import records, schemas

router = Router(tags=["publications"])

ORDER = "key"


class PublicationListParameters(CursorParameters):
    """Values of one name are alternatives; different names narrow each other."""

    # Any code: editions are in more languages than the archive's pages.
    language: list[Value] = Field([], description="Code of a language in which there is an edition: km.")
    kind: list[Literal["print", "web", "film", "disc"]] = Field([], description="Format of an edition.")
    organisation: list[Value] = Field([], description="Key of the issuer.")
    unit: list[Value] = Field([], description="Key of the editorial unit that keeps the record.")


class PublicationEdition(Schema):
    language: str
    format: str = Field(description="print, web, film or disc")
    issue: str
    year: int | None
    print_run: int | None = Field(description="Number of copies; null when it is not known.")
    url: str | None = Field(description="Address of the file; null when the archive has none.")
    size: int | None = Field(description="Bytes of the file.")


class PublicationOut(Schema):
    id: str = Field(description="Permanent.")
    type: Literal["publication"] = "publication"
    key: str
    names: Names = Field(description="The title in each language.")
    subject: Names = Field(description="What it is about, in a few words per language.")
    issuer: OrganisationOut | None
    serial: bool = Field(description="It appears regularly, in issues.")
    editions: list[PublicationEdition]


class PublicationDetail(PublicationOut):
    articles: list[schemas.Link] = Field(description="Articles that speak of it, newest first.")


class PublicationList(Schema):
    items: list[PublicationOut]
    next: str | None = Field(description="Give it as `cursor` for the items behind these; null at the end.")


def with_editions(publications: QuerySet) -> QuerySet:
    editions = Prefetch("editions", Edition.objects.select_related("file").order_by("sort_order", "pk"))
    return publications.select_related("issuer").prefetch_related(editions)


def publication_out(record: Publication, absolute: Absolute) -> dict[str, Any]:
    """The fields of `PublicationOut`."""
    return {
        "id": f"publication-{record.key}",
        "key": record.key,
        "names": record.names,
        "subject": record.subject,
        "issuer": organisation_out(record.issuer),
        "serial": record.is_serial,
        "editions": [
            PublicationEdition(
                language=edition.language,
                format=edition.format,
                issue=edition.issue,
                year=edition.year,
                print_run=edition.print_run,
                url=absolute(edition.file.url) if edition.file else None,
                size=edition.file.file_size if edition.file else None,
            )
            for edition in record.editions.all()
        ],
    }


def narrowed(publications: QuerySet, wanted: PublicationListParameters) -> QuerySet:
    if wanted.organisation:
        publications = publications.filter(issuer__key__in=wanted.organisation)
    if wanted.unit:
        publications = publications.filter(unit__key__in=wanted.unit)
    for lookup, values in (("language__in", wanted.language), ("format__in", wanted.kind)):
        if values:
            editions = Edition.objects.filter(**{lookup: values})
            publications = publications.filter(pk__in=editions.values("publication"))
    return publications


@router.get(
    "/",
    response={200: PublicationList, **problems(422)},
    operation_id="huunghi_list_publications",
    summary="Publications by key, with their editions",
)
def list_publications(request: HttpRequest, parameters: Query[PublicationListParameters]) -> Any:
    found = narrowed(with_editions(Publication.objects.order_by("key")), parameters)
    if position := decode_cursor(parameters.cursor, ORDER, text_value):
        found = found.filter(key__gt=position[0])
    publications = list(found[: parameters.limit + 1])
    shown = publications[: parameters.limit]
    return {
        "items": [publication_out(each, absolute_url(request)) for each in shown],
        "next": encode_cursor(ORDER, shown[-1].key) if len(publications) > len(shown) else None,
    }


@router.get(
    "/{key}/",
    response={200: PublicationDetail, **problems(404, 422)},
    operation_id="huunghi_get_publication",
    summary="One publication with its editions",
)
def get_publication(request: HttpRequest, key: str, parameters: Query[LanguageParameters]) -> Any:
    known = not UNSTORABLE.search(key)
    record = with_editions(Publication.objects.filter(key=key)).first() if known else None
    if record is None:
        raise Http404("No such record.")
    reader, absolute = reader_of(request), absolute_url(request)
    articles = readable_sources(ArticlePage, reader).filter(records.having(ArticlePage, publications=record))
    newest = records.ordered(articles, "published_on", "-date")[: records.EDITIONS]
    return {
        **publication_out(record, absolute),
        "articles": records.links_to(newest, parameters.lang, reader, absolute),
    }
