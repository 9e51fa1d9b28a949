"""Whatever becomes of Elasticsearch while it is fed: nothing is lost, nothing leaks, and no editor waits."""

import time
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from huunghi.search.engines import configured_engines, embedded_engine, main_engine
from huunghi.search.feeding import feed_pending, maintenance, outbox, record_changed, targets, verifying, worker
from huunghi.search.models import IndexTarget, PendingChange
from huunghi.search.service import search_archive
from tests.factories import make_event, make_place, publish

from . import proxy as faults
from .proxy import Proxy, refuse_with, say

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

MOST_PUBLISH_SECONDS = 0.4
ONCE = {"only": "_bulk", "times": 1}
FAULTS = {
    "refusing": Proxy.refuse,
    "request cut": partial(Proxy.fail, fault=faults.cut_request, **ONCE),
    "half of it done, reply lost": partial(Proxy.fail, fault=faults.do_half, **ONCE),
    "all of it done, reply lost": partial(Proxy.fail, fault=faults.drop_reply, **ONCE),
    "reply cut": partial(Proxy.fail, fault=faults.cut_reply, **ONCE),
    "overloaded": partial(Proxy.fail, fault=refuse_with(429, "circuit_breaking_exception"), only="_bulk"),
    "unavailable": partial(Proxy.fail, fault=refuse_with(503, "master_not_discovered_exception")),
    "wrong credentials": partial(Proxy.fail, fault=refuse_with(401, "security_exception")),
    "bad JSON": partial(Proxy.fail, fault=say(b'{"took": 3, "items": [{"index"'), **ONCE),
    "reply without items": partial(Proxy.fail, fault=say(b'{"took": 3, "errors": false, "items": []}'), **ONCE),
}


@pytest.fixture
def proxy(elasticsearch_url):
    with Proxy(elasticsearch_url) as proxy:
        yield proxy


@pytest.fixture
def events(settings, index_prefix, proxy, elasticsearch_client):
    """Six published events, in both indices; the tests say when the worker comes."""
    settings.HUUNGHI_SEARCH = {
        **settings.HUUNGHI_SEARCH,
        "ENGINE": "elasticsearch",
        "URL": [proxy.url],
        "PREFIX": index_prefix,
        "FEED": "worker",
    }
    made = [make_event(f"Giải bóng chuyền lần {number}") for number in range(6)]
    work()
    assert drift() == {"embedded": 0, "elasticsearch": 0}
    yield made
    proxy.heal()
    names = list(elasticsearch_client.indices.get(index=f"{index_prefix}-*"))
    elasticsearch_client.indices.delete(index=",".join(names))


def work(rounds=1):
    """A worker comes by after all pauses are over."""
    for _ in range(rounds):
        IndexTarget.objects.update(retry_at=None)
        PendingChange.objects.update(next_try_at=timezone.now(), leased_until=None)
        maintenance._looked.clear()
        feed_pending()


def drift():
    """Engine -> number of differences between its index and the database."""
    found = {}
    for engine in configured_engines():
        [target] = targets.targets_of(engine)
        found[engine.name] = verifying.compare(engine, target).total
    return found


def pending(engine):
    return PendingChange.objects.filter(target__engine=engine, parked_at=None).count()


def titles(query="bong chuyen"):
    for engine in configured_engines():
        engine.refresh()
    answer = search_archive(query, "vi")
    assert answer.engine == "elasticsearch"
    assert answer.count == len(answer.items)
    return {item.page.title for item in answer.items if item.match == "all"}


def change(events):
    """An event comes, one is renamed, one is taken back, one is deleted; returns the titles that remain."""
    make_event("Giải bóng chuyền mới")
    events[0].title = "Giải bóng chuyền đổi tên"
    publish(events[0])
    events[1].unpublish()
    events[2].delete()
    return {event.title for event in (events[0], *events[3:])} | {"Giải bóng chuyền mới"}


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_whatever_happens_to_a_write(events, proxy, fault):
    remaining = change(events)
    FAULTS[fault](proxy)
    work()
    assert pending("embedded") == 0, "the embedded index waits for nobody"
    assert pending("elasticsearch") > 0
    proxy.heal()
    work()
    assert PendingChange.objects.count() == 0
    assert drift() == {"embedded": 0, "elasticsearch": 0}
    assert titles() == remaining


def test_what_was_taken_back_is_hidden_while_the_index_takes_no_writes(events, elasticsearch_client):
    live = main_engine().live_index()
    elasticsearch_client.indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": True})
    remaining = change(events) - {"Giải bóng chuyền mới"}
    work()
    assert pending("elasticsearch") > 0
    assert events[1].title not in titles() and events[2].title not in titles()
    elasticsearch_client.indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": None})
    work()
    assert drift() == {"embedded": 0, "elasticsearch": 0}
    assert titles() == remaining | {"Giải bóng chuyền mới"}


def test_a_record_that_the_server_refuses_is_parked_and_stops_no_other(events):
    nowhere = make_place("nowhere")
    type(nowhere).objects.filter(pk=nowhere.pk).update(latitude=95, longitude=0)  # there is no such latitude
    poison = make_event("Giải bóng chuyền ở đâu đó")
    poison.places.add(nowhere)
    poison.save()
    make_event("Giải bóng chuyền mới")
    work(outbox.MOST_ATTEMPTS)
    [row] = PendingChange.objects.exclude(parked_at=None)
    assert (row.target.engine, row.key) == ("elasticsearch", str(poison.translation_key))
    assert row.last_error
    assert "Giải bóng chuyền mới" in titles() and poison.title not in titles()

    type(nowhere).objects.filter(pk=nowhere.pk).update(latitude=10)
    record_changed("event", str(poison.translation_key))
    work()
    assert PendingChange.objects.count() == 0
    assert poison.title in titles()


@pytest.mark.parametrize(
    "harm", ["index deleted", "alias missing", "alias on two indices", "another index in its place"]
)
def test_a_harmed_index_is_mended_by_the_worker(events, elasticsearch_client, harm):
    engine = main_engine()
    live = engine.live_index()
    remaining = change(events)
    if harm == "index deleted":
        elasticsearch_client.indices.delete(index=live)
    elif harm == "alias missing":
        elasticsearch_client.indices.delete_alias(index=live, name=engine.alias)
    elif harm == "alias on two indices":
        elasticsearch_client.indices.put_alias(index=engine.new_index(), name=engine.alias)
    else:
        elasticsearch_client.indices.delete_alias(index=live, name=engine.alias)
        elasticsearch_client.indices.put_alias(index=engine.new_index(), name=engine.alias)
    work(2)
    assert len(elasticsearch_client.indices.get_alias(name=engine.alias)) == 1
    assert PendingChange.objects.count() == 0
    assert drift() == {"embedded": 0, "elasticsearch": 0}
    assert titles() == remaining


def test_a_missing_index_is_looked_for_again_soon(events, elasticsearch_client):
    engine = main_engine()
    elasticsearch_client.indices.delete(index=engine.live_index())
    remaining = change(events)
    [target] = targets.targets_of(engine)
    target.failures = 10
    worker.feed_target(engine, target)
    assert targets.is_paused(target)
    assert target.retry_at <= timezone.now() + timedelta(seconds=worker.SOON)
    work()
    assert titles() == remaining


def test_an_editor_never_waits_for_the_server(events, proxy, django_capture_on_commit_callbacks):
    proxy.fail(faults.hang)
    proxy.requests.clear()
    seconds = []
    for number in range(20):
        began = time.monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            events[0].title = f"Giải bóng chuyền {number}"
            publish(events[0])
        seconds.append(time.monotonic() - began)
    assert proxy.requests == []
    assert sorted(seconds)[18] <= MOST_PUBLISH_SECONDS
    assert PendingChange.objects.filter(target__engine="elasticsearch").exists()
    assert embedded_engine().count() == 6
