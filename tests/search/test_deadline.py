"""The limit for a call as a whole."""

import socket
import time

import pytest
from elasticsearch import Elasticsearch

from huunghi.search.engines.base import EngineTimeoutError
from huunghi.search.engines.deadline import within
from huunghi.search.engines.elastic_reading import answers


def test_what_the_call_returns_or_raises_is_passed_on():
    assert within(1, lambda: "answer") == "answer"
    with pytest.raises(ZeroDivisionError):
        within(1, lambda: 1 / 0)


def test_nobody_waits_for_a_call_that_takes_longer():
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        within(0.05, lambda: time.sleep(1))
    assert time.monotonic() - began < 0.5


def test_a_host_whose_name_is_not_found_in_time_costs_a_reader_no_more(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: time.sleep(4))
    began = time.monotonic()
    with Elasticsearch("http://archive.example:9200") as client, pytest.raises(EngineTimeoutError):
        answers(client, [{}, {}])
    assert time.monotonic() - began < 2
