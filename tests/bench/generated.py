"""Collections of any size for measuring: invented events, drawn anew from the sentences of the judged collection.

Whole sentences keep the frequency of words, pairs and names as it is in real texts; random words would make every word
as common as the next. The same number and seed give the same documents.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from huunghi.search.documents.document import LanguagePart, SearchDocument
from tests.search.relevance import imported_documents

FIRST_DAY = date(1995, 1, 1)
DAYS = 365 * 31
SENTENCES = (6, 16)  # of a body
FIELDS = ("health", "education", "culture", "trade", "border", "sport", "environment", "youth")
UNITS = ("unit-1", "unit-2", "unit-3", "unit-4", "unit-5")
MEASURES = ("participant", "venue", "gift")
_NUMBER = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"(?<=[.!?។。])\s*")


def documents(count: int, seed: int = 1) -> Iterator[SearchDocument]:
    """`count` events with ids "event-0000000" and so on, in any order of dates."""
    chance = random.Random(seed)
    originals = list(imported_documents())
    sentences: dict[str, list[str]] = defaultdict(list)
    for original in originals:
        for language, part in original.parts.items():
            sentences[language] += filter(None, _SENTENCE_END.split(part.body))
    for number in range(count):
        yield _variant(f"event-{number:07}", chance.choice(originals), sentences, chance)


def _variant(
    id_: str, original: SearchDocument, sentences: dict[str, list[str]], chance: random.Random
) -> SearchDocument:
    start = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    places = original.place_ids or ["KH-8"]
    return replace(
        original,
        id=id_,
        version=1,
        parts={language: _part(part, sentences[language], chance) for language, part in original.parts.items()},
        fields=chance.sample(FIELDS, chance.randint(0, 2)),
        country_ids=sorted({code[:2] for code in original.partner_ids}),
        place_ids=[*places, *chance.sample(places, min(1, len(places)))],
        organisation_ids=[f"org:{chance.randrange(40) * chance.randrange(10)}"],
        unit=chance.choice(UNITS),
        start=start,
        end=start + timedelta(days=min(40, int(chance.expovariate(0.7)))),
        precision="day",
        geo=[(10 + chance.gauss(0, 1.5), 105 + chance.gauss(0, 1.5))],
        quantities={measure: float(chance.randrange(1, 500)) for measure in chance.sample(MEASURES, 1)},
    )


def _part(part: LanguagePart, sentences: list[str], chance: random.Random) -> LanguagePart:
    body = " ".join(_renumbered(chance.choice(sentences), chance) for _ in range(chance.randint(*SENTENCES)))
    return replace(part, title=_renumbered(part.title, chance), body=body)


def _renumbered(text: str, chance: random.Random) -> str:
    """The same text with other figures; years stay years."""

    def other(match: re.Match[str]) -> str:
        digits = match.group()
        if len(digits) == 4 and digits[:2] in ("19", "20"):
            return str(1995 + chance.randrange(31))
        return str(chance.randrange(10 ** (len(digits) - 1), 10 ** len(digits))) if len(digits) < 9 else digits

    return _NUMBER.sub(other, text)
