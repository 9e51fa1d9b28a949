"""Which events there are for harvesters, and when they changed.

Whether an event is public depends on much that leaves no trace on it: a restriction far above, a clock, a move. So it
is asked anew at every request, and compared with what was told before. What differs is marked as changed *now*, under
a lock, before anybody is answered. Hence a record can never change at a moment that lies before an answer without it,
and a harvester that asks for what changed since its last visit misses nothing.

An event that is published for everybody gets its row in the transaction of its publication, so that its deletion is
told even when nobody asked in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from huunghi.conf import content_languages, source_language
from huunghi.events.models import EventKind, EventPage, EventPartnerSide
from huunghi.events.querysets import prefetch
from huunghi.partners.access import ANONYMOUS, public_pages
from huunghi.partners.models import Partner
from huunghi.public.names import plain_name
from huunghi.search.models import Counter

from ..models import HarvestRecord
from .arguments import Selection

LOCK = "oai"
PIECE = 400
RELATIONS = (
    "partner_sides__partner__place",
    "places",
    "venues__place",
    "organisers__organisation",
    "figures__unit",
    "fields",
)


@dataclass(slots=True)
class Differences:
    """What is not as harvesters were told: public events with their new version and its moment, and what is gone."""

    shown: dict[UUID, tuple[str, datetime | None]] = field(default_factory=dict)
    gone: list[UUID] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.shown or self.gone)


def public_events() -> QuerySet:
    return public_pages(EventPage.objects.filter(alias_of=None))


def note_public(page: EventPage) -> None:
    """Remember an event that was just published for everybody. Call it in the transaction of the publication."""
    if page.live and public_events().filter(pk=page.pk).exists():
        HarvestRecord.objects.bulk_create([HarvestRecord(key=page.translation_key)], ignore_conflicts=True)


def reconcile(keys: Collection[UUID] | None = None) -> None:
    """Bring the table up to what is public now: of all events, or of some. Two queries when nothing changed."""
    if not differences(keys):
        return
    with transaction.atomic():
        Counter.next(LOCK)  # held until the commit: changes get their moments one after the other
        first = not HarvestRecord.objects.exclude(changed_at=None).exists()
        _write(differences(None if first else keys), first)


def differences(keys: Collection[UUID] | None = None) -> Differences:
    public, records = public_events().order_by(), HarvestRecord.objects.all()
    if keys is not None:
        public, records = public.filter(translation_key__in=keys), records.filter(key__in=keys)
    told = {key: (version, moment) for key, version, moment in records.values_list("key", "version", "changed_at")}
    found = Differences()
    for key, changed, pages in public.values_list("translation_key").annotate(Max("last_published_at"), Sum("id")):
        # The sum tells whether a translation came or went that is not the newest one.
        version = f"{changed.isoformat() if changed else ''} {pages}"
        if told.pop(key, ("", None))[0] != version:
            found.shown[key] = (version, changed)
    # A record without a version was told to be deleted, or was not told of at all.
    found.gone = [key for key, (version, moment) in told.items() if version or moment is None]
    return found


def _write(found: Differences, first: bool) -> None:
    now = timezone.now().replace(microsecond=0)
    keys = list(found.shown)
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        sets = _sets_of(piece)
        HarvestRecord.objects.bulk_create(
            [
                HarvestRecord(
                    key=key,
                    # Nobody has asked yet: nothing was told that could be outdated.
                    changed_at=(found.shown[key][1] or now).replace(microsecond=0) if first else now,
                    version=found.shown[key][0],
                    sets=sets[key],
                )
                for key in piece
            ],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["changed_at", "deleted", "version", "sets"],
        )
    for start in range(0, len(found.gone), PIECE):
        piece = found.gone[start : start + PIECE]
        HarvestRecord.objects.filter(key__in=piece).update(deleted=True, changed_at=now, version="")


def _sets_of(keys: Collection[UUID]) -> dict[UUID, str]:
    pages = public_events().filter(translation_key__in=keys)
    found: dict[UUID, set[str]] = {key: set() for key in keys}
    for key, kind in pages.exclude(kind=None).values_list("translation_key", "kind__code"):
        found[key].add(set_spec("kind", kind))
    sides = EventPartnerSide.objects.filter(page__in=pages.order_by().values("pk"))
    for key, code in sides.values_list("page__translation_key", "partner__code"):
        found[key].add(set_spec("partner", code))
    return {key: f" {' '.join(sorted(specs))} " for key, specs in found.items()}


def set_spec(group: str, code: str) -> str:
    """ "partner:KH-8"; letters that the protocol does not allow are written as ~E1."""
    return f"{group}:{quote(code, safe='').replace('~', '%7E').replace('%', '~')}"


def sets() -> Iterator[tuple[str, str]]:
    """`(spec, name)` of the sets that public events are in, each group before its members."""
    language = source_language()
    public = public_events().order_by()
    yield "kind", str(_("Kind of event"))
    for kind in EventKind.objects.filter(pk__in=public.values("kind")).order_by("code"):
        yield set_spec("kind", kind.code), plain_name(kind, language)
    yield "partner", str(_("Partner"))
    taking_part = EventPartnerSide.objects.filter(page__in=public.values("pk")).values("partner")
    for partner in Partner.objects.filter(pk__in=taking_part).select_related("place").order_by("code"):
        yield set_spec("partner", partner.code), plain_name(partner, language)


def record_of(key: UUID) -> HarvestRecord | None:
    """The record as it is now; None when it was never public."""
    reconcile([key])
    return HarvestRecord.objects.filter(key=key).first()


def earliest() -> datetime:
    reconcile()
    return HarvestRecord.objects.aggregate(Min("changed_at"))["changed_at__min"] or timezone.now()


def selected(selection: Selection, limit: int) -> list[HarvestRecord]:
    """The next records, those first that changed longest ago: what changes meanwhile comes again at the end.

    Only the beginning of a list is brought up to date; what is hidden since is told apart when it is read.
    """
    if selection.after is None:
        reconcile()
    records = HarvestRecord.objects.exclude(changed_at=None)
    if selection.start:
        records = records.filter(changed_at__gte=selection.start)
    if selection.end:
        records = records.filter(changed_at__lte=selection.end)
    if selection.set:
        records = records.filter(Q(sets__contains=f" {selection.set} ") | Q(sets__contains=f" {selection.set}:"))
    if selection.after:
        moment, key = selection.after
        records = records.filter(Q(changed_at__gt=moment) | Q(changed_at=moment, key__gt=key))
    return list(records.order_by("changed_at", "key")[:limit])


def events_of(records: Sequence[HarvestRecord]) -> dict[UUID, list[EventPage]]:
    """The public pages of records by key, the source language first; a key that is missing is not public any more."""
    keys = [record.key for record in records if not record.deleted]
    pages = list(public_events().filter(translation_key__in=keys).select_related("locale", "kind", "unit"))
    if pages:
        prefetch(pages, ANONYMOUS, *RELATIONS)
    order = {code: place for place, code in enumerate(content_languages())}
    by_key: dict[UUID, list[EventPage]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: order.get(page.locale.language_code, len(order))):
        by_key[page.translation_key].append(page)
    return by_key


def public_keys(records: Sequence[HarvestRecord]) -> set[UUID]:
    """Which of the records are public now; one query, for lists without texts."""
    keys = [record.key for record in records if not record.deleted]
    return set(public_events().filter(translation_key__in=keys).values_list("translation_key", flat=True))
