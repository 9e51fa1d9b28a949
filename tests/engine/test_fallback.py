"""Whatever becomes of Elasticsearch, a reader is answered rightly within two seconds, and told."""

import base64
import json
import logging
import time
from functools import partial
from pathlib import Path

import pytest
from django.core.cache import cache

from huunghi.search.documents.extraction import all_documents
from huunghi.search.engines import embedded_engine, main_engine
from huunghi.search.engines.breaker import FAILURES
from huunghi.search.engines.fallback import breaker_status
from huunghi.search.feeding import rebuild
from tests.factories import make_event

from . import proxy as faults
from .fixtures import paused_server
from .proxy import Proxy, refuse_with, say

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

MOST_SECONDS = 2.0
RECOVERY = 10.0  # seconds in which an engine that is well again has to answer
NOTICE = "being looked after just now"
FAULTS = {
    "refusing": Proxy.refuse,
    "hanging": partial(Proxy.fail, fault=faults.hang),
    "dripping": partial(Proxy.fail, fault=faults.drip_reply),
    "overloaded": partial(Proxy.fail, fault=refuse_with(429, "circuit_breaking_exception")),
    "unavailable": partial(Proxy.fail, fault=refuse_with(503, "master_not_discovered_exception")),
    "wrong credentials": partial(Proxy.fail, fault=refuse_with(401, "security_exception")),
    "without rights": partial(Proxy.fail, fault=refuse_with(403, "security_exception")),
    "bad JSON": partial(Proxy.fail, fault=say(b'{"took": 3, "responses": [{"hits"')),
    "half of the answers": partial(Proxy.fail, fault=say(b'{"took": 3, "responses": []}')),
    "answers without hits": partial(Proxy.fail, fault=say(b'{"took": 3, "responses": [{}, {}]}')),
    "another program": partial(Proxy.fail, fault=say(b"<h1>Maintenance</h1>", **{"Content-Type": "text/html"})),
    "reply dropped": partial(Proxy.fail, fault=faults.drop_reply),
    "reply cut": partial(Proxy.fail, fault=faults.cut_reply),
}


@pytest.fixture
def proxy(elasticsearch_url):
    with Proxy(elasticsearch_url) as proxy:
        yield proxy


@pytest.fixture
def use_elasticsearch(settings, index_prefix):
    """Make the servers at these addresses the main engine."""

    def use(*urls):
        settings.HUUNGHI_SEARCH = {
            **settings.HUUNGHI_SEARCH,
            "ENGINE": "elasticsearch",
            "URL": list(urls),
            "PREFIX": index_prefix,
        }

    return use


@pytest.fixture
def archive(use_elasticsearch, proxy, elasticsearch_client, client):
    """Six events, five of them about volleyball, in both indices; Elasticsearch answers through the proxy."""
    for number in range(5):
        make_event(f"Giải bóng chuyền hữu nghị lần {number}", start=f"201{number}-05-01")
    make_event("Hội nghị tổng kết")
    use_elasticsearch(proxy.url)
    rebuild(main_engine())
    rebuild(embedded_engine())
    client.get("/en/search/", {"q": "bong"})  # a process reads its addresses and names when it is asked first
    yield main_engine()
    proxy.heal()
    if elasticsearch_client.indices.exists_alias(name=main_engine().alias):
        elasticsearch_client.indices.delete(
            index=list(elasticsearch_client.indices.get_alias(name=main_engine().alias))
        )


@pytest.fixture
def ask(client):
    """The API's answer to a search, as JSON; fails when it takes longer than a reader is promised."""

    def ask(query="bong chuyen", status=200, **parameters):
        response = timely(client.get, "/api/v1/archive/", {"q": query, **parameters})
        assert response.status_code == status, response.content
        return response.json() if status == 200 else response

    return ask


def timely(function, *arguments):
    began = time.monotonic()
    result = function(*arguments)
    seconds = time.monotonic() - began
    assert seconds < MOST_SECONDS, f"It took {seconds:.2f} s."
    return result


def answered_by(answer):
    return answer["engine"], answer["degraded"]


def ids(answer):
    return {item["id"] for item in answer["items"] if item["match"] == "all"}


def recovers(ask):
    """Ask until Elasticsearch answers again. Every answer on the way is a right one."""
    deadline = time.monotonic() + RECOVERY
    while time.monotonic() < deadline:
        answer = ask()
        assert answer["count"] == 5
        if answered_by(answer) == ("elasticsearch", False):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("fault", FAULTS)
def test_the_embedded_index_answers_in_time_and_elasticsearch_again_when_it_is_well(archive, proxy, client, ask, fault):
    well = ask()
    assert answered_by(well) == ("elasticsearch", False)
    FAULTS[fault](proxy)

    for _ in range(FAILURES + 1):
        answer = ask()
        assert answered_by(answer) == ("embedded", True)
        assert (ids(answer), answer["count"], answer["timeline"]) == (ids(well), 5, well["timeline"])
    page = timely(client.get, "/en/search/", {"q": "bong chuyen"})
    assert page.status_code == 200
    assert NOTICE in page.content.decode()
    assert page.content.decode().count('class="card-title"') == 5
    suggestions = timely(client.get, "/api/v1/archive/suggest/", {"q": "giải bóng"})
    assert len(suggestions.json()["items"]) == 5
    assert breaker_status().state == "open"
    seen = len(proxy.requests)
    ask()
    assert len(proxy.requests) == seen, "the engine was not left alone"

    proxy.heal()
    assert recovers(ask)
    assert NOTICE not in client.get("/en/search/", {"q": "bong chuyen"}).content.decode()


@pytest.mark.engine(alone=True)
def test_a_server_that_stands_still_keeps_no_reader_waiting(archive, client, ask):
    with paused_server():
        assert answered_by(ask()) == ("embedded", True)
        page = timely(client.get, "/en/search/", {"q": "bong chuyen", "year": "1999"})  # asks twice
        assert NOTICE in page.content.decode()
    assert recovers(ask)


def test_an_index_that_is_gone_is_not_an_archive_without_events(archive, ask, elasticsearch_client):
    elasticsearch_client.indices.delete(index=archive.live_index())
    answer = ask()
    assert (answered_by(answer), answer["count"]) == (("embedded", True), 5)
    rebuild(archive)
    assert recovers(ask)


def test_an_index_that_a_stray_write_made_is_not_believed(archive, ask, elasticsearch_client):
    elasticsearch_client.indices.delete(index=archive.live_index())
    elasticsearch_client.index(index=archive.alias, id="x", document={"title": "bóng chuyền"}, refresh=True)
    try:
        answer = ask()
        assert (answered_by(answer), answer["count"]) == (("embedded", True), 5)
    finally:
        elasticsearch_client.indices.delete(index=archive.alias)
    rebuild(archive)
    assert recovers(ask)


def test_an_alias_on_two_indices_doubles_nothing(archive, ask, elasticsearch_client):
    second = archive.new_index()
    archive.write(all_documents(), into=second)
    elasticsearch_client.indices.put_alias(index=second, name=archive.alias)
    elasticsearch_client.indices.refresh(index=second)
    answer = ask()
    assert (answered_by(answer), answer["count"], len(answer["items"])) == (("embedded", True), 5, 5)
    archive.repair_alias()
    assert recovers(ask)


def test_an_index_that_takes_no_more_writes_still_answers(archive, ask, elasticsearch_client):
    live = archive.live_index()
    elasticsearch_client.indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": True})
    assert answered_by(ask()) == ("elasticsearch", False)


# --- nobody can answer


def test_without_any_index_there_is_a_kind_page_and_no_empty_answer(archive, proxy, client, ask, settings, tmp_path):
    proxy.refuse()
    settings.HUUNGHI_SEARCH = {**settings.HUUNGHI_SEARCH, "PATH": str(tmp_path / "elsewhere.sqlite3")}
    problem = ask(status=503)
    assert problem["Content-Type"] == "application/problem+json"
    assert problem["Retry-After"] == "120"
    assert problem.json()["detail"] == "The search index is not ready yet."
    suggestions = client.get("/api/v1/archive/suggest/", {"q": "giải"})
    assert (suggestions.status_code, suggestions["Retry-After"]) == (503, "120")
    page = timely(client.get, "/en/search/", {"q": "bong chuyen", "year": "1999"})
    assert (page.status_code, page["Retry-After"]) == (503, "120")
    assert "search is being prepared" in page.content.decode()
    assert "card-title" not in page.content.decode() and 'name="q"' in page.content.decode()

    rebuild(embedded_engine())
    assert answered_by(ask()) == ("embedded", True)
    proxy.heal()
    assert recovers(ask)


def test_a_damaged_embedded_index_is_a_rest_and_not_a_failure(archive, proxy, client, ask, settings):
    proxy.refuse()
    embedded_engine().close()
    file = Path(settings.HUUNGHI_SEARCH["PATH"]).resolve()
    file.write_bytes(b"no database at all" * 1000)
    assert ask(status=503)["Retry-After"] == "30"
    assert client.get("/en/search/", {"q": "bong"}).status_code == 503


def test_elasticsearch_answers_while_the_embedded_index_is_missing(archive, ask, settings, tmp_path):
    settings.HUUNGHI_SEARCH = {**settings.HUUNGHI_SEARCH, "PATH": str(tmp_path / "elsewhere.sqlite3")}
    answer = ask()
    assert (answered_by(answer), answer["count"]) == (("elasticsearch", False), 5)


# --- pages of results


def test_only_the_engine_that_began_goes_on_behind_a_page(archive, proxy, client, ask):
    first = ask(limit=2)
    proxy.refuse()
    problem = ask(limit=2, cursor=first["next"], status=503)
    assert "begins again without `cursor`" in problem.json()["detail"]
    page = client.get("/en/search/", {"q": "bong chuyen", "cursor": first["next"]})
    assert page.status_code == 503
    assert 'href="?q=bong+chuyen"' in page.content.decode()

    first = ask(limit=2)
    assert answered_by(first) == ("embedded", True)
    proxy.heal()
    assert recovers(ask)
    second = ask(limit=2, cursor=first["next"])
    third = ask(limit=2, cursor=second["next"])
    assert answered_by(third) == ("embedded", True)
    found = [item["id"] for part in (first, second, third) for item in part["items"]]
    assert len(found) == len(set(found)) == 5


@pytest.mark.parametrize(
    "position", [["x"], [1.5, 1, 2, "x", 5], ["a", "b", "c", "d"], [1e400, 1, 1, "x"], [10**40] * 4]
)
def test_a_made_up_cursor_takes_the_engine_from_nobody(archive, ask, position):
    cursor = base64.urlsafe_b64encode(json.dumps(["relevance", "elasticsearch", *position]).encode()).decode()
    for _ in range(FAILURES + 1):
        ask(cursor=cursor, status=422)
    assert breaker_status().state == "closed"
    assert answered_by(ask()) == ("elasticsearch", False)


# --- several hosts


@pytest.mark.parametrize("fault", ["refusing", "hanging"])
def test_of_several_hosts_a_dead_one_is_passed_over(archive, use_elasticsearch, elasticsearch_url, ask, fault):
    with Proxy(elasticsearch_url) as first, Proxy(elasticsearch_url) as dead, Proxy(elasticsearch_url) as last:
        FAULTS[fault](dead)
        use_elasticsearch(first.url, dead.url, last.url)
        for _ in range(6):
            assert answered_by(ask()) == ("elasticsearch", False)


def test_when_all_hosts_hang_the_time_is_the_same_as_for_one(archive, use_elasticsearch, elasticsearch_url, ask):
    with Proxy(elasticsearch_url) as first, Proxy(elasticsearch_url) as second, Proxy(elasticsearch_url) as third:
        for host in (first, second, third):
            host.fail(faults.hang)
        use_elasticsearch(first.url, second.url, third.url)
        assert answered_by(ask()) == ("embedded", True)


# --- what the operator sees


def test_the_log_has_one_line_for_the_trouble_and_one_for_its_end(archive, proxy, ask, caplog):
    caplog.set_level(logging.INFO, "huunghi.search")
    proxy.fail(refuse_with(503, "master_not_discovered_exception"))
    for _ in range(8):
        ask()
    proxy.heal()
    assert recovers(ask)
    lines = [record.getMessage() for record in caplog.records if record.name == "huunghi.search"]
    assert len(lines) == 2, lines
    assert "master_not_discovered" in lines[0]
    assert "answers again" in lines[1]


@pytest.fixture(autouse=True)
def no_kept_pages():
    yield
    cache.clear()
