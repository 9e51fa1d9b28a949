"""What an import did: counts, and one line per problem as it is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .errors import Problem

CREATED, CHANGED, UNCHANGED, FAILED = "created", "changed", "unchanged", "failed"


@dataclass(slots=True)
class Report:
    """Counts of lines by outcome. Sentences go to `say` at once, so that memory stays flat on a long file."""

    say: Callable[[str], None]
    counts: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    readable: int = 0

    def error(self, path: Path, number: int, problems: list[Problem]) -> None:
        self.counts[FAILED] += 1
        for problem in problems:
            where = f" {problem.field}" if problem.field else ""
            self.say(f"{path}:{number}{where}: {problem.sentence}")

    def note(self, path: Path, number: int, problem: Problem) -> None:
        """Something the reader should know that is no error: a person's change that stays."""
        self.kept += 1
        self.say(f"{path}:{number} {problem.field}: {problem.sentence}")

    @property
    def failed(self) -> int:
        return self.counts[FAILED]
