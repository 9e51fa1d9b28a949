"""Cut a text into words and runs, with offsets into the original."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..planning.plan import Token
from . import khmer
from .normalise import Prepared, prepare, word_forms

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f"
_LETTER = f"[^\\W\u1780-\u17ff\u0e80-\u0eff{_HAN}_]"
_PIECE = re.compile(
    f"{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*|{khmer.RUN}|{khmer.LAO_RUN}|[{_HAN}]+"
    # The s of an English possessive is no word.
    r"|(?<=[a-z])['’]s(?![^\W_])"
)
_SCRIPT = re.compile(f"(?P<latin>{_LETTER})|(?P<khmer>{khmer.RUN})|(?P<lao>{khmer.LAO_RUN})|(?P<han>[{_HAN}])")
Scanned = tuple[str, str, str, int, int, tuple[str, ...]]


class Word(NamedTuple):
    """What a `Token` is without its place in a text."""

    script: str
    exact: str
    folded: str
    clusters: tuple[str, ...] = ()


@lru_cache(maxsize=8_000)
def _word(piece: str) -> Word | None:
    """The forms of a piece of prepared text; None when it says nothing."""
    match = _SCRIPT.match(piece)
    if match is None:
        return None
    script = str(match.lastgroup)
    if script == "latin":
        return Word(script, *word_forms(piece))
    if script == "khmer":
        exact, clusters = khmer.run_forms(piece)
    else:
        exact, clusters = piece, khmer.lao_clusters(piece) if script == "lao" else tuple(piece)
    return Word(script, exact, "".join(clusters), clusters) if clusters else None


def words_of(prepared: str) -> list[Word]:
    """The words and runs of a text, without their places: for indexing.

    A language writes its texts with few words (Vietnamese with some thousand syllables), so that each is made once.
    """
    return [word for word in map(_word, _PIECE.findall(prepared)) if word]


def scan(prepared: str) -> Iterator[Scanned]:
    """(script, exact, folded, start, end, clusters) of every token; offsets into the prepared text."""
    for match in _PIECE.finditer(prepared):
        word = _word(match.group())
        if word:
            yield word.script, word.exact, word.folded, *match.span(), word.clusters


def words_with_places(prepared: str) -> tuple[list[Word], list[tuple[int, int]]]:
    """As `words_of`, and where each stands in the prepared text: what `scan` gives, without a tuple for each."""
    matches = list(_PIECE.finditer(prepared))
    words = [_word(match.group()) for match in matches]
    if None in words:
        matches = [match for match, word in zip(matches, words, strict=True) if word]
    return [word for word in words if word], [match.span() for match in matches]


def tokenise(text: str) -> list[Token]:
    """Words of spaced scripts and runs of Khmer, Lao and Chinese, in order, with offsets into `text`."""
    return tokens_of(prepare(text))


def tokens_of(prepared: Prepared) -> list[Token]:
    """As `tokenise`, for a text that is already prepared."""
    return [
        Token(script, exact, folded, *prepared.span(start, end), clusters)
        for script, exact, folded, start, end, clusters in scan(prepared.text)
    ]


def pairs(clusters: Sequence[str]) -> list[str]:
    """Neighbouring clusters joined; the cluster itself when there is only one."""
    if len(clusters) == 1:
        return [clusters[0]]
    return [first + second for first, second in pairwise(clusters)]


def cluster_spans(text: str, token: Token) -> list[tuple[int, int]]:
    """Where each of `token.clusters` stands in the original text."""
    prepared = prepare(text[token.start : token.end])
    spans: list[tuple[int, int]] = []
    if token.script == "khmer":
        for match in khmer.typed_clusters(prepared.text):
            spans += [match.span()] * len(khmer.cluster_forms(match.group())[1])
    elif token.script == "lao":
        spans = [match.span() for match in khmer.LAO_CLUSTER.finditer(prepared.text)]
    else:
        spans = [(index, index + 1) for index in range(len(token.clusters))]
    originals = (prepared.span(*span) for span in spans)
    return [(token.start + start, token.start + end) for start, end in originals]
