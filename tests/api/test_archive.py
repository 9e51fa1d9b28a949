import base64
import json
from decimal import Decimal

import pytest

from huunghi.events.models import EventOrganiser, EventPartnerSide, Figure
from huunghi.search.api.schemas import ArchiveResult
from tests.api.conftest import problem_names
from tests.factories import (
    make_event,
    make_measure,
    make_organisation,
    make_partner,
    make_partner_page,
    make_place,
    make_unit,
)

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
    assert answer["timeline"] == [{"year": 2010 + n, "count": 1, "months": None} for n in range(5)]
    partner = answer["facets"]["partner"][0]
    assert (partner["value"], partner["count"], partner["selected"]) == ("KH-8", 5, False)
    first = answer["items"][0]
    assert "<mark>" in first["title_html"] and "<" not in first["title"]
    assert first["partners"][0] == {"code": "KH-8", "country": "KH", "names": first["partners"][0]["names"]}
    assert first["url"].startswith("http://testserver/vi/")


@pytest.mark.parametrize("parameters", [{"q": "giao luu"}, {"lang": "km"}, {"year": 2012, "facets": ["unit", "field"]}])
def test_an_answer_is_what_its_schema_describes(api, archive, parameters):
    answer = api("/archive/", limit=2, **parameters).json()
    assert answer["items"] and any(answer["facets"].values())
    assert ArchiveResult.model_validate(answer).model_dump(mode="json") == answer


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


# --- figures, distance, units, months


@pytest.fixture
def fair(feeding):
    """Three events with figures and places on the map, kept by two units."""
    with feeding():
        tan_chau = make_place("VN-tan-chau", vi="Tân Châu")
        takeo = make_place("KH-takeo-town", vi="Tà Keo")  # 55 km from there
        for place, latitude, longitude in ((tan_chau, "10.80000", "105.24000"), (takeo, "10.99000", "104.78000")):
            place.latitude, place.longitude = Decimal(latitude), Decimal(longitude)
            place.save()
        make_place("VN-nowhere")
        large = make_event(
            "Hội chợ lớn",
            start="2019-05-14",
            places=[tan_chau],
            rows={"figures": [figure("venue", 19), figure("person", 300)]},
            stated_venues=20,
        )
        make_event("Hội chợ nhỏ", start="2019-07-01", places=[takeo], rows={"figures": [figure("venue", 3)]})
        office = make_organisation("office", vi="Văn phòng", km="ការិយាល័យ")
        make_event("Hội chợ cũ", start="2017-02-01", unit=office, rows={"figures": [figure("person", 1000)]})
    return large


def figure(unit, quantity):
    return Figure(unit=make_measure(unit), quantity=quantity)


def titles(answer):
    assert answer.status_code == 200, answer.content
    return {item["title"].removeprefix("Hội chợ ") for item in answer.json()["items"] if item["match"] == "all"}


@pytest.mark.parametrize(
    ("quantity", "found"),
    [
        ("venue:20", {"lớn"}),
        ("venue:3", {"lớn", "nhỏ"}),
        ("venue:3-19.5", {"nhỏ"}),
        ("person:0-999", {"lớn"}),
        (["venue:1", "person:1"], {"lớn"}),
        ("venue:21", set()),
    ],
)
def test_events_are_found_by_the_size_of_their_figures(api, fair, quantity, found):
    assert titles(api("/archive/", q="hoi cho", quantity=quantity)) == found
    assert titles(api("/archive/", quantity=quantity)) == found


@pytest.mark.parametrize(
    ("near", "found"),
    [
        ("VN-tan-chau,25", {"lớn"}),
        ("VN-tan-chau,100", {"lớn", "nhỏ"}),
        ("10.8,105.24,1", {"lớn"}),
        ("-10.8,105.24,1", set()),
        ("10.8,105.24,20000", {"lớn", "nhỏ"}),
    ],
)
def test_events_are_found_by_their_distance_from_a_place_or_point(api, fair, near, found):
    assert titles(api("/archive/", q="hoi cho", near=near)) == found


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("quantity", "venues:20", "Known are: "),
        ("quantity", ["venue:1", "chairs:1"], "venue"),
        ("quantity", "venue", "venue:20"),
        ("quantity", "venue:", "venue:20"),
        ("quantity", "venue:-5", "venue:20"),
        ("quantity", "venue:20-5", "before it begins"),
        ("quantity", "venue:1e5", "venue:20"),
        ("quantity", "venue:nan", "venue:20"),
        ("quantity", "venue:" + "9" * 400, "venue:20"),
        ("quantity", "venue:២០", "venue:20"),
        ("quantity", "", "venue:20"),
        ("near", "VN-nowhere,50", "no coordinates"),
        ("near", "VN-unknown,50", "is not known"),
        ("near", "VN-tan-chau", "kilometres"),
        ("near", "VN-tan-chau,0", "more than 0"),
        ("near", "VN-tan-chau,-5", "more than 0"),
        ("near", "VN-tan-chau,20001", "at most 20000"),
        ("near", "91,105,50", "between -90 and 90"),
        ("near", "10,-180.5,50", "between -180 and 180"),
        ("near", "nan,inf,50", "kilometres"),
        ("near", "10,105,50,1", "kilometres"),
        ("near", "", "kilometres"),
        ("near", "x" * 5000 + ",5", "kilometres"),
        ("timeline_year", "0", "greater than or equal to 1"),
        ("timeline_year", "month", "valid integer"),
        ("unit", "x" * 201, "200"),
        ("facets", "month", "'unit'"),
    ],
)
def test_a_bad_filter_is_an_error_that_names_it_and_says_what_is_right(api, fair, name, value, told):
    answer = api("/archive/", **{name: value})
    assert answer.status_code == 422, answer.content
    assert problem_names(answer, name)
    assert told in answer.json()["detail"]


def test_the_editorial_units_are_a_facet_with_names_in_the_readers_language(api, fair):
    answer = api("/archive/", q="hoi cho", unit="office", facets=["unit", "year"], lang="km").json()
    own = make_unit().key
    assert answer["count"] == 1
    assert [(each["value"], each["label"], each["count"], each["selected"]) for each in answer["facets"]["unit"]] == [
        (own, own, 2, False),
        ("office", "ការិយាល័យ", 1, True),
    ]
    assert titles(api("/archive/", q="hoi cho", unit=["office", own])) == {"lớn", "nhỏ", "cũ"}


def test_the_timeline_shows_the_months_of_the_year_that_is_chosen(api, fair):
    def timeline(**parameters):
        return api("/archive/", q="hoi cho", **parameters).json()["timeline"]

    months = [{"month": "2019-05", "count": 1}, {"month": "2019-07", "count": 1}]
    years = [{"year": 2017, "count": 1, "months": None}, {"year": 2019, "count": 2, "months": months}]
    assert timeline(timeline_year=2019) == timeline(year=2019) == timeline(timeline_year=2019, facets="none") == years
    assert timeline(timeline_year=2019, year=[2017, 2019])[1]["months"] == months
    assert timeline(year=2019, timeline_year=2017)[0]["months"] == [{"month": "2017-02", "count": 1}]
    for parameters in ({}, {"year": [2017, 2019]}):
        assert [year["months"] for year in timeline(**parameters)] == [None, None]
    assert timeline(year=2019, quantity="person:1")[-1]["months"] == months[:1]
    assert "month" not in api("/archive/", year=2019).json()["facets"]


def test_several_values_of_a_facet_widen_and_several_facets_narrow(api, fair):
    answer = api("/archive/", q="hoi cho", year=[2017, 2019], place=["VN-tan-chau", "KH-takeo-town"], facets="place")
    assert titles(answer) == {"lớn", "nhỏ"}
    assert {each["value"]: each["selected"] for each in answer.json()["facets"]["place"]} == {
        "VN-tan-chau": True,
        "KH-takeo-town": True,
    }


def test_a_long_query_is_cut_and_the_answer_says_so(api, fair):
    assert api("/archive/", q="hội chợ " * 60).json()["truncated"] is True
    assert api("/archive/", q="hội chợ").json()["truncated"] is False


def test_another_spelling_is_proposed_where_little_is_found(api, fair):
    assert api("/archive/", q="hội chợ").json()["did_you_mean"] is None
    assert api("/archive/", q="Tân Chấu").json()["did_you_mean"] == "Tân Châu"


# --- suggestions


def test_names_are_suggested_with_the_filter_that_finds_them(api, feeding):
    with feeding():
        province = make_place("KH-8")
        kandal = make_partner("KH-8", place=province)
        union = make_organisation("kandal-union", vi="Kandal hữu nghị")
        make_place("VN-kandal-market", vi="Kandal chợ")
        for number in range(2):
            make_event(
                f"Giao lưu {number}",
                rows={
                    "partner_sides": [EventPartnerSide(partner=kandal)],
                    "organisers": [EventOrganiser(organisation=union)],
                },
            )
        make_event("Thăm Kandal chợ", summary="Kandal chợ")
    names = {name["label"]: name for name in api("/archive/suggest/", q="kand", lang="vi").json()["names"]}
    assert names["Kandal"] == {
        "name": "Kandal",
        "label": "Kandal",
        "type": "partner",
        "type_label": names["Kandal"]["type_label"],
        "filter": "partner",
        "value": "KH-8",
        "count": 2,
    }
    asked = {name: (each["filter"], each["value"], each["count"]) for name, each in names.items()}
    assert asked["Kandal hữu nghị"] == ("organisation", "kandal-union", 2)
    assert asked["Kandal chợ"][:2] == ("q", "Kandal chợ")
    for filter_, value, count in asked.values():
        assert api("/archive/", **{filter_: value}).json()["count"] == count >= 1
    in_khmer = api("/archive/suggest/", q="kand", lang="km").json()["names"][0]
    assert (in_khmer["name"], in_khmer["label"]) == ("Kandal", province.labels["km"])


def test_names_in_records_that_not_everybody_may_read_are_not_suggested(api, feeding):
    with feeding():
        secret = make_place("VN-canary", vi="Canarycho")
        make_event("Giao lưu Canarycho", places=[secret], visibility="partners")
        make_event("Giao lưu")
    answer = api("/archive/suggest/", q="canary").json()
    assert answer == {"items": [], "names": []}


def test_a_suggestion_for_nothing_is_nothing(api, archive):
    assert api("/archive/suggest/", q="").json() == {"items": [], "names": []}
