"""Events as iCalendar (RFC 5545): pages in, bytes out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, override
from icalendar import Calendar, Event, Timezone, vText

from huunghi.partners.api.schemas import Absolute, name_of

from ..models import EventPage, EventStatus
from ..periods import Precision

CONTENT_TYPE = "text/calendar; charset=utf-8"
ARCHIVE_ZONE = "Asia/Ho_Chi_Minh"

# iCalendar knows three; a postponed event keeps its old days until it has new ones, so it is only tentative.
STATUS = {
    EventStatus.PLANNED: "TENTATIVE",
    EventStatus.CONFIRMED: "CONFIRMED",
    EventStatus.HELD: "CONFIRMED",
    EventStatus.POSTPONED: "TENTATIVE",
    EventStatus.CANCELLED: "CANCELLED",
}
# Half surrogate pairs, and whatever a reader's program may take for the end of a line, lest a title begin a new one.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def calendar(pages: Iterable[EventPage], language: str, absolute: Absolute) -> bytes:
    """A calendar of the events whose date is known; cancelled ones stay, so that a reader's copy is corrected."""
    with override(language):
        result = Calendar()
        result.add("prodid", "-//wagtail-huunghi//API 1//EN")
        result.add("version", "2.0")
        result.add("method", "PUBLISH")
        result.add("name", gettext("Friendship archive"))
        result.add("x-wr-calname", gettext("Friendship archive"))
        result.add("x-wr-timezone", ARCHIVE_ZONE)
        dated = [page for page in pages if page.start_date and page.precision != Precision.UNKNOWN]
        zones = dict.fromkeys([ARCHIVE_ZONE, *(page.time_zone for page in dated if has_hours(page))])
        for zone in zones:
            # A window of years is enough for the zones of the region, which have no summer time.
            result.add_component(Timezone.from_tzid(zone))
        for page in dated:
            result.add_component(event(page, language, absolute))
        return result.to_ical()


def event(page: EventPage, language: str, absolute: Absolute) -> Event:
    """One VEVENT. The UID is the same in every language and for ever."""
    result = Event()
    published = page.last_published_at or EPOCH
    changed = (getattr(page, "updated", None) or published).astimezone(UTC)
    result.add("uid", f"urn:uuid:{page.translation_key}")
    result.add("dtstamp", changed)
    result.add("last-modified", changed)
    result.add("sequence", sequence(changed))
    for name, moment in zip(("dtstart", "dtend"), period(page), strict=True):
        result.add(name, moment)
    served = {"language": page.locale.language_code}
    result.add("summary", plain(page.title), parameters=served)
    if text := description(page):
        result.add("description", plain(text), parameters=served)
    if where := location(page, language):
        result.add("location", plain(where))
    if page.kind:
        result.add("categories", [plain(page.kind.name_in(language))])
    if address := absolute(page.url):
        result.add("url", address)
    result.add("status", STATUS[page.status])
    if not has_hours(page):
        result.add("transp", "TRANSPARENT")
    return result


def plain(text: str) -> vText:
    """The text as one value of a calendar; its lines stay."""
    return vText(UNPRINTABLE.sub(" ", text.replace("\r\n", "\n")))


def sequence(changed: datetime) -> int:
    """A number that grows with every publication, in every language the same; no counter has to be kept for it.

    Seconds since 2000, because a translation may be published long after its source: it counts from no page's own past.
    """
    return max(0, int((changed - EPOCH).total_seconds()))


def has_hours(page: EventPage) -> bool:
    return page.precision == Precision.MINUTE and page.start_time is not None and not page.all_day


def period(page: EventPage) -> tuple[Any, Any]:
    """Beginning and end. Without hours both are days, and the end is the day behind the last one:

    May 2019, known to the month   → 2019-05-01 … 2019-06-01
    """
    last = page.end_date or page.start_date
    if not has_hours(page):
        return page.start_date, last + timedelta(days=1)
    zone = ZoneInfo(page.time_zone)
    start = datetime.combine(page.start_date, page.start_time, zone)
    end = datetime.combine(last, page.end_time or time(page.start_time.hour, page.start_time.minute), zone)
    return start, max(start, end)


def description(page: EventPage) -> str:
    """Summary, the reason of a change, and a word on how exactly the date is known."""
    known = {Precision.MONTH: gettext("Only the month is known."), Precision.YEAR: gettext("Only the year is known.")}
    return "\n".join(filter(None, [page.summary, page.status_reason, known.get(page.precision, "")]))


def location(page: EventPage, language: str) -> str:
    """Every venue, "hall, place", the main one first; without venues the places."""
    venues = sorted(page.venues.all(), key=lambda venue: venue.role != "main")
    halls = [", ".join(filter(None, [venue.name, name_of(venue.place, language)])) for venue in venues]
    places = [name_of(place, language) for place in page.places.all()]
    return "; ".join(dict.fromkeys(filter(None, halls or places)))
