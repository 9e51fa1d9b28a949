"""One normal form for texts and queries, with the way back to the original.

`prepare` gives the form that tokens are cut from: NFC, no invisible characters, lower case, ASCII digits. It may be
shorter or longer than the original, so it remembers where: what is found in the prepared text can be marked in the
reader's own text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter

INVISIBLE = "\u200b\u200c\u200d\u00ad\u2060\u2063\ufeff\u17b4\u17b5"
_ZERO_WIDTH_SPACE = "\u200b"
_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_LAO_AM = "\u0ecd[\u0ec8-\u0ecb]?\u0eb2"  # typed as nikhahit + aa, often with the tone between them
# What changes the number of characters in a text that is already NFC.
_IRREGULAR = re.compile(f"[{INVISIBLE}]+|{_LAO_AM}|İ|[\ud800-\udfff]")
_IRREGULAR_OR_DECOMPOSED = re.compile(f"{_IRREGULAR.pattern}|[^\x00-\x7f][{_MARKS}]*|[\x00-\x7f][{_MARKS}]+")
_UNSPACED = re.compile("[\u1780-\u17dd\u0e80-\u0eff]")

_DIGIT_TABLE = {
    code: str(unicodedata.digit(chr(code))) for code in range(0x80, 0x10000) if unicodedata.category(chr(code)) == "Nd"
}
_UNUSUAL = re.compile(f"[{INVISIBLE}\u0ecdİ\ud800-\udfff{''.join(map(chr, _DIGIT_TABLE))}]")

_Change = tuple[int, int, int, int]  # start and end in the prepared text, start and end in the original


class Prepared:
    """A text in normal form. `span` leads from its offsets to those of the original."""

    __slots__ = ("_changes", "text")

    def __init__(self, text: str, changes: Sequence[_Change] = ()) -> None:
        self.text = text
        self._changes = changes  # in order; between them the text is as long as the original

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of `text[start:end]`."""
        if not self._changes:
            return start, end
        start, end = min(start, len(self.text)), min(end, len(self.text))
        if start == len(self.text):
            last = self._original(start - 1)[1] if start else 0
            return last, last
        first = self._original(start)[0]
        return first, self._original(end - 1)[1] if end > start else first

    def _original(self, position: int) -> tuple[int, int]:
        """Where the character at `position` stands in the original."""
        index = bisect_right(self._changes, position, key=itemgetter(0)) - 1
        if index < 0:
            return position, position + 1
        _, end, original_start, original_end = self._changes[index]
        if position < end:
            return original_start, original_end
        start = original_end + position - end
        return start, start + 1


def prepare(text: str) -> Prepared:
    """NFC, invisible characters dropped, lower case, ASCII digits. Never raises; lone surrogates become U+FFFD."""
    if text.isascii():
        return Prepared(text.lower())
    is_composed = unicodedata.is_normalized("NFC", text)
    # Most texts need no more than this; one character class is the quickest way to see it.
    if is_composed and not _UNUSUAL.search(text):
        return Prepared(_lower(text))
    regular, changes = _rewrite(text, _IRREGULAR if is_composed else _IRREGULAR_OR_DECOMPOSED)
    return Prepared(_lower(regular).translate(_DIGIT_TABLE), changes)


def _lower(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _rewrite(text: str, pattern: re.Pattern[str]) -> tuple[str, list[_Change]]:
    """Make every match regular, and remember what that moved."""
    parts: list[str] = []
    changes: list[_Change] = []
    done = shift = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        new = _regular(match)
        parts += [text[done:start], new]
        done = end
        growth = len(new) - (end - start)
        if growth or len(new) > 1:
            changes.append((start + shift, start + shift + len(new), start, end))
            shift += growth
    parts.append(text[done:])
    return "".join(parts), changes


def _regular(match: re.Match[str]) -> str:
    found = match.group()
    first = found[0]
    if first in INVISIBLE:
        # Between Khmer or Lao letters it only shows where a word ends; elsewhere it stands for a space.
        before, after = match.string[match.start() - 1 : match.start()], match.string[match.end() : match.end() + 1]
        inside = _UNSPACED.match(before) and _UNSPACED.match(after)
        return " " if _ZERO_WIDTH_SPACE in found and not inside else ""
    if first == "\u0ecd" and found[-1] == "\u0eb2":
        return found[1:-1] + "\u0eb3"
    if first == "İ":
        return "i"
    if "\ud800" <= first <= "\udfff":
        return "\ufffd"
    return unicodedata.normalize("NFC", found)


# --- Vietnamese and other Latin words

_TONES = "\u0300\u0301\u0309\u0303\u0323"
TONE_POSITIONS: dict[str, str] = {
    unicodedata.normalize("NFC", vowels + tone): unicodedata.normalize("NFC", vowels[0] + tone + vowels[1])
    for vowels in ("oa", "oe", "uy")
    for tone in _TONES
}
_TONE_POSITION = re.compile("|".join(TONE_POSITIONS))
# Letters that carry no separable diacritic, as Elasticsearch's asciifolding writes them.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ħ": "h", "ŋ": "n"}
)
_FINAL_Y = re.compile("^([hklmstv]|qu)y$")


def with_one_tone_position(word: str) -> str:
    """hoà -> hòa, khoẻ -> khỏe, thuỷ -> thủy; lower case NFC."""
    return _TONE_POSITION.sub(lambda match: TONE_POSITIONS[match.group()], word)


def without_diacritics(word: str) -> str:
    """đường -> duong. Of a compatibility form (ﬁ, full width) only letters and digits are kept."""
    decomposed = unicodedata.normalize("NFKD", word).translate(_LETTERS)
    return "".join(char for char in decomposed if char.isalnum()) or word


def word_forms(word: str) -> tuple[str, str]:
    """(exact, folded) of one prepared word: "hoà" -> ("hòa", "hoa"), "sỹ" -> ("sỹ", "si")."""
    if word.isascii():
        return word, _FINAL_Y.sub(r"\1i", word)
    return with_one_tone_position(word), _FINAL_Y.sub(r"\1i", without_diacritics(word).lower())


def fold(text: str) -> str:
    """Every word folded, everything else as it is: for keys and comparisons, not for offsets."""
    return re.sub(r"[^\W_]+", lambda match: word_forms(match.group())[1], prepare(text).text)


def has_vietnamese_diacritics(text: str) -> bool:
    """Whether any Latin letter of the text carries a diacritic."""
    return any(ord(char) > 0x7F and unicodedata.name(char, "").startswith("LATIN") for char in text)
