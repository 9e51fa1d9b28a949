"""Which pages a person may write: the admin's own answer. Who may not even read a page is told that there is none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from huunghi.events.models import EventPage
from huunghi.partners.access import readable_pages, reader_of

from .refusals import Refusal

NO_SUCH_EVENT = "No such event."


def pages_to_write(request: HttpRequest, event_id: UUID, *, to_change: bool = True) -> list[EventPage]:
    """The pages of an event that the person may edit, the one with the facts first.

    Those that are to be changed nobody else changes before the transaction ends. Http404 when there is none that the
    person may know of, PermissionDenied when there are only such to read.
    """
    pages = EventPage.objects.filter(translation_key=event_id, alias_of__isnull=True).order_by("pk")
    mine = [page for page in (pages.select_for_update() if to_change else pages) if may_edit(request.user, page)]
    if mine:
        source = mine[0].source.pk
        return sorted(mine, key=lambda page: page.pk != source)
    if readable_pages(EventPage.objects.filter(translation_key=event_id), reader_of(request)).exists():
        raise PermissionDenied("You may read this event, but not change it.")
    raise Http404(NO_SUCH_EVENT)


def may_edit(user: Any, page: EventPage) -> bool:
    return user.has_perm("wagtailadmin.access_admin") and page.permissions_for_user(user).can_edit()


def page_in(pages: list[EventPage], language: str | None, event_id: UUID) -> EventPage:
    """The page in a language; without one, the page that holds the facts."""
    if language is None:
        if pages[0].is_source:
            return pages[0]
        raise PermissionDenied("You may change this event in another language only.")
    page = next((page for page in pages if page.locale.language_code == language), None)
    if page is None and EventPage.objects.filter(translation_key=event_id, locale__language_code=language).exists():
        raise PermissionDenied("You may change this event in another language only.")
    if page is None:
        raise Http404("The event has no text in this language; make it at translations/.")
    return page


def require_unlocked(user: Any, page: EventPage) -> None:
    lock = page.get_lock()
    if lock is not None and lock.for_user(user):
        raise Refusal(423, "Somebody has locked the page, or it is being reviewed.")
