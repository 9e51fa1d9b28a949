import base64
import json

import pytest
from django.test import Client

from huunghi.events.api import fetching
from huunghi.http import ParameterProblem, decode_cursor, encode_cursor, row_id
from tests.api.conftest import API, problem_names
from tests.factories import make_event

pytestmark = pytest.mark.django_db

LISTS = ("/events/", "/partners/", "/archive/", "/calendar.ics")


@pytest.mark.parametrize("path", [*LISTS, "/archive/suggest/"])
def test_an_unknown_parameter_is_an_error_that_names_it(api, path):
    answer = api(path, provinse="x", q="a") if "suggest" in path else api(path, provinse="x")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert problem_names(answer, "provinse")


def test_an_unknown_parameter_of_one_event_is_an_error_too(api):
    page = make_event()
    assert problem_names(api(f"/events/{page.translation_key}/", language="km"), "language")


@pytest.mark.parametrize("path", ["/events/", "/archive/", "/calendar.ics"])
@pytest.mark.parametrize(("start", "end"), [("2020", "2019"), ("2019-05", "2019-04-30"), ("2019-05-14", "2019-05-13")])
def test_a_range_that_ends_before_it_begins_is_refused(api, path, start, end):
    answer = api(path, from_=start, to=end)
    assert answer.status_code == 422
    assert problem_names(answer, "to")


@pytest.mark.parametrize(("start", "end"), [("2019", "2019"), ("2019-05-14", "2019"), ("2019-05-14", "2019-05")])
def test_a_range_within_its_own_month_or_year_is_no_error(api, start, end):
    assert api("/events/", from_=start, to=end).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "9223372036854775808"),
        ("limit", "9" * 5000),
        ("limit", ""),
        ("lang", "xx"),
        ("lang", ""),
        ("order", "title"),
        ("from", "14/05/2019"),
        ("from", "2019-02-30"),
        ("from", "0000"),
        ("from", "២០១៩"),
        ("from", ""),
        ("to", "2019-13"),
        ("month", "2019"),
        ("month", "2019-00"),
        ("year", "0"),
        ("year", "99999"),
        ("year", "2019.5"),
        ("now", "yes"),
        ("status", "done"),
        ("exchange", "1"),
        ("language", "fr"),
        ("updated_since", "yesterday"),
        ("updated_since", "0001-01-01T00:00:00+14:00"),
        ("partner", "KH\x00"),
        ("partner", "x" * 201),
        ("partner", ""),
        ("cursor", "\x00"),
    ],
)
def test_a_bad_value_is_an_error_that_names_its_parameter(api, name, value):
    answer = api("/events/", **{name: value})
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert problem_names(answer, name)


def cursor_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "AAAA",
        "ខ្មែរ",
        "=====",
        "[" * 1999,
        cursor_of([]),
        cursor_of("-date"),
        cursor_of({"-date": 1}),
        cursor_of(["-date"]),
        cursor_of(["-date", "2019-05-14"]),
        cursor_of(["-date", "2019-05-14", 0]),
        cursor_of(["-date", "2019-05-14", 2**63]),
        cursor_of(["-date", "2019-05-14", True]),
        cursor_of(["-date", "yesterday", 1]),
        cursor_of(["-date", 7, 1]),
        cursor_of(["date", "2019-05-14", 1]),
        base64.urlsafe_b64encode(b"[" * 1400).decode().rstrip("="),
    ],
)
def test_a_cursor_that_was_not_made_here_is_refused_by_name(api, cursor):
    answer = api("/events/", cursor=cursor)
    assert answer.status_code == 422, answer.content
    assert problem_names(answer, "cursor")


@pytest.mark.parametrize("code", ["\x00", "\ud800", 7])
def test_a_cursor_with_an_unstorable_code_is_refused(api, code):
    answer = api("/partners/", cursor=cursor_of(["code", code]))
    assert answer.status_code == 422
    assert problem_names(answer, "cursor")


def test_a_cursor_gives_back_what_was_put_in():
    assert decode_cursor(encode_cursor("date", "កណ្តាល", 7), "date", str, row_id) == ("កណ្តាល", 7)
    assert decode_cursor("", "date", str) is None
    with pytest.raises(ParameterProblem):
        decode_cursor(encode_cursor("date", 7), "-date", row_id)


def test_a_parameter_that_is_repeated_without_end_is_refused(api):
    answer = api("/events/", partner=["KH-8"] * 51)
    assert answer.status_code == 422
    assert problem_names(answer, "partner")


@pytest.mark.parametrize(
    "path", ["/", "/nothing/", "/events/1/", "/events/nothing.ics", "/partners/%00/", "/partners/%ED%A0%80/", "/%00"]
)
def test_an_address_without_anything_is_a_problem_document(client, path):
    answer = client.get(f"{API}{path}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_forgotten_slash_leads_to_the_list(client):
    answer = client.get(f"{API}/events?year=2019&year=2020")
    assert answer.status_code == 301
    assert answer["Location"] == f"{API}/events/?year=2019&year=2020"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_what_can_only_be_read_is_refused_with_a_problem_document(client, method):
    answer = getattr(client, method)(f"{API}/partners/")
    assert answer.status_code == 405
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Allow"] == "GET"


def test_a_head_request_is_answered_like_a_get_without_a_body(client):
    answer = client.head(f"{API}/events/")
    assert answer.status_code == 200
    assert answer.content == b""


def test_a_failure_of_ours_is_a_problem_document_that_tells_nothing(monkeypatch):
    def fail():
        raise RuntimeError("CANARY")

    monkeypatch.setattr(fetching, "list_sources", fail)
    answer = Client(raise_request_exception=False).get(f"{API}/events/")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert b"CANARY" not in answer.content
