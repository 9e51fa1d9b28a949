"""A connection that is kept between requests: whether it lives is known without asking the server."""

import time

import pytest
from django.db import connection
from django.db.utils import load_backend
from django.test.utils import CaptureQueriesContext

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="what PostgreSQL does"),
]


@pytest.fixture
def kept():
    """A connection of its own, as a worker keeps it."""
    own = load_backend("huunghi_site.postgresql").DatabaseWrapper(connection.settings_dict, alias="kept")
    own.connect()
    yield own
    own.close()


def end(kept):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [kept.connection.info.backend_pid])


def test_the_site_uses_it():
    assert connection.settings_dict["ENGINE"] == "huunghi_site.postgresql"


def test_a_living_connection_is_not_asked(kept):
    with CaptureQueriesContext(kept) as asked:
        assert kept.is_usable()
    assert not asked.captured_queries


def test_one_that_the_server_ended_is_replaced_before_it_is_used(kept):
    end(kept)
    until = time.monotonic() + 10
    while kept.is_usable() and time.monotonic() < until:
        time.sleep(0.01)
    assert not kept.is_usable()
    kept.health_check_enabled, kept.health_check_done = True, False
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_one_that_was_told_something_is_asked(kept):
    with kept.cursor() as cursor:
        cursor.execute("LISTEN huunghi_of_the_test")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY huunghi_of_the_test")
    assert kept.is_usable()
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_one_that_was_closed_here_is_none(kept):
    kept.connection.close()
    assert not kept.is_usable()
