"""The addresses at which readers find a record: its pages, the lists that show it, the API.

Lists with filters have addresses without number: those live for the seconds that the API gives to proxies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.urls import NoReverseMatch, reverse
from wagtail.admin.utils import get_admin_base_url
from wagtail.models import Page

from huunghi.conf import content_languages
from huunghi.events.models import EventPage
from huunghi.partners.models import PartnerPage
from huunghi.search.documents.extraction import PAGE_TYPES

API = "huunghi:huunghi_v1:"
# Type of record -> routes of one of them, with its key, and routes of the lists and sums it is in.
OF_TYPE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "event": (("get_event", "get_event_calendar"), ("list_events", "get_calendar", "get_statistics")),
    "partner": ((), ("list_partners",)),
    "exchange": (("get_exchange",), ("list_exchanges",)),
    "article": (("get_article",), ("list_articles",)),
    "plan": (("get_plan",), ("list_plans",)),
    "report": (("get_report",), ("list_reports",)),
    "publication": (("get_publication",), ("list_publications",)),
}
OF_PARTNER = ("get_partner", "get_partner_calendar")  # by code
OF_PAGE = ("huunghi:permanent",)  # by key, outside of the API
FEEDS = ("huunghi:sitemap", "huunghi:rss")  # of the whole site, the second in each language


def base_address() -> str:
    return (get_admin_base_url() or "").rstrip("/")


def addresses_of(records: Iterable[tuple[str, str]]) -> set[str]:
    """Absolute addresses of everything that shows one of the records (type, key) of the index."""
    found: set[Any] = set()
    for type_, key in records:
        details, lists = OF_TYPE.get(type_, ((), ()))
        found.update(*(_api(name, key) for name in details), *(_api(name) for name in lists))
        if type_ in PAGE_TYPES:
            found.update(_of_pages(type_, key))
            found.update(_plain(name, [key]) for name in OF_PAGE)
    of_languages = [[], *([code] for code in content_languages())]
    found.update(_plain(name, arguments) for name in FEEDS for arguments in of_languages)
    return found - {None}


def addresses_of_page(page: Page) -> list[str]:
    """Where one page is, then the sections above it up to the front page. [] for a page outside of every site."""
    address = _of_page(page)
    above = page.get_ancestors().filter(depth__gt=1).order_by("-depth").specific()
    return [address, *filter(None, map(_of_page, above))] if address else []


def _of_pages(type_: str, key: str) -> Iterator[str]:
    """All languages, also those that are no longer published."""
    for page in PAGE_TYPES[type_].objects.filter(translation_key=key):
        addresses = addresses_of_page(page)
        yield from addresses
        if isinstance(page, EventPage):
            yield from _periods(page, addresses[1:2])
            yield from _partners_of(page)
        elif isinstance(page, PartnerPage):
            for name in OF_PARTNER:
                yield from _api(name, page.partner.code)


def _periods(event: EventPage, sections: list[str]) -> Iterator[str]:
    if day := event.start_date:
        for section in sections:
            yield from (f"{section}{day.year}/", f"{section}{day.year}/{day.month}/")


def _partners_of(event: EventPage) -> Iterator[str]:
    partners = dict(event.partner_sides.values_list("partner", "partner__code"))
    for code in partners.values():
        yield from _api("get_partner_calendar", code)
    pages = PartnerPage.objects.filter(partner__in=list(partners), locale=event.locale_id, live=True)
    yield from filter(None, map(_of_page, pages))


def _of_page(page: Page) -> str | None:
    parts = page.get_url_parts()
    if parts is None or parts[1] is None:
        return None
    _site, root, path = parts
    # The site that Wagtail makes by itself is called localhost; the public address stands in the settings.
    return f"{base_address() if urlsplit(root).hostname == 'localhost' else root}{path}"


def _api(name: str, *arguments: Any) -> Iterator[str]:
    """The address as it is and in each language."""
    if path := _path(f"{API}{name}", arguments):
        yield f"{base_address()}{path}"
        yield from (f"{base_address()}{path}?lang={code}" for code in content_languages())


def _plain(name: str, arguments: Iterable[Any]) -> str | None:
    path = _path(name, arguments)
    return f"{base_address()}{path}" if path else None


def _path(name: str, arguments: Iterable[Any]) -> str | None:
    try:
        return reverse(name, args=list(arguments))
    except NoReverseMatch:
        return None
