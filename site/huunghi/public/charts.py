"""Numbers by year as bars. Only coordinates are worked out here; the drawing is inline SVG in a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

CHART_WIDTH = 400
PLOT_HEIGHT = 96
TOP = 18  # room for the number above the tallest bar
FOOT = 20  # room for the year below
WIDEST_BAR = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One year. `x`, `y`, `width`, `height` in units of the chart's view box; `middle` is where its texts stand."""

    label: str
    count: int
    url: str
    x: float
    y: float
    width: float
    height: float
    middle: float
    selected: bool = False
    label_shown: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]
    width: int
    height: int
    base: int  # y of the line on which the bars stand
    label_y: int


def year_chart(
    counts: Iterable[tuple[int, int]], address: Callable[[int], str], selected: Iterable[int] = ()
) -> Chart | None:
    """A chart of (year, number) pairs in ascending order of years, each linked to `address(year)`; None without any.

    Years that lie between and have nothing keep their place, unless the span is so long that bars would be lines.
    """
    pairs = sorted(counts)
    if not pairs:
        return None
    if pairs[-1][0] - pairs[0][0] < 60:
        known = dict(pairs)
        pairs = [(year, known.get(year, 0)) for year in range(pairs[0][0], pairs[-1][0] + 1)]
    slot = min(CHART_WIDTH / len(pairs), WIDEST_BAR)
    tallest = max(max(count for _, count in pairs), 1)
    every = max(1, round(34 / slot + 0.49))  # the digits of a year need about 34 units
    chosen = set(selected)
    bars = []
    for position, (year, count) in enumerate(pairs):
        height = round(PLOT_HEIGHT * count / tallest, 1)
        bars.append(
            Bar(
                label=str(year),
                count=count,
                url=address(year),
                x=round(position * slot + slot * 0.1, 1),
                y=round(TOP + PLOT_HEIGHT - height, 1),
                width=round(slot * 0.8, 1),
                height=height,
                middle=round(position * slot + slot / 2, 1),
                selected=year in chosen,
                label_shown=position % every == 0,
            )
        )
    width = max(round(slot * len(pairs)), 1)
    return Chart(bars, width, TOP + PLOT_HEIGHT + FOOT, TOP + PLOT_HEIGHT, TOP + PLOT_HEIGHT + FOOT - 5)
