"""Words of the field in several languages: a concept in a query also searches its Vietnamese terms, at half weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..planning.plan import Clause, RunClause, Topic, WordClause
from ..text.english import is_stop_word, stem
from ..text.tokens import tokenise

TRANSLATION_WEIGHT = 0.5
_MOST_TERMS = 3
Words = tuple[str, ...]


class Translator(Protocol):
    """What the planner asks of a glossary."""

    def recognise(self, clauses: Sequence[Clause], language: str) -> list[Found]:
        """The concepts that the clauses name."""

    def written(self, phrase: str) -> str:
        """A folded Vietnamese phrase as it is written, for the reader."""


@dataclass(frozen=True, slots=True)
class Found:
    """A concept, and the clauses (indexes) that name it."""

    clauses: tuple[int, ...]
    topic: Topic


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning and its terms by language code, preferred terms first."""

    key: str
    terms: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Glossary:
    """All concepts. Immutable: make a new one when records change."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._runs: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._english: dict[Words, list[str]] = {}
        self._vietnamese: dict[Words, list[str]] = {}
        self._written: dict[str, str] = {}
        for concept in concepts:
            vietnamese = _vietnamese_phrases(concept.terms.get("vi", ()))
            self._written |= vietnamese
            for phrase in vietnamese:
                self._vietnamese.setdefault(tuple(phrase.split()), []).extend(vietnamese)
            for language, terms in concept.terms.items():
                for term in terms:
                    self._add(language, term, vietnamese)
        self._longest_run = max((len(clusters) for _, clusters in self._runs), default=0)
        self._longest_term = max(map(len, [*self._english, *self._vietnamese]), default=0)

    def recognise(self, clauses: Sequence[Clause], language: str) -> list[Found]:
        found = [
            Found((index,), topic)
            for index, clause in enumerate(clauses)
            if isinstance(clause, RunClause)
            for topic in self._in_run(clause.script, clause.clusters)
        ]
        words = [(index, clause) for index, clause in enumerate(clauses) if isinstance(clause, WordClause)]
        return found + self._in_words(words, self._english if language == "en" else self._vietnamese, language)

    def written(self, phrase: str) -> str:
        return self._written.get(phrase, phrase)

    def _add(self, language: str, term: str, vietnamese: Iterable[str]) -> None:
        tokens = tokenise(term)
        if language == "en":
            # A query has lost these words: "remains of soldiers".
            words = [
                token for token in tokens if token.script == "latin" and not is_stop_word(token.exact, english=True)
            ]
            key = tuple(stem(word.folded) for word in words)
            if key:
                self._english.setdefault(key, []).extend(vietnamese)
            return
        scripts = {token.script for token in tokens}
        if len(scripts) != 1 or "latin" in scripts:
            return
        clusters = tuple(cluster for token in tokens for cluster in token.clusters)
        if len(clusters) > 1:
            self._runs.setdefault((tokens[0].script, clusters), []).extend(vietnamese)

    def _in_run(self, script: str, clusters: tuple[str, ...]) -> list[Topic]:
        topics: list[Topic] = []
        position = 0
        while position < len(clusters):
            for length in range(min(self._longest_run, len(clusters) - position), 1, -1):
                part = clusters[position : position + length]
                terms = self._runs.get((script, part))
                if terms:
                    topics.append(Topic(tuple(dict.fromkeys(terms)), clusters=part))
                    position += length
                    break
            else:
                position += 1
        return topics

    def _in_words(
        self, clauses: list[tuple[int, WordClause]], terms_of: dict[Words, list[str]], language: str
    ) -> list[Found]:
        read = [clause.alternatives[0] if clause.alternatives else clause.folded for _, clause in clauses]
        keys = [stem(word) for word in read] if language == "en" else read
        found: list[Found] = []
        position = 0
        while position < len(keys):
            for length in range(min(self._longest_term, len(keys) - position), 0, -1):
                end = position + length
                terms = terms_of.get(tuple(keys[position:end]))
                if terms:
                    indexes = tuple(index for index, _ in clauses[position:end])
                    topic = Topic(tuple(dict.fromkeys(terms)), words=tuple(read[position:end]))
                    found.append(Found(indexes, topic))
                    position = end
                    break
            else:
                position += 1
        return found


def _vietnamese_phrases(terms: Iterable[str]) -> dict[str, str]:
    """Folded -> as written. A term of one syllable is left out: without its diacritics it is many other words."""
    phrases = {" ".join(token.folded for token in tokenise(term)): term for term in terms if len(term.split()) > 1}
    return {folded: phrases[folded] for folded in list(phrases)[:_MOST_TERMS] if folded}
