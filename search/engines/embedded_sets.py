"""Sets of record numbers as bits of one large integer.

A hundred thousand records are 12 KB, and whole sets are joined, cut and counted at the speed of memory: that is what
lets every facet be counted exactly.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cached_property

_ONE = re.compile(b"1")


class RecordSet:
    """An immutable set of numbers from 0 on."""

    def __init__(self, bits: int = 0) -> None:
        self.bits = bits

    @classmethod
    def of(cls, numbers: Iterable[int]) -> RecordSet:
        numbers = list(numbers)
        if not numbers:
            return EMPTY
        highest = max(numbers)
        digits = bytearray(b"0") * (highest + 1)
        for number in numbers:
            digits[highest - number] = 49  # "1"; the highest number comes first
        return cls(int(digits, 2))

    @classmethod
    def selected(cls, database: sqlite3.Connection, numbers: str, parameters: Iterable[object] = ()) -> RecordSet:
        """The numbers that a query selects: `numbers` is "column FROM ..."; one row is faster than thousands."""
        column, _, rest = numbers.partition(" ")
        [found] = database.execute(f"SELECT json_group_array({column}) {rest}", tuple(parameters)).fetchone()
        return cls.of(json.loads(found))

    def __and__(self, other: RecordSet) -> RecordSet:
        return RecordSet(self.bits & other.bits)

    def __or__(self, other: RecordSet) -> RecordSet:
        return RecordSet(self.bits | other.bits)

    def __sub__(self, other: RecordSet) -> RecordSet:
        return RecordSet(self.bits & ~other.bits)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __bool__(self) -> bool:
        return self.bits != 0

    def __iter__(self) -> Iterator[int]:
        digits = bin(self.bits)[:1:-1].encode()
        return (match.start() for match in _ONE.finditer(digits))

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bytes) and bool(self._bytes[place] >> (number & 7) & 1)

    @cached_property
    def _bytes(self) -> bytes:
        return self.bits.to_bytes((self.bits.bit_length() + 7) // 8, "little")

    def among(self, numbers: Iterable[int]) -> list[int]:
        """Those of the numbers that are in the set."""
        held, end = self._bytes, len(self._bytes) * 8
        return [number for number in numbers if number < end and held[number >> 3] >> (number & 7) & 1]


EMPTY = RecordSet()


def at_least(sets: Iterable[RecordSet], least: int) -> RecordSet:
    """The numbers that are in at least so many of the sets: all of them counted at once, in binary."""
    planes: list[int] = []  # the ones, the twos, the fours ... of every number's count
    for records in sets:
        carry = records.bits
        for place, plane in enumerate(planes):
            planes[place], carry = plane ^ carry, plane & carry
        if carry:
            planes.append(carry)
    if least >> len(planes):
        return EMPTY
    more, equal = 0, -1
    for place in reversed(range(len(planes))):
        if least >> place & 1:
            equal &= planes[place]
        else:
            more |= equal & planes[place]
            equal &= ~planes[place]
    return RecordSet(more | equal) if least > 0 else RecordSet(more)
