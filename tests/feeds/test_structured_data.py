"""JSON-LD, held against the types and ranges that schema.org gives these properties."""

import json
import re
from datetime import date, datetime, time
from urllib.parse import urlsplit

import pytest

from huunghi.events.models import EventIndexPage, EventOrganiser, Venue
from tests.access.conftest import make_user
from tests.factories import (
    index_page,
    make_event,
    make_organisation,
    make_partner,
    make_partner_page,
    make_place,
)

from .conftest import HOSTILE

pytestmark = pytest.mark.django_db

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
VALUES = {  # of an enumeration
    "eventStatus": {"EventScheduled", "EventPostponed", "EventCancelled"},
    "eventAttendanceMode": {
        "OfflineEventAttendanceMode", "OnlineEventAttendanceMode", "MixedEventAttendanceMode",
    },
}  # fmt: skip
REQUIRED = {
    "Event": {"name", "url", "eventStatus", "eventAttendanceMode", "inLanguage"},
    "Organization": {"name"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "Place": {"name"},
    "VirtualLocation": {"url"},
    "GeoCoordinates": {"latitude", "longitude"},
}
RANGES = {  # property -> types that it may have
    "location": {"Place", "VirtualLocation"},
    "organizer": {"Organization"},
    "itemListElement": {"ListItem"},
    "geo": {"GeoCoordinates"},
}
TEXTS = {"name", "description", "inLanguage", "identifier", "alternateName", "address"}
DATES = {"startDate", "endDate"}
ADDRESSES = {"url", "item", "@id"}
NUMBERS = {"position", "latitude", "longitude"}


def is_date(text):
    """ISO 8601, cut to what is known."""
    if re.fullmatch(r"\d{4}(-\d{2})?", text):
        return True
    read = datetime if "T" in text else date
    return bool(read.fromisoformat(text))


def check(node):
    """Everything that is not as schema.org has it."""
    kind = node["@type"]
    missing = REQUIRED[kind] - node.keys()
    assert not missing, (kind, missing)
    for name, value in node.items():
        for each in value if isinstance(value, list) else [value]:
            if name in RANGES:
                assert each["@type"] in RANGES[name], (name, each)
                check(each)
            elif name in VALUES:
                assert each.removeprefix("https://schema.org/") in VALUES[name]
            elif name in DATES:
                assert is_date(each)
            elif name in ADDRESSES:
                assert urlsplit(each).scheme == "http"
            elif name in NUMBERS:
                assert isinstance(each, int | float)
            else:
                assert name in {*TEXTS, "@type"}, name
                assert isinstance(each, str), name
                assert each


def described(client, address):
    """The nodes of a page by type; every one is checked."""
    (text,) = SCRIPT.findall(client.get(address).content.decode())
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    for node in data["@graph"]:
        check(node)
    return {node["@type"]: node for node in data["@graph"]}


def test_an_event_with_several_venues_names_each_of_them(client):
    halls = [Venue(role="connected", name="Điểm cầu"), Venue(role="main", name="Hội trường", place=make_place("VN-44"))]
    organiser = EventOrganiser(organisation=make_organisation(vi="Liên hiệp hữu nghị"))
    event = make_event("Hội nghị", rows={"venues": halls, "organisers": [organiser]}, summary="Tóm tắt")
    node = described(client, event.url)["Event"]
    assert [place["@type"] for place in node["location"]] == ["Place", "Place", "VirtualLocation"]
    assert [place.get("name") for place in node["location"][:2]] == ["Hội trường", "Điểm cầu"]
    assert node["location"][0]["address"] == "An Giang"
    assert node["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert node["organizer"] == [{"@type": "Organization", "name": "Liên hiệp hữu nghị"}]
    assert (node["name"], node["description"], node["inLanguage"]) == ("Hội nghị", "Tóm tắt", "vi")


@pytest.mark.parametrize(
    ("fields", "start", "end"),
    [
        ({"precision": "year"}, "2019", "2019"),
        ({"precision": "month"}, "2019-05", "2019-05"),
        ({"end": "2019-05-16"}, "2019-05-14", "2019-05-16"),
        (
            {"precision": "minute", "start_time": time(8), "end_time": time(11)},
            "2019-05-14T08:00+07:00",
            "2019-05-14T11:00+07:00",
        ),
        ({"precision": "unknown", "start": None}, None, None),
    ],
)
def test_a_date_is_never_more_exact_than_it_is_known(client, fields, start, end):
    node = described(client, make_event(**{"start": "2019-05-14", **fields}).url)["Event"]
    assert (node.get("startDate"), node.get("endDate")) == (start, end)


@pytest.mark.parametrize(
    ("status", "value"),
    [
        ("held", "EventScheduled"), ("planned", "EventScheduled"),
        ("postponed", "EventPostponed"), ("cancelled", "EventCancelled"),
    ],
)  # fmt: skip
def test_the_status_is_one_of_the_vocabulary(client, status, value):
    node = described(client, make_event(status=status).url)["Event"]
    assert node["eventStatus"] == f"https://schema.org/{value}"


def test_a_partner_is_an_organization_with_all_its_names(client):
    page = make_partner_page(make_partner("KH-8"), "Prey Veng", summary="Tỉnh")
    node = described(client, page.url)["Organization"]
    assert (node["name"], node["url"]) == ("Prey Veng", f"http://testserver{page.url}")
    assert "KH-8" in node["identifier"]
    assert any("\u1780" <= letter <= "\u17ff" for name in node["alternateName"] for letter in name)


def test_the_way_from_the_front_page_is_described_on_every_page_below_it(client):
    event = make_event("Hội nghị")
    items = described(client, event.url)["BreadcrumbList"]["itemListElement"]
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    assert items[-1]["name"] == "Hội nghị"
    assert items[-1]["item"] == f"http://testserver{event.url}"
    assert "BreadcrumbList" in described(client, index_page(EventIndexPage).url)


def test_a_hostile_title_does_not_end_the_script(client):
    event = make_event(HOSTILE)
    body = client.get(event.url).content.decode()
    assert "<script>alert" not in body
    assert described(client, event.url)["Event"]["name"] == HOSTILE.replace("\ufffe", "")


def test_what_one_reader_sees_is_not_described(client):
    event = make_event()
    client.force_login(make_user(is_superuser=True, is_staff=True))
    assert not SCRIPT.search(client.get(event.url).content.decode())


def test_no_query_is_made_for_it(client, count_queries, monkeypatch):
    from huunghi.feeds import structured

    event = make_event(
        rows={
            "venues": [Venue(name="Hội trường", place=make_place("VN-44"))],
            "organisers": [EventOrganiser(organisation=make_organisation(vi="Liên hiệp"))],
        }
    )
    with_it = count_queries(event.url)
    monkeypatch.setattr(structured, "event", lambda *args: {"@type": "Event"})
    assert count_queries(event.url) == with_it
