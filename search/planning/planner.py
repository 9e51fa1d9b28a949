"""Turn what a reader typed into a `Plan`. Never raises, whatever the string."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise

from ..documents.entries import base_language
from ..engines.base import EngineError, Vocabulary
from ..recognition import marks
from ..recognition.gazetteer import PREDECESSOR_WEIGHT, Gazetteer, NameMatch
from ..recognition.glossary import TRANSLATION_WEIGHT, Found, Translator
from ..text.english import is_stop_word
from ..text.normalise import has_vietnamese_diacritics, prepare
from ..text.tokens import cluster_spans, scan
from .plan import Clause, MarkClause, NameClause, Pair, Plan, RunClause, Token, Topic, WordClause
from .query_syntax import ReadQuery, blank_out, read_query
from .question_words import question_words, without_khmer_question_words
from .weights import add_weights, complete_words

MOST_WORDS = 32
_CLAUSES_BESIDE_QUESTION_WORDS = 2
_KHMER_PROVINCE = "\u1781\u17c1\u178f\u17d2\u178f"  # ខេត្ត, as often written as left out
_THOUSANDS = re.compile(r"(?<![\d.,/])\d{1,3}(?:[.,]\d{3})+(?![\d.,]*\d)")


@dataclass(slots=True)
class _Reading:
    """The query while clauses are made of it. Token offsets are those of the prepared query."""

    query: ReadQuery
    language: str
    text: str  # the prepared query without marks and excluded words
    tokens: list[Token]
    names: list[NameMatch]
    has_diacritics: bool
    in_names: set[int] = field(default_factory=set)  # words; of runs see `covered`
    covered: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # run -> clusters that belong to names

    def typed(self, start: int, end: int) -> tuple[str, int]:
        """(text as typed, offset in the query) of a stretch of the prepared query."""
        first, last = self.query.prepared.span(start, end)
        return self.query.original[first:last], first


def plan(
    query: str,
    language: str,
    gazetteer: Gazetteer,
    vocabulary: Vocabulary | None = None,
    glossary: Translator | None = None,
) -> Plan:
    """The plan of a query in the language of the reader's page.

    Without a vocabulary every clause weighs the same and unknown words are not repaired.
    """
    read = read_query(query)
    language = base_language(language)
    dates = marks.find_marks(read.text)
    mark_clauses = _mark_clauses(read, dates)
    text = blank_out(read.text, [(mark.start, mark.end) for mark in dates])
    tokens, too_many = _tokens(text)
    reading = _Reading(
        read, language, text, tokens, gazetteer.recognise(tokens, strict=False), has_vietnamese_diacritics(text)
    )
    name_clauses = _name_clauses(reading, gazetteer)
    dropped = _dropped_words(reading, already=len(mark_clauses) + len(name_clauses))
    clauses = [*mark_clauses, *name_clauses, *_word_clauses(reading, dropped), *_run_clauses(reading)]
    if not clauses:
        clauses = _whole_runs(reading)
    clauses.sort(key=lambda clause: clause.start)
    if all(clause.optional for clause in clauses):
        for clause in clauses:
            clause.optional = False
    result = Plan(
        clauses=clauses,
        pairs=_pairs(reading),
        phrases=read.phrases,
        excluded=[clause for part in read.excluded for clause in _excluded_clauses(part, gazetteer)],
        language=language,
        has_diacritics=reading.has_diacritics,
        truncated=read.truncated or too_many,
    )
    if vocabulary is not None:
        _complete_words(result, vocabulary)
    found = glossary.recognise(clauses, language) if glossary is not None else []
    if glossary is not None:
        _add_topics(result, found, glossary)
    if vocabulary is not None:
        _add_weights(result, vocabulary)
    result.topics = _topics_of(result, found)
    result.also_searched = list(dict.fromkeys([*_linked_names(result, gazetteer), *result.also_searched]))
    return result


def _tokens(text: str) -> tuple[list[Token], bool]:
    tokens = [Token(*scanned) for scanned in scan(text)]
    return tokens[:MOST_WORDS], len(tokens) > MOST_WORDS


def _mark_clauses(read: ReadQuery, found: Iterable[marks.Mark]) -> list[Clause]:
    """Several years (months, days, editions) are alternatives: one clause."""
    clauses: list[Clause] = []
    first_of_kind: dict[str, MarkClause] = {}
    for mark in found:
        start, end = read.prepared.span(mark.start, mark.end)
        clause = MarkClause(
            text=read.original[start:end],
            start=start,
            optional=mark.optional,
            kind=mark.kind,
            ids=[(id_, 1.0) for id_ in mark.ids],
            weaker_ids=marks.weaker_ids(mark.ids[0]) if mark.kind == "date" else [],
        )
        same = None if mark.optional or mark.kind == "number" else first_of_kind.setdefault(mark.ids[0][0], clause)
        if same is None or same is clause:
            clauses.append(clause)
        else:
            same.ids += clause.ids
            same.weaker_ids += clause.weaker_ids
            same.text += f", {clause.text}"
    return clauses


def _name_clauses(reading: _Reading, gazetteer: Gazetteer) -> list[Clause]:
    clauses: list[Clause] = []
    for match in reading.names:
        token = reading.tokens[match.first]
        start, end = token.start, reading.tokens[match.last].end
        literal = None
        if match.cluster_start is not None and match.cluster_end is not None:
            reading.covered.setdefault(match.first, []).append((match.cluster_start, match.cluster_end))
            spans = cluster_spans(reading.text, token)[match.cluster_start : match.cluster_end]
            start, end = spans[0][0], spans[-1][1]
        else:
            reading.in_names.update(range(match.first, match.last + 1))
            if match.first == match.last:
                literal = WordClause(*reading.typed(start, end), exact=token.exact, folded=token.folded)
        ids = sorted(match.ids)
        older = [old for id_ in ids for old in gazetteer.predecessors_of(id_) if old not in match.ids]
        clauses.append(
            NameClause(
                *reading.typed(start, end),
                ids=[(id_, 1.0) for id_ in ids] + [(id_, PREDECESSOR_WEIGHT) for id_ in dict.fromkeys(older)],
                literal=literal,
                spellings=list(dict.fromkeys(name for id_ in (*ids, *older) for name in gazetteer.names_of(id_))),
            )
        )
    return clauses


def _dropped_words(reading: _Reading, already: int) -> set[int]:
    """Stop words, and question words while at least two other clauses stay."""
    tokens = reading.tokens
    free = [index for index, token in enumerate(tokens) if token.script == "latin" and index not in reading.in_names]
    stopped = {index for index in free if len(tokens) > 1 and is_stop_word(tokens[index].exact)}
    english = reading.language == "en" or (not reading.has_diacritics and reading.language != "vi" and bool(stopped))
    if english and len(tokens) > 1:
        following = [*(token.exact for token in tokens[1:]), ""]
        stopped |= {index for index in free if is_stop_word(tokens[index].exact, following[index], english=True)}
    asking = question_words(tokens, reading.in_names, reading.has_diacritics, english)
    content = [index for index in free if index not in stopped and index not in asking]
    runs = sum(token.script != "latin" for token in tokens)
    return stopped | asking if len(content) + already + runs >= _CLAUSES_BESIDE_QUESTION_WORDS else stopped


def _word_clauses(reading: _Reading, dropped: set[int]) -> list[Clause]:
    thousands = {match.start(): match for match in _THOUSANDS.finditer(reading.text)}
    clauses: list[Clause] = []
    number_end = 0
    for index, token in enumerate(reading.tokens):
        if token.script != "latin" or index in reading.in_names or index in dropped or token.start < number_end:
            continue
        clause = WordClause(*reading.typed(token.start, token.end), exact=token.exact, folded=token.folded)
        match = thousands.get(token.start)
        if match:
            number_end = match.end()
            clause.text = clause.exact = clause.folded = re.sub("[.,]", "", match.group())
            clause.phrases.append(re.sub("[.,]", " ", match.group()))
        elif re.fullmatch(r"[1-9]\d{3,8}", token.folded):
            clause.phrases.append(f"{int(token.folded):,}".replace(",", " "))
        clauses.append(clause)
    return clauses


def _run_clauses(reading: _Reading) -> list[Clause]:
    """What no name covers, without asking words and the bare word for province."""
    clauses: list[Clause] = []
    for index, token in enumerate(reading.tokens):
        if token.script == "latin":
            continue
        position = 0
        for start, end in [*sorted(reading.covered.get(index, ())), (len(token.clusters),) * 2]:
            rest = token.clusters[position:start]
            parts = without_khmer_question_words(rest) if token.script == "khmer" else [(0, rest)]
            for offset, clusters in parts:
                if clusters and "".join(clusters) != _KHMER_PROVINCE:
                    clauses.append(_run_clause(reading, token, position + offset, clusters))
            position = end
    return clauses


def _run_clause(reading: _Reading, token: Token, first: int, clusters: tuple[str, ...]) -> RunClause:
    spans = cluster_spans(reading.text, token)[first : first + len(clusters)]
    return RunClause(*reading.typed(spans[0][0], spans[-1][1]), script=token.script, clusters=clusters)


def _whole_runs(reading: _Reading) -> list[Clause]:
    """When a query is nothing but asking words, they are what is sought."""
    return [_run_clause(reading, token, 0, token.clusters) for token in reading.tokens if token.script != "latin"]


def _pairs(reading: _Reading) -> list[Pair]:
    return [
        Pair(first.folded, second.folded, first.exact, second.exact)
        for first, second in pairwise(reading.tokens)
        if first.script == second.script == "latin" and not reading.query.is_cut(reading.text, first.end, second.start)
    ]


def _excluded_clauses(text: str, gazetteer: Gazetteer) -> list[Clause]:
    tokens = [Token(*scanned) for scanned in scan(prepare(text).text)][:MOST_WORDS]
    if not tokens:
        return []
    names = gazetteer.recognise(tokens, strict=False)
    if len(names) == 1 and (names[0].first, names[0].last) == (0, len(tokens) - 1) and not tokens[0].clusters:
        return [NameClause(text, 0, ids=[(id_, 1.0) for id_ in sorted(names[0].ids)])]
    if all(token.script == "latin" for token in tokens):
        if len(tokens) == 1:
            return [WordClause(text, 0, exact=tokens[0].exact, folded=tokens[0].folded)]
        return [WordClause(text, 0, phrases=[" ".join(token.folded for token in tokens)])]
    return [
        RunClause(text, 0, script=token.script, clusters=token.clusters) for token in tokens if token.script != "latin"
    ]


def _add_topics(result: Plan, found: Iterable[Found], glossary: Translator) -> None:
    """What the glossary knows of the query's words. In another language its terms also stand for these words."""
    for concept in found:
        translations = [(TRANSLATION_WEIGHT, phrase) for phrase in concept.topic.phrases]
        for clause in (result.clauses[index] for index in concept.clauses):
            if isinstance(clause, RunClause):
                clause.topics.append(concept.topic)
            elif result.language != "en":
                continue
            clause.translations += translations
            result.also_searched += [glossary.written(phrase) for _, phrase in translations]


def _topics_of(result: Plan, found: Sequence[Found]) -> list[Topic]:
    """The concepts, each with its share of what the query asks for beside names and dates."""
    total = sum(clause.weight for clause in result.certain if not isinstance(clause, NameClause))
    for concept in found:
        clauses = [result.clauses[index] for index in concept.clauses]
        weight = sum(clause.weight for clause in clauses)
        if isinstance(clauses[0], RunClause):
            weight *= len(concept.topic.clusters) / len(clauses[0].clusters)
        concept.topic.share = weight / total if total else 0.0
    return [concept.topic for concept in found if concept.topic.share]


def _complete_words(result: Plan, vocabulary: Vocabulary) -> None:
    """An improvement only: without it the plan still works."""
    with suppress(EngineError):
        complete_words(result, vocabulary)


def _add_weights(result: Plan, vocabulary: Vocabulary) -> None:
    with suppress(EngineError):
        add_weights(result, vocabulary)


def _linked_names(result: Plan, gazetteer: Gazetteer) -> list[str]:
    """Names of older units that a name also searches."""
    return [
        gazetteer.names_of(id_)[0]
        for clause in result.clauses
        if isinstance(clause, NameClause)
        for id_, weight in clause.ids
        if weight < 1 and gazetteer.names_of(id_)
    ]
