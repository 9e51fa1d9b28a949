"""Words of the field in several languages: a concept in a query also searches its Vietnamese terms, at half weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from huunghi.search.plan import Clause, RunClause, WordClause
from huunghi.search.text.english import stem
from huunghi.search.text.tokens import tokenise

TRANSLATION_WEIGHT = 0.5
_MOST_TERMS = 3
Translations = dict[int, list[tuple[float, str]]]


class Translator(Protocol):
    """What the planner asks of a glossary."""

    def translations(self, clauses: Sequence[Clause], language: str) -> Translations:
        """Index of a clause -> (weight, folded Vietnamese phrase) of what it also means."""

    def written(self, phrase: str) -> str:
        """A folded Vietnamese phrase as it is written, for the reader."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One meaning and its terms by language code, preferred terms first."""

    key: str
    terms: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Glossary:
    """All concepts. Immutable: make a new one when records change."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._runs: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._english: dict[tuple[str, ...], list[str]] = {}
        self._written: dict[str, str] = {}
        for concept in concepts:
            vietnamese = _vietnamese_phrases(concept.terms.get("vi", ()))
            self._written |= vietnamese
            for language, terms in concept.terms.items():
                for term in terms:
                    self._add(language, term, vietnamese)
        self._longest_run = max((len(clusters) for _, clusters in self._runs), default=0)
        self._longest_english = max(map(len, self._english), default=0)

    def translations(self, clauses: Sequence[Clause], language: str) -> Translations:
        found: Translations = {}
        for index, clause in enumerate(clauses):
            if isinstance(clause, RunClause):
                phrases = self._of_run(clause.script, clause.clusters)
                if phrases:
                    found[index] = [(TRANSLATION_WEIGHT, phrase) for phrase in phrases]
        if language == "en":
            words = [
                (index, stem(clause.folded)) for index, clause in enumerate(clauses) if isinstance(clause, WordClause)
            ]
            found |= self._of_words(words)
        return found

    def written(self, phrase: str) -> str:
        return self._written.get(phrase, phrase)

    def _add(self, language: str, term: str, vietnamese: Iterable[str]) -> None:
        tokens = tokenise(term)
        if language == "en":
            key = tuple(stem(token.folded) for token in tokens if token.script == "latin")
            if key:
                self._english.setdefault(key, []).extend(vietnamese)
            return
        scripts = {token.script for token in tokens}
        if len(scripts) != 1 or "latin" in scripts:
            return
        clusters = tuple(cluster for token in tokens for cluster in token.clusters)
        if len(clusters) > 1:
            self._runs.setdefault((tokens[0].script, clusters), []).extend(vietnamese)

    def _of_run(self, script: str, clusters: tuple[str, ...]) -> list[str]:
        phrases: list[str] = []
        position = 0
        while position < len(clusters):
            for length in range(min(self._longest_run, len(clusters) - position), 1, -1):
                terms = self._runs.get((script, clusters[position : position + length]))
                if terms:
                    phrases += terms
                    position += length
                    break
            else:
                position += 1
        return list(dict.fromkeys(phrases))

    def _of_words(self, words: list[tuple[int, str]]) -> Translations:
        found: Translations = {}
        position = 0
        while position < len(words):
            for length in range(min(self._longest_english, len(words) - position), 0, -1):
                span = words[position : position + length]
                terms = self._english.get(tuple(word for _, word in span))
                if terms:
                    phrases = [(TRANSLATION_WEIGHT, phrase) for phrase in dict.fromkeys(terms)]
                    found |= {index: phrases for index, _ in span}
                    position += length
                    break
            else:
                position += 1
        return found


def _vietnamese_phrases(terms: Iterable[str]) -> dict[str, str]:
    """Folded -> as written. A term of one syllable is left out: without its diacritics it is many other words."""
    phrases = {" ".join(token.folded for token in tokenise(term)): term for term in terms if len(term.split()) > 1}
    return {folded: phrases[folded] for folded in list(phrases)[:_MOST_TERMS] if folded}
