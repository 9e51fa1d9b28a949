"""A search request as the two searches that Elasticsearch answers in one `_msearch`. Pure: no network.

The strict search counts the records that have everything asked for, and their facets. The ranked search orders records
by tiers, so that no number of common words outweighs a record that has them all; weaker matches follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ..documents.entries import base_language
from ..planning.plan import Clause, MarkClause, NameClause, Plan
from .base import ALL_FACETS, Filters, SearchRequest
from .elastic_clauses import PHRASE_FIELDS, RUN_MATCH, ClauseCompiler, Reader, any_of
from .elastic_contents import Occurring
from .elastic_dsl import MATCH_ALL, Query, boolean, constant_score, match, term, terms, within
from .elastic_index import LANGUAGES, SOURCE_TEXTS
from .names import NAME_FILTERS

ALL_CLAUSES = 1000.0  # every clause, a term of the glossary will do
LITERALLY = 500.0  # every clause without the glossary
BUT_DATES = 250.0  # every clause but dates, editions and words that the index does not know
ALL_NAMES = 8.0  # every name
TOPICS = 50.0  # every concept of the glossary, each with every place; a part of them counts in part
STRICT = "all"  # how the server reports which hits belong to the strict set

FACET_SIZE = 200
FILTER_FIELDS = {
    "types": "type",
    "partners": "partner_ids",
    "countries": "country_ids",
    "kinds": "kind",
    "fields": "fields",
    "statuses": "status",
    "years": "years",
    "places": "place_ids",
    "organisations": "organisation_ids",
    "exchanges": "exchange",
    "units": "unit",
}
SOURCE_FIELDS = ["type", "langs", "audiences", "expiry", "title", *SOURCE_TEXTS]


Body = dict[str, Any]  # of a search


@dataclass(frozen=True)
class Searches:
    strict: Body
    ranked: Body


def searches(request: SearchRequest, now: datetime, occurring: Occurring | None = None) -> Searches:
    """`now` is compared with the expiry of pages. The ranked search asks for one hit more, to know of a next page."""
    return RequestCompiler(request, Reader(request.audiences, now, occurring)).searches()


class RequestCompiler:
    """One request for one reader."""

    def __init__(self, request: SearchRequest, reader: Reader) -> None:
        self.request = request
        self.reader = reader
        self.clauses = ClauseCompiler(reader)
        self.phrases = [self.clauses.phrase(tokens) for tokens in request.plan.phrases]
        self.excluded = [self.clauses.filtering(clause, translated=False) for clause in request.plan.excluded]
        if request.exclude:
            self.excluded.append(terms("id", sorted(request.exclude)))
        self.filters = filter_queries(request.filters, reader)

    def searches(self) -> Searches:
        return Searches(self._strict_search(), self._ranked_search())

    def strict_query(self, translated: bool = True) -> Query:
        """Every required clause and phrase; everything when the plan is empty."""
        if self.request.plan.empty:
            return MATCH_ALL
        return self.clauses.filtering_all(self.request.plan.required, self.phrases, translated)

    def ranked_query(self) -> Query:
        plan = self.request.plan
        if plan.empty:
            return constant_score(filter=self.strict_query(), boost=ALL_CLAUSES, _name=STRICT)
        scoring = [self.clauses.scoring(clause) for clause in plan.clauses]
        if self.request.order != "relevance":
            # Two tiers only: everything asked for, then the rest; the date orders each.
            strict = constant_score(filter=self.strict_query(), boost=ALL_CLAUSES, _name=STRICT)
            weaker = [constant_score(filter=boolean(should=scoring), boost=0)] if scoring else []
            return boolean(should=[strict, *weaker], minimum_should_match=1, filter=self.phrases)
        should = [*scoring, *self._tiers(plan), *(self.clauses.pair(pair) for pair in plan.pairs)]
        return boolean(should=should, minimum_should_match=1, filter=self.phrases)

    def _tiers(self, plan: Plan) -> list[Query]:
        def tier(clauses: list[Clause], boost: float, **options: Any) -> Query:
            query = self.clauses.filtering_all(clauses, self.phrases, translated=True)
            return constant_score(filter=query, boost=boost, **options)

        if any(clause.translations for clause in plan.clauses):
            literally = constant_score(filter=self.strict_query(translated=False), boost=LITERALLY)
            tiers = [tier(plan.required, ALL_CLAUSES, _name=STRICT), literally]
        else:
            tiers = [tier(plan.required, ALL_CLAUSES + LITERALLY, _name=STRICT)]
        certain = [clause for clause in plan.required if not _is_uncertain(clause)]
        if 0 < len(certain) < len(plan.required):
            tiers.append(tier(certain, BUT_DATES))
        names: list[Clause] = [clause for clause in plan.clauses if isinstance(clause, NameClause)]
        if 0 < len(names) < len(plan.clauses):
            tiers.append(tier(names, ALL_NAMES))
        return [*tiers, *self._topics(plan)]

    def _topics(self, plan: Plan) -> list[Query]:
        """What the query is about, also where the record lacks its other words."""
        places = [self.clauses.filtering(place, translated=True) for place in plan.places]
        queries: list[Query] = []
        for topic in plan.topics:
            about = self.clauses.topic(topic)
            found = [boolean(filter=[about, place]) for place in places] or [about]
            boost = round(TOPICS * topic.share / len(found), 4)
            queries += [constant_score(filter=query, boost=boost) for query in found]
        return queries

    def _strict_search(self) -> Body:
        """No hits; the total is under all filters, each facet under all but its own."""
        faceted = {ALL_FACETS[facet] for facet in self.request.facets}
        common = [query for name, query in self.filters.items() if name not in faceted]
        query = self._allowed(self.strict_query(), common)
        own = {name: query for name, query in self.filters.items() if name in faceted}
        body: Body = {"query": query, "size": 0, "track_total_hits": True}
        if own:
            body["post_filter"] = boolean(filter=list(own.values()))
        if self.request.facets:
            body["aggs"] = {}
        for facet in self.request.facets:
            others = [query for name, query in own.items() if name != ALL_FACETS[facet]]
            body["aggs"][facet] = {"filter": boolean(filter=others), "aggs": {"values": self._facet(facet)}}
        return body

    def _facet(self, facet: str) -> dict[str, Any]:
        if facet == "language":
            languages = self.reader.languages or LANGUAGES  # the server wants at least one
            # Not a count of terms: a page that the reader may not read is not one of the languages.
            may_read = {language: boolean(filter=self.reader.may_read(language)) for language in languages}
            return {"filters": {"filters": may_read}}
        if facet == "month":
            # Not from the reader's words: a number, or a year that is no year at all.
            of_year = f"{self.request.timeline_year or 0:04}-[0-9]+"
            return _counts("months", {"_key": "asc"}, include=of_year)
        order = {"_key": "asc"} if facet == "year" else [{"_count": "desc"}, {"_key": "asc"}]
        return _counts(FILTER_FIELDS[ALL_FACETS[facet]], order)

    def _ranked_search(self) -> Body:
        request = self.request
        query = self._allowed(self.ranked_query(), list(self.filters.values()))
        # The total tells whether there are weaker matches than those of the strict search, on whatever page.
        body = {"query": query, "size": request.limit + 1, "track_total_hits": True}
        body |= {"sort": _sort(request), "_source": SOURCE_FIELDS}
        return body | {"search_after": list(request.after)} if request.after else body

    def _allowed(self, query: Query, filters: list[Query]) -> Query:
        return boolean(must=[query], filter=[*filters, self.reader.may_read_any()], must_not=self.excluded)


def _counts(field: str, order: Any, **options: Any) -> dict[str, Any]:
    return {"terms": {"field": field, "size": FACET_SIZE, "order": order, **options}}


def filter_queries(filters: Filters, reader: Reader) -> dict[str, Query]:
    """Filter name -> query, for the filters that are set. The period overlaps; a record without a date is left out."""
    queries: dict[str, Query] = {}
    for name, field in FILTER_FIELDS.items():
        if values := getattr(filters, name):
            queries[name] = terms(field, list(values))
    if filters.languages:
        languages = [base_language(code) for code in filters.languages]
        queries["languages"] = any_of(
            [boolean(filter=reader.may_read(language)) for language in reader.languages if language in languages]
        )
    if filters.start or filters.end:
        queries["period"] = _touching(filters.start, filters.end)
    if filters.periods:
        asked = [any_of([_touching(*period) for period in alternatives]) for alternatives in filters.periods]
        queries["periods"] = boolean(filter=asked)
    if filters.quantities:
        queries["quantities"] = boolean(filter=[_quantity(*wanted) for wanted in filters.quantities])
    if filters.any_quantity:
        queries["any_quantity"] = any_of([_quantity(*wanted) for wanted in filters.any_quantity])
    if filters.ids is not None:
        queries["ids"] = terms("id", sorted(filters.ids))
    if filters.near:
        latitude, longitude, kilometres = filters.near
        centre = {"lat": latitude, "lon": longitude}
        queries["near"] = {"geo_distance": {"geo": centre, "distance": f"{kilometres}km"}}
    return queries


def _touching(first: date | None, last: date | None) -> Query:
    period = []
    if first:
        period.append(within("end", gte=first.isoformat()))
    if last:
        period.append(within("start", lte=last.isoformat()))
    return boolean(filter=period)


def _quantity(unit: str, least: float, most: float | None) -> Query:
    limits = {"gte": least} | ({} if most is None else {"lte": most})
    figure = [term("quantities.unit", unit), within("quantities.value", **limits)]
    return {"nested": {"path": "quantities", "query": boolean(filter=figure)}}


def suggestions(text: str, language: str, limit: int, reader: Reader, exclude: frozenset[str]) -> Body:
    """Titles that hold the words of `text`, the last one perhaps unfinished; with its diacritics first."""

    def in_language(key: str) -> Query:
        own = 2.0 if key == base_language(language) else 1.0
        fields = {f"title.{PHRASE_FIELDS[key][-1]}": own} | ({"title.vi.exact": 4 * own} if key == "vi" else {})
        ways = []
        for field, boost in fields.items():
            ways.append({"match_phrase_prefix": {field: {"query": text, "boost": boost}}})
            ways.append({"match_bool_prefix": {field: {"query": text, "operator": "and", "boost": boost}}})
        if key not in ("vi", "en"):
            ways.append(match(f"title.{key}", text, 4 * own, minimum_should_match=RUN_MATCH))
        return boolean(should=ways, _name=key)

    query = reader.reading_each(LANGUAGES, in_language)
    if exclude:
        query = boolean(must=[query], must_not=[terms("id", sorted(exclude))])
    body = {"query": query, "size": limit, "track_total_hits": False}
    return body | {"sort": ["_score", "id"], "_source": SOURCE_FIELDS}


def name_counts(ids: Iterable[str], reader: Reader, exclude: frozenset[str]) -> Body:
    """How many records carry or mention each name: a numbered bucket for each id, in it one for each filter."""

    def mentioned(id_: str) -> Query:
        def in_language(language: str) -> Query:
            return any_of([term(f"{field}.{language}", id_) for field in ("ids_title", "ids_text")])

        return any_of([term("ids_structured", id_), reader.reading_each(LANGUAGES, in_language, tie=0)])

    excluded = [terms("id", sorted(exclude))] if exclude else []
    query = boolean(filter=[reader.may_read_any()], must_not=excluded)
    counted = {
        str(number): {
            "filter": mentioned(id_),
            "aggs": {name: {"filter": term(FILTER_FIELDS[name], id_)} for name in NAME_FILTERS},
        }
        for number, id_ in enumerate(ids)
    }
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": counted}


def _is_uncertain(clause: Clause) -> bool:
    return (isinstance(clause, MarkClause) and clause.kind in ("date", "edition")) or not clause.weight


def _sort(request: SearchRequest) -> list[Any]:
    """Equal scores: what was held first, then the newest; the id makes every place in the list unique."""
    by_score = {"_score": {"order": "desc"}}
    newest_first = {"start": {"order": "desc", "missing": "_last"}}
    if request.order == "date":
        return [by_score, {"start": {"order": "asc", "missing": "_last"}}, "id"]
    if request.order == "-date" or request.plan.empty:
        return [by_score, newest_first, "id"]
    return [by_score, {"held": {"order": "desc"}}, newest_first, "id"]
