"""Scores of the embedded index, clause by clause, and the tiers above them.

Everything here counts in records. What few records hold is weighed by bm25, record by record. What many hold takes one
of a few fixed scores: bm25 would be slow and say little. So the records of a common word are a handful of sets (in the
title, in the text, with the reader's diacritics), and only the page that is shown is ever put in order.

The weights were measured together on judged queries; they are not independent.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ..planning.plan import Clause, MarkClause, NameClause, Plan, RunClause, Token, WordClause
from ..planning.weights import inverse_frequency
from ..text.english import stem
from ..text.tokens import pairs
from .embedded_schema import IN_TEXT, IN_TITLE, STRUCTURED
from .embedded_scope import Scope
from .embedded_sets import EMPTY, RecordSet, at_least
from .embedded_topics import topic_levels, translated_run, with_topics

_BM25 = "bm25(fts, 6.0, 6.0, 1.0, 1.0)"
_PLACE_WEIGHTS = {IN_TITLE: 4.0, STRUCTURED: 3.0, IN_TEXT: 3.0}
_ID_SCALE = 0.785  # brings ids to the height of bm25
_TIE = 0.1
_PAIR = 0.5
_EXACT = 0.5
_RUN_SHARE = 0.75  # of a run's pairs, when it has more than two
# A word that many records hold: being in a title is what counts.
_FREQUENT_SHARE, _FREQUENT_MINIMUM, _FREQUENT_MAXIMUM = 0.05, 400, 3000
_FREQUENT_IN_TITLE, _FREQUENT_IN_TEXT = 1.9, 1.1
# A clause in more records than this finds no records of its own once a rarer one has found some.
_COMMON_SHARE = 0.1

_ALL_CLAUSES, _ALL_LITERALLY, _ALL_BUT_DATES, _ALL_NAMES = 1000.0, 500.0, 250.0, 8.0

Scores = dict[int, float]
Level = tuple[RecordSet, float]  # records, and the score that each of them takes


@dataclass(slots=True)
class Matches:
    """Records that match one clause: as typed, or also through the glossary.

    A record takes the higher of `scores` and `levels`, whose sets do not overlap, and every bonus besides.
    """

    literal: RecordSet
    wide: RecordSet
    scores: Scores = field(default_factory=dict)
    levels: list[Level] = field(default_factory=list)
    bonuses: list[Level] = field(default_factory=list)

    def scored(self) -> RecordSet:
        found = RecordSet.of(self.scores)
        for records, _ in self.levels:
            found = found | records
        return found


@dataclass(slots=True)
class Ranking:
    """`all` holds the records that match every clause, whatever the filters; `found` all under the filters that match
    anything. Each of `found` is either in `scores` or in one of the `levels`, which do not overlap.
    """

    all: RecordSet = EMPTY
    found: RecordSet = EMPTY
    scores: Scores = field(default_factory=dict)
    levels: list[Level] = field(default_factory=list)

    def score_of(self, record: int) -> float:
        if record in self.scores:
            return self.scores[record]
        return next(score for records, score in self.levels if record in records)


def rank(database: sqlite3.Connection, plan: Plan, scope: Scope) -> Ranking:
    """Every record with at least one clause, scored, in the tiers of the design."""
    return _Scorer(database, scope).rank(plan)


def excluded_records(database: sqlite3.Connection, plan: Plan, scope: Scope) -> RecordSet:
    """Records that hold any of the words with a minus."""
    return _Scorer(database, scope).excluded(plan)


class _Scorer:
    def __init__(self, database: sqlite3.Connection, scope: Scope) -> None:
        self._database = database
        self._scope = scope
        self._state = scope.state
        self._size = scope.state.size
        self._frequent = min(max(_FREQUENT_MINIMUM, _FREQUENT_SHARE * self._size), _FREQUENT_MAXIMUM)
        self._common_weight = inverse_frequency(max(_FREQUENT_MINIMUM, int(_COMMON_SHARE * self._size)), self._size)

    def rank(self, plan: Plan) -> Ranking:
        matches: dict[int, Matches] = {}
        found, has_found = EMPTY, False
        for index in sorted(range(len(plan.clauses)), key=lambda index: -plan.clauses[index].weight):
            clause = plan.clauses[index]
            matches[index] = match = self._match(clause)
            if not has_found or clause.weight > self._common_weight:
                scored = match.scored()
                found = found | scored
                has_found = has_found or (bool(scored) and not clause.optional)
        ordered = [(clause, matches[index]) for index, clause in enumerate(plan.clauses)]
        strict = _intersection(match.wide for clause, match in ordered if not clause.optional)
        literal = _intersection(match.literal for clause, match in ordered if not clause.optional)
        for phrase in plan.phrases:
            holding = self._phrase(phrase)
            strict = holding if strict is None else strict & holding
            literal = literal & holding if literal is not None else None
            found = found & holding
        strict, excluded = strict or EMPTY, self.excluded(plan)
        strict = strict - excluded
        found = (found - excluded | strict) & self._scope.allowed
        names = _intersection(match.wide for clause, match in ordered if isinstance(clause, NameClause))
        tiers = (
            (strict, _ALL_CLAUSES),
            (literal, _ALL_LITERALLY),
            (_all_but_dates(ordered), _ALL_BUT_DATES),
            (names, _ALL_NAMES),
        )
        places = [match.wide for clause, match in ordered if any(clause is place for place in plan.places)]
        topics = topic_levels(plan.topics, places, self._texts)
        bonuses = [(records, bonus) for records, bonus in (*tiers, *topics) if records]
        pair_scores, pair_levels = self._pairs(plan)
        return _added_up(strict, found, [match for _, match in ordered], [*bonuses, *pair_levels], pair_scores)

    def excluded(self, plan: Plan) -> RecordSet:
        result = EMPTY
        for clause in plan.excluded:
            result = result | self._match(clause).wide
        return result

    def _match(self, clause: Clause) -> Matches:
        if isinstance(clause, WordClause):
            match = self._word(clause)
        elif isinstance(clause, RunClause):
            match = self._run(clause)
        elif isinstance(clause, NameClause | MarkClause):
            match = self._ids(clause)
        else:
            match = Matches(EMPTY, EMPTY)
        if clause.translations:
            weight = max(weight for weight, _ in clause.translations)
            expression = _any_of(quoted(phrase) for _, phrase in clause.translations)
            translated = self._texts(expression)
            is_run = isinstance(clause, RunClause)
            match.wide = match.literal | (translated_run(clause, self._texts) if is_run else translated)
            self._add_texts(match, expression, translated, weight)
        return match

    def _word(self, clause: WordClause) -> Matches:
        expression = word_expression(clause)
        holding = self._texts(expression)
        match = Matches(holding, holding)
        if len(holding) <= self._frequent:
            if clause.exact and clause.exact != clause.folded:
                expression += f" OR {{title_exact body_exact}}: {quoted(clause.exact)}"
            _keep_best(match.scores, self._bm25(expression))
            return match
        self._add_texts(match, expression, holding, 1.0)
        if clause.exact and clause.exact != clause.folded:
            as_written = self._texts(f"{{title_exact}}: {quoted(clause.exact)}")
            bonus = inverse_frequency(len(as_written), self._size) * _FREQUENT_IN_TITLE * _EXACT
            match.bonuses.append((as_written & holding, bonus))
        return match

    def _add_texts(self, match: Matches, expression: str, holding: RecordSet, weight: float) -> None:
        """Score what holds an expression."""
        if len(holding) <= self._frequent:
            _keep_best(match.scores, {record: score * weight for record, score in self._bm25(expression).items()})
        else:
            match.levels = _best_levels([*match.levels, *self._frequent_levels(expression, holding, weight)])

    def _frequent_levels(self, expression: str, holding: RecordSet, weight: float = 1.0) -> list[Level]:
        in_title = self._texts(f"{{title title_exact}}: ({expression})")
        weight *= inverse_frequency(len(holding), self._size)
        return [(in_title, weight * _FREQUENT_IN_TITLE), (holding - in_title, weight * _FREQUENT_IN_TEXT)]

    def _run(self, clause: RunClause) -> Matches:
        terms = list(dict.fromkeys(quoted(pair) for pair in pairs(clause.clusters)))
        holding = [self._texts(term) for term in terms]
        least = len(terms) if len(terms) <= 2 else int(len(terms) * _RUN_SHARE)
        matching = with_topics(clause, at_least(holding, least), self._texts)
        match = Matches(matching, matching)
        divisor = math.sqrt(len(terms))
        rare = [term for term, records in zip(terms, holding, strict=True) if len(records) <= self._frequent]
        if rare:
            match.scores = {record: score / divisor for record, score in self._bm25(_any_of(rare)).items()}
        for term, records in zip(terms, holding, strict=True):
            if len(records) > self._frequent:
                match.bonuses += self._frequent_levels(term, records, 1 / divisor)
        # What has a common pair only is found when there is no rare one.
        match.levels = [(_union(holding) if not rare else matching, 0.0)]
        return match

    def _ids(self, clause: NameClause | MarkClause) -> Matches:
        weaker = clause.weaker_ids if isinstance(clause, MarkClause) else []
        matching = EMPTY
        levels: list[Level] = []
        for number, (id_, weight) in enumerate([*clause.ids, *weaker]):
            places = self._marks(id_)
            height = inverse_frequency(sum(map(len, places.values())), self._size) * _ID_SCALE * weight
            for place, entries in places.items():
                records = self._scope.records(entries)
                levels.append((records, height * _place_weight(place)))
                if number < len(clause.ids):
                    matching = matching | records
        match = Matches(matching, matching, levels=_best_levels(levels))
        if isinstance(clause, NameClause) and clause.literal is not None:
            expression = word_expression(clause.literal)
            holding = self._texts(expression)
            match.literal = match.wide = matching | holding
            self._add_texts(match, expression, holding, 1.0)
        return match

    def _phrase(self, phrase: Collection[Token]) -> RecordSet:
        expression = phrase_expression(phrase)
        return self._texts(expression) if expression else EMPTY

    def _pairs(self, plan: Plan) -> tuple[Scores, list[Level]]:
        """Words that stand side by side in the query and in the text."""
        rare: list[str] = []
        levels: list[Level] = []
        for first, second in dict.fromkeys((pair.first_folded, pair.second_folded) for pair in plan.pairs):
            expression = quoted(f"{first} {second}")
            if min(self._written_count(first), self._written_count(second)) <= self._frequent:
                rare.append(expression)
                continue
            in_title = self._texts(f"{{title}}: {expression}")
            levels.append((in_title, _PAIR * inverse_frequency(len(in_title), self._size) * _FREQUENT_IN_TITLE))
        scores = self._bm25(_any_of(rare)) if rare else {}
        return {record: _PAIR * score for record, score in scores.items()}, levels

    def _written_count(self, word: str) -> int:
        row = self._database.execute("SELECT doc FROM vocabulary WHERE term = ?", (word,)).fetchone()
        return row[0] if row else 0

    def _bm25(self, expression: str) -> Scores:
        rows = self._database.execute(f"SELECT rowid, -{_BM25} FROM fts WHERE fts MATCH ?", (expression,))
        return self._scope.record_scores(dict(rows))

    def _texts(self, expression: str) -> RecordSet:
        """Records whose text matches. What many match is kept: common words come again and again."""
        entries = self._state.texts.get(expression)
        if entries is None:
            entries = RecordSet.selected(self._database, "rowid FROM fts WHERE fts MATCH ?", (expression,))
            if len(entries) > self._frequent:
                self._state.remember(self._state.texts, expression, entries)
        return self._scope.records(entries)

    def _marks(self, id_: str) -> dict[int, RecordSet]:
        """Places of a name or mark -> entries."""
        places = self._state.marks.get(id_)
        if places is None:
            found: dict[int, list[int]] = {}
            for entry, place in self._database.execute("SELECT entry, place FROM mark WHERE id = ?", (id_,)):
                found.setdefault(place, []).append(entry)
            places = {place: RecordSet.of(entries) for place, entries in found.items()}
            if sum(map(len, places.values())) > self._frequent:
                self._state.remember(self._state.marks, id_, places)
        return places


def quoted(text: str) -> str:
    """An FTS5 string: nothing in it is an operator."""
    return '"' + text.replace('"', '""') + '"'


def word_expression(clause: WordClause) -> str:
    """The word, its other readings, their English stems, and its phrases."""
    words = [word for word in (clause.folded, *clause.alternatives) if word]
    forms = [form for word in words for form in (word, stem(word))]
    return _any_of(quoted(form) for form in dict.fromkeys([*forms, *clause.phrases]))


def phrase_expression(tokens: Iterable[Token]) -> str:
    """Neighbouring words as one phrase; a run as the sequence of its pairs. Empty without tokens."""
    expressions: list[str] = []
    words: list[Token] = []
    for token in [*tokens, None]:
        if token is not None and token.script == "latin":
            words.append(token)
            continue
        if words:
            # English texts are kept by their stems.
            forms = dict.fromkeys((_joined(words), " ".join(stem(word.folded) for word in words)))
            expressions.append("(" + _any_of(quoted(form) for form in forms) + ")")
            words = []
        if token is not None:
            expressions.append(quoted(" ".join(pairs(token.clusters))))
    return " AND ".join(expressions)


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


def _best_levels(levels: Iterable[Level]) -> list[Level]:
    """The highest score of each record, in sets that do not overlap."""
    best: list[Level] = []
    taken = EMPTY
    for records, score in sorted(levels, key=lambda level: -level[1]):
        best.append((records - taken, score))
        taken = taken | records
    return best


def _added_up(
    strict: RecordSet, found: RecordSet, matches: list[Matches], bonuses: list[Level], pair_scores: Scores
) -> Ranking:
    """What every record found has in all. Records with the same score stay together where they can."""
    single: Scores = {}
    for scores in (pair_scores, *(match.scores for match in matches)):
        for record, score in scores.items():
            single[record] = single.get(record, 0.0) + score
    single = {record: single[record] for record in found.among(single)}
    together: list[Level] = [(found - RecordSet.of(single), 0.0)]
    for match in matches:
        for records, score in match.levels:
            for record in records.among(single):
                single[record] += max(0.0, score - match.scores.get(record, 0.0))
            together = _raised(together, records, score)
        bonuses += match.bonuses
    for records, bonus in bonuses:
        for record in records.among(single):
            single[record] += bonus
        together = _raised(together, records, bonus)
    return Ranking(strict, found, single, together)


def _raised(levels: list[Level], records: RecordSet, score: float) -> list[Level]:
    """The levels with those of the records a score higher."""
    if not score:
        return levels
    raised: list[Level] = []
    for members, total in levels:
        inside = members & records
        outside = members - records if inside else members
        if inside:
            raised.append((inside, total + score))
        if outside:
            raised.append((outside, total))
    return raised


def _union(sets: Iterable[RecordSet]) -> RecordSet:
    result = EMPTY
    for records in sets:
        result = result | records
    return result


def _intersection(sets: Iterable[RecordSet]) -> RecordSet | None:
    """None when there are no sets at all."""
    result: RecordSet | None = None
    for records in sets:
        result = records if result is None else result & records
    return result


def _all_but_dates(ordered: list[tuple[Clause, Matches]]) -> RecordSet | None:
    """Records with everything but dates, editions and words that stand nowhere."""
    return _intersection(
        match.wide
        for clause, match in ordered
        if not clause.optional
        and clause.weight
        and not (isinstance(clause, MarkClause) and clause.kind in ("date", "edition"))
    )
