"""Who may read which page now. Every surface that shows pages asks here.

A page is readable when it is live and not expired by the clock, when the reader passes every view restriction at or
above it, and when its visibility, together with that of the sections above it, admits the reader:

    public       everyone
    signed-in    everyone who is signed in
    partners     readers of a partner that it, or a section above it, is shared with; editors of its unit; superusers;
                 whoever holds a link to it

The stricter of page and section counts. The alias of a page is never more open than the page itself.

A share opens pages, never aliases of pages: the partner reads the page itself, less what is withheld of it.

Lists and pages use `readable_pages`, a queryset filter; `audiences` says the same in names, for an index.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, get_page_models

from huunghi.conf import source_language

from .access_sql import closed_restrictions, closed_sections, is_of_level, is_of_unit, is_shared, stands_below


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Everyone")
    SIGNED_IN = "signed-in", _("Signed-in readers")
    PARTNERS = "partners", _("Only partners it is shared with")


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """The one page that a link opens, in some languages: neither what stands below it nor an alias of it."""

    key: UUID  # translation key
    languages: frozenset[int]  # locales


@dataclass(frozen=True, slots=True)
class Reader:
    """What counts of a reader. The default is the anonymous one."""

    signed_in: bool = False
    superuser: bool = False
    groups: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()  # organisations whose pages the reader edits
    partners: frozenset[int] = frozenset()  # active partners whose reader this is
    unlocked: frozenset[int] = frozenset()  # password restrictions passed in this session; for HTML pages only
    withheld_rows: frozenset[UUID] = frozenset()  # what the shares of those partners leave out: rows by key
    withheld_images: frozenset[int] = frozenset()
    opened: OpenedPage | None = None  # for those who read by a link
    shared_only: bool = False  # reads nothing but what shares open: not what is public, nor what is for all signed in

    @property
    def levels(self) -> list[str]:
        """The visibilities that admit this reader without a share."""
        return [Visibility.PUBLIC, Visibility.SIGNED_IN] if self.signed_in else [Visibility.PUBLIC]


ANONYMOUS = Reader()


def reader_of(request: HttpRequest) -> Reader:
    """The reader who asks; kept on the request.

    None for the anonymous reader, one query for others, and one more for readers of a partner.
    """
    reader = getattr(request, "huunghi_reader", None)
    if reader is None:
        reader = reader_for(getattr(request, "user", None))
        request.huunghi_reader = reader  # type: ignore[attr-defined]
    return reader


def reader_for(user: Any) -> Reader:
    """A user as a reader. Readers of nothing but inactive partners are anonymous: their door is closed."""
    if user is None or not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    rows = list(
        user.groups.values_list(
            "pk", "huunghi_unit__organisation", "huunghi_partner", "huunghi_partner__active", named=False
        )
    )
    partners = {partner: active for _pk, _unit, partner, active in rows if partner}
    only_a_partner = bool(partners) and len(partners) == len(rows) and not user.is_staff and not user.is_superuser
    if only_a_partner and not any(partners.values()):
        return ANONYMOUS
    return _with_what_is_withheld(
        Reader(
            signed_in=True,
            superuser=user.is_superuser,
            groups=frozenset(pk for pk, *_rest in rows),
            units=frozenset(unit for _pk, unit, *_rest in rows if unit),
            partners=frozenset(partner for partner, active in partners.items() if active),
        )
    )


def reader_for_partner(partner: Any) -> Reader:
    """A program or link that reads in the partner's name; anonymous when the partner is not active."""
    if not partner.active:
        return ANONYMOUS
    return _with_what_is_withheld(Reader(signed_in=True, partners=frozenset({partner.pk})))


def reader_of_link(opened: OpenedPage, partner: Any = None) -> Reader:
    """Somebody without an account who holds a link: reads that page, and else what is open to everyone.

    Of a link that belongs to a partner's share, what any share withholds from the partner stays withheld.
    """
    own = reader_for_partner(partner) if partner else ANONYMOUS
    return Reader(opened=opened, withheld_rows=own.withheld_rows, withheld_images=own.withheld_images)


def _with_what_is_withheld(reader: Reader) -> Reader:
    """What one share withholds, no other share of these partners gives, until it is revoked; its end is not enough."""
    if not reader.partners or reader.superuser:
        return reader
    withheld = apps.get_model("huunghi_partners", "WithheldRow").objects.filter(
        share__partner__in=reader.partners, share__revoked_at__isnull=True
    )
    names = list(withheld.values_list("row_key", "image_id"))
    return replace(
        reader,
        withheld_rows=frozenset(row for row, _image in names if row),
        withheld_images=frozenset(image for _row, image in names if image),
    )


def without_shares(reader: Reader) -> Reader:
    """The same reader, as if nothing were shared with the partners or opened by a link."""
    nothing = {"partners": frozenset(), "withheld_rows": frozenset(), "withheld_images": frozenset()}
    return replace(reader, **nothing, shared_only=False, opened=None)


def only_what_is_shared(reader: Reader) -> Reader:
    """The readers of the same partners, who get what the shares open and nothing else; one query.

    What an editor or a superuser may read besides does not count: this is what the partner gets.
    """
    return _with_what_is_withheld(Reader(signed_in=True, partners=reader.partners, shared_only=True))


def live_pages(pages: QuerySet) -> QuerySet:
    """Published and not expired by the clock; says nothing about who may read them."""
    return pages.filter(live=True).filter(Q(expire_at__isnull=True) | Q(expire_at__gt=timezone.now()))


def public_pages(pages: QuerySet) -> QuerySet:
    """What anybody may read: for feeds, site maps and harvesters."""
    return readable_pages(pages, ANONYMOUS)


def readable_pages(pages: QuerySet, reader: Reader) -> QuerySet:
    """The pages of a queryset that the reader may read at this moment: of one page type, or of `Page` itself."""
    passes = ~Q(stands_below(closed_restrictions(reader)))
    if reader.opened:
        # Whoever was given a link need not know the page's password nor sign in; what is for a group stays in it.
        of_groups = stands_below(closed_restrictions(reader, only_of_groups=True))
        passes |= _opened(reader.opened) & ~Q(of_groups)
    pages = live_pages(pages).filter(passes)
    if reader.superuser:
        return pages
    admitted = _of_level(pages.model, reader) & ~Q(stands_below(closed_sections(reader.levels)))
    if reader.shared_only:
        return pages.filter(_shared(reader), ~admitted)
    if reader.units:
        admitted |= _of_units(pages.model, reader)
    if reader.partners:
        admitted |= _shared(reader)
    if reader.opened:
        admitted |= _opened(reader.opened)
    return pages.filter(admitted)


def readable(page: Any, reader: Reader) -> bool:
    """Whether the reader may see the page at its public address."""
    return readable_pages(type(page).objects.filter(pk=page.pk), reader).exists()


def readable_sources(model: type[Page], reader: Reader) -> QuerySet:
    """One page for each record that the reader may read: lists, counts and calendars read these only.

    It is the source page. A partner, or the holder of a link, may have a record in other languages only: then it is
    the first page it may read.
    """
    pages = readable_pages(model.objects.all(), reader)
    if not (reader.partners or reader.opened) or reader.superuser:
        return pages.filter(is_source_page(model)).select_related("locale")
    siblings = readable_pages(model.objects.filter(translation_key=OuterRef("translation_key")), reader)
    no_source = ~Exists(siblings.filter(is_source_page(model)))
    first = Q(no_source, ~Exists(siblings.filter(pk__lt=OuterRef("pk"))))
    return pages.filter(is_source_page(model) | first).select_related("locale")


def is_source_page(model: type[Page]) -> Q:
    """The page in the source language; of a record that has none, the page that was made first."""
    siblings = model.objects.filter(translation_key=OuterRef("translation_key"))
    in_source_language = Q(locale__language_code=source_language())
    first = ~Exists(siblings.filter(in_source_language)) & ~Exists(siblings.filter(pk__lt=OuterRef("pk")))
    return in_source_language | Q(first)


def _opened(page: OpenedPage) -> Q:
    return Q(translation_key=page.key, locale__in=page.languages, alias_of__isnull=True)


def _of_level(model: type[Page], reader: Reader) -> Q:
    """Pages whose own visibility admits the reader. That of sections is asked for along the path."""
    if model in archive_types():
        return Q(visibility__in=reader.levels)
    if model is not Page:
        return ~Q(pk__in=[])  # a type of somebody else, or the front page: open to all
    return Q(is_of_level(archive_types(), reader.levels))


def _of_units(model: type[Page], reader: Reader) -> Q:
    if model in archive_types():
        return Q(unit__in=reader.units)
    if model is not Page:
        return Q(pk__in=[])
    return Q(is_of_unit(archive_types(), reader.units))


def _shared(reader: Reader) -> Q:
    return Q(is_shared(reader.partners, timezone.localdate()))


@cache
def archive_types() -> tuple[type[Page], ...]:
    """The page types that have a unit and a visibility of their own: records and sections."""
    return tuple(model for model in get_page_models() if hasattr(model, "visibility") and hasattr(model, "unit"))


def locked_sections() -> QuerySet:
    return apps.get_model("huunghi_partners", "LockedSection").objects.all()


def all_shares() -> Any:
    return apps.get_model("huunghi_partners", "Share").objects
