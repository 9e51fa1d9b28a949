"""What surrounds the pages of the portal: the frame of the public pages with a menu of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import gettext as _

from huunghi.partners.access import reader_of
from huunghi.public.frame import Frame, Link, view_frame

MENU = ("portal", "portal_search", "portal_calendar", "portal_profile")


def portal_frame(request: HttpRequest, language: str, title: str, query: str = "") -> Frame:
    """Nothing in it is meant for search engines; the search box asks what is shared once somebody is signed in."""
    here = resolve(request.path_info)

    def address(code: str) -> str:
        return reverse(here.view_name, kwargs={**here.kwargs, "language": code})

    frame = view_frame(language, request, title, address, query)
    frame.canonical, frame.alternates = "", []
    home = reverse("huunghi:portal", args=[language])
    frame.menu = []
    if here.url_name != "portal":
        frame.breadcrumb.insert(1, Link(_("For partners"), home))
    if reader_of(request).partners:
        frame.search_url = reverse("huunghi:portal_search", args=[language])
        frame.suggest_url = reverse("huunghi:portal_suggest", args=[language])
        frame.menu = [_menu_link(name, here.url_name, language) for name in MENU]
    return frame


def _menu_link(name: str, current: str | None, language: str) -> Link:
    return Link(_titles()[name], reverse(f"huunghi:{name}", args=[language]), name == current)


def _titles() -> dict[str, Any]:
    return {
        "portal": _("Shared with you"),
        "portal_search": _("Search"),
        "portal_calendar": _("Calendar"),
        "portal_profile": _("Profile"),
    }
