"""A search request as the two searches that Elasticsearch answers in one `_msearch`. Pure: no network.

The strict search counts the records that have everything asked for, and their facets. The ranked search orders records
by tiers, so that no number of common words outweighs a record that has them all; weaker matches follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch.dsl import A, Q, Search
from elasticsearch.dsl.query import Bool, ConstantScore, MatchAll, Query

from ..indexing import base_language
from ..plan import Clause, MarkClause, NameClause, Plan
from .base import FACETS, Filters, SearchRequest
from .elastic_clauses import PHRASE_FIELDS, RUN_MATCH, ClauseCompiler, Reader, match
from .elastic_index import LANGUAGES, SOURCE_TEXTS

ALL_CLAUSES = 1000.0  # every clause, a term of the glossary will do
LITERALLY = 500.0  # every clause without the glossary
BUT_DATES = 250.0  # every clause but dates, editions and words that the index does not know
ALL_NAMES = 8.0  # every name
PUBLIC = frozenset({"public"})
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
}
SOURCE_FIELDS = ["type", "langs", "audiences", "expiry", "title", *SOURCE_TEXTS]


@dataclass(frozen=True)
class Searches:
    strict: Search
    ranked: Search


def searches(request: SearchRequest, now: datetime) -> Searches:
    """`now` is compared with the expiry of pages. The ranked search asks for one hit more, to know of a next page."""
    return RequestCompiler(request, Reader(request.audiences, now)).searches()


class RequestCompiler:
    """One request for one reader."""

    def __init__(self, request: SearchRequest, reader: Reader) -> None:
        self.request = request
        self.reader = reader
        self.clauses = ClauseCompiler(reader)
        self.phrases = [self.clauses.phrase(tokens) for tokens in request.plan.phrases]
        self.excluded = [self.clauses.filtering(clause, translated=False) for clause in request.plan.excluded]
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
        return tiers

    def _strict_search(self) -> Search:
        """No hits; the total is under all filters, each facet under all but its own."""
        faceted = {FACETS[facet] for facet in self.request.facets}
        common = [query for name, query in self.filters.items() if name not in faceted]
        query = self._allowed(self.strict_query(), common)
        search = Search().query(query).extra(size=0, track_total_hits=True)
        own = {name: query for name, query in self.filters.items() if name in faceted}
        if own:
            search = search.post_filter(Bool(filter=list(own.values())))
        for facet in self.request.facets:
            others = [query for name, query in own.items() if name != FACETS[facet]]
            search.aggs.bucket(facet, A("filter", Bool(filter=others))).bucket("values", self._facet(facet))
        return search

    def _facet(self, facet: str) -> Any:
        if facet == "language":
            # Not a count of terms: a page that the reader may not read is not one of the languages.
            return A(
                "filters", filters={language: Bool(filter=self.reader.may_read(language)) for language in LANGUAGES}
            )
        order = {"_key": "asc"} if facet == "year" else {"_count": "desc"}
        return A("terms", field=FILTER_FIELDS[FACETS[facet]], size=FACET_SIZE, order=order)

    def _ranked_search(self) -> Search:
        request = self.request
        query = self._allowed(self.ranked_query(), list(self.filters.values()))
        search = Search().query(query).sort(*_sort(request)).source(SOURCE_FIELDS)
        search = search.extra(size=request.limit + 1, track_total_hits=False)
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
        readable = [Bool(filter=reader.may_read(language)) for language in languages if language in LANGUAGES]
        queries["languages"] = Bool(should=readable) if readable else Q("match_none")
    period = []
    if filters.start:
        period.append(Q("range", end={"gte": filters.start.isoformat()}))
    if filters.end:
        period.append(Q("range", start={"lte": filters.end.isoformat()}))
    if period:
        queries["period"] = Bool(filter=period)
    return queries


def suggestions(text: str, language: str, limit: int, now: datetime) -> Search:
    """Public titles that hold the words of `text`, the last one perhaps unfinished; with its diacritics first."""
    reader = Reader(PUBLIC, now)

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
    return Search().query(query).sort("_score", "id").source(SOURCE_FIELDS).extra(size=limit, track_total_hits=False)


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
