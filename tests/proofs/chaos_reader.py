"""One reader of the chaos, who knows what is true, in a process of its own:

python -m tests.proofs.chaos_reader NUMBER
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter as Tally
from typing import Any

from .judge import Answer, Eyes, Settled, forbidden, missing, overcounted
from .meeting import Meeting
from .truth import Fact, Truth, View, canary_of
from .world import GROUPS

PAUSE = (0.02, 0.15)  # seconds between two questions
ENGINES = ("embedded", "elasticsearch")
QUESTIONS = {"hidden": 9, "open": 5, "suggested": 3, "misspelt": 3, "common word": 3, "everything": 1}


class Reader:
    """Asks in the name of one of the kinds of readers."""

    def __init__(self, number: int, seed: int) -> None:
        from huunghi.partners.access import ANONYMOUS
        from huunghi.partners.access import Reader as Rights
        from huunghi.partners.models import Partner

        self.chance = random.Random(seed * 7919 + number)
        partner = Partner.objects.get(code="proof").pk
        kinds = {
            5: (Eyes(signed_in=True), Rights(signed_in=True)),
            6: (Eyes(True, partner), Rights(signed_in=True, partners=frozenset({partner}))),
            7: (Eyes(True, partner), Rights(signed_in=True, partners=frozenset({partner}))),
        }
        self.eyes, self.rights = kinds.get(number, (Eyes(), ANONYMOUS))
        self.truth = Truth.of_this_site()
        self.settled = Settled()
        self.asked: Tally[str] = Tally()
        self.engines: Tally[str] = Tally()
        self.judged: Tally[str] = Tally()
        self.forbidden: list[str] = []
        self.missing: list[str] = []
        self.failed: list[str] = []
        self.seconds: list[float] = []

    def ask(self) -> None:
        before = self.truth.look()
        began = time.monotonic()
        self.settled.note(before, began, ENGINES)
        kind, asked, word = self._choose(before)
        try:
            answer = self._answer(kind, asked, word)
        except Exception as error:
            self.failed.append(f"{kind}: {type(error).__name__}: {error}")
            return
        self.seconds.append(time.monotonic() - began)
        after = self.truth.look()
        self.settled.note(after, time.monotonic(), ENGINES)
        self.asked[kind] += 1
        self.engines[answer.engine] += 1
        if answer.engine == "none":
            self.failed.append(f"{kind}: nobody answered")
        self._judge(before, after, kind, asked, word, answer)

    def _choose(self, view: View) -> tuple[str, Fact | None, str]:
        [kind] = self.chance.choices(list(QUESTIONS), list(QUESTIONS.values()))
        if kind == "common word":
            return kind, None, self.chance.choice(GROUPS)
        if kind == "everything":
            return kind, None, ""
        may = [fact for fact in view.facts.values() if self.eyes.may_read(fact) == (kind == "open")]
        if not may:
            return "everything", None, ""
        asked = self.chance.choice(may)
        word = canary_of(asked.title)
        if kind == "misspelt":
            place = self.chance.randrange(2, len(word))
            word = f"{word[:place]}{'x' if word[place] != 'x' else 'c'}{word[place + 1 :]}"
        return kind, asked, word

    def _answer(self, kind: str, asked: Fact | None, word: str) -> Answer:
        from huunghi.search.service import search_archive, suggest

        language = asked.language if asked else "vi"
        if kind == "suggested":
            records = suggest(word[: self.chance.randint(8, 16)], language, reader=self.rights)
            pages = [record.page.pk for record in records]
            return Answer("suggested", pages, len(pages))
        found = search_archive(word, language, limit=100, reader=self.rights)
        bars = sum(count for _, count in found.timeline)
        total = sum(value.count for values in found.facets.values() for value in values) + bars
        words = " ".join([found.did_you_mean, *found.also_searched])
        pages = [item.page.pk for item in found.items]
        return Answer(found.engine, pages, found.count, total, words)

    def _judge(self, before: View, after: View, kind: str, asked: Fact | None, word: str, answer: Answer) -> None:
        seen = forbidden(self.eyes, before, after, answer, asked)
        if asked is None:
            seen += overcounted(self.eyes, before, after, answer, word)
        self.forbidden += [f"{kind}, {answer.engine}: {each}" for each in seen]
        self.judged["hidden"] += asked is not None and not self.eyes.may_read(asked)
        if kind == "open" and asked is not None:
            wrong = missing(self.eyes, before, after, answer, asked, self.settled, time.monotonic())
            self.judged["open"] += wrong is not None
            self.missing += [f"{answer.engine}: {each}" for each in wrong or []]

    def told(self) -> dict[str, Any]:
        return {
            "asked": dict(self.asked),
            "engines": dict(self.engines),
            "judged": dict(self.judged),
            "forbidden": self.forbidden,
            "missing": self.missing,
            "failed": self.failed,
            "seconds": self.seconds,
        }


def main(number: int) -> None:
    import django

    django.setup()
    from huunghi.search.service import search_archive

    search_archive(GROUPS[0], "vi")  # what a process has to read once is read now
    meeting = Meeting(f"reader-{number}")
    reader = Reader(number, meeting.seed)
    for _ in meeting.until_the_end():
        reader.ask()
        time.sleep(reader.chance.uniform(*PAUSE))
    meeting.report(reader.told())


if __name__ == "__main__":
    main(int(sys.argv[1]))
