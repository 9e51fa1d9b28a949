"""What an import did: counts, and one line per problem as it is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import Problem
from .sources import Source

CREATED, CHANGED, UNCHANGED, FAILED = "created", "changed", "unchanged", "failed"
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said about one place of a file."""

    where: str
    sentence: str
    is_error: bool


@dataclass(slots=True)
class Report:
    """Counts of lines by outcome. Sentences go to `say` at once, so that memory stays flat on a long file."""

    say: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)  # (type of line, outcome)
    remarks: list[Remark] = field(default_factory=list)  # the first ones
    examples: list[tuple[str, str, str]] = field(default_factory=list)  # (outcome, type, title) of the first lines
    kept: int = 0
    readable: int = 0

    def error(self, source: Source, number: int, problems: list[Problem]) -> None:
        self.counts[FAILED] += 1
        for problem in problems:
            self._say(source.where(number, problem.field), problem.sentence)

    def loose_end(self, where: str, sentence: str) -> None:
        """Something that belongs to no line."""
        self.counts[FAILED] += 1
        self._say(where, sentence)

    def note(self, source: Source, number: int, problem: Problem) -> None:
        """Something the reader should know that is no error: a person's change that stays."""
        self.kept += 1
        self._say(source.where(number, problem.field), problem.sentence, is_error=False)

    def made(self, kind: str, outcome: str, title: str) -> None:
        self.counts[outcome] += 1
        self.outcomes[kind, outcome] += 1
        if outcome != UNCHANGED and len(self.examples) < MOST_SHOWN:
            self.examples.append((outcome, kind, title))

    def _say(self, where: str, sentence: str, is_error: bool = True) -> None:
        if len(self.remarks) < MOST_SHOWN:
            self.remarks.append(Remark(where, sentence, is_error))
        self.say(f"{where}: {sentence}")

    @property
    def failed(self) -> int:
        return self.counts[FAILED]
