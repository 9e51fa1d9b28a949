"""Asking the archive: one function for the public pages and one for the API, whichever engine answers."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from huunghi.events.models import Publication
from huunghi.partners.access import public_pages

from . import planner
from .answers import ArchiveAnswer, BadCursorError, FacetValue, FoundRecord
from .engines import embedded_engine, main_engine
from .engines.base import FACETS, EngineError, Filters, Hit, SearchRequest, SearchResult
from .extraction import PAGE_TYPES
from .knowledge import current_gazetteer, current_glossary
from .labels import facet_label
from .plan import Plan, WordClause

logger = logging.getLogger("huunghi.search")

DEFAULT_FACETS = ("type", "partner", "country", "kind", "field", "year", "language")
FEW_HITS = 3  # below this another spelling is proposed


def search_archive(
    query: str,
    language: str,
    filters: Filters | None = None,
    *,
    facets: tuple[str, ...] = DEFAULT_FACETS,
    order: str = "relevance",
    limit: int = 20,
    cursor: str = "",
) -> ArchiveAnswer:
    """Search what anybody may read. Never raises for a query, whatever it holds; BadCursorError for a bad cursor.

    An empty query lists all records under the filters, newest first.
    """
    filters = filters or Filters()
    plan = make_plan(query, language)
    if plan.empty and order == "relevance":
        order = "-date"
    request = SearchRequest(
        plan=plan,
        filters=filters,
        language=language,
        facets=facets,
        order=order,
        limit=limit,
        after=read_cursor(cursor, order),
    )
    result = ask(request)
    items = with_pages(result.hits)
    answer = ArchiveAnswer(
        query=query,
        language=language,
        engine=result.engine,
        degraded=result.degraded,
        level="all" if result.count else "some" if result.hits else "none",
        count=result.count,
        has_weaker=result.has_weaker,
        items=items,
        facets={name: _facet_values(name, result, filters, language) for name in facets},
        timeline=sorted((int(year), count) for year, count in result.facets.get("year", [])),
        also_searched=plan.also_searched,
        not_found=plan.not_found,
        truncated=plan.truncated,
    )
    if result.has_next and result.hits:
        answer.next = write_cursor(order, result.hits[-1].position)
    if result.count < FEW_HITS:
        answer.did_you_mean = did_you_mean(query, plan)
    return answer


def make_plan(query: str, language: str) -> Plan:
    """The plan of a query. The embedded index tells which words occur; without it the plan still works."""
    vocabulary = embedded_engine()
    try:
        return planner.plan(query, language, current_gazetteer(), vocabulary, current_glossary())
    except EngineError:
        return planner.plan(query, language, current_gazetteer(), None, current_glossary())


def ask(request: SearchRequest) -> SearchResult:
    """The main engine's answer; when it is in trouble the embedded index answers, and the answer says so."""
    engine = main_engine()
    try:
        return engine.search(request)
    except EngineError as error:
        logger.warning("%s did not answer: %s", engine.name, error)
    fallback = embedded_engine()
    if fallback is not engine:
        try:
            result = fallback.search(request)
        except EngineError as error:
            logger.warning("%s did not answer: %s", fallback.name, error)
        else:
            result.degraded = True
            return result
    return SearchResult(engine="none", degraded=True)


def suggest(text: str, language: str, limit: int = 10) -> list[FoundRecord]:
    """Titles that begin with the text; never raises."""
    for engine in dict.fromkeys([main_engine(), embedded_engine()]):
        try:
            return with_pages(engine.suggest(text, language, limit))
        except EngineError as error:
            logger.warning("%s did not suggest: %s", engine.name, error)
    return []


def with_pages(hits: Iterable[Hit]) -> list[FoundRecord]:
    """The hits with their pages. A hit that nobody may read any more is left out: the index was behind."""
    hits = list(hits)
    by_type: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        by_type[hit.type].append(hit.id)
    found = {type_: _records(type_, ids) for type_, ids in by_type.items()}
    records = []
    for hit in hits:
        languages = found[hit.type].get(hit.id)
        if languages is None or (hit.type != "publication" and hit.language not in languages):
            logger.warning("The index shows %s %s (%s), which nobody may read now.", hit.type, hit.id, hit.language)
            continue
        page = languages if hit.type == "publication" else languages[hit.language]
        records.append(
            FoundRecord(
                hit.id, hit.type, hit.language, hit.title, hit.snippet, hit.match, hit.score, hit.found_in, page
            )
        )
    return records


def _records(type_: str, ids: list[str]) -> dict[str, Any]:
    """Id -> {language: page}, with what a card shows; for publications id -> record."""
    if type_ == "publication":
        keys = [id_.removeprefix("publication-") for id_ in ids]
        return {f"publication-{record.key}": record for record in Publication.objects.filter(key__in=keys)}
    pages = public_pages(PAGE_TYPES[type_].objects.filter(translation_key__in=ids)).select_related("locale")
    if type_ == "event":
        pages = pages.select_related("kind").prefetch_related(
            "partner_sides__partner__place", "places", "venues__place", "figures__unit"
        )
    records: dict[str, Any] = defaultdict(dict)
    for page in pages:
        records[str(page.translation_key)][page.locale.language_code] = page
    return records


def _facet_values(name: str, result: SearchResult, filters: Filters, language: str) -> list[FacetValue]:
    chosen = {str(value) for value in getattr(filters, FACETS[name])}
    return [
        FacetValue(str(value), facet_label(name, str(value), language), count, str(value) in chosen)
        for value, count in result.facets.get(name, [])
    ]


def did_you_mean(query: str, plan: Plan) -> str:
    """The query with each word that stands nowhere replaced by the nearest one that does; "" when there is none."""
    words = [
        clause for clause in plan.clauses if isinstance(clause, WordClause) and clause.unknown and clause.alternatives
    ]
    proposal = query
    for clause in words:
        proposal = proposal.replace(clause.text, clause.alternatives[0])
    return proposal if words and proposal != query else ""


def write_cursor(order: str, position: tuple) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *position]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: str) -> tuple | None:
    """The position that a cursor holds; None for an empty one. Raises BadCursorError for anything not made here."""
    if not cursor:
        return None
    try:
        made_for, *position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursorError("The cursor was not made by this archive.") from error
    if made_for != order or not all(isinstance(part, int | float | str) for part in position) or len(position) > 8:
        raise BadCursorError("The cursor belongs to another order.")
    return tuple(position)
