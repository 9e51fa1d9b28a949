"""Clauses of a plan as Elasticsearch queries. Pure: parameters in, queries out.

Restrictions belong to each language's page, so every query on a language's fields also asks that the reader may read
that language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..planning.plan import Clause, MarkClause, NameClause, Pair, RunClause, Token, Topic, WordClause
from .elastic_contents import Occurring
from .elastic_dsl import MATCH_NONE, Query, boolean, dis_max, match, match_phrase, term, terms, within
from .elastic_index import LANGUAGES

TITLE_BOOST = 2.0
TIE = 0.1  # what a second field adds to the best one
EXACT_BOOST = 0.5  # a word with the reader's own diacritics
PAIR_BOOST = 0.5  # neighbours of the query that are neighbours in the text
ID_BOOSTS = {"ids_title": 4.0, "ids_structured": 3.0, "ids_text": 3.0}
# All pairs of a short run; of a longer one most, because a typing error spoils two pairs.
RUN_MATCH = "2<75%"
ANY_PAIR = "1"
ALL_PAIRS = "100%"

# Where a Latin word stands in each language: Khmer, Lao and Chinese texts hold Latin names too.
WORD_FIELDS = {"vi": "vi", "en": "en", "km": "km.fold", "lo": "lo.fold", "zh": "zh.fold"}
RUN_LANGUAGES = {"khmer": ("km", "lo"), "lao": ("lo", "km"), "han": ("zh",)}
PHRASE_FIELDS = {
    "vi": ("vi",),
    "en": ("en.exact",),
    "km": ("km", "km.fold"),
    "lo": ("lo", "lo.fold"),
    "zh": ("zh", "zh.fold"),
}


@dataclass(frozen=True)
class Reader:
    """Who asks, and when: what decides which languages of a record may be searched."""

    audiences: frozenset[str]
    now: datetime
    occurring: Occurring | None = None  # what the index holds, when that is known

    @property
    def languages(self) -> list[str]:
        """Those in which there may be a page for the reader."""
        return [language for language in LANGUAGES if self._audiences_in(language)]

    def _audiences_in(self, language: str) -> frozenset[str]:
        occurring = self.occurring.get(language) if self.occurring else None
        return self.audiences if occurring is None else self.audiences & occurring

    def may_read(self, language: str) -> list[Query]:
        return [
            terms(f"audiences.{language}", sorted(self._audiences_in(language))),
            within(f"expiry.{language}", gt=self.now.isoformat()),
        ]

    def may_read_any(self) -> Query:
        return any_of([boolean(filter=self.may_read(language)) for language in self.languages])

    def reading(self, language: str, query: Query) -> Query:
        """`query` on the fields of a language, for those who may read it."""
        return boolean(must=[query], filter=self.may_read(language))

    def reading_each(self, languages: Iterable[str], query: Callable[[str], Query], tie: float = TIE) -> Query:
        indexed = self.languages
        return best([self.reading(language, query(language)) for language in languages if language in indexed], tie)


def best(queries: Sequence[Query], tie: float = TIE) -> Query:
    """The best of several ways to match one thing; without a way nothing matches."""
    if not queries:
        return MATCH_NONE
    return queries[0] if len(queries) == 1 else dis_max(queries, tie)


def any_of(queries: Sequence[Query]) -> Query:
    return boolean(should=queries) if queries else MATCH_NONE


def title_and_text(field: str, text: str, boost: float = 1.0, **options: Any) -> list[Query]:
    return [
        match(f"title.{field}", text, TITLE_BOOST * boost, **options),
        match(f"text.{field}", text, boost, **options),
    ]


@dataclass(frozen=True)
class ClauseCompiler:
    """Queries for one reader.

    `scoring` queries rank; `filtering` ones decide whether a record has all that was asked for, and with `translated`
    a term of the glossary will do as well.
    """

    reader: Reader

    def scoring(self, clause: Clause) -> Query:
        return self._with_translations(clause, self._query(clause, scoring=True), ANY_PAIR)

    def filtering(self, clause: Clause, translated: bool) -> Query:
        query = self._query(clause, scoring=False)
        if isinstance(clause, RunClause) and clause.topics:
            # In a run only all of its concepts together can stand for the words.
            every_topic = boolean(filter=[self.topic(topic) for topic in clause.topics])
            return boolean(should=[query, every_topic]) if translated and clause.is_mostly_topics else query
        return self._with_translations(clause, query, RUN_MATCH) if translated else query

    def filtering_all(self, clauses: Iterable[Clause], phrases: Iterable[Query], translated: bool) -> Query:
        return boolean(filter=[*(self.filtering(clause, translated) for clause in clauses), *phrases])

    def phrase(self, tokens: Sequence[Token]) -> Query:
        """Quoted words, in this order and next to each other."""
        text = " ".join(token.exact for token in tokens)

        def in_language(language: str) -> Query:
            fields = PHRASE_FIELDS[language]
            return best([match_phrase(f"{part}.{field}", text) for part in ("title", "text") for field in fields], 0)

        return self.reader.reading_each(LANGUAGES, in_language, tie=0)

    def pair(self, pair: Pair) -> Query:
        words = f"{pair.first_exact} {pair.second_exact}"
        return self.reader.reading("vi", best(title_and_text("vi.pair", words, PAIR_BOOST), tie=0))

    def topic(self, topic: Topic) -> Query:
        """Any term of a concept: Vietnamese ones and the reader's own words as phrases, a run by all of its pairs."""
        own = " ".join(topic.words)
        phrases = {"vi": [*topic.phrases, own] if own else topic.phrases, "en": [own] if own else []}
        ways = [
            self.reader.reading(language, match_phrase(f"{part}.{language}", phrase))
            for language, texts in phrases.items()
            for phrase in dict.fromkeys(texts)
            for part in ("title", "text")
        ]
        if topic.clusters:
            ways.append(self._every_pair(topic.clusters))
        return boolean(should=ways)

    def _every_pair(self, clusters: Sequence[str]) -> Query:
        text = "".join(clusters)
        return self.reader.reading_each(
            RUN_LANGUAGES["khmer"],
            lambda language: boolean(should=title_and_text(language, text, minimum_should_match=ALL_PAIRS)),
        )

    def _query(self, clause: Clause, scoring: bool) -> Query:
        if isinstance(clause, WordClause):
            return self._word(clause, with_exact=scoring)
        if isinstance(clause, RunClause):
            if scoring:
                return self._run(clause, ANY_PAIR)
            # A concept is what the run is about: most pairs of the rest do not make up for it.
            concepts = [self._every_pair(topic.clusters) for topic in clause.topics]
            return boolean(filter=[self._run(clause, RUN_MATCH), *concepts])
        if isinstance(clause, NameClause):
            literal = [self._word(clause.literal, with_exact=False)] if clause.literal else []
            return best([*self._ids(clause.ids, scoring), *literal])
        if isinstance(clause, MarkClause):
            weaker = clause.weaker_ids if scoring else []
            return best(self._ids([*clause.ids, *weaker], scoring))
        raise TypeError(f"No query for {type(clause).__name__}")

    def _word(self, clause: WordClause, with_exact: bool) -> Query:
        def in_language(language: str) -> Query:
            field = WORD_FIELDS[language]
            ways = [way for word in (clause.exact, *clause.alternatives) for way in title_and_text(field, word)]
            for phrase in clause.phrases:
                ways += [match_phrase(f"title.{field}", phrase, TITLE_BOOST), match_phrase(f"text.{field}", phrase)]
            return best(ways)

        word = self.reader.reading_each(LANGUAGES, in_language)
        if not with_exact or clause.exact == clause.folded:
            return word
        exact = best(title_and_text("vi.exact", clause.exact, EXACT_BOOST), tie=0)
        return boolean(must=[word], should=[self.reader.reading("vi", exact)])

    def _run(self, clause: RunClause, minimum_should_match: str) -> Query:
        boost = 1 / math.sqrt(max(1, len(clause.clusters) - 1))

        def in_language(language: str) -> Query:
            text = "".join(clause.clusters)
            return best(title_and_text(language, text, boost, minimum_should_match=minimum_should_match))

        return self.reader.reading_each(RUN_LANGUAGES[clause.script], in_language)

    def _ids(self, weighted: Sequence[tuple[str, float]], scoring: bool) -> list[Query]:
        """Names and marks: recognised in a text, or chosen by editors."""
        if not scoring:
            ids = [id_ for id_, _ in weighted]

            def any_id(language: str) -> Query:
                fields = (f"ids_title.{language}", f"ids_text.{language}")
                return boolean(should=[terms(field, ids) for field in fields])

            return [self.reader.reading_each(LANGUAGES, any_id), terms("ids_structured", ids)]
        return [query for id_, weight in weighted for query in self._scored_id(id_, weight)]

    def _scored_id(self, id_: str, weight: float) -> list[Query]:
        def weighted(field: str, boost: float) -> Query:
            return term(field, id_, boost=round(boost * weight, 4))

        def in_language(language: str) -> Query:
            return best([weighted(f"{field}.{language}", ID_BOOSTS[field]) for field in ("ids_title", "ids_text")])

        # The same name in a second language of the record is no second finding: no tie.
        recognised = self.reader.reading_each(LANGUAGES, in_language, tie=0)
        return [recognised, weighted("ids_structured", ID_BOOSTS["ids_structured"])]

    def _with_translations(self, clause: Clause, query: Query, minimum_should_match: str) -> Query:
        if not clause.translations:
            return query
        ways = [
            way
            for weight, phrase in clause.translations
            for way in title_and_text("vi.pair", phrase, weight, minimum_should_match=minimum_should_match)
        ]
        return best([query, self.reader.reading("vi", best(ways))])
