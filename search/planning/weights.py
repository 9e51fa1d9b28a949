"""What the vocabulary of the index adds to a plan: repaired words, document counts, weights."""

from __future__ import annotations

import math
from dataclasses import replace

from ..engines.base import Vocabulary
from ..text.english import stem
from ..text.tokens import pairs
from .plan import Clause, MarkClause, NameClause, Plan, RunClause, WordClause
from .spelling import keyboard_readings, largest_distance

MOST_ALTERNATIVES = 4
_OPTIONAL_FACTOR = 0.5


def inverse_frequency(count: int, size: int) -> float:
    """The usual BM25 weight of a term that `count` of `size` records hold."""
    return math.log(1 + (size - count + 0.5) / (count + 0.5))


def complete_words(plan: Plan, vocabulary: Vocabulary) -> None:
    """Give words that stand nowhere other readings: Telex and VNI keys, else near spellings."""
    repaired: dict[str, str] = {}
    for clause in plan.clauses:
        if not isinstance(clause, WordClause) or clause.phrases or clause.folded.isdigit():
            continue
        _complete(clause, vocabulary)
        if clause.unknown:
            plan.not_found.append(clause.text)
            if clause.alternatives:
                repaired[clause.folded] = clause.alternatives[0]
    plan.pairs = [
        replace(
            pair,
            first_folded=repaired.get(pair.first_folded, pair.first_folded),
            second_folded=repaired.get(pair.second_folded, pair.second_folded),
            first_exact=repaired.get(pair.first_folded, pair.first_exact),
            second_exact=repaired.get(pair.second_folded, pair.second_exact),
        )
        for pair in plan.pairs
    ]


def _complete(clause: WordClause, vocabulary: Vocabulary) -> None:
    word = clause.folded
    readings = keyboard_readings(word)
    if vocabulary.word_count(word):
        # Only the English stem is known: for a Vietnamese reader "bongs" is bóng.
        if stem(word) in readings and not vocabulary.word_count(word, stemmed=False):
            clause.alternatives = [stem(word)]
        return
    clause.unknown = True
    known = [reading for reading in readings if len(reading) > 1 and vocabulary.word_count(reading)]
    clause.alternatives = known[:MOST_ALTERNATIVES]
    if not known and largest_distance(word) and not any(char.isdigit() for char in word):
        clause.alternatives = vocabulary.near_words(word)


def add_weights(plan: Plan, vocabulary: Vocabulary) -> None:
    """Rare clauses weigh more; a clause that the index does not know weighs nothing."""
    size = vocabulary.size
    for clause in plan.clauses:
        _add_weight(clause, vocabulary, size)
        if clause.optional:
            clause.weight *= _OPTIONAL_FACTOR


def _add_weight(clause: Clause, vocabulary: Vocabulary, size: int) -> None:
    if isinstance(clause, WordClause):
        count = max(vocabulary.word_count(word) for word in (clause.folded, *clause.alternatives))
        clause.document_frequency = count
        clause.weight = inverse_frequency(count, size) if count or clause.phrases else 0.0
    elif isinstance(clause, NameClause | MarkClause):
        count = min(size, sum(vocabulary.id_count(id_) for id_, _ in clause.ids))
        clause.document_frequency = count
        has_literal = isinstance(clause, NameClause) and clause.literal is not None
        clause.weight = inverse_frequency(count, size) if count or has_literal else 0.0
    elif isinstance(clause, RunClause):
        terms = pairs(clause.clusters)
        weights = [inverse_frequency(count, size) for count in map(vocabulary.word_count, terms) if count]
        clause.weight = sum(weights) / len(weights) * min(2.0, math.sqrt(len(terms))) if weights else 0.0
