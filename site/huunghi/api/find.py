"""`/find/`: from the address of a page to its object."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, override
from ninja import Query, Router, Schema
from pydantic import Field
from wagtail.models import Page, Site

from huunghi.conf import source_language
from huunghi.http import Parameters, absolute_url, problems
from huunghi.partners.access import readable_pages, reader_of
from huunghi.search.documents.extraction import PAGE_TYPES, type_of

router = Router(tags=["find"])

LONGEST = 2000  # characters of an address


class FindParameters(Parameters):
    path: str = Field(
        max_length=LONGEST, description="Address of a page of this site, with or without its host: /vi/su-kien/…/."
    )


class Found(Schema):
    type: str = Field(description=f"One of {', '.join(PAGE_TYPES)}.")
    id: str = Field(description="Permanent, and the same in every language.")
    lang: str = Field(description="Language of the page.")
    title: str
    url: str | None
    api_url: str = Field(description="Address of the object in this language.")


@router.get(
    "/",
    response={200: Found, **problems(404, 422)},
    operation_id="huunghi_find",
    url_name="find",
    summary="The object behind the address of a page",
)
def find(request: HttpRequest, parameters: Query[FindParameters]) -> Any:
    """Lists, other pages and nonsense are answered like a page that the reader may not read."""
    page = readable_page(parameters.path, request)
    if page is None or (type_ := type_of(page)) is None:
        raise Http404("No such page.")
    language = page.locale.language_code
    key = page.partner.code if type_ == "partner" else page.translation_key
    return {
        "type": type_,
        "id": str(page.translation_key),
        "lang": language,
        "title": page.title,
        "url": absolute_url(request)(page.get_url(request)),
        "api_url": request.build_absolute_uri(f"../{type_}s/{key}/?lang={language}"),
    }


def readable_page(address: str, request: HttpRequest) -> Any:
    """The page at an address of this site, as its own type; None when there is none that the reader may read."""
    path = path_here(address, request)
    known = page_named(path, request) if path else None
    if known is None:
        return None
    pages = readable_pages(Page.objects.filter(**known), reader_of(request))
    page = pages.select_related("locale").order_by("pk").first()
    return page.specific if page else None


def path_here(address: str, request: HttpRequest) -> str:
    """The path of an address, with the slash at its end that pages have; "" when it names another host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    elsewhere = parts.netloc and parts.netloc != request.get_host()
    return "" if elsewhere or not parts.path else f"{unquote(parts.path).rstrip('/')}/"


def page_named(path: str, request: HttpRequest) -> dict[str, Any] | None:
    """What to look for in the tree, as the site's own addresses say it; None for an address that is no page's."""
    with override(get_language_from_path(path) or source_language()):
        try:
            match = resolve(path)
        except (Resolver404, ValueError):
            return None
        if match.url_name == "wagtail_serve":
            return page_at(match.args[0] if match.args else match.kwargs.get("path", ""), request)
    if match.view_name == "huunghi:permanent" and isinstance(match.kwargs.get("key"), UUID):
        return {"translation_key": match.kwargs["key"]}
    return None


def page_at(path: str, request: HttpRequest) -> dict[str, Any] | None:
    """The place in the tree of an address below the site's root; the language of the address is active."""
    site = Site.find_for_request(request)
    root = site.root_page.localized if site else None
    return {"url_path": f"{root.url_path}{path.rstrip('/')}/"} if root and path else None
