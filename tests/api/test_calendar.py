from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from huunghi.events.models import Venue
from tests.factories import make_event, make_place

pytestmark = pytest.mark.django_db


def events_in(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_a_cancelled_event_stays_in_the_calendar_as_cancelled(api):
    make_event("Hội nghị", status="cancelled", status_reason="Mưa bão")
    (event,) = events_in(api("/calendar.ics"))
    assert event["STATUS"] == "CANCELLED"
    assert "Mưa bão" in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("precision", "first", "behind_the_last"),
    [
        ("day", date(2019, 5, 14), date(2019, 5, 16)),
        ("month", date(2019, 5, 1), date(2019, 6, 1)),
        ("year", date(2019, 1, 1), date(2020, 1, 1)),
    ],
)
def test_an_imprecise_date_becomes_whole_days(api, precision, first, behind_the_last):
    make_event(start="2019-05-14", end="2019-05-15", precision=precision, start_time=time(8))
    (event,) = events_in(api("/calendar.ics"))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (first, behind_the_last)


def test_hours_are_given_in_the_time_zone_of_the_event(api):
    make_event(precision="minute", start="2019-05-14", start_time=time(8), end_time=time(11, 30))
    (event,) = events_in(api("/calendar.ics"))
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert event["DTSTART"].dt == datetime(2019, 5, 14, 8, tzinfo=zone)
    assert event["DTEND"].dt == datetime(2019, 5, 14, 11, 30, tzinfo=zone)
    assert b"TZID=Asia/Ho_Chi_Minh" in api("/calendar.ics").content


def test_an_event_keeps_its_uid_in_every_language_and_after_a_change(api):
    page = make_event("Hội nghị", translations={"km": "កិច្ចប្រជុំ"})
    (vietnamese,) = events_in(api(f"/events/{page.translation_key}.ics"))
    page.title = "Hội nghị mới"
    page.save_revision().publish()
    (changed,) = events_in(api("/calendar.ics"))
    (khmer,) = events_in(api("/calendar.ics", lang="km"))
    assert vietnamese["UID"] == changed["UID"] == khmer["UID"]
    assert (changed["SUMMARY"], khmer["SUMMARY"]) == ("Hội nghị mới", "កិច្ចប្រជុំ")
    assert khmer["SUMMARY"].params["LANGUAGE"] == "km"


def test_every_venue_stands_in_the_location_the_main_one_first(api):
    halls = [Venue(role="connected", name="Điểm cầu 1"), Venue(role="connected", name="Điểm cầu 2")]
    make_event(rows={"venues": [*halls, Venue(role="main", name="Hội trường", place=make_place("VN-44"))]})
    (event,) = events_in(api("/calendar.ics"))
    assert event["LOCATION"] == "Hội trường, An Giang; Điểm cầu 1; Điểm cầu 2"


def test_the_calendar_takes_the_filters_of_the_list(api):
    make_event("Trước", start="2017-01-01")
    make_event("Sau", start="2019-01-01")
    assert [event["SUMMARY"] for event in events_in(api("/calendar.ics", from_="2018"))] == ["Sau"]
    assert api("/calendar.ics", limit=3).status_code == 422


def test_an_event_without_a_date_is_in_no_calendar(api):
    page = make_event(start=None, precision="unknown")
    assert events_in(api("/calendar.ics")) == []
    assert api(f"/events/{page.translation_key}.ics").status_code == 404


def test_the_calendar_needs_the_same_number_of_queries_for_1_and_12_events(count_queries):
    make_event(start="2001-01-01", rows={"venues": [Venue(place=make_place())]})
    for _ in range(12):
        make_event(start="2019-01-01", rows={"venues": [Venue(place=make_place()), Venue(place=make_place())]})
    assert count_queries("/calendar.ics", year=2001) == count_queries("/calendar.ics", year=2019) <= 8
