"""Both sites asked in turn: what a reader of the API gets in a second, and what the workers keep of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse
from itertools import cycle, islice, zip_longest
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from ..searching import COMMON, Question
from ..table import Row, at_least, at_most
from .asking import CONNECTIONS, Answers, ask_for, ask_times, request
from .serving import HOST, WORKERS, Served

LIMIT = 20  # the most that stock v2 gives at once
ASKED_ANEW = 60  # times that every question is asked as another one
DETAILS = 200  # events that are asked for again and again
WARM_UP = 0.25  # of the seconds of a round
MEMORY, GROWTH = 150.0, 1.03  # MB of one worker; times
FLAT = 0.9  # requests for the last page to those for the first
OURS, V2, V3 = "/api/v1", "/api/v2/pages/", "/api/v3/pages/"
TYPE = {"type": "stock.EventPage"}
# Ours, stock, and how many times as fast.
COMPARED = (
    ("list", "stock v2 list, fields=*", 25.0),
    ("list", "stock v3 list, bare", 5.0),
    ("detail", "stock v3 detail", 6.0),
    ("detail again", "stock v3 detail", 6.0),
    ("304", "stock v3 detail", 10.0),
    ("search", "stock v2 search", 100.0),
    ("search again", "stock v2 search", 100.0),
)


@dataclass(slots=True)
class Case:
    """Requests of one kind, and what came of them. `items` and `size` (bytes) are those of the first answer."""

    site: Served
    requests: list[bytes]
    items: int
    size: int
    status: int = 200
    rounds: list[Answers] = field(default_factory=list)
    connections: int = CONNECTIONS

    def measure(self, seconds: float) -> Answers:
        return ask_for(seconds, self.site.addresses, self.requests, {self.status}, self.connections)


def measure(
    ours: Served,
    stock: Served | None,
    events: int,
    questions: Sequence[Question],
    rounds: int,
    seconds: float,
    mixed: int,
) -> list[Row]:
    """`seconds` of each kind of request in each round; then twice `mixed` requests to ours, for the memory."""
    cases = {**_ours(ours, events, questions), **(_stock(stock, events, questions) if stock else {})}
    for case in cases.values():
        case.measure(seconds * WARM_UP)
    for _ in range(rounds):
        for case in _in_turn(cases):
            case.rounds.append(case.measure(seconds))
    rows = [*(_speed(name, case) for name, case in cases.items()), *_ratios(cases)]
    rows += _memory(ours, [case for case in cases.values() if case.site is ours], mixed)
    if stock:
        own, whole = max(stock.memory(), default=(0.0, 0.0))
        rows.append(Row("http, memory of a stock worker", own, "MB", f"{whole:.1f} MB with mapped files"))
    return rows


def _in_turn(cases: dict[str, Case]) -> list[Case]:
    """Ours, stock, ours, stock, …"""
    mine, theirs = ([case for name, case in cases.items() if name.startswith("stock") == wanted] for wanted in (0, 1))
    return [case for pair in zip_longest(mine, theirs) for case in pair if case]


# --- what is asked


def _ours(site: Served, events: int, questions: Sequence[Question]) -> dict[str, Case]:
    first = f"{OURS}/events/?" + urlencode({"limit": LIMIT})
    ids, last = _walk(site, first, events)
    details = [f"{OURS}/events/{each}/" for each in _spread(ids)]
    every = [f"{OURS}/events/{each}/" for each in ids]  # more than a worker keeps, in an archive of some size
    known = [(path, _get(site, path)[0].headers["ETag"]) for path in details]
    popular = [_search(text, language) for text, language, _ in questions[-len(COMMON) :]]
    # The same words with more and more spaces behind them: for the site a question that nobody has asked before.
    anew = [_search(text + " " * more, lang) for more in range(1, ASKED_ANEW) for text, lang, _ in questions[::-1]]
    unchanged = [request(path, If_None_Match=tag) for path, tag in known]
    return {
        "list": _case(site, [first], min(LIMIT, events)),
        "last page": _case(site, [last], min(LIMIT, events)),
        "detail": _case(site, every, 1),
        "detail again": _case(site, details, 1),
        "304": Case(site, unchanged, items=0, size=0, status=304),
        "search": _case(site, anew),
        "search again": _case(site, popular),
    }


def _stock(site: Served, events: int, questions: Sequence[Question]) -> dict[str, Case]:
    ids: list[int] = []
    for offset in _spread(range(0, events, LIMIT), DETAILS // LIMIT):
        content = _get(site, f"{V3}?" + urlencode(TYPE | {"limit": LIMIT, "offset": offset}))[1]
        ids += [item["id"] for item in content["items"]]
    lists = urlencode(TYPE | {"limit": LIMIT})
    search = [f"{V2}?" + urlencode(TYPE | {"search": text, "limit": LIMIT}) for text, _, _ in questions if text]
    return {
        "stock v2 list, fields=*": _case(site, [f"{V2}?{lists}&fields=*"], min(LIMIT, events)),
        "stock v3 list, bare": _case(site, [f"{V3}?{lists}"], min(LIMIT, events)),
        "stock v3 detail": _case(site, [f"{V3}{each}/" for each in ids], 1),
        # One for each worker: each may take a minute, and more of them would only wait in line.
        "stock v2 search": replace(_case(site, search[::-1]), connections=WORKERS),
    }


def _search(text: str, language: str) -> str:
    return f"{OURS}/archive/?" + urlencode({"q": text, "lang": language, "limit": LIMIT})


def _walk(site: Served, first: str, events: int) -> tuple[list[str], str]:
    """The ids of all events, and the address of the last page that is full."""
    path, last, ids = first, first, []
    while path:
        content = _get(site, path)[1]
        ids += [item["id"] for item in content["items"]]
        last = path if len(content["items"]) == min(LIMIT, events) else last
        path = f"{first}&{urlencode({'cursor': content['next']})}" if content["next"] else ""
    if len(ids) != events:
        raise RuntimeError(f"{len(ids)} of {events} events are listed.")
    return ids, last


def _spread(values: Sequence[Any], most: int = DETAILS) -> Sequence[Any]:
    return values[:: max(1, -(-len(values) // most))]


def _case(site: Served, paths: list[str], items: int | None = None) -> Case:
    """Raises RuntimeError when the first answer has another number of items than it should."""
    response, content = _get(site, paths[0])
    found = len(content["items"]) if "items" in content else 1
    if items is not None and found != items:
        raise RuntimeError(f"{paths[0]} has {found} items in place of {items}.")
    return Case(site, [request(path) for path in paths], found, int(response.headers["Content-Length"]))


def _get(site: Served, path: str) -> tuple[HTTPResponse, dict[str, Any]]:
    connection = HTTPConnection(*site.addresses[0], timeout=120)
    try:
        connection.request("GET", path, headers={"Host": HOST})  # of another host, another tag
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path}: {response.status} {content[:500]!r}")
    return response, json.loads(content)


# --- what came of it


def _speed(name: str, case: Case) -> Row:
    times = sorted(time for answers in case.rounds for time in answers.times)
    cuts = quantiles(times, n=20) if len(times) > 1 else times * 20
    content = f"{case.items} item{'s' * (case.items != 1)}, {case.size / 1000:.1f} kB; " if case.size else ""
    note = f"{content}p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms"
    return Row(f"http, {name}", median(answers.rate for answers in case.rounds), "/s", note)


def _ratios(cases: dict[str, Case]) -> Iterator[Row]:
    """Medians of the ratios of each round."""
    for own, other, limit in (compared for compared in COMPARED if compared[1] in cases):
        yield at_least(f"http, {own} to {other}", _ratio(cases[own], cases[other]), "×", limit)
    yield at_least("http, last page by cursor to the first", _ratio(cases["last page"], cases["list"]), "×", FLAT)


def _ratio(of: Case, to: Case) -> float:
    return median(own.rate / other.rate for own, other in zip(of.rounds, to.rounds, strict=True))


def _memory(site: Served, cases: list[Case], count: int) -> Iterator[Row]:
    """Of the worker that has most. Requests of all kinds in turn."""
    each = zip(*(islice(cycle(case.requests), -(-count // len(cases))) for case in cases), strict=True)
    requests = [one for some in each for one in some]
    sizes = []
    for _ in range(2):
        ask_times(count, site.addresses, requests, {200, 304})
        sizes.append(max(site.memory(), default=(0.0, 0.0)))
    if not all(own for own, _ in sizes):
        return
    (first, _), (last, whole) = sizes
    yield at_most(f"http, memory of a worker after {count:,} requests", first, "MB", MEMORY)
    note = f"{last:.1f} MB; {whole:.1f} MB with mapped files"
    yield at_most(f"http, memory after {count:,} more", last / first, "×", GROWTH, note)
