"""What is shared with the partner: the list, and the search within it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huunghi.http import absolute_url
from huunghi.partners.access import Reader
from huunghi.partners.models import PortalReader
from huunghi.public.cards import Card, cards_of_pages
from huunghi.public.frame import Link
from huunghi.public.lists import Listing
from huunghi.public.numbers import number_text
from huunghi.public.search_form import clean
from huunghi.public.views import search_context, search_response
from huunghi.search.answers import ArchiveUnavailableError
from huunghi.search.api.schemas import suggestions
from huunghi.search.service import suggest as suggest_records
from huunghi.search.service import suggest_names

from .door import portal_reader, readers_only
from .frame import portal_frame
from .shared import (
    KINDS,
    SharedRecord,
    kind_names,
    kinds_with_counts,
    narrowed,
    pages_of,
    shared_records,
    visit_times,
    years_with_counts,
)

PAGE_SIZE = 20
MOST_NEWS = 10


@readers_only
@require_safe
def home(request: HttpRequest, language: str) -> HttpResponse:
    reader = portal_reader(request)
    seen = seen_before(request.user)
    records = shared_records(reader, language, seen)
    kind, year = _kind_and_year(request)
    listed = narrowed(records, kind, year)
    news = [record for record in records if record.news]
    is_first = not (kind or year) and request.GET.get("page", "1") == "1"
    context = {
        "frame": portal_frame(request, language, _("Shared with you")),
        "seen": seen,
        "news_count": len(news),
        "news": cards_of(news[:MOST_NEWS], language, reader, request) if is_first else [],
        "kinds": _kind_links(records, kind, year, language),
        "years": _year_links(records, kind, year, language),
        "list": page_of(listed, request, kind, year, language, reader),
    }
    return render(request, "huunghi/portal/home.html", context)


def seen_before(user: Any) -> datetime | None:
    """The end of the visit before this one; None for the first. Notes that the visit goes on."""
    memory, _is_new = PortalReader.objects.get_or_create(user=user)
    times = visit_times(memory.seen_at, memory.seen_before, timezone.now())
    if times:
        memory.seen_at, memory.seen_before = times
        memory.save(update_fields=["seen_at", "seen_before"])
    return memory.seen_before


def cards_of(records: list[SharedRecord], language: str, reader: Reader, request: HttpRequest) -> list[Card]:
    """Cards in the order of the records; what is new among them says so."""
    words = {"new": _("New"), "changed": _("Changed")}
    pages = pages_of(records, reader)
    news = {record.page: record.news for record in records}
    cards = cards_of_pages(pages, language, reader, request)
    for card, page in zip(cards, pages, strict=True):
        card.note = words.get(news[page.pk], "")
    return cards


def page_of(
    records: list[SharedRecord], request: HttpRequest, kind: str, year: int | None, language: str, reader: Reader
) -> Listing:
    paginator = Paginator(records, PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page", "1")[:9])
    listing = Listing(
        cards_of(list(page.object_list), language, reader, request),
        paginator.count,
        number=page.number,
        pages=paginator.num_pages,
    )
    if page.has_previous():
        listing.previous_url = _address(kind, year, page.previous_page_number())
    if page.has_next():
        listing.next_url = _address(kind, year, page.next_page_number())
    return listing


def _kind_and_year(request: HttpRequest) -> tuple[str, int | None]:
    """What the address narrows to; a kind or year that cannot be is none."""
    kind, year = request.GET.get("kind", ""), request.GET.get("year", "")
    is_year = year.isascii() and year.isdigit() and len(year) == 4
    return kind if kind in KINDS else "", int(year) if is_year else None


def _kind_links(records: list[SharedRecord], kind: str, year: int | None, language: str) -> list[Link]:
    titles = kind_names()
    of_year = narrowed(records, year=year)
    everything = _("Everything")
    links = [Link(f"{everything} ({number_text(len(of_year), language)})", _address("", year), not kind)]
    return links + [
        Link(f"{titles[name]} ({number_text(count, language)})", _address(name, year), name == kind)
        for name, count in kinds_with_counts(of_year)
    ]


def _year_links(records: list[SharedRecord], kind: str, year: int | None, language: str) -> list[Link]:
    years = years_with_counts(narrowed(records, kind))
    links = [Link(_("All years"), _address(kind, None), year is None)] if years else []
    return links + [
        Link(f"{number} ({number_text(count, language)})", _address(kind, number), number == year)
        for number, count in years
    ]


def _address(kind: str, year: int | None, page: int = 1) -> str:
    pairs = [("kind", kind), ("year", year or ""), ("page", page if page > 1 else "")]
    return f"?{urlencode([(name, value) for name, value in pairs if value])}"


@readers_only
@require_safe
def search(request: HttpRequest, language: str) -> HttpResponse:
    """The archive search, asked by somebody to whom nothing is readable but what is shared."""
    context, status = search_context(request, language, portal_reader(request))
    query = context["query"]
    title = _("Search: %(query)s") % {"query": query.text} if query.text else _("Search what is shared with you")
    context["whole_list_url"] = reverse("huunghi:portal_search", kwargs={"language": language})
    context["frame"] = portal_frame(request, language, title, query.address() if query.pairs() else "")
    return search_response(request, "huunghi/portal/search.html", context, status)


@readers_only
@require_safe
def suggest(request: HttpRequest, language: str) -> HttpResponse:
    """What the search box proposes, in the form in which the public one gets it."""
    reader, text = portal_reader(request), clean(request.GET.get("q", ""))[:256]
    try:
        records = suggest_records(text, language, reader=reader)
        names = suggest_names(text, reader=reader)
    except ArchiveUnavailableError:
        records, names = [], []
    found = suggestions(records, names, language, absolute_url(request))
    return JsonResponse(found.model_dump(mode="json"), json_dumps_params={"ensure_ascii": False})
