"""Who may read which page now. Every surface that shows pages asks here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

PUBLIC = "public"


def public_pages(pages: QuerySet) -> QuerySet:
    """The pages of a queryset of one archive page type that anybody may read at this moment.

    Live, not expired by the clock (whatever a scheduled job has done yet), visible to everyone, and below no page with
    a view restriction.
    """
    return live_pages(pages).filter(visibility="public").exclude(_restricted())


def live_pages(pages: QuerySet) -> QuerySet:
    """Published and not expired; says nothing about who may read them."""
    return pages.filter(live=True).filter(Q(expire_at__isnull=True) | Q(expire_at__gt=timezone.now()))


def readable(page: Any, user: Any) -> bool:
    """Whether the reader may see the page at its public address."""
    return public_pages(type(page).objects.filter(pk=page.pk)).exists()


def audiences_of(page: Any) -> list[str]:
    """The audiences that may read the page now; empty when nobody may."""
    return [PUBLIC] if public_pages(type(page).objects.filter(pk=page.pk)).exists() else []


def _restricted() -> Q:
    """Matches every page that has a view restriction on itself or on a page above it."""
    paths = Page.objects.filter(view_restrictions__in=PageViewRestriction.objects.all()).values_list("path", flat=True)
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition
