"""Notes for the register that a partner's reader opened what is shared, at the page's normal address."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from wagtail.models import Page

from huunghi.partners.access import Reader, all_shares, reader_of
from huunghi.partners.models import Share
from huunghi.partners.sharing.openings import note_opening


def note_reading(page: Any, request: HttpRequest) -> None:
    """Called when the page is about to be served. Editors who look at it, and previews, are no openings."""
    if request.method != "GET" or getattr(request, "is_preview", False) or _is_prefetch(request):
        return
    reader = reader_of(request)
    if not reader.partners or reader.units or reader.superuser:
        return
    share = share_over(page, reader)
    if share is not None:
        note_opening(share=share, user=request.user, language=page.locale.language_code)


def share_over(page: Page, reader: Reader) -> Share | None:
    """The share by which the reader has the page in its language: of the page itself, else of a section above it."""
    if page.alias_of_id is not None:
        return None
    keys = page.get_ancestors(inclusive=True).values("translation_key")
    shares = all_shares().active().filter(partner__in=reader.partners, page_key__in=keys, languages=page.locale_id)
    nearest = Case(When(page_key=page.translation_key, then=Value(0)), default=Value(1), output_field=IntegerField())
    return shares.order_by(nearest, "-pk").first()


def _is_prefetch(request: HttpRequest) -> bool:
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
