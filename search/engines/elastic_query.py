"""A search request as the two searches that Elasticsearch answers in one `_msearch`. Pure: no network.

The strict search counts the records that have everything asked for, and their facets. The ranked search orders records
by tiers, so that no number of common words outweighs a record that has them all; weaker matches follow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Bool, ConstantScore, MatchAll, Query

from ..documents.entries import base_language
from ..planning.plan import Clause, MarkClause, NameClause, Plan
from .base import ALL_FACETS, Filters, SearchRequest
from .elastic_clauses import PHRASE_FIELDS, RUN_MATCH, ClauseCompiler, Reader, any_of, match
from .elastic_contents import Occurring
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


@dataclass(frozen=True)
class Searches:
    strict: Search
    ranked: Search


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
            self.excluded.append(Q("terms", id=sorted(request.exclude)))
        self.filters = filter_queries(request.filters, reader)

    def searches(self) -> Searches:
        return Searches(self._strict_search(), self._ranked_search())

    def strict_query(self, translated: bool = True) -> Query:
        """Every required clause and phrase; everything when the plan is empty."""
        if self.request.plan.empty:
            return MatchAll()
        return self.clauses.filtering_all(self.request.plan.required, self.phrases, translated)

    def ranked_query(self) -> Query:
        plan = self.request.plan
        if plan.empty:
            return ConstantScore(filter=self.strict_query(), boost=ALL_CLAUSES, _name=STRICT)
        scoring = [self.clauses.scoring(clause) for clause in plan.clauses]
        if self.request.order != "relevance":
            # Two tiers only: everything asked for, then the rest; the date orders each.
            strict = ConstantScore(filter=self.strict_query(), boost=ALL_CLAUSES, _name=STRICT)
            weaker = [ConstantScore(filter=Bool(should=scoring), boost=0)] if scoring else []
            return Bool(should=[strict, *weaker], minimum_should_match=1, filter=self.phrases)
        should = [*scoring, *self._tiers(plan), *(self.clauses.pair(pair) for pair in plan.pairs)]
        return Bool(should=should, minimum_should_match=1, filter=self.phrases)

    def _tiers(self, plan: Plan) -> list[Query]:
        def tier(clauses: list[Clause], boost: float, **options: Any) -> Query:
            query = self.clauses.filtering_all(clauses, self.phrases, translated=True)
            return ConstantScore(filter=query, boost=boost, **options)

        if any(clause.translations for clause in plan.clauses):
            literally = ConstantScore(filter=self.strict_query(translated=False), boost=LITERALLY)
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
            found = [Bool(filter=[about, place]) for place in places] or [about]
            boost = round(TOPICS * topic.share / len(found), 4)
            queries += [ConstantScore(filter=query, boost=boost) for query in found]
        return queries

    def _strict_search(self) -> Search:
        """No hits; the total is under all filters, each facet under all but its own."""
        faceted = {ALL_FACETS[facet] for facet in self.request.facets}
        common = [query for name, query in self.filters.items() if name not in faceted]
        query = self._allowed(self.strict_query(), common)
        search = Search().query(query).extra(size=0, track_total_hits=True)
        own = {name: query for name, query in self.filters.items() if name in faceted}
        if own:
            search = search.post_filter(Bool(filter=list(own.values())))
        for facet in self.request.facets:
            others = [query for name, query in own.items() if name != ALL_FACETS[facet]]
            search.aggs.bucket(facet, A("filter", Bool(filter=others))).bucket("values", self._facet(facet))
        return search

    def _facet(self, facet: str) -> Any:
        if facet == "language":
            languages = self.reader.languages or LANGUAGES  # the server wants at least one
            # Not a count of terms: a page that the reader may not read is not one of the languages.
            return A(
                "filters", filters={language: Bool(filter=self.reader.may_read(language)) for language in languages}
            )
        if facet == "month":
            # Not from the reader's words: a number, or a year that is no year at all.
            within = f"{self.request.timeline_year or 0:04}-[0-9]+"
            return A("terms", field="months", size=FACET_SIZE, include=within, order={"_key": "asc"})
        order = {"_key": "asc"} if facet == "year" else [{"_count": "desc"}, {"_key": "asc"}]
        return A("terms", field=FILTER_FIELDS[ALL_FACETS[facet]], size=FACET_SIZE, order=order)

    def _ranked_search(self) -> Search:
        request = self.request
        query = self._allowed(self.ranked_query(), list(self.filters.values()))
        search = Search().query(query).sort(*_sort(request)).source(SOURCE_FIELDS)
        # The total tells whether there are weaker matches than those of the strict search, on whatever page.
        search = search.extra(size=request.limit + 1, track_total_hits=True)
        return search.extra(search_after=list(request.after)) if request.after else search

    def _allowed(self, query: Query, filters: list[Query]) -> Query:
        return Bool(must=[query], filter=[*filters, self.reader.may_read_any()], must_not=self.excluded)


def filter_queries(filters: Filters, reader: Reader) -> dict[str, Query]:
    """Filter name -> query, for the filters that are set. The period overlaps; a record without a date is left out."""
    queries: dict[str, Query] = {}
    for name, field in FILTER_FIELDS.items():
        if values := getattr(filters, name):
            queries[name] = Q("terms", **{field: list(values)})
    if filters.languages:
        languages = [base_language(code) for code in filters.languages]
        queries["languages"] = any_of(
            [Bool(filter=reader.may_read(language)) for language in reader.languages if language in languages]
        )
    if filters.start or filters.end:
        queries["period"] = _touching(filters.start, filters.end)
    if filters.periods:
        asked = [any_of([_touching(*period) for period in alternatives]) for alternatives in filters.periods]
        queries["periods"] = Bool(filter=asked)
    if filters.quantities:
        queries["quantities"] = Bool(filter=[_quantity(*wanted) for wanted in filters.quantities])
    if filters.any_quantity:
        queries["any_quantity"] = any_of([_quantity(*wanted) for wanted in filters.any_quantity])
    if filters.ids is not None:
        queries["ids"] = Q("terms", id=sorted(filters.ids))
    if filters.near:
        latitude, longitude, kilometres = filters.near
        centre = {"lat": latitude, "lon": longitude}
        queries["near"] = Q("geo_distance", geo=centre, distance=f"{kilometres}km")
    return queries


def _touching(first: date | None, last: date | None) -> Query:
    period = []
    if first:
        period.append(Q("range", end={"gte": first.isoformat()}))
    if last:
        period.append(Q("range", start={"lte": last.isoformat()}))
    return Bool(filter=period)


def _quantity(unit: str, least: float, most: float | None) -> Query:
    limits = {"gte": least} | ({} if most is None else {"lte": most})
    figure = [Q("term", **{"quantities.unit": unit}), Q("range", **{"quantities.value": limits})]
    return Q("nested", path="quantities", query=Bool(filter=figure))


def suggestions(text: str, language: str, limit: int, reader: Reader, exclude: frozenset[str]) -> Search:
    """Titles that hold the words of `text`, the last one perhaps unfinished; with its diacritics first."""

    def in_language(key: str) -> Query:
        own = 2.0 if key == base_language(language) else 1.0
        fields = {f"title.{PHRASE_FIELDS[key][-1]}": own} | ({"title.vi.exact": 4 * own} if key == "vi" else {})
        ways = []
        for field, boost in fields.items():
            ways.append(Q("match_phrase_prefix", **{field: {"query": text, "boost": boost}}))
            ways.append(Q("match_bool_prefix", **{field: {"query": text, "operator": "and", "boost": boost}}))
        if key not in ("vi", "en"):
            ways.append(match(f"title.{key}", text, 4 * own, minimum_should_match=RUN_MATCH))
        return Bool(should=ways, _name=key)

    query = reader.reading_each(LANGUAGES, in_language)
    if exclude:
        query = Bool(must=[query], must_not=[Q("terms", id=sorted(exclude))])
    return Search().query(query).sort("_score", "id").source(SOURCE_FIELDS).extra(size=limit, track_total_hits=False)


def name_counts(ids: Iterable[str], reader: Reader, exclude: frozenset[str]) -> Search:
    """How many records carry or mention each name: a numbered bucket for each id, in it one for each filter."""

    def mentioned(id_: str) -> Query:
        def in_language(language: str) -> Query:
            return any_of([Q("term", **{f"{field}.{language}": id_}) for field in ("ids_title", "ids_text")])

        return any_of([Q("term", ids_structured=id_), reader.reading_each(LANGUAGES, in_language, tie=0)])

    search = Search().extra(size=0, track_total_hits=False)
    search = search.query(Bool(filter=reader.may_read_any(), must_not=[Q("terms", id=sorted(exclude))]))
    for number, id_ in enumerate(ids):
        bucket = search.aggs.bucket(str(number), A("filter", mentioned(id_)))
        for name in NAME_FILTERS:
            bucket.bucket(name, A("filter", Q("term", **{FILTER_FIELDS[name]: id_})))
    return search


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
