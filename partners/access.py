"""Who may read which page now. Every surface that shows pages asks here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import PageViewRestriction

PUBLIC = "public"


def public_pages(pages: QuerySet) -> QuerySet:
    """The pages of a queryset of one archive page type that anybody may read at this moment.

    Live, not expired by the clock (whatever a scheduled job has done yet), visible to everyone, and below no page with
    a view restriction.
    """
    return live_pages(pages).filter(~Exists(_restrictions_above()), visibility="public")


def live_pages(pages: QuerySet) -> QuerySet:
    """Published and not expired; says nothing about who may read them."""
    return pages.filter(live=True).filter(Q(expire_at__isnull=True) | Q(expire_at__gt=timezone.now()))


def readable(page: Any, user: Any) -> bool:
    """Whether the reader may see the page at its public address."""
    return public_pages(type(page).objects.filter(pk=page.pk)).exists()


def audiences_by_page(pages: Sequence[Any]) -> dict[int, list[str]]:
    """The audiences that may read each of some live pages; an empty list when nobody may."""
    restricted = restricted_paths()
    return {
        page.pk: [PUBLIC] if page.visibility == "public" and not page.path.startswith(restricted) else []
        for page in pages
    }


def restricted_paths() -> tuple[str, ...]:
    """Tree paths of the pages that have a view restriction of their own."""
    return tuple(PageViewRestriction.objects.order_by("page__path").values_list("page__path", flat=True).distinct())


def _restrictions_above() -> QuerySet:
    """For a subquery: the view restrictions on the outer page or on a page above it."""
    outer_path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    return PageViewRestriction.objects.alias(outer_path=outer_path).filter(outer_path__startswith=F("page__path"))
