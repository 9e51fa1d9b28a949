"""How often the API may be asked."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from huunghi.api.limits import Rate, count, parse_rate
from huunghi.partners.sharing.keys import new_key
from tests.factories import make_event, make_partner

pytestmark = pytest.mark.django_db
HERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture(autouse=True)
def three_a_day(settings):
    """A window long enough that no test meets its end, but for the one that begins in its last second."""
    settings.HUUNGHI_API_RATE = "3/h"
    settings.HUUNGHI_API_KEY_RATE = "5/h"
    cache.clear()
    yield
    cache.clear()


def ask(client=None, address="/api/v1/partners/", **more):
    return (client or Client()).get(address, **{**HERE, **more})


def codes(number, client=None, **more):
    return [ask(client, **more).status_code for _ in range(number)]


def test_whoever_asks_too_often_is_told_when_to_come_back():
    assert codes(3) == [200, 200, 200]
    answer = ask()
    assert answer.status_code == 429
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["status"] == 429 and answer.json()["detail"]
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert answer["Cache-Control"] == "no-store"


def test_neighbours_count_together_and_others_by_themselves():
    codes(3)
    assert ask(REMOTE_ADDR="203.0.113.200").status_code == 429
    assert ask(REMOTE_ADDR="203.0.114.7").status_code == 200
    assert codes(4, REMOTE_ADDR="2001:db8:1:200::1")[-1] == 429
    assert ask(REMOTE_ADDR="2001:db8:1:2ff::9").status_code == 429
    assert ask(REMOTE_ADDR="2001:db8:1:300::1").status_code == 200


def test_all_addresses_of_the_api_count_and_pages_do_not():
    for address in ("/api/v1/events/", "/api/v1/nothing/", "/api/v1/events/?bad=1"):
        ask(address=address)
    assert ask(address="/api/v1/calendar.ics").status_code == 429
    assert ask(address="/vi/").status_code == 200


def test_what_a_visitor_writes_into_the_header_makes_nobody_else_of_him(settings):
    settings.HUUNGHI_PROXIES = 1
    proxied = [ask(HTTP_X_FORWARDED_FOR=f"198.51.{n}.1, 203.0.113.7", REMOTE_ADDR="127.0.0.1") for n in range(4)]
    assert [answer.status_code for answer in proxied] == [200, 200, 200, 429]


@pytest.mark.parametrize("here", ["127.0.0.1", "::1", ""])
def test_this_computer_and_unknown_addresses_are_not_limited(here):
    """Else a forgotten PROXIES would make one reader of all."""
    assert codes(6, REMOTE_ADDR=here) == [200] * 6


def test_no_limit_is_possible(settings):
    settings.HUUNGHI_API_RATE = ""
    assert codes(6) == [200] * 6


def test_counting_asks_the_database_nothing(settings, django_assert_num_queries):
    make_event()
    client = Client()
    codes(3, client)
    with django_assert_num_queries(0):
        assert ask(client).status_code == 429


def test_a_key_counts_for_itself(key):
    codes(4)
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {key}", "address": "/api/v1/shared/"}
    # From elsewhere it is found out that it opens something; then it counts for itself everywhere.
    assert ask(**bearer, REMOTE_ADDR="198.51.100.1").status_code == 200
    assert codes(6, **bearer) == [200] * 5 + [429]


def test_an_invented_key_passes_no_limit():
    answers = [ask(HTTP_AUTHORIZATION=f"Bearer hhk_invented{number}").status_code for number in range(5)]
    assert answers == [401, 401, 401, 429, 429]


def test_an_invented_session_passes_no_limit():
    answers = []
    for number in range(4):
        client = Client()
        client.cookies["sessionid"] = f"invented{number}"
        answers.append(ask(client).status_code)
    assert answers == [200, 200, 200, 429]


def test_who_is_signed_in_counts_for_himself(admin_client):
    codes(2)
    assert codes(7, admin_client) == [200] * 6 + [429]  # the first one counted with the neighbours
    assert codes(1) == [429]


def test_a_cache_that_is_away_stops_nobody(settings):
    settings.HUUNGHI_API_RATE_CACHE = "gone"
    assert codes(5) == [200] * 5


def test_a_new_window_begins_anew():
    now = time.time()
    assert [count("a", Rate(1, 60), now) > 0 for _ in range(2)] == [False, True]
    assert count("a", Rate(1, 60), now + 60) == 0


def test_the_seconds_are_those_to_the_end_of_the_window():
    count("b", Rate(1, 60), 600.0)
    assert count("b", Rate(1, 60), 610.0) == 50
    assert count("b", Rate(1, 60), 659.9) == 1


@pytest.mark.parametrize("text", ["600", "0/min", "600/day", "x/min", "-1/s", "1.5/s"])
def test_a_rate_that_nobody_understands_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="HUUNGHI_API_RATE"):
        parse_rate(text, "HUUNGHI_API_RATE")


@pytest.fixture
def key():
    return new_key(make_partner("KH-8"), "Program", timezone.now() + timedelta(days=1))[1]
