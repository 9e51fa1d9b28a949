"""What readers of an event are told of its confirmation.

It is told where the event is, and no further. A reader who sees a page through a share learns nothing of other shares:
of a page that is not public, only the partner itself and the editors are told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from huunghi.partners.access import ANONYMOUS, Reader, readable
from huunghi.partners.models import Partner

from ..models import EventPage
from ..models.confirmations import Confirmation, ConfirmationField, Decision, FactHome
from .facts import values_of


@dataclass(frozen=True, slots=True)
class Statement:
    """ "Confirmed by both sides on 14/05/2019". `partner` is None when the reader must not learn who it was."""

    on: date
    partner: Partner | None
    changed: bool  # a confirmed value is another one by now
    refused: int  # values on which the two sides do not agree


def statements(page: EventPage, reader: Reader) -> list[Statement]:
    """What the reader is told of a page: the newest of each partner, newest first.

    One query for an event that has none. The rows of the page have to be those that the reader gets.
    """
    rounds = Confirmation.objects.filter(page_key=page.translation_key, shown=True, closed_at__isnull=False)
    found = list(rounds.select_related("partner__place").prefetch_related("fields").order_by("-closed_at", "-pk"))
    if not found:
        return []
    is_public = readable(page, ANONYMOUS)
    told = [each for each in found if is_public or _is_concerned(each, page, reader)]
    if not told:
        return []
    sides = {side.partner_id for side in page.partner_sides.all()}
    # What is withheld from the reader is not in the page in memory, and would look changed.
    whole = EventPage.objects.get(pk=page.pk) if reader.withheld_rows or reader.withheld_images else page
    made = []
    for each in _newest_of_each(told):
        fields = list(each.fields.all())
        changed = has_changed(fields, values_of(whole, each.language), page.locale.language_code == each.text_language)
        if changed is not None:
            on = timezone.localdate(each.closed_at)
            partner = each.partner if each.partner_id in sides else None
            made.append(Statement(on, partner, changed, sum(row.decision == Decision.REFUSED for row in fields)))
    return made


def has_changed(fields: Iterable[ConfirmationField], now: dict[str, str], with_texts: bool) -> bool | None:
    """Whether something that both sides stand by reads otherwise now.

    None when an accepted value has not been published yet, or nothing was agreed on at all: then there is nothing to
    tell. Texts count only in the language in which they were confirmed.
    """
    agreed = [row for row in fields if row.agreed is not None and (with_texts or row.home != FactHome.TEXT)]
    if not agreed:
        return None
    other = [row for row in agreed if now.get(row.key) != row.agreed]
    if any(row.decision and now.get(row.key) == row.value for row in other):
        return None
    return bool(other)


def _is_concerned(confirmation: Confirmation, page: EventPage, reader: Reader) -> bool:
    if reader.superuser or page.unit_id in reader.units:
        return True
    return confirmation.partner_id is not None and confirmation.partner_id in reader.partners


def _newest_of_each(rounds: Iterable[Any]) -> list[Confirmation]:
    newest: dict[int | None, Confirmation] = {}
    for each in rounds:
        newest.setdefault(each.partner_id, each)
    return list(newest.values())
