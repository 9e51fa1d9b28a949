"""The admin's lists of events and of the records of this app."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from huunghi.partners.models import Partner

from .models import Channel, EventKind, EventPage, EventStatus, MeasureUnit, Publication
from .periods import iso_cut


def when(page: EventPage) -> str:
    """The first day as an editor reads it, cut to its precision."""
    iso = iso_cut(page.start_date, None, page.precision, page.time_zone)
    return "/".join(reversed(iso.split("-"))) if iso else "–"


def with_whom(page: EventPage) -> str:
    return ", ".join(str(side.partner) for side in page.specific.partner_sides.all())


class EventFilterSet(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(choices=EventStatus.choices, label=_("Status"))
    kind = django_filters.ModelChoiceFilter(queryset=EventKind.objects.all(), label=_("Kind"))
    partner = django_filters.ModelChoiceFilter(
        field_name="partner_sides__partner", queryset=Partner.objects.all(), label=_("Partner"), distinct=True
    )
    year = django_filters.NumberFilter(field_name="start_date__year", label=_("Year"))

    class Meta:
        model = EventPage
        fields = ["status", "kind", "partner", "year", "locale"]


class EventListingViewSet(PageListingViewSet):
    """All events in one list, wherever they stand in the tree."""

    model = EventPage
    icon = "date"
    menu_label = _("Events")
    menu_order = 110
    add_to_admin_menu = True
    list_per_page = 50
    filterset_class = EventFilterSet

    @property
    def columns(self) -> list[Any]:
        base = self.index_view_class.base_columns
        return [
            *base[:2],
            Column("when", label=_("When"), accessor=when, sort_key="huunghi_eventpage__start_date"),
            Column("with_whom", label=_("Partners"), accessor=with_whom),
            Column("kind", label=_("Kind"), accessor="kind"),
            Column("event_status", label=_("Status"), accessor="get_status_display"),
            *base[2:],
        ]


class EventKindViewSet(SnippetViewSet):
    model = EventKind
    icon = "tag"
    menu_label = _("Event kinds")
    list_display = ["__str__", "code", "active"]
    list_filter = ["active"]


class MeasureUnitViewSet(SnippetViewSet):
    model = MeasureUnit
    icon = "decimal"
    menu_label = _("Units of measure")
    list_display = ["__str__", "code", "measure_class", "active"]
    list_filter = ["measure_class", "active"]


class PublicationViewSet(SnippetViewSet):
    model = Publication
    icon = "doc-full-inverse"
    menu_label = _("Publications")
    list_display = ["__str__", "issuer", "is_serial"]
    list_filter = ["is_serial", "issuer"]


class ChannelViewSet(SnippetViewSet):
    model = Channel
    icon = "media"
    menu_label = _("Channels")
    list_display = ["__str__", "kind", "owner", "is_group"]
    list_filter = ["kind", "is_group"]
