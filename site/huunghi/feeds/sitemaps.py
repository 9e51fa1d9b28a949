"""The site map: every page that anybody may read, in files of one language each, and robots.txt that points to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page

from huunghi.conf import content_languages
from huunghi.http import absolute_url
from huunghi.partners.access import public_pages

from .answers import absent, public_answer
from .markup import XML_TYPE, Markup, document, tag

PAGES_PER_FILE = 5_000
MOST_FILES = 50_000  # that one index may name
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


def listed_pages() -> QuerySet:
    """Pages with an address of their own; the alias of a page shows what another address shows."""
    return public_pages(Page.objects.filter(depth__gt=1, alias_of=None))


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The files of all languages, each with the last publication in that language. One query."""
    counted = listed_pages().order_by().values_list("locale__language_code")
    found = {
        language: (count, changed)
        for language, count, changed in counted.annotate(Count("pk"), Max("last_published_at"))
    }
    files = [
        tag(
            "sitemap",
            tag("loc", request.build_absolute_uri(reverse("huunghi:sitemap_file", args=[language, number + 1]))),
            _changed(found[language][1]),
        )
        for language in content_languages()
        if language in found
        for number in range(-(-found[language][0] // PAGES_PER_FILE))
    ]
    return _answer(request, tag("sitemapindex", {"xmlns": SITEMAP}, *files))


@require_safe
def sitemap_file(request: HttpRequest, language: str, number: int) -> HttpResponse:
    """One file of one language. Two queries and the sites' addresses, whatever its size.

    In the order of the translation keys, so that its pages and their translations are one range of keys.
    """
    if not 1 <= number <= MOST_FILES:
        absent(request)
    first = (number - 1) * PAGES_PER_FILE
    own = listed_pages().filter(locale__language_code=language).order_by("translation_key")
    keys = list(own.values_list("translation_key", flat=True)[first : first + PAGES_PER_FILE])
    if not keys:
        absent(request)
    pages = listed_pages().filter(translation_key__gte=keys[0], translation_key__lte=keys[-1])
    absolute = absolute_url(request)
    versions: dict[UUID, dict[str, tuple[str, Any]]] = {key: {} for key in keys}
    for page in pages.select_related("locale").order_by("locale"):
        if page.translation_key in versions and (address := absolute(page.get_url(request))):
            versions[page.translation_key][page.locale.language_code] = (address, page.last_published_at)
    entries = [_entry(language, found) for found in versions.values() if language in found]
    return _answer(request, tag("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML}, *entries))


def _entry(language: str, versions: dict[str, tuple[str, Any]]) -> Markup:
    """A page with all its languages, itself among them; `versions` are (address, last publication) by language."""
    address, changed = versions[language]
    alternates = [
        tag("xhtml:link", {"rel": "alternate", "hreflang": code, "href": other})
        for code, (other, _) in versions.items()
        if len(versions) > 1
    ]
    return tag("url", tag("loc", address), _changed(changed), *alternates)


def _changed(moment: Any) -> Markup:
    return tag("lastmod", moment.isoformat(timespec="seconds")) if moment else Markup("")


def _answer(request: HttpRequest, root: Markup) -> HttpResponse:
    return public_answer(request, HttpResponse(document(root), content_type=XML_TYPE))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but the results of searches, of which there are as many as there are questions."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {reverse('huunghi:search', args=[language])}" for language in content_languages()]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('huunghi:sitemap'))}", ""]
    return public_answer(request, HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8"))
