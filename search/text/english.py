"""English: stop words and a small stemmer for the embedded index."""

from __future__ import annotations

from functools import lru_cache

# Without "an": it would take the An of An Giang. Tested on the unfolded word: tổ, thể, ít are not to, the, it.
_STOP_WORDS = (
    "a and are as at be by for from had has have in is it its not of on or that the their they this to was were "
    "who with"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
# Dropped from English queries only: in a Vietnamese query "then", "no" or "nay" may be words of their own.
MORE_STOP_WORDS = frozenset(["been", "but", "if", "into", "no", "such", "then", "there", "these", "those", "will"])
_SUFFIXES = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("es", "e"), ("s", ""))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Drop the plural, -ing, -ed and a final e: "journalists" -> "journalist", "dances" -> "danc"."""
    for suffix, replacement in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3 and not word.endswith("ss"):
            word = word[: len(word) - len(suffix)] + replacement
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def is_stop_word(exact: str, following: str = "", english: bool = False) -> bool:
    """Whether an unfolded word of a query says nothing. `following` is the next word, "" at the end."""
    if exact in STOP_WORDS or (english and exact in MORE_STOP_WORDS):
        return True
    return english and exact == "an" and following[:1] in ("a", "e", "i", "o", "u", "h")
