"""Another spelling for a query that found little: names with their diacritics, terms of the glossary, near words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..recognition.gazetteer import Gazetteer
from ..recognition.glossary import Translator
from ..text.normalise import fold
from .plan import Plan, Token, WordClause

FEW_HITS = 3  # below this another spelling is proposed
Replacement = tuple[int, int, str]  # [start, end) of the query, and what is written there instead


def did_you_mean(query: str, plan: Plan, gazetteer: Gazetteer, glossary: Translator) -> str:
    """The query as its writer may have meant it; "" when there is nothing to propose.

    Diacritics alone are proposed for names only: common words are found without them.
    """
    words = [clause for clause in plan.clauses if isinstance(clause, WordClause) and clause.folded]
    replacements = list(_names(words, gazetteer))
    replacements += _terms(words, glossary, plan, taken=replacements)
    taken = [range(start, end) for start, end, _ in replacements]
    replacements += [
        (word.start, word.start + len(word.text), word.alternatives[0])
        for word in words
        if word.unknown and word.alternatives and not any(word.start in span for span in taken)
    ]
    proposal = query
    for start, end, text in sorted(replacements, reverse=True):
        proposal = proposal[:start] + text + proposal[end:]
    return proposal if proposal.casefold() != query.casefold() else ""


def _names(words: Sequence[WordClause], gazetteer: Gazetteer) -> Iterable[Replacement]:
    """Words that are a name but for their diacritics or a slip: "đồng thắp"."""
    # Folded words stand for every spelling; words as typed were looked up by the planner already.
    tokens = [Token("latin", _read(word), _read(word), word.start, word.start + len(word.text)) for word in words]
    for match in gazetteer.recognise(tokens, strict=False):
        span = words[match.first : match.last + 1]
        read = " ".join(map(_read, span))
        written = next(
            (name for id_ in sorted(match.ids) for name in gazetteer.names_of(id_) if fold(name) == read), ""
        )
        if written:
            yield span[0].start, span[-1].start + len(span[-1].text), written


def _terms(
    words: Sequence[WordClause], glossary: Translator, plan: Plan, taken: Sequence[Replacement]
) -> Iterable[Replacement]:
    """Terms of the glossary of which a word was repaired: "bongs chuyeenf"."""
    read = [_read(word) for word in words]
    for topic in plan.topics:
        length = len(topic.words)
        written = glossary.written(" ".join(topic.words))
        for first in range(len(words) - length + 1) if length else ():
            span = words[first : first + length]
            start, end = span[0].start, span[-1].start + len(span[-1].text)
            is_free = all(end <= other_start or start >= other_end for other_start, other_end, _ in taken)
            if is_free and tuple(read[first : first + length]) == topic.words and any(map(_is_repaired, span)):
                yield start, end, written
                break


def _is_repaired(word: WordClause) -> bool:
    return bool(word.alternatives)


def _read(word: WordClause) -> str:
    return word.alternatives[0] if word.alternatives else word.folded
