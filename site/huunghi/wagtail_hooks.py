"""One menu for everything the archive keeps beside its pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from huunghi.events.viewsets import (
    ChannelViewSet,
    EventKindViewSet,
    EventListingViewSet,
    MeasureUnitViewSet,
    PublicationViewSet,
)
from huunghi.partners.viewsets import (
    AudienceViewSet,
    CooperationFieldViewSet,
    OfficialDocumentViewSet,
    OrganisationViewSet,
    PartnershipViewSet,
    PartnerViewSet,
    PersonViewSet,
    PlaceViewSet,
)
from huunghi.search.viewsets import ConceptViewSet

ICONS = ("huunghi-handshake", "huunghi-lotus")


class ArchiveGroup(SnippetViewSetGroup):
    """What editors use every day: who, where, and what is agreed."""

    menu_label = _("Friendship")
    menu_icon = "huunghi-handshake"
    menu_order = 120
    items = (
        PartnerViewSet,
        PartnershipViewSet,
        OrganisationViewSet,
        PersonViewSet,
        PlaceViewSet,
        OfficialDocumentViewSet,
        PublicationViewSet,
        ChannelViewSet,
    )


class VocabularyGroup(SnippetViewSetGroup):
    """Lists of terms: changed rarely, used everywhere."""

    menu_label = _("Lists of terms")
    menu_icon = "huunghi-lotus"
    menu_order = 130
    items = (EventKindViewSet, CooperationFieldViewSet, AudienceViewSet, MeasureUnitViewSet, ConceptViewSet)


register_snippet(ArchiveGroup)
register_snippet(VocabularyGroup)


@hooks.register("register_admin_viewset")
def register_event_listing() -> Any:
    return EventListingViewSet("huunghi_events")


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, *(f"huunghi/icons/{name}.svg" for name in ICONS)]
