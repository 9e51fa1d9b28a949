"""The filters that events and the archive have in common."""

from datetime import UTC, datetime, timedelta

import pytest

from huunghi.events.models import EventPartnerSide, Figure, Venue
from tests.access.conftest import rebuild_index, share, world  # noqa: F401  a fixture
from tests.api.conftest import problem_names
from tests.factories import make_event, make_measure, make_partner, make_place, make_unit

pytestmark = pytest.mark.django_db

LISTS = ("/events/", "/archive/")


def found(api, path, **parameters):
    answer = api(path, **parameters)
    assert answer.status_code == 200, answer.content
    return sorted(item["title"] for item in answer.json()["items"])


def at(latitude, longitude, key=""):
    place = make_place(key)
    type(place).objects.filter(pk=place.pk).update(latitude=latitude, longitude=longitude)
    return place


@pytest.fixture
def archive(today):
    far, near = at(21.0, 105.8), at(10.4, 105.4)
    venue, people = make_measure("venue"), make_measure("attendance")
    make_event(
        "Xa",
        start="2019-05-14",
        places=[far],
        rows={"figures": [Figure(quantity=500, unit=people), Figure(quantity=200, unit=people)]},
    )
    make_event(
        "Gần",
        start="2019-06-14",
        end="2020-01-02",
        stated_venues=53,
        unit=make_unit("own-unit"),
        rows={"venues": [Venue(place=near)], "figures": [Figure(quantity=20, unit=venue)]},
    )
    make_event("Nay", start=today, status="planned")
    rebuild_index()


@pytest.fixture
def today():
    from django.utils import timezone

    return timezone.localdate()


@pytest.mark.parametrize("path", LISTS)
def test_every_filter_finds_its_own(api, archive, path, today):
    for parameters, titles in (
        ({"type": "event"}, ["Gần", "Nay", "Xa"]),
        ({"type": ["event", "article"]}, ["Gần", "Nay", "Xa"]),
        ({"type": "exchange"}, []),
        ({"unit": "own-unit"}, ["Gần"]),
        ({"min_quantity": "attendance:500"}, ["Xa"]),
        ({"min_quantity": "attendance:501"}, []),
        ({"min_quantity": "venue:53"}, ["Gần"]),
        ({"min_quantity": ["venue:1", "attendance:1"]}, ["Gần", "Xa"]),
        ({"quantity": ["venue:1", "attendance:1"]}, []),
        ({"quantity": "attendance:100-300"}, []),
        ({"quantity": "attendance:100-500"}, ["Xa"]),
        ({"quantity": "venue:0-52"}, []),
        ({"near": "10.4,105.5,50"}, ["Gần"]),
        ({"near": "10.4,105.5", "within": 50}, ["Gần"]),
        ({"near": "10.4,105.5", "within": 2000}, ["Gần", "Xa"]),
        ({"near": "10,105", "within": "80"}, ["Gần"]),
        ({"near": "0,0,1"}, []),
        ({"month": "2019-05"}, ["Xa"]),
        ({"month": ["2019-05", "2019-12"]}, ["Gần", "Xa"]),
        ({"month": "2019-12", "year": 2020}, ["Gần"]),
        ({"now": 1}, ["Nay"]),
        ({"now": 1, "month": "2019-05"}, []),
        ({"month": f"{today:%Y-%m}", "now": 1}, ["Nay"]),
        ({"updated_since": f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d}"}, ["Gần", "Nay", "Xa"]),
        ({"updated_since": "2990"}, []),
    ):
        assert found(api, path, **parameters) == titles, parameters


@pytest.mark.parametrize("path", LISTS)
def test_a_place_can_be_named_with_the_kilometres_apart(api, path):
    at(10.4, 105.4, "VN-44")
    make_event("Gần", places=[make_place("VN-44")])
    rebuild_index()
    assert found(api, path, near="VN-44,5") == found(api, path, near="VN-44", within=5) == ["Gần"]


BAD = (
    ({"within": 5}, "within"),
    ({"near": "VN-44"}, "near"),
    ({"near": "VN-44,5", "within": 5}, "near"),
    ({"near": "khong-co,5"}, "near"),
    ({"near": "10.4,200.0,5"}, "near"),
    ({"near": "10.4,105.4", "within": 0}, "within"),
    ({"near": "10.4,105.4", "within": "nan"}, "within"),
    ({"near": "10.4,105.4", "within": "inf"}, "within"),
    ({"near": "10.4,105.4", "within": "1e300"}, "within"),
    ({"min_quantity": "20"}, "min_quantity"),
    ({"min_quantity": "venue:20-30"}, "min_quantity"),
    ({"min_quantity": "khong-co:20"}, "min_quantity"),
    ({"quantity": "khong-co:20"}, "quantity"),
    ({"quantity": "venue:30-20"}, "quantity"),
    ({"type": "province"}, "type"),
    ({"month": "2019"}, "month"),
    ({"now": "yes"}, "now"),
    ({"updated_since": "yesterday"}, "updated_since"),
)


@pytest.mark.parametrize("path", [*LISTS, "/events/export.csv", "/statistics/", "/calendar.ics"])
def test_a_bad_value_is_an_error_that_names_its_parameter(api, path):
    for parameters, named in BAD:
        answer = api(path, **parameters)
        assert answer.status_code == 422, (parameters, answer.content)
        assert problem_names(answer, named), answer.json()


@pytest.mark.parametrize("path", LISTS)
def test_when_a_hidden_translation_was_published_is_found_by_nobody_else(api, path):
    page = make_event("Cũ", translations={"km": {"title": "ថ្មី", "visibility": "public"}})
    versions = type(page).objects.filter(translation_key=page.translation_key)
    versions.filter(locale__language_code="vi").update(last_published_at="2020-01-01T00:00:00Z")
    versions.filter(locale__language_code="km").update(last_published_at="2022-01-01T00:00:00Z")
    rebuild_index()
    assert found(api, path, updated_since="2021") == ["Cũ"]
    versions.filter(locale__language_code="km").update(live=False)
    assert found(api, path, updated_since="2021") == []


def test_no_filter_tells_what_stands_in_a_withheld_row(world):  # noqa: F811
    unit, place = make_measure("venue"), at(10.4, 105.4)
    event = make_event(
        "Sự kiện",
        unit=world.own,
        visibility="partners",
        rows={
            "figures": [Figure(quantity=4711, unit=unit), Figure(quantity=5, unit=unit)],
            "venues": [Venue(place=place)],
            "partner_sides": [EventPartnerSide(partner=make_partner("KH-2"))],
        },
    )
    share(event, world.a, withheld=[event.figures.first(), *event.venues.all(), *event.partner_sides.all()])
    share(event, world.b)
    rebuild_index()
    for path in LISTS:
        for query in ("min_quantity=venue:4711", "quantity=venue:6-9999", "near=10.4,105.4,5"):
            address = f"/api/v1{path}?{query}"
            seen = [len(world.client(name).get(address).json()["items"]) for name in ("partner_a", "partner_b")]
            assert seen == [0, 1], address
        # The largest figure that the partner gets is another one.
        address = f"/api/v1{path}?quantity=venue:1-10"
        seen = [len(world.client(name).get(address).json()["items"]) for name in ("partner_a", "partner_b")]
        assert seen == [1, 0], address
