"""Who may read which page now. Every surface that shows pages asks here.

A page is readable when it is live and not expired by the clock, when the reader passes every view restriction at or
above it, and when its visibility, together with that of the sections above it, admits the reader:

    public       everyone
    signed-in    everyone who is signed in
    partners     readers of a partner that it, or a section above it, is shared with; editors of its unit; superusers

The stricter of page and section counts. The alias of a page is never more open than the page itself.

Lists and pages use `readable_pages`, a queryset filter; `audiences` says the same in names, for an index.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction


class Visibility(models.TextChoices):
    PUBLIC = "public", _("Everyone")
    SIGNED_IN = "signed-in", _("Signed-in readers")
    PARTNERS = "partners", _("Only partners it is shared with")


@dataclass(frozen=True, slots=True)
class Reader:
    """What counts of a reader. The default is the anonymous one."""

    signed_in: bool = False
    superuser: bool = False
    groups: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()  # organisations whose pages the reader edits
    partners: frozenset[int] = frozenset()  # active partners whose reader this is
    unlocked: frozenset[int] = field(default=frozenset())  # password restrictions passed in this session

    @property
    def levels(self) -> list[str]:
        """The visibilities that admit this reader without a share."""
        return [Visibility.PUBLIC, Visibility.SIGNED_IN] if self.signed_in else [Visibility.PUBLIC]


ANONYMOUS = Reader()


def reader_of(request: HttpRequest) -> Reader:
    """The reader who asks. One query for a signed-in reader, none for others; kept on the request."""
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
    return Reader(
        signed_in=True,
        superuser=user.is_superuser,
        groups=frozenset(pk for pk, *_rest in rows),
        units=frozenset(unit for _pk, unit, *_rest in rows if unit),
        partners=frozenset(partner for partner, active in partners.items() if active),
    )


def reader_for_partner(partner: Any) -> Reader:
    """A program or link that reads in the partner's name; anonymous when the partner is not active."""
    return Reader(signed_in=True, partners=frozenset({partner.pk})) if partner.active else ANONYMOUS


def live_pages(pages: QuerySet) -> QuerySet:
    """Published and not expired by the clock; says nothing about who may read them."""
    return pages.filter(live=True).filter(Q(expire_at__isnull=True) | Q(expire_at__gt=timezone.now()))


def public_pages(pages: QuerySet) -> QuerySet:
    """What anybody may read: for feeds, site maps and harvesters."""
    return readable_pages(pages, ANONYMOUS)


def readable_pages(pages: QuerySet, reader: Reader) -> QuerySet:
    """The pages of a queryset of one archive or index page type that the reader may read at this moment."""
    closed = _closed_restrictions(reader)
    pages = live_pages(pages).filter(
        ~Exists(_above(closed, "path")),
        Q(alias_of__isnull=True) | ~Exists(_above(closed, "alias_of__path")),
    )
    if reader.superuser:
        return pages
    shut = locked_sections().exclude(visibility__in=reader.levels)
    admitted = Q(visibility__in=reader.levels) & ~Exists(_above(shut, "path"))
    admitted &= Q(alias_of__isnull=True) | ~Exists(_above(shut, "alias_of__path"))
    if reader.units:
        admitted |= Q(unit__in=reader.units)
    if reader.partners:
        admitted |= Exists(_shared_roots(reader))
    return pages.filter(admitted)


def readable(page: Any, reader: Reader) -> bool:
    """Whether the reader may see the page at its public address."""
    return readable_pages(type(page).objects.filter(pk=page.pk), reader).exists()


def _closed_restrictions(reader: Reader) -> QuerySet:
    opened = Q(pk__in=reader.unlocked)
    if reader.superuser:
        opened |= ~Q(restriction_type=PageViewRestriction.PASSWORD)
    if reader.signed_in:
        opened |= Q(restriction_type=PageViewRestriction.LOGIN)
        opened |= Q(restriction_type=PageViewRestriction.GROUPS, groups__in=reader.groups)
    return PageViewRestriction.objects.exclude(pk__in=PageViewRestriction.objects.filter(opened).values("pk"))


def locked_sections() -> QuerySet:
    return apps.get_model("huunghi_partners", "LockedSection").objects.all()


def _above(rows: QuerySet, outer: str) -> QuerySet:
    """For a subquery: the rows whose page is the outer page or stands above it."""
    outer_path = ExpressionWrapper(OuterRef(outer), output_field=CharField())
    return rows.alias(outer_path=outer_path).filter(outer_path__startswith=F("page__path"))


def _shared_roots(reader: Reader) -> QuerySet:
    """For a subquery: shared pages that are the outer page or stand above it, shared in its language."""
    shares = all_shares().active().filter(partner__in=reader.partners)
    outer_path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    return Page.objects.alias(outer_path=outer_path).filter(
        Exists(shares.filter(page_key=OuterRef("translation_key"), languages=OuterRef("locale_id"))),
        translation_key__in=shares.values("page_key"),
        outer_path__startswith=F("path"),
    )


def all_shares() -> Any:
    return apps.get_model("huunghi_partners", "Share").objects
