"""Which pages editors find when they choose one: those they work with, and those they may read as anybody may.

Wagtail's chooser lists every page, drafts and pages for partners among them, and by the title of the newest draft.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from wagtail.admin.views import chooser
from wagtail.models import Page
from wagtail.permissions import policy_registry

from .access import readable_pages, reader_of


def pages_to_choose(pages: QuerySet, request: HttpRequest) -> QuerySet:
    """The pages of a queryset that the editor may know of, each by the title that the editor may know."""
    own = own_pages(request)
    known = pages.filter(Q(pk__in=own.values("pk")) | Q(pk__in=readable_pages(_all(), reader_of(request)).values("pk")))
    return _titled(known, own)


def own_pages(request: HttpRequest) -> QuerySet:
    """What the explorer shows to this editor."""
    return policy_registry.get_by_type(Page).explorable_instances(request.user)


def install() -> None:
    """Ask the same where the chooser shows a page by its number: as the place to begin, and when it was chosen."""
    browse, chosen = chooser.BrowseView.get_object_list, chooser.ChosenMultipleView.render_chosen_response

    def children(view: Any) -> QuerySet:
        parent = view.parent_page
        if not parent.is_root():
            known = pages_to_choose(_all().filter(pk=parent.pk), view.request).first()
            if known is None:
                raise Http404
            parent.draft_title = known.draft_title
        return browse(view)

    def chosen_pages(view: Any, result: list[dict[str, Any]]) -> Any:
        numbers = [page["id"] for page in result]
        known = {page.pk: page for page in pages_to_choose(_all().filter(pk__in=numbers), view.request)}
        shown = [
            page | {"adminTitle": known[page["id"]].get_admin_display_title()} for page in result if page["id"] in known
        ]
        return chosen(view, shown)

    chooser.BrowseView.get_object_list = children
    chooser.ChosenMultipleView.render_chosen_response = chosen_pages


def _all() -> QuerySet:
    return Page.objects.all()


def _titled(pages: QuerySet, own: QuerySet) -> QuerySet:
    """The same pages, with the published title for those who do not work with them."""

    def wrapped(iterable: type) -> type:
        class Titled(iterable):  # type: ignore[misc, valid-type]
            def __iter__(self) -> Iterator[Any]:
                pages = list(super().__iter__())
                mine = set(own.filter(pk__in=[page.pk for page in pages]).values_list("pk", flat=True))
                for page in pages:
                    if page.pk not in mine:
                        page.draft_title = page.title
                    yield page

        return Titled

    class TitledPages(type(pages)):  # type: ignore[misc]
        def specific(self, *args: Any, **kwargs: Any) -> QuerySet:
            # The chooser asks for it after its hook, and it makes pages in another way.
            pages = super().specific(*args, **kwargs)
            pages._iterable_class = wrapped(pages._iterable_class)
            return pages

    pages.__class__ = TitledPages
    pages._iterable_class = wrapped(pages._iterable_class)
    return pages
