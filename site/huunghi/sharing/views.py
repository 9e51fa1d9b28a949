"""The addresses below `/s/`. Each is guarded in `urls.py`; Http404 is the one answer to all that goes wrong."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from huunghi.partners.models import ShareLink
from huunghi.partners.sharing.openings import note_opening
from huunghi.partners.throttle import address_block, retry_after

from . import door
from .files import files_of, serve_file
from .guard import MISSES, bare_page, too_many
from .reading import draw, opened_page


def entry(request: HttpRequest, rest: str) -> HttpResponseBase:
    """`/s/<token>`, and whatever else stands below `/s/`."""
    _only(request, "GET", "HEAD")
    # Asked first: a guess that is right must not pass where one that is wrong is stopped.
    if wait := retry_after(MISSES, address_block(request)):
        return too_many(request, wait)
    return door.welcome(request, door.link_of_token(request, rest))


def link(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The page in the nearest language; before it a form where the link asks for a password or counts its uses."""
    _only(request, "GET", "HEAD", "POST")
    found, step = door.arrived_by(request, public_id)
    if step != door.Step.INSIDE:
        return _at_the_door(request, found)
    if request.method == "POST":  # the button was pressed twice
        return door.welcome(request, found)
    return _page(request, found)


def link_in_language(request: HttpRequest, public_id: UUID, language: str) -> HttpResponseBase:
    _only(request, "GET", "HEAD")
    return _page(request, door.live_link(request, public_id), language)


def link_file(request: HttpRequest, public_id: UUID, number: int) -> HttpResponseBase:
    """The n-th picture or document of the page."""
    _only(request, "GET", "HEAD")
    opened = opened_page(door.live_link(request, public_id))
    return serve_file(request, files_of(opened.page), number)


def _only(request: HttpRequest, *methods: str) -> None:
    if request.method not in methods:
        raise Http404


def _page(request: HttpRequest, found: ShareLink, language: str = "") -> HttpResponseBase:
    opened = opened_page(found, language, request)
    response = draw(opened, request)
    if request.method == "GET":
        note_opening(link=found, language=opened.language)
    return response


def _at_the_door(request: HttpRequest, found: ShareLink) -> HttpResponseBase:
    if found.is_used_up:
        raise Http404
    refused = False
    if request.method == "POST":
        answer = door.enter(request, found, request.POST.get("password", ""))
        if answer is not None:
            return answer
        refused = True
    return bare_page(
        request,
        "door",
        403 if refused else 200,
        asks_password=bool(found.password),
        uses_left=None if found.most_uses is None else found.most_uses - found.uses,
        refused=refused,
    )
