"""`/archive/`: the search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import override
from ninja import Query, Router

from huunghi.http import ParameterProblem, absolute_url, problems

from ..answers import BadCursorError
from ..service import search_archive, suggest
from . import filters, schemas

router = Router(tags=["archive"])


@router.get(
    "/",
    response={200: schemas.ArchiveResult, **problems(422)},
    operation_id="huunghi_search_archive",
    summary="Search everything that anybody may read",
)
def search(request: HttpRequest, parameters: Query[filters.ArchiveParameters]) -> Any:
    try:
        with override(parameters.lang):
            answer = search_archive(
                parameters.q,
                parameters.lang,
                filters.engine_filters(parameters),
                facets=filters.wanted_facets(parameters.facets),
                order=parameters.order,
                limit=parameters.limit,
                cursor=parameters.cursor,
            )
    except BadCursorError as error:
        raise ParameterProblem({"cursor": str(error)}) from error
    return schemas.archive_result(answer, absolute_url(request))


@router.get(
    "/suggest/",
    response={200: schemas.Suggestions, **problems(422)},
    operation_id="huunghi_suggest",
    summary="What a reader may be about to type",
)
def list_suggestions(request: HttpRequest, parameters: Query[filters.SuggestParameters]) -> Any:
    return schemas.suggestions(suggest(parameters.q, parameters.lang), parameters.lang, absolute_url(request))
