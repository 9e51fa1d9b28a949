"""Slows down the guessing of passwords that Wagtail keeps for pages and collections.

Editors of the archive are not offered such passwords. Those that were set by other means, and those of a site's own
pages and of collections, are asked for by Wagtail's views, which let anybody guess for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import ngettext
from wagtail.models import Page, PageViewRestriction

from huunghi.partners.answers import keep_private
from huunghi.partners.throttle import Limit, address_block, forgive, note_failure, retry_after

from .addresses import wrap_view

WRONG_PASSWORDS = Limit("page-password", most=10, seconds=15 * 60)
PAGE_FORM = "wagtailcore_authenticate_with_password"
COLLECTION_FORM = "wagtaildocs_authenticate_with_password"

_RESTRICTION = {PAGE_FORM: "page_view_restriction_id", COLLECTION_FORM: "restriction_id"}
View = Callable[..., HttpResponse]


def install() -> None:
    """Put the guard around the two views, wherever a site has mounted Wagtail's addresses."""
    from wagtail import urls as page_urls
    from wagtail.documents import urls as document_urls

    wrap_view(page_urls.urlpatterns, PAGE_FORM, lambda view: asked_for_its_page(throttled(view, PAGE_FORM)))
    wrap_view(document_urls.urlpatterns, COLLECTION_FORM, lambda view: throttled(view, COLLECTION_FORM))


def throttled(view: View, name: str) -> View:
    """The view of a password form; after ten wrong passwords from a neighbourhood it answers 429 for a while.

    Counted for each form by itself. An attempt counts before it is looked at, so that many at once are no way around.
    """

    @wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return keep_private(view(request, *args, **kwargs))
        who = f"{address_block(request)} {name} {kwargs[_RESTRICTION[name]]}"
        if seconds := retry_after(WRONG_PASSWORDS, who):
            return too_many(seconds)
        note_failure(WRONG_PASSWORDS, who)
        response = view(request, *args, **kwargs)
        if response.status_code == 302:
            forgive(WRONG_PASSWORDS, who)
        return keep_private(response)

    return ask


def too_many(seconds: int) -> HttpResponse:
    minutes = -(-seconds // 60)
    text = ngettext(
        "Too many wrong passwords. Try again in %(minutes)s minute.",
        "Too many wrong passwords. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    response = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(seconds)
    return keep_private(response)


def asked_for_its_page(view: View) -> View:
    """Wagtail draws the form for any page and any restriction; only those that belong together have one."""

    @wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = get_object_or_404(Page, pk=kwargs["page_id"])
        passwords = page.get_view_restrictions().filter(restriction_type=PageViewRestriction.PASSWORD)
        if not passwords.filter(pk=kwargs["page_view_restriction_id"]).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return ask
