"""The bench itself: that it runs, and yields every figure that it promises."""

import pytest

from huunghi.events.models import EventPage
from huunghi.search.engines import embedded_engine
from huunghi.search.feeding import feed_pending

from .importing import measure
from .run import run
from .table import as_json, at_most, lines

pytestmark = pytest.mark.django_db

EMBEDDED = {
    "rebuild, embedded": None,
    "rebuild, embedded, to update_index of title and text only": None,
    "rebuild, embedded, to update_index of the same content": "≥ 3 ×",
    "memory of a rebuild, embedded": None,
    "search, embedded alone, p95": None,
    "search, embedded through the API, p50": "≤ 20 ms",
    "search, embedded through the API, p95": "≤ 60 ms",
}
SERVER = {
    "rebuild, elasticsearch": None,
    "raw bulk of the prepared documents": None,
    "rebuild, elasticsearch, to raw bulk": "≥ 0.7 ×",
    "rebuild, elasticsearch, to update_index of title and text only": None,
    "rebuild, elasticsearch, to update_index of the same content": "≥ 5 ×",
    "memory of a rebuild, elasticsearch": None,
    "search, elasticsearch alone, p95": None,
}


def check(rows, promised):
    by_name = {row.name: row for row in rows}
    assert len(by_name) == len(rows)
    for name, target in promised.items():
        assert by_name[name].value > 0
        assert by_name[name].target == (target or "")
        assert (by_name[name].met is None) == (target is None)
    assert len(list(lines(rows))) == len(rows)


def test_the_bench_measures_the_embedded_engine():
    said = []
    rows = run(60, "", 0, rounds=1, queries=12, say=said.append)
    check(rows, EMBEDDED)
    assert embedded_engine().count() == 60
    assert said[0].startswith("6 events have ")


def test_the_bench_imports_events_in_three_languages():
    minutes, memory = measure(10, print)
    assert minutes.value > 0
    assert memory.value > 0
    assert EventPage.objects.live().count() == 30


@pytest.mark.engine
def test_the_bench_measures_elasticsearch(elasticsearch_url):
    feed_pending()
    rows = run(60, elasticsearch_url, 0, rounds=1, queries=12, say=lambda text: None)
    check(rows, EMBEDDED | SERVER)
    assert any(row.name == "search, elasticsearch, p95 through the API to alone" for row in rows)


def test_a_figure_beyond_its_target_is_not_met():
    row = at_most("memory", 1.4, "×", 1.15)
    assert as_json(row)["met"] is False
    assert "NOT MET" in next(iter(lines([row])))
