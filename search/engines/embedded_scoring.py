"""Scores of the embedded index, clause by clause, and the tiers above them.

Everything here counts in records. The weights were measured together on judged queries; they are not independent.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from huunghi.search.engines.embedded_schema import IN_TEXT, IN_TITLE, STRUCTURED
from huunghi.search.engines.embedded_scope import Scope
from huunghi.search.plan import Clause, MarkClause, NameClause, Plan, RunClause, Token, WordClause
from huunghi.search.text.english import stem
from huunghi.search.text.tokens import pairs
from huunghi.search.weights import inverse_frequency

_BM25 = "bm25(fts, 6.0, 6.0, 1.0, 1.0)"
_PLACE_WEIGHTS = {IN_TITLE: 4.0, STRUCTURED: 3.0, IN_TEXT: 3.0}
_ID_SCALE = 0.785  # brings ids to the height of bm25
_TIE = 0.1
_PAIR = 0.5
_EXACT = 0.5
_RUN_SHARE = 0.75  # of a run's pairs, when it has more than two
# A word that many records hold: bm25 is slow and says little, being in a title is what counts.
_FREQUENT_SHARE, _FREQUENT_MINIMUM = 0.05, 400
_FREQUENT_IN_TITLE, _FREQUENT_IN_TEXT = 1.9, 1.1
# A clause in more records than this finds no records of its own once a rarer one has found some.
_COMMON_SHARE = 0.1

_ALL_CLAUSES, _ALL_LITERALLY, _ALL_BUT_DATES, _ALL_NAMES = 1000.0, 500.0, 250.0, 8.0

Scores = dict[int, float]


@dataclass(slots=True)
class Matches:
    """Records that match one clause: as typed, or also through the glossary. `scores` may hold fewer or more."""

    literal: set[int]
    wide: set[int]
    scores: Scores


@dataclass(slots=True)
class Ranking:
    """`all` holds the records that match every clause, whatever the filters; `scores` those under the filters."""

    all: set[int] = field(default_factory=set)
    scores: Scores = field(default_factory=dict)


def rank(database: sqlite3.Connection, plan: Plan, scope: Scope, size: int) -> Ranking:
    """Every record with at least one clause, scored, in the tiers of the design."""
    return _Scorer(database, scope, size).rank(plan)


def excluded_records(database: sqlite3.Connection, plan: Plan, scope: Scope) -> set[int]:
    """Records that hold any of the words with a minus."""
    return _Scorer(database, scope, 1).excluded(plan)


class _Scorer:
    def __init__(self, database: sqlite3.Connection, scope: Scope, size: int) -> None:
        self._database = database
        self._scope = scope
        self._size = size
        self._frequent = max(_FREQUENT_MINIMUM, _FREQUENT_SHARE * size)
        self._common_weight = inverse_frequency(max(_FREQUENT_MINIMUM, int(_COMMON_SHARE * size)), size)

    def rank(self, plan: Plan) -> Ranking:
        totals: Scores = {}
        matches: dict[int, Matches] = {}
        has_found = False
        for index in sorted(range(len(plan.clauses)), key=lambda index: -plan.clauses[index].weight):
            clause = plan.clauses[index]
            may_add = not has_found or clause.weight > self._common_weight
            found = matches[index] = self._match(clause, totals, may_add)
            has_found = has_found or (bool(found.scores) and not clause.optional)
            for record, score in found.scores.items():
                if may_add or record in totals:
                    totals[record] = totals.get(record, 0.0) + score
        ordered = [(clause, matches[index]) for index, clause in enumerate(plan.clauses)]
        strict = _intersection(match.wide for clause, match in ordered if not clause.optional)
        literal = _intersection(match.literal for clause, match in ordered if not clause.optional)
        for phrase in plan.phrases:
            holding = self._phrase(phrase)
            strict = holding if strict is None else strict & holding
            literal = literal & holding if literal is not None else None
            totals = {record: score for record, score in totals.items() if record in holding}
        self._add_pairs(plan, totals)
        strict = self._scope.visible(strict or set())
        excluded = self.excluded(plan)
        if excluded:
            strict -= excluded
            totals = {record: score for record, score in totals.items() if record not in excluded}
        for record in self._scope.permitted(strict - totals.keys()):
            totals[record] = 0.0
        for records, bonus in (
            (strict, _ALL_CLAUSES),
            (literal, _ALL_LITERALLY),
            (_all_but_dates(ordered), _ALL_BUT_DATES),
            (_intersection(match.wide for clause, match in ordered if isinstance(clause, NameClause)), _ALL_NAMES),
        ):
            for record in totals.keys() & (records or ()):
                totals[record] += bonus
        return Ranking(strict, totals)

    def excluded(self, plan: Plan) -> set[int]:
        return {record for clause in plan.excluded for record in self._match(clause, {}, True).wide}

    def _match(self, clause: Clause, totals: Scores, may_add: bool) -> Matches:
        if isinstance(clause, WordClause):
            literal, scores = self._word(clause, totals, may_add)
        elif isinstance(clause, RunClause):
            literal, scores = self._run(clause)
        elif isinstance(clause, NameClause | MarkClause):
            literal, scores = self._ids(clause)
        else:
            literal, scores = set(), {}
        wide = literal
        if clause.translations:
            weight = max(weight for weight, _ in clause.translations)
            translated = self._bm25(_any_of(quoted(phrase) for _, phrase in clause.translations))
            wide = literal | translated.keys()
            _keep_best(scores, {record: score * weight for record, score in translated.items()})
        return Matches(literal, wide, self._scope.permitted_scores(scores))

    def _word(self, clause: WordClause, totals: Scores, may_add: bool) -> tuple[set[int], Scores]:
        exact = quoted(clause.exact) if clause.exact and clause.exact != clause.folded else ""
        expression = word_expression(clause)
        if (clause.document_frequency or 0) <= self._frequent:
            if exact:
                expression += f" OR {{title_exact body_exact}}: {exact}"
            scores = self._bm25(expression)
            return set(scores), scores
        return self._frequent_word(clause, expression, exact, totals, may_add)

    def _frequent_word(
        self, clause: WordClause, expression: str, exact: str, totals: Scores, may_add: bool
    ) -> tuple[set[int], Scores]:
        holding = self._records(expression)
        in_title = self._records(f"{{title title_exact}}: ({expression})")
        weight = inverse_frequency(clause.document_frequency or 0, self._size)
        scores = {
            record: weight * (_FREQUENT_IN_TITLE if record in in_title else _FREQUENT_IN_TEXT)
            for record in (holding if may_add else totals.keys() & holding)
        }
        if exact and scores:
            as_written = self._records(f"{{title_exact}}: {exact}")
            bonus = inverse_frequency(len(as_written), self._size) * _FREQUENT_IN_TITLE * _EXACT
            for record in scores.keys() & as_written:
                scores[record] += bonus
        return holding, scores

    def _run(self, clause: RunClause) -> tuple[set[int], Scores]:
        terms = list(dict.fromkeys(quoted(pair) for pair in pairs(clause.clusters)))
        scores = self._bm25(_any_of(terms))
        if len(terms) == 1:
            matching = set(scores)
        elif len(terms) == 2:
            matching = self._records(" AND ".join(terms))
        else:
            each = " UNION ALL ".join(["SELECT rowid FROM fts WHERE fts MATCH ?"] * len(terms))
            rows = self._database.execute(
                f"SELECT rowid FROM ({each}) GROUP BY rowid HAVING count(*) >= ?",
                (*terms, int(len(terms) * _RUN_SHARE)),
            )
            matching = self._scope.records(row for (row,) in rows)
        divisor = math.sqrt(len(terms))
        return matching, {record: score / divisor for record, score in scores.items()}

    def _ids(self, clause: NameClause | MarkClause) -> tuple[set[int], Scores]:
        weaker = clause.weaker_ids if isinstance(clause, MarkClause) else []
        matching: set[int] = set()
        scores: Scores = {}
        for number, (id_, weight) in enumerate([*clause.ids, *weaker]):
            rows = self._database.execute("SELECT entry, place FROM mark WHERE id = ?", (id_,)).fetchall()
            height = inverse_frequency(len(rows), self._size) * _ID_SCALE * weight
            heights = {places: height * _place_weight(places) for places in range(1, 8)}
            found = self._scope.record_scores({entry: heights[places] for entry, places in rows})
            _keep_best(scores, found)
            if number < len(clause.ids):
                matching |= found.keys()
        if isinstance(clause, NameClause) and clause.literal is not None:
            found = self._bm25(word_expression(clause.literal))
            _keep_best(scores, found)
            matching |= found.keys()
        return matching, scores

    def _phrase(self, phrase: Collection[Token]) -> set[int]:
        """Neighbouring words as one phrase; a run as the sequence of its pairs."""
        expressions: list[str] = []
        words: list[Token] = []
        for token in [*phrase, None]:
            if token is not None and token.script == "latin":
                words.append(token)
                continue
            if words:
                forms = dict.fromkeys((_joined(words), " ".join(stem(word.folded) for word in words)))
                expressions.append("(" + _any_of(quoted(form) for form in forms) + ")")
                words = []
            if token is not None:
                expressions.append(quoted(" ".join(pairs(token.clusters))))
        return self._records(" AND ".join(expressions)) if expressions else set()

    def _add_pairs(self, plan: Plan, totals: Scores) -> None:
        """Words that stand side by side in the query and in the text."""
        if not totals:
            return
        rare: list[str] = []
        for first, second in dict.fromkeys((pair.first_folded, pair.second_folded) for pair in plan.pairs):
            expression = quoted(f"{first} {second}")
            if min(self._written_count(first), self._written_count(second)) <= self._frequent:
                rare.append(expression)
                continue
            in_title = self._records(f"{{title}}: {expression}")
            bonus = _PAIR * inverse_frequency(len(in_title), self._size) * _FREQUENT_IN_TITLE
            for record in totals.keys() & in_title:
                totals[record] += bonus
        if rare:
            scores = self._bm25(_any_of(rare))
            for record in totals.keys() & scores.keys():
                totals[record] += _PAIR * scores[record]

    def _written_count(self, word: str) -> int:
        row = self._database.execute("SELECT doc FROM vocabulary WHERE term = ?", (word,)).fetchone()
        return row[0] if row else 0

    def _bm25(self, expression: str) -> Scores:
        rows = self._database.execute(f"SELECT rowid, -{_BM25} FROM fts WHERE fts MATCH ?", (expression,))
        return self._scope.record_scores(dict(rows))

    def _records(self, expression: str) -> set[int]:
        rows = self._database.execute("SELECT rowid FROM fts WHERE fts MATCH ?", (expression,))
        return self._scope.records(row for (row,) in rows)


def quoted(text: str) -> str:
    """An FTS5 string: nothing in it is an operator."""
    return '"' + text.replace('"', '""') + '"'


def word_expression(clause: WordClause) -> str:
    """The word, its other readings, their English stems, and its phrases."""
    words = [word for word in (clause.folded, *clause.alternatives) if word]
    forms = [form for word in words for form in (word, stem(word))]
    return _any_of(quoted(form) for form in dict.fromkeys([*forms, *clause.phrases]))


def _any_of(expressions: Iterable[str]) -> str:
    return " OR ".join(expressions)


def _joined(words: Iterable[Token]) -> str:
    return " ".join(word.folded for word in words)


def _keep_best(scores: Scores, others: Scores) -> None:
    for record, score in others.items():
        if score > scores.get(record, 0.0):
            scores[record] = score


def _place_weight(places: int) -> float:
    """The best place counts in full, the others a little."""
    weights = sorted((weight for place, weight in _PLACE_WEIGHTS.items() if places & place), reverse=True)
    return weights[0] + _TIE * sum(weights[1:])


def _intersection(sets: Iterable[set[int]]) -> set[int] | None:
    """None when there are no sets at all."""
    result: set[int] | None = None
    for records in sets:
        result = set(records) if result is None else result & records
    return result


def _all_but_dates(ordered: list[tuple[Clause, Matches]]) -> set[int] | None:
    """Records with everything but dates, editions and words that stand nowhere."""
    return _intersection(
        match.wide
        for clause, match in ordered
        if not clause.optional
        and clause.weight
        and not (isinstance(clause, MarkClause) and clause.kind in ("date", "edition"))
    )
