"""Calendars, read again by another program than the one that writes them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.utils import timezone

from huunghi.events.api.calendar import plain
from huunghi.events.models import EventPage, EventPartnerSide, Venue
from tests.access.conftest import make_user
from tests.factories import add_translation, make_event, make_partner, make_partner_page, make_place, publish

pytestmark = pytest.mark.django_db

LONG_KHMER = "សន្និសីទមិត្តភាពស្តីពីកិច្ចសហប្រតិបត្តិការវប្បធម៌" * 6


def events_in(response):
    assert response.status_code == 200
    read = vobject.readOne(response.content.decode())
    assert read.behavior.name == "VCALENDAR"
    read.validate(raiseException=True)
    return list(getattr(read, "vevent_list", []))


def lines_of(response):
    return response.content.replace(b"\r\n ", b"").decode().split("\r\n")


def test_a_partner_has_a_calendar_of_its_events(client):
    here, elsewhere = make_partner("KH-8"), make_partner("KH-21")
    for partner, title in ((here, "Tại Prey Veng"), (elsewhere, "Tại Takeo")):
        make_partner_page(partner)
        make_event(title, rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    (event,) = events_in(client.get("/api/v1/partners/KH-8.ics"))
    assert event.summary.value == "Tại Prey Veng"
    assert events_in(client.get("/api/v1/partners/KH-8.ics", {"from": "2020"})) == []


def test_a_partner_that_nobody_may_read_has_no_calendar(client):
    partner = make_partner("KH-8")
    make_partner_page(partner, live=False)
    make_event(rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    hidden, unknown = (client.get(f"/api/v1/partners/{code}.ics") for code in ("KH-8", "XX-1"))
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    assert client.get("/api/v1/partners/KH-8.ics", {"sort": 1}).status_code == 422


def test_the_calendar_of_a_partner_shows_each_reader_what_he_may_read(client):
    partner = make_partner("KH-8")
    make_partner_page(partner)
    make_event("Nội bộ", visibility="signed-in", rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    assert events_in(client.get("/api/v1/partners/KH-8.ics")) == []
    client.force_login(make_user())
    signed_in = client.get("/api/v1/partners/KH-8.ics")
    assert [event.summary.value for event in events_in(signed_in)] == ["Nội bộ"]
    assert signed_in["Cache-Control"] == "private, no-store"


def test_a_long_khmer_title_is_folded_between_letters_and_read_back_whole(client):
    make_event(LONG_KHMER[:250], summary=LONG_KHMER)
    response = client.get("/api/v1/calendar.ics")
    lines = response.content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # raises in the middle of a letter
    (event,) = events_in(response)
    assert event.summary.value == LONG_KHMER[:250]
    assert event.description.value == LONG_KHMER


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_title_with_line_ends_begins_no_property(client, end):
    make_event(f"Hội nghị{end}ATTENDEE:mailto:nobody@example.org{end}END:VEVENT")
    response = client.get("/api/v1/calendar.ics")
    # As a program reads it that takes every one of these for the end of a line.
    names = [line.partition(":")[0].partition(";")[0] for line in response.content.decode().splitlines()]
    assert "ATTENDEE" not in names
    assert names.count("END") == names.count("BEGIN")
    (event,) = events_in(response)
    assert "ATTENDEE" in event.summary.value


def test_what_utf_8_cannot_hold_is_left_out():
    assert plain("a\ud800b\x00c\ufffed") == "a b c d"


def test_sequence_and_last_modified_grow_with_each_publication_in_every_language(client):
    page = make_event()
    seen = []
    now = timezone.now()
    for number, language in enumerate(("vi", "km", "vi")):
        if language == "km":
            add_translation(page, "km", "ព្រឹត្តិការណ៍")
        else:
            publish(EventPage.objects.get(pk=page.pk))
        # Publications lie seconds apart in life, and not in tests.
        newest = EventPage.objects.filter(translation_key=page.translation_key).order_by("-last_published_at").first()
        EventPage.objects.filter(pk=newest.pk).update(last_published_at=now + timedelta(seconds=2 * number))
        for asked in ("vi", "km"):
            (event,) = events_in(client.get("/api/v1/calendar.ics", {"lang": asked}))
            seen.append((int(event.sequence.value), event.last_modified.value, event.uid.value))
    assert seen[0] == seen[1] < seen[2] == seen[3] < seen[4] == seen[5]
    assert seen[0][1] < seen[2][1] < seen[4][1]
    assert {uid for *_, uid in seen} == {f"urn:uuid:{page.translation_key}"}


def test_a_cancelled_event_with_every_venue_survives_the_other_parser(client):
    halls = [Venue(role="connected", name=f"Điểm cầu {number}") for number in range(52)]
    main = Venue(role="main", name="Hội trường; lớn, mới", place=make_place("VN-44"))
    make_event(status="cancelled", status_reason="Mưa bão", rows={"venues": [*halls, main]})
    (event,) = events_in(client.get("/api/v1/calendar.ics"))
    assert event.status.value == "CANCELLED"
    assert event.location.value.startswith("Hội trường; lớn, mới, An Giang")
    assert all(f"Điểm cầu {number}" in event.location.value for number in range(52))


def test_hours_whole_days_and_months_are_what_the_other_parser_reads(client):
    make_event("Giờ", precision="minute", start="2019-05-14", start_time=time(8), end_time=time(11, 30))
    make_event("Ngày", start="2019-05-14", end="2019-05-15")
    make_event("Tháng", start="2019-05-14", precision="month")
    response = client.get("/api/v1/calendar.ics")
    read = {event.summary.value: (event.dtstart.value, event.dtend.value) for event in events_in(response)}
    assert read["Ngày"] == (date(2019, 5, 14), date(2019, 5, 16))
    assert read["Tháng"] == (date(2019, 5, 1), date(2019, 6, 1))
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    expected = tuple(datetime(2019, 5, 14, *clock, tzinfo=zone) for clock in ((8,), (11, 30)))
    assert read["Giờ"] == expected
    lines = lines_of(response)
    assert lines.count("BEGIN:VTIMEZONE") == 1
    assert "TZID:Asia/Ho_Chi_Minh" in lines
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20190514T080000" in lines
    assert "DTSTART;VALUE=DATE:20190501" in lines
