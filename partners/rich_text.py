"""Text of editors with its links made addresses, for one reader."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text import expand_db_html
from wagtail.rich_text.rewriters import extract_attrs

from huunghi.conf import fallback_languages

from .access import Reader, readable_pages

LINK = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.DOTALL)


def readable_html(source: str, reader: Reader, language: str) -> str:
    """Rich text as HTML. A link to a page that the reader may not read is dropped, and its text stays.

    The link leads to the page in the language of the text, else in the nearest one. Two queries for a text that links
    to pages, none for others.
    """
    linked = {match.start(): _page_id(match[1]) for match in LINK.finditer(source)}
    addresses = _addresses({pk for pk in linked.values() if pk}, reader, language)

    def rewritten(match: re.Match[str]) -> str:
        pk = linked[match.start()]
        if pk is None:
            return match[0]
        address = addresses.get(pk, "")
        return f'<a href="{escape(address)}">{match[2]}</a>' if address else match[2]

    return expand_db_html(LINK.sub(rewritten, source))


def _page_id(attributes: str) -> int | None:
    """The page that a link names; 0 when it names one in a way that cannot be read."""
    named = extract_attrs(attributes)
    if named.get("linktype") != "page":
        return None
    return int(named["id"]) if re.fullmatch(r"[0-9]{1,18}", named.get("id", "")) else 0


def _addresses(ids: set[int], reader: Reader, language: str) -> dict[int, str]:
    if not ids:
        return {}
    keys = dict(Page.objects.filter(pk__in=ids).values_list("pk", "translation_key"))
    pages = readable_pages(Page.objects.filter(translation_key__in=keys.values()), reader)
    versions: dict[Any, list[Any]] = defaultdict(list)
    for page in pages.select_related("locale"):
        versions[page.translation_key].append(page.specific_deferred)
    return {pk: _nearest(versions[key], language).url or "" for pk, key in keys.items() if versions[key]}


def _nearest(pages: Iterable[Any], language: str) -> Any:
    order = {code: position for position, code in enumerate(fallback_languages(language))}
    return min(pages, key=lambda page: order.get(page.locale.language_code, len(order)))
