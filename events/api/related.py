"""Events that a reader of one event may want to see next."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from huunghi.partners.access import Reader

from ..models import EventPage
from ..querysets import pages_with, readable_events

RELATED_LIMIT = 4


def related_events(page: EventPage, reader: Reader) -> list[EventPage]:
    """Source pages of events with one of the same partners, or of the same kind if it has none; nearest in time first.

    The editions of its exchange stand beside it already. `page` holds the rows that the reader gets; one query.
    """
    partners = [side.partner_id for side in page.partner_sides.all()]
    if not partners and page.kind_id is None:
        return []
    others = readable_events(reader).exclude(translation_key=page.translation_key)
    if page.exchange is not None:
        others = others.exclude(exchange__translation_key=page.exchange.translation_key)
    if partners:
        others = others.filter(pk__in=pages_with("partner_sides", Q(partner__in=partners), reader))
    else:
        others = others.filter(kind=page.kind_id)
    day = page.start_date or date.today()
    found = list(others.filter(Q(pk__in=_before(others, day)) | Q(pk__in=_from(others, day))))
    return sorted(found, key=lambda other: (abs(other.start_date - day), other.pk))[:RELATED_LIMIT]


# As many on either side as may be wanted, so that it costs the same in an archive of any size.


def _before(events: QuerySet, day: date) -> QuerySet:
    return events.filter(start_date__lt=day).order_by("-start_date", "-pk").values("pk")[:RELATED_LIMIT]


def _from(events: QuerySet, day: date) -> QuerySet:
    return events.filter(start_date__gte=day).order_by("start_date", "pk").values("pk")[:RELATED_LIMIT]
