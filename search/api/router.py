"""`/archive/`: the search."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from ninja import Query, Router

from huunghi.http import ParameterProblem, TemporaryProblem, absolute_url, problems
from huunghi.partners.access import ANONYMOUS, reader_of

from ..answers import ArchiveUnavailableError, BadCursorError, StoredFacts, retry_after
from ..cards import reading
from ..cards.hits import with_stored_facts
from ..cards.kept import kept_answers, question_of
from ..service import search_archive, suggest, suggest_names
from . import filters, schemas
from .rendering import archive_content

router = Router(tags=["archive"])


@router.get(
    "/",
    response={200: schemas.ArchiveResult, **problems(422, 503)},
    operation_id="huunghi_search_archive",
    summary="Search everything that the reader may read",
)
def search(request: HttpRequest, parameters: Query[filters.ArchiveParameters]) -> Any:
    reader = reader_of(request)
    site = f"{request.scheme}://{request.get_host()}"
    state = reading.state() if reader == ANONYMOUS else None
    try:
        with override(parameters.lang):
            answer = search_archive(
                parameters.q,
                parameters.lang,
                filters.engine_filters(parameters, reader),
                facets=filters.wanted_facets(parameters.facets),
                timeline_year=parameters.timeline_year,
                order=parameters.order,
                limit=parameters.limit,
                cursor=parameters.cursor,
                reader=reader,
                show=partial(with_stored_facts, state=state),
            )
    except BadCursorError as error:
        raise ParameterProblem({"cursor": str(error)}) from error
    if answer.engine == "none":
        raise unavailable(answer.preparing, begun=bool(parameters.cursor))
    content = archive_content(answer, absolute_url(request))
    if not answer.degraded and all(isinstance(item.page, StoredFacts) for item in answer.items):
        question = question_of(request.path_info, request.META.get("QUERY_STRING", ""))
        kept_answers.keep_found(question, state, ((item.id, item.language) for item in answer.items), content)
    return _answer(content, site)


def _answer(content: bytes, site: str) -> HttpResponse:
    return HttpResponse(reading.with_addresses(content, site), content_type="application/json; charset=utf-8")


@router.get(
    "/suggest/",
    response={200: schemas.Suggestions, **problems(422, 503)},
    operation_id="huunghi_suggest",
    summary="What a reader may be about to type",
)
def list_suggestions(request: HttpRequest, parameters: Query[filters.SuggestParameters]) -> Any:
    reader = reader_of(request)
    try:
        records = suggest(parameters.q, parameters.lang, reader=reader)
        names = suggest_names(parameters.q, reader=reader)
    except ArchiveUnavailableError as error:
        raise unavailable(error.preparing) from error
    with override(parameters.lang):
        return schemas.suggestions(records, names, parameters.lang, absolute_url(request))


def unavailable(preparing: bool, begun: bool = False) -> TemporaryProblem:
    """No answer is not an empty answer: a program must not take it for "no events". `begun`: pages were read before."""
    reason = "The search index is not ready yet." if preparing else "The archive cannot be searched for the moment."
    advice = " Another index may answer a search that begins again without `cursor`." if begun else ""
    return TemporaryProblem(reason + advice, retry_after(preparing))
