"""The stretches of a text where marks may stand, so that the many patterns need not read the rest of it.

Nearly every mark ends in a number, and few words may stand in front of one. So the text is read backwards: the next
number is quickly found, and what may belong to it is taken along. Only the marks that are written in words alone
("lần thứ nhất", "in June") are sought by their own patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .mark_patterns import PATTERNS, SPACED_WORDS, UNSPACED_WORDS, any_of


def _reversed(words: Iterable[str]) -> str:
    return any_of(word[::-1] for word in words)


_LETTER = r"[^\W\d_]"
_NUMBER_BACKWARDS = re.compile(
    r"\d(?:[\s/.,\-–—]*+"
    rf"(?:\d+|(?<!{_LETTER})(?:{_reversed(SPACED_WORDS)})(?!{_LETTER})|{_reversed(UNSPACED_WORDS)}))*+"
)
_AFTER_NUMBER = re.compile(r"st|nd|rd|th|\s*(?:[年月日号届次]|/\s*[a-zđ]+(?:[-–.][a-zđ]+\d*)*)")
_IN_WORDS = [rule for rule in PATTERNS if rule.in_words]


def stretches(prepared: str) -> Iterator[tuple[int, int]]:
    """(start, end) in order; with one more character on each side, which tells where words begin and end."""
    first = last = -1
    for start, end in sorted([*_numbers(prepared), *_words(prepared)]):
        if start > last:
            if last >= 0:
                yield max(first - 1, 0), last + 1
            first = start
        last = max(last, end)
    if last >= 0:
        yield max(first - 1, 0), last + 1


def _numbers(prepared: str) -> Iterator[tuple[int, int]]:
    length = len(prepared)
    for match in _NUMBER_BACKWARDS.finditer(prepared[::-1]):
        end = length - match.start()
        after = _AFTER_NUMBER.match(prepared, end)
        yield length - match.end(), after.end() if after else end


def _words(prepared: str) -> Iterator[tuple[int, int]]:
    for rule in _IN_WORDS:
        if any(map(prepared.__contains__, rule.hints)):
            yield from (match.span() for match in rule.pattern.finditer(prepared))
