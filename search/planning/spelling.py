"""Readings of a word that stands nowhere in the index: raw Telex and VNI keys, and spellings close to it."""

from __future__ import annotations

import re

_VOWELS = frozenset("aeiouy")
_TONE_KEYS = frozenset("sfrxjz")


def keyboard_readings(folded: str) -> list[str]:
    """Folded words that these keys write in Telex or VNI: "luwu" -> "luu", "kham1" -> "kham", "bongs" -> "bong"."""
    readings: list[str] = []
    if folded[:1].isalpha() and any(char.isdigit() for char in folded):
        readings.append(re.sub(r"\d", "", folded))
    plain = folded
    for doubled in ("dd", "aa", "ee", "oo"):
        plain = plain.replace(doubled, doubled[0])
    plain = re.sub("(?<=[uoa])w", "", plain)
    plain = re.sub("w", "u", plain)
    if plain != folded:
        readings.append(plain)
    for keys in dict.fromkeys((folded, plain)):
        first_vowel = next((index for index, char in enumerate(keys) if char in _VOWELS), len(keys))
        readings += [
            keys[:index] + keys[index + 1 :] for index in range(first_vowel + 1, len(keys)) if keys[index] in _TONE_KEYS
        ]
    return list(dict.fromkeys(reading for reading in readings if reading and reading != folded))


def edit_distance(first: str, second: str, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours; limit + 1 when there are more."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    previous = list(range(len(second) + 1))
    for row, char in enumerate(first, 1):
        current = [row]
        for column, other in enumerate(second, 1):
            cost = min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (char != other))
            if row > 1 and column > 1 and char == second[column - 2] and first[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > limit + 1:
            return limit + 1
        before, previous = previous, current
    return min(previous[-1], limit + 1)


def largest_distance(word: str) -> int:
    """How many slips are forgiven in a word of this length; 0 = none."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 7 else 2
