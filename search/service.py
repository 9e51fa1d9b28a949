"""Asking the archive: one function for the public pages and one for the API, whichever engine answers."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from huunghi.events.models import Publication
from huunghi.partners.access import ANONYMOUS, Reader, readable_pages
from huunghi.partners.audiences import audiences_of
from huunghi.partners.withholding import present

from .answers import ArchiveAnswer, ArchiveUnavailableError, BadCursorError, FacetValue, FoundRecord
from .documents.extraction import APART, PAGE_TYPES
from .engines import embedded_engine
from .engines.base import (
    ALL_FACETS,
    PUBLIC,
    EngineError,
    Filters,
    Hit,
    IndexMissingError,
    NameSuggestion,
    QuestionError,
    SearchRequest,
    SearchResult,
)
from .engines.embedded_words import words_for
from .engines.fallback import Question, ask_engines, withheld
from .labels import facet_label
from .planning import planner
from .planning.did_you_mean import FEW_HITS, did_you_mean
from .planning.plan import Plan
from .recognition.knowledge import current_gazetteer, current_glossary

logger = logging.getLogger("huunghi.search")

SHOWN_ROWS = {
    "event": ("partner_sides__partner__place", "places", "venues__place", "figures__unit"),
    "exchange": ("partner_sides__partner__place",),
}
Suggested = TypeVar("Suggested")
DEFAULT_FACETS = ("type", "partner", "country", "kind", "field", "year", "language")


def search_archive(
    query: str,
    language: str,
    filters: Filters | None = None,
    *,
    facets: tuple[str, ...] = DEFAULT_FACETS,
    timeline_year: int | None = None,
    order: str = "relevance",
    limit: int = 20,
    cursor: str = "",
    reader: Reader = ANONYMOUS,
    show: Callable[[Iterable[Hit], Reader], list[FoundRecord]] | None = None,
) -> ArchiveAnswer:
    """Search what the reader may read. Never raises for a query, whatever it holds; BadCursorError for a bad cursor.

    An empty query lists all records under the filters, newest first. `timeline_year` is the year whose months are
    counted; without it the one year that the filters name, if the years are counted. `show` finds what is shown of
    hits, `with_pages` if nothing else is said.
    """
    filters = filters or Filters()
    counted, timeline_year = with_timeline(facets, timeline_year, filters)
    audiences = audiences_of(reader)
    seen: dict[str, frozenset[str]] = {}
    plan = make_plan(query, language, audiences, seen)
    if plan.empty and order == "relevance":
        order = "-date"
    begun_by, position = read_cursor(cursor, order)
    request = SearchRequest(
        plan=plan,
        filters=filters,
        language=language,
        audiences=audiences,
        facets=counted,
        timeline_year=timeline_year,
        order=order,
        limit=limit,
        after=position,
    )
    result = ask(request, begun_by, seen)
    items = (show or with_pages)(result.hits, reader)
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
        timeline_year=timeline_year,
        months=sorted((int(month[5:]), count) for month, count in result.facets.get("month", [])),
        also_searched=plan.also_searched,
        not_found=plan.not_found,
        truncated=plan.truncated,
        preparing=result.preparing,
    )
    if result.has_next and result.hits:
        answer.next = write_cursor(order, result.engine, result.hits[-1].position)
    if result.count < FEW_HITS:
        answer.did_you_mean = did_you_mean(query, plan, current_gazetteer(), current_glossary())
    return answer


def with_timeline(
    facets: tuple[str, ...], timeline_year: int | None, filters: Filters
) -> tuple[tuple[str, ...], int | None]:
    """(facets to count, year whose months are counted or None)."""
    if timeline_year is None and "year" in facets and len(filters.years) == 1:
        timeline_year = filters.years[0]
    timeline = () if timeline_year is None else ("year", "month")
    return tuple(dict.fromkeys([*facets, *timeline])), timeline_year


def count_records(query: str, language: str, filters: Filters, reader: Reader = ANONYMOUS) -> int:
    """Number of records that have everything asked for; 0 also when no engine can answer."""
    audiences = audiences_of(reader)
    plan = make_plan(query, language, audiences)
    request = SearchRequest(plan, filters, language, audiences, limit=1, highlight=False)
    return ask(request).count


def make_plan(
    query: str, language: str, audiences: frozenset[str] = PUBLIC, seen: dict[str, frozenset[str]] | None = None
) -> Plan:
    """The plan of a query. The embedded index tells which words those readers know; without it the plan still works.

    `seen` keeps which documents each engine must leave out, so that one search looks once.
    """
    try:
        engine = embedded_engine()
        vocabulary = words_for(engine, audiences, withheld(engine, seen))
        return planner.plan(query, language, current_gazetteer(), vocabulary, current_glossary())
    except EngineError:
        return planner.plan(query, language, current_gazetteer(), None, current_glossary())


def ask(request: SearchRequest, begun_by: str = "", seen: dict[str, frozenset[str]] | None = None) -> SearchResult:
    """The main engine's answer; when it is in trouble the embedded index answers, and the answer says so.

    The engine is "none" when nobody can answer, also when the pages before came from an engine that is in trouble now.
    Raises BadCursorError when the engine can make no sense of the position behind those pages.
    """
    try:
        result, stands_in = ask_engines(
            lambda engine, exclude: engine.search(replace(request, exclude=exclude)), begun_by, seen
        )
    except QuestionError as error:
        raise BadCursorError("The cursor was not made by this archive.") from error
    except EngineError as error:
        logger.warning("Nobody could answer a search: %s", error)
        return SearchResult(engine="none", degraded=True, preparing=isinstance(error, IndexMissingError))
    result.degraded = stands_in
    return result


def suggest(text: str, language: str, limit: int = 10, reader: Reader = ANONYMOUS) -> list[FoundRecord]:
    """Titles that begin with the text. Raises ArchiveUnavailableError when no engine can answer."""
    audiences = audiences_of(reader)
    hits = _suggested(lambda engine, exclude: engine.suggest(text, language, limit, audiences, exclude))
    return with_pages(hits, reader)


def suggest_names(text: str, limit: int = 5, reader: Reader = ANONYMOUS) -> list[NameSuggestion]:
    """Places, partners and organisations whose name begins with the text. Raises ArchiveUnavailableError."""
    audiences = audiences_of(reader)
    return _suggested(lambda engine, exclude: engine.suggest_names(text, limit, audiences, exclude))


def _suggested(question: Question[Suggested]) -> Suggested:
    try:
        return ask_engines(question)[0]
    except EngineError as error:
        raise ArchiveUnavailableError(preparing=isinstance(error, IndexMissingError)) from error


def with_pages(hits: Iterable[Hit], reader: Reader) -> list[FoundRecord]:
    """The hits with their pages. A hit that the reader may not read any more is left out: the index was behind.

    A reader of two partners may find one record as each of them gets it: the better hit stands for it.
    """
    hits = list(hits)
    by_type: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        by_type[hit.type].append(record_id(hit))
    found = {type_: _records(type_, ids, reader) for type_, ids in by_type.items()}
    records: dict[str, FoundRecord] = {}
    for hit in hits:
        languages = found[hit.type].get(record_id(hit))
        if languages is None or (hit.type != "publication" and hit.language not in languages):
            logger.warning("The index shows %s %s (%s), which nobody may read now.", hit.type, hit.id, hit.language)
            continue
        page = languages if hit.type == "publication" else languages[hit.language]
        records.setdefault(record_id(hit), record_of(hit, page))
    return list(records.values())


def record_of(hit: Hit, page: Any) -> FoundRecord:
    return FoundRecord(
        record_id(hit),
        hit.type,
        hit.language,
        hit.title,
        hit.snippet,
        hit.match,
        hit.score,
        hit.found_in,
        page,
        hit.file,
        hit.page,
    )


def record_id(hit: Hit) -> str:
    """A partner that gets less of a record has a document of its own: its id holds the record's and the partner's."""
    return hit.id.partition(APART)[0]


def _records(type_: str, ids: list[str], reader: Reader) -> dict[str, Any]:
    """Id -> {language: page}, with what a card shows; for publications id -> record."""
    if type_ == "publication":
        keys = [id_.removeprefix("publication-") for id_ in ids]
        return {f"publication-{record.key}": record for record in Publication.objects.filter(key__in=keys)}
    pages = readable_pages(PAGE_TYPES[type_].objects.filter(translation_key__in=ids), reader).select_related("locale")
    if type_ == "event":
        pages = pages.select_related("kind")
    pages = pages.prefetch_related(*SHOWN_ROWS.get(type_, ()))
    present(pages, reader)
    records: dict[str, Any] = defaultdict(dict)
    for page in pages:
        records[str(page.translation_key)][page.locale.language_code] = page
    return records


def _facet_values(name: str, result: SearchResult, filters: Filters, language: str) -> list[FacetValue]:
    chosen = {str(value) for value in getattr(filters, ALL_FACETS[name])}
    return [
        FacetValue(str(value), facet_label(name, str(value), language), count, str(value) in chosen)
        for value, count in result.facets.get(name, [])
    ]


def write_cursor(order: str, engine: str, position: tuple) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, engine, *position]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: str) -> tuple[str, tuple | None]:
    """(engine that gave the page before, position behind it); ("", None) for an empty cursor.

    Raises BadCursorError for anything not made here.
    """
    if not cursor:
        return "", None
    try:
        made_for, engine, *position = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursorError("The cursor was not made by this archive.") from error
    if made_for != order or not isinstance(engine, str) or len(position) > 8:
        raise BadCursorError("The cursor belongs to another order.")
    if not all(isinstance(part, int | float | str) for part in position):
        raise BadCursorError("The cursor was not made by this archive.")
    return engine, tuple(position)
