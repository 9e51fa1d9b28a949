"""Mends two things of Wagtail's redirects (8.0).

An old address leads to where the page is now, whoever asks: it would tell the address of a page that is hidden.

When a section of a thousand pages moves, the older redirects of all their addresses are deleted with one condition
that has a branch for each. SQLite takes a thousand branches and answers more with an error, after the move.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest

PIECE = 500  # addresses of one statement


def install() -> None:
    """Ask who reads before an old address answers; nothing to do in a site without Wagtail's redirects."""
    if apps.is_installed("wagtail.contrib.redirects"):
        from wagtail.contrib.redirects import middleware
        from wagtail.contrib.redirects.signal_handlers import BatchRedirectCreator

        BatchRedirectCreator.pre_process = delete_older
        find = middleware.get_redirect
        middleware.get_redirect = lambda request, path: unless_hidden(find(request, path), request)


def unless_hidden(redirect: Any, request: HttpRequest) -> Any:
    """The redirect, or None when its page answers this reader as if it never was."""
    from huunghi.partners.answers import admit
    from huunghi.partners.models.pages import GuardedPage

    page = redirect.redirect_page.specific if redirect and redirect.redirect_page_id else None
    if isinstance(page, GuardedPage):
        try:
            admit(page, request)
        except Http404:
            return None
    return redirect


def delete_older(creator: Any) -> None:
    """Delete the automatic redirects that have the addresses of the new ones."""
    paths: dict[int, list[str]] = defaultdict(list)
    for item in creator.items:
        paths[item.site_id].append(item.old_path)
    for site_id, known in paths.items():
        for start in range(0, len(known), PIECE):
            older = creator.model.objects.filter(automatically_created=True, site_id=site_id)
            older.filter(old_path__in=known[start : start + PIECE]).delete()
