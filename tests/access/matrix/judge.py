"""The verdict on each cell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .content import NARROWED
from .surfaces import CHECKERS, Scene
from .surfaces.rules import absent
from .table import Cell, cells_of

# Surfaces that read an index. One that is behind leaves out whatever fewer people may read than before, until it is
# fed: those who still may read it find it then.
INDEXED = {"search_hits", "search_count", "search_facets", "suggest", "highlight"}


@dataclass
class Verdict:
    """Of one surface in one condition: number of cells that are right, and of the others why they are wrong."""

    right: int = 0
    late: list[Cell] = field(default_factory=list)  # right, and not found before the index is fed
    wrong: dict[str, list[str]] = field(default_factory=dict)  # cell -> what is wrong

    @property
    def total(self) -> int:
        return self.right + len(self.late) + len(self.wrong)

    def __str__(self) -> str:
        lines = [
            f"{cell}\n    {problem}" for cell, problems in self.wrong.items() for problem in dict.fromkeys(problems)
        ]
        return "\n".join(lines)

    def reasons(self) -> Counter[str]:
        return Counter(problem for problems in self.wrong.values() for problem in problems)


def judge(surface: str, scene: Scene) -> Verdict:
    check, verdict = CHECKERS[surface], Verdict()
    for cell in cells_of(surface):
        problems = list(check(cell, scene))
        if problems and may_be_late(cell, scene) and not list(check(absent(cell), scene)):
            verdict.late.append(cell)
        elif problems:
            verdict.wrong[str(cell)] = problems
        else:
            verdict.right += 1
    return verdict


def may_be_late(cell: Cell, scene: Scene) -> bool:
    behind = scene.condition != "fresh" and cell.surface in INDEXED
    return behind and cell.expect == "listed" and cell.state in NARROWED
