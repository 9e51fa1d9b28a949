"""Cut a text into words and runs, with offsets into the original."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from huunghi.search.plan import Token
from huunghi.search.text import khmer
from huunghi.search.text.normalise import Prepared, prepare, word_forms

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f"
_LETTER = f"[^\\W\u1780-\u17ff\u0e80-\u0eff{_HAN}_]"
_SCANNER = re.compile(
    f"(?P<latin>{_LETTER}+(?:[{_MARKS}]+{_LETTER}*)*)"
    f"|(?P<khmer>{khmer.RUN})|(?P<lao>{khmer.LAO_RUN})|(?P<han>[{_HAN}]+)"
    # The s of an English possessive is no word.
    r"|(?<=[a-z])['’]s(?![^\W_])"
)
Scanned = tuple[str, str, str, int, int, tuple[str, ...]]


def scan(prepared: str) -> Iterator[Scanned]:
    """(script, exact, folded, start, end, clusters) of every token; offsets into the prepared text.

    What indexing uses: plain tuples, because making objects would take half of the time.
    """
    for match in _SCANNER.finditer(prepared):
        script = match.lastgroup
        if script is None:
            continue
        word = match.group()
        start, end = match.span()
        if script == "latin":
            exact, folded = word_forms(word)
            yield script, exact, folded, start, end, ()
        elif script == "khmer":
            exact, clusters = khmer.run_forms(word)
            if clusters:
                yield script, exact, "".join(clusters), start, end, clusters
        elif script == "lao":
            clusters = khmer.lao_clusters(word)
            if clusters:
                yield script, word, "".join(clusters), start, end, clusters
        else:
            yield script, word, word, start, end, tuple(word)


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
