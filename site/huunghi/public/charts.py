"""Numbers by year or month as bars. Only coordinates are worked out here; the drawing is inline SVG in a template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

CHART_WIDTH = 400
PLOT_HEIGHT = 96
TOP = 18  # room for the number above the tallest bar
FOOT = 20  # room for the year below
WIDEST_BAR = 44
YEAR_WIDTH, MONTH_WIDTH = 34, 18  # room for the digits below a bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A year or month. `x`, `y`, `width`, `height` in units of the chart's view box; `middle` is where texts stand."""

    label: str  # below the bar
    name: str  # the same for those who do not see its neighbours
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
    of_months: bool = False


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
    return _chart(pairs, address, str, YEAR_WIDTH, selected)


def month_chart(
    counts: Iterable[tuple[int, int]],
    address: Callable[[int], str],
    name: Callable[[int], str],
    selected: Iterable[int] = (),
) -> Chart | None:
    """The twelve months of a year from (month, number) pairs, each linked to `address(month)`; None without any."""
    known = dict(counts)
    if not known:
        return None
    chart = _chart([(month, known.get(month, 0)) for month in range(1, 13)], address, name, MONTH_WIDTH, selected)
    return replace(chart, of_months=True)


def _chart(
    pairs: list[tuple[int, int]],
    address: Callable[[int], str],
    name: Callable[[int], str],
    label_width: int,
    selected: Iterable[int],
) -> Chart:
    slot = min(CHART_WIDTH / len(pairs), WIDEST_BAR)
    tallest = max(max(count for _, count in pairs), 1)
    every = max(1, round(label_width / slot + 0.49))
    chosen = set(selected)
    bars = []
    for position, (number, count) in enumerate(pairs):
        height = round(PLOT_HEIGHT * count / tallest, 1)
        bars.append(
            Bar(
                label=str(number),
                name=name(number),
                count=count,
                url=address(number),
                x=round(position * slot + slot * 0.1, 1),
                y=round(TOP + PLOT_HEIGHT - height, 1),
                width=round(slot * 0.8, 1),
                height=height,
                middle=round(position * slot + slot / 2, 1),
                selected=number in chosen,
                label_shown=position % every == 0,
            )
        )
    width = max(round(slot * len(pairs)), 1)
    return Chart(bars, width, TOP + PLOT_HEIGHT + FOOT, TOP + PLOT_HEIGHT, TOP + PLOT_HEIGHT + FOOT - 5)
