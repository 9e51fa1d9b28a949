"""The few signs of the query language: "quoted phrases" and -excluded words; limits of length."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..text.normalise import Prepared, prepare
from ..text.tokens import scan
from .plan import Token

MOST_CHARACTERS = 256
_BLANK = "\u2007"  # a space that no reader types
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")
_EXCLUDED = re.compile(r'(?<!\S)[-−](?:"([^"]*)"|([^\W\d_][^\s"]*))')
_PHRASE = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class ReadQuery:
    """A query, its normal form, and what was written with signs. `text` is the normal form without excluded words."""

    original: str
    prepared: Prepared
    text: str
    phrases: list[Sequence[Token]]
    excluded: list[str]
    truncated: bool

    @staticmethod
    def is_cut(text: str, start: int, end: int) -> bool:
        """Whether something was blanked out between two words."""
        return _BLANK in text[start:end]


def read_query(query: str) -> ReadQuery:
    """Read the signs. An unbalanced quotation mark is ignored."""
    original, truncated = _limited(_UNUSABLE.sub(" ", query))
    prepared = prepare(original)
    text = prepared.text.translate(_QUOTES)
    excluded = [match for match in _EXCLUDED.finditer(text) if match.group(1) or match.group(2)]
    text = blank_out(text, [match.span() for match in excluded])
    phrases = [_phrase_tokens(prepared, match) for match in _PHRASE.finditer(text)]
    return ReadQuery(
        original,
        prepared,
        text,
        [phrase for phrase in phrases if phrase],
        [match.group(1) or match.group(2) for match in excluded],
        truncated,
    )


def blank_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with these stretches blank; offsets stay."""
    for start, end in spans:
        text = text[:start] + _BLANK * (end - start) + text[end:]
    return text


def _limited(query: str) -> tuple[str, bool]:
    if len(query) <= MOST_CHARACTERS:
        return query, False
    cut = query[:MOST_CHARACTERS]
    words, space, _ = cut.rpartition(" ")
    return (words if space and not query[MOST_CHARACTERS].isspace() else cut), True


def _phrase_tokens(prepared: Prepared, match: re.Match[str]) -> list[Token]:
    first = match.start(1)
    return [
        Token(script, exact, folded, *prepared.span(first + start, first + end), clusters)
        for script, exact, folded, start, end, clusters in scan(match.group(1))
    ]
