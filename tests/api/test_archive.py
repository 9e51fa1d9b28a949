import base64
import json

import pytest

from huunghi.events.models import EventPartnerSide
from tests.api.conftest import problem_names
from tests.factories import make_event, make_partner, make_partner_page, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(feeding):
    with feeding():
        kandal = make_partner("KH-8")
        make_partner_page(kandal, "Kandal", translations={"km": "កណ្តាល"})
        for number in range(5):
            make_event(
                f"Giao lưu hữu nghị lần {number + 1}",
                start=f"201{number}-05-14",
                translations={"km": f"មិត្តភាព លើក {number + 1}"},
                rows={"partner_sides": [EventPartnerSide(partner=kandal)]},
            )
        make_event("CANARY giao lưu", visibility="partners")


def test_a_search_answers_with_hits_facets_and_a_timeline(api, archive):
    answer = api("/archive/", q="giao luu", type="event").json()
    assert (answer["level"], answer["count"], answer["engine"], answer["degraded"]) == ("all", 5, "embedded", False)
    assert {item["match"] for item in answer["items"]} == {"all"}
    assert answer["timeline"] == [{"year": 2010 + n, "count": 1} for n in range(5)]
    partner = answer["facets"]["partner"][0]
    assert (partner["value"], partner["count"], partner["selected"]) == ("KH-8", 5, False)
    first = answer["items"][0]
    assert "<mark>" in first["title_html"] and "<" not in first["title"]
    assert first["partners"][0] == {"code": "KH-8", "country": "KH", "names": first["partners"][0]["names"]}
    assert first["url"].startswith("http://testserver/vi/")


def test_what_not_everybody_may_read_is_neither_found_nor_counted(api, archive):
    for path in ("/archive/", "/archive/suggest/"):
        assert b"CANARY giao" not in api(path, q="CANARY").content
    assert api("/archive/", q="CANARY").json()["count"] == 0


def test_hits_say_in_which_language_they_are_shown(api, archive):
    item = api("/archive/", q="giao luu", lang="km", type="event").json()["items"][0]
    assert (item["lang"], item["requested_lang"], item["original"]) == ("km", "km", False)
    item = api("/archive/", q="giao luu", lang="en", type="event").json()["items"][0]
    assert (item["lang"], item["requested_lang"], item["original"]) == ("vi", "en", True)


def test_filters_narrow_a_search(api, archive):
    assert api("/archive/", q="giao luu", from_="2012", to="2013-05").json()["count"] == 2
    assert api("/archive/", q="giao luu", year=[2012, 2014]).json()["count"] == 2
    assert api("/archive/", type="partner").json()["count"] == 1
    assert api("/archive/", partner="KH-21").json()["count"] == 0


def test_facets_can_be_chosen_or_left_out(api, archive):
    assert list(api("/archive/", facets="kind").json()["facets"]) == ["kind"]
    assert api("/archive/", facets="none").json()["facets"] == {}
    answer = api("/archive/", facets="colour")
    assert answer.status_code == 422
    assert problem_names(answer, "facets")


@pytest.mark.parametrize("parameters", [{"q": "giao luu"}, {"order": "date"}, {"q": "giao luu", "order": "-date"}, {}])
def test_a_cursor_walks_over_every_hit_once(api, archive, parameters):
    everything = [item["id"] for item in api("/archive/", limit=100, **parameters).json()["items"]]
    seen, cursor = [], {}
    for _ in everything:
        answer = api("/archive/", limit=2, **parameters, **cursor).json()
        seen += [item["id"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["next"]}
    assert seen == everything
    assert len(set(seen)) == len(seen) >= 5


def cursor_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["x", "%%%", cursor_of("text"), cursor_of(["date", 1]), cursor_of(["relevance", None]), cursor_of({}), "ខ្មែរ"],
)
def test_a_cursor_of_a_search_that_was_not_made_here_is_refused(api, cursor):
    answer = api("/archive/", q="giao luu", cursor=cursor)
    assert answer.status_code == 422
    assert problem_names(answer, "cursor")


STRANGE_QUERIES = [
    "a" * 10_000,
    "giao " * 2_000,
    "\x01\x02\x1f giao",
    "\u202e\u200b\ufeff",
    '"giao luu',
    '""""',
    "-",
    "(((((",
    "NEAR(a b) OR * AND title:x",
    "ព្រះ" * 500,
    "\U0001f600",
]


def test_no_query_is_too_strange_for_an_answer(api, archive):
    for query in STRANGE_QUERIES:
        for path in ("/archive/", "/archive/suggest/"):
            assert api(path, q=query).status_code == 200, (path, query[:20])


def test_a_query_beyond_all_measure_is_refused_by_name(api):
    answer = api("/archive/", q="a" * 10_001)
    assert answer.status_code == 422
    assert problem_names(answer, "q")


def test_a_nul_in_a_query_is_refused_by_name(api):
    answer = api("/archive/", q="giao\x00luu")
    assert answer.status_code == 422
    assert problem_names(answer, "q")


def test_titles_are_suggested_while_typing(api, archive):
    items = api("/archive/suggest/", q="giao l").json()["items"]
    assert 1 <= len(items) <= 10
    assert {item["type"] for item in items} == {"event"}
    assert all(item["url"] for item in items)


def test_a_search_needs_the_same_number_of_queries_for_1_and_30_hits(feeding, count_queries):
    with feeding():
        for _ in range(30):
            partner = make_partner(place=make_place(parent=make_place("KH")))
            make_event("Giao lưu", rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    assert count_queries("/archive/", q="giao luu", limit=1) == count_queries("/archive/", q="giao luu", limit=30)
