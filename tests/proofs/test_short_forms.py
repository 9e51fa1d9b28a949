"""The short forms of the long proofs (`make kills`, `make chaos`, `make nodes`), and that the proofs can fail."""

import random
import shutil

import pytest
from django.db import connection
from elasticsearch import Elasticsearch

from huunghi.search.engines import main_engine
from huunghi.search.feeding import feed_pending
from huunghi.search.models import PendingChange
from huunghi.search.service import search_archive
from tests.engine.proxy import Proxy
from tests.factories import make_event

from . import chaos, kills, nodes, victim
from .ground import Ground, new_folder
from .judge import SETTLED, Answer, Eyes, Settled, forbidden, missing, overcounted
from .truth import NOBODY, OPEN, PARTNERS, SIGNED_IN, Fact, View, differences, expected


def fact(page=1, level=OPEN, signature=(1,), **fields):
    audiences = frozenset({"public"} if level == OPEN else ())
    fields = {"key": f"key-{page}", "language": "vi", "title": f"canary{page} word 1", "audiences": audiences} | fields
    return Fact(page=page, level=level, shared_with=frozenset({9}), signature=signature, **fields)


def view(*facts, waiting=()):
    return View({each.page: each for each in facts}, frozenset(waiting))


STRANGER = Eyes()


# --- the judge


def test_a_hidden_page_among_the_hits_is_a_forbidden_sight():
    hidden = view(fact(level=NOBODY))
    assert forbidden(STRANGER, hidden, hidden, Answer("embedded", [1], 0), None)


@pytest.mark.parametrize("answer", [Answer("x", [], 1), Answer("x", [], 0, 1), Answer("x", [], 0, 0, "canary1?")])
def test_a_count_a_facet_or_a_proposal_betrays_a_hidden_page(answer):
    hidden = view(fact(level=SIGNED_IN))
    assert forbidden(STRANGER, hidden, hidden, answer, hidden.facts[1])
    assert forbidden(Eyes(signed_in=True), hidden, hidden, answer, hidden.facts[1]) == []


def test_what_changed_while_it_was_asked_for_is_not_judged():
    answer = Answer("embedded", [1], 1)
    before, after = view(fact(level=NOBODY)), view(fact(level=NOBODY, signature=(2,)))
    assert forbidden(STRANGER, before, after, answer, before.facts[1]) == []


def test_a_share_opens_a_page_to_its_partner_only():
    shared = view(fact(level=PARTNERS))
    answer = Answer("embedded", [1], 1)
    assert forbidden(Eyes(True, partner=9), shared, shared, answer, shared.facts[1]) == []
    assert forbidden(Eyes(True, partner=8), shared, shared, answer, shared.facts[1])


def test_a_count_above_what_may_be_read_is_seen():
    some = view(fact(1), fact(2, NOBODY))
    assert overcounted(STRANGER, some, some, Answer("embedded", [], 1), "word") == []
    assert overcounted(STRANGER, some, some, Answer("embedded", [], 2), "word")


def test_an_open_page_must_be_found_when_it_has_settled():
    settled, seen = Settled(), view(fact())
    settled.note(seen, 0.0, ("embedded",))
    nothing = Answer("embedded", [], 0)
    assert missing(STRANGER, seen, seen, nothing, seen.facts[1], settled, SETTLED - 1) is None
    assert missing(STRANGER, seen, seen, nothing, seen.facts[1], settled, SETTLED + 1)
    assert missing(STRANGER, seen, seen, Answer("embedded", [1], 1), seen.facts[1], settled, SETTLED + 1) == []
    settled.note(view(fact(), waiting=[("embedded", "event", "key-1")]), SETTLED + 1, ("embedded",))
    assert missing(STRANGER, seen, seen, nothing, seen.facts[1], settled, SETTLED + 2) is None


def test_a_title_and_an_audience_that_differ_are_seen():
    wanted = expected(view(fact(1), fact(2), fact(3, NOBODY)))
    assert differences(
        wanted, {"key-1": {"vi": ("canary1 word 1", {"public"})}, "key-3": {"vi": ("ghost", set())}}
    ) == [
        "key-2 vi: database ('canary2 word 1', frozenset({'public'})), index None",
        "key-3 vi: database None, index ('ghost', set())",
    ]


# --- the proofs, each for some seconds


@pytest.fixture
def ground(db, monkeypatch):
    """A site on a copy of the test database: other processes cannot see what a test has not committed."""
    if connection.vendor != "sqlite":
        pytest.skip("Copied on SQLite only; the long proofs run on PostgreSQL.")
    connection.ensure_connection()
    folder = new_folder()
    (folder / "site.sqlite3").write_bytes(connection.connection.serialize())
    monkeypatch.setenv(victim.LEASE, "1")
    made = Ground(folder, f"sqlite:///{folder / 'site.sqlite3'}")
    made.run("-m", "tests.proofs.world", "1")
    yield made
    shutil.rmtree(folder)


def test_a_kill_loses_doubles_and_leaks_nothing(ground):
    points = ["writing", "spelling out", "published"]
    outcome = kills.in_lane(ground, ",".join(points), "sqlite", len(points), seed=1)
    assert outcome.wrong == []
    assert outcome.killed == len(points)


@pytest.mark.engine
def test_nobody_sees_what_is_hidden_while_everything_fails(ground, elasticsearch_url):
    with Proxy(elasticsearch_url) as proxy, Elasticsearch(elasticsearch_url) as client:
        ground.addresses = [proxy.url]
        ground.run("manage.py", "huunghi_index", "work", "--once")
        running = chaos.Chaos(ground, proxy, client, random.Random(1))
        try:
            result = chaos.unleash(running, 5.0, editors=[0], readers=[0, 6], workers=1)
        finally:
            running.end()
    assert result["wrong"] == []
    assert result["judged"]["hidden"] > 0


@pytest.mark.engine
@pytest.mark.django_db
def test_the_loss_of_one_of_two_addresses_loses_no_record_and_no_search(settings, elasticsearch_url, index_prefix):
    with Proxy(elasticsearch_url) as first, Proxy(elasticsearch_url) as second:
        settings.HUUNGHI_SEARCH = {
            **settings.HUUNGHI_SEARCH,
            "ENGINE": "elasticsearch",
            "URL": [first.url, second.url],
            "PREFIX": index_prefix,
            "FEED": "worker",
        }
        records = nodes.Publications(1200)
        feed_pending()
        engine = main_engine()
        asking = nodes.Asking(records.bounds)
        for lost in (first, second):
            rebuilt = nodes.rebuild_and_lose(engine, lambda lost=lost: lost.refuse())
            for _ in range(20):
                asking.ask()
            lost.listen()
            assert rebuilt.count == 1200
    assert asking.wrong == []
    assert set(asking.engines) == {"elasticsearch"}


@pytest.fixture
def elastic(settings, elasticsearch_url, index_prefix):
    settings.HUUNGHI_SEARCH = {
        **settings.HUUNGHI_SEARCH,
        "ENGINE": "elasticsearch",
        "URL": [elasticsearch_url],
        "PREFIX": index_prefix,
        "FEED": "worker",
    }
    feed_pending()
    return main_engine()


@pytest.mark.engine
@pytest.mark.django_db
def test_what_was_hidden_and_fed_is_counted_by_nobody_in_the_second_before_the_server_shows_it(elastic):
    events = [make_event(f"vunakimorelo {number}") for number in range(3)]
    feed_pending()
    elastic.refresh()
    for number, event in enumerate(events):
        assert search_archive("vunakimorelo", "vi").count == 3 - number
        event.unpublish()
        feed_pending()
        assert PendingChange.objects.count() == 0
        assert search_archive("vunakimorelo", "vi").count == 2 - number


@pytest.mark.django_db
def test_a_word_of_a_page_that_was_hidden_a_moment_ago_is_not_proposed(settings):
    settings.HUUNGHI_SEARCH = {**settings.HUUNGHI_SEARCH, "FEED": "worker"}
    make_event("dapositunewi")
    event = make_event("vunakimorelo")
    feed_pending()
    assert search_archive("vunakimorxlo", "vi").did_you_mean == "vunakimorelo"
    event.unpublish()
    assert search_archive("vunakimorxlo", "vi").did_you_mean == ""
    assert search_archive("vunakimorelo", "vi").not_found == ["vunakimorelo"]
