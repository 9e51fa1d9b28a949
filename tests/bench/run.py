"""All that the bench measures, in order."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.conf import settings
from django.test.utils import override_settings

from huunghi.search.cards.store import CardStore
from huunghi.search.feeding import rebuilding

from . import feeding, searching
from .content import fill
from .feeding import Server
from .table import Row

FEWER = 10  # the smaller collection: one event in so many


def run(events: int, url: str, leader: int, rounds: int, queries: int, say: Callable[[str], object]) -> list[Row]:
    """Fill the empty archive and measure. `url`: an Elasticsearch, "" for none; `leader`: its process group, or 0."""
    server = Server(url, leader) if url else None
    embedded = {**settings.HUUNGHI_SEARCH, "ENGINE": "embedded"}
    elastic = {**embedded, "ENGINE": "elasticsearch", "URL": [url], "PREFIX": f"huunghi-test-bench-{os.getpid()}"}
    with override_settings(HUUNGHI_SEARCH=elastic if server else embedded):
        say(f"{max(events // FEWER, 1):,} events have {fill(max(events // FEWER, 1)):,} pages")
        small = feeding.measure(server, rounds, whole_content=True)
        say(f"{events:,} events have {fill(events):,} pages")
        large = feeding.measure(server, rounds, whole_content=False)
        rows = list(feeding.rows(small, large))
    rebuilding.rebuild(CardStore())  # what the API shows of a hit, as on every site
    asked = searching.questions(queries)
    say(f"{len(asked)} queries")
    with override_settings(HUUNGHI_SEARCH=embedded):
        rows += searching.measure(None, events, asked)
    if server:
        with override_settings(HUUNGHI_SEARCH=elastic):
            rows += searching.measure(server, events, asked)
            feeding.forget(server, elastic["PREFIX"])
    return rows
