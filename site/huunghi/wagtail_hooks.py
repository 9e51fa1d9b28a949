"""One menu for everything the archive keeps beside its pages."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
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
from huunghi.portal.openings import note_reading
from huunghi.search.viewsets import ConceptViewSet

from .files import hooks as _hooks_of_files  # noqa: F401  registers them
from .importing.admin import views as importing
from .sharing import managing
from .webhooks import admin as webhooks

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


@hooks.register("register_admin_viewset")
def register_tokens() -> Any:
    # Wagtail shows its list of tokens only beside its own API v3, which an archive need not have.
    if apps.is_installed("wagtail.api.v3"):
        return []
    from wagtail.users.views.api_tokens import APITokenViewSet

    return APITokenViewSet("wagtailusers_api_tokens", url_prefix="api-tokens")


# After the hook that asks who may read: what is refused is no opening.
@hooks.register("before_serve_page", order=100)
def note_opening_by_partner(page: Any, request: HttpRequest, serve_args: list, serve_kwargs: dict) -> None:
    note_reading(page, request)


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, *(f"huunghi/icons/{name}.svg" for name in ICONS)]


@hooks.register("register_admin_urls")
def register_addresses_of_links() -> list[URLResolver]:
    return [path("huunghi/links/", include("huunghi.sharing.managing"))]


@hooks.register("register_reports_menu_item")
def register_list_of_links() -> MenuItem:
    return managing.menu_item()


@hooks.register("register_admin_urls")
def register_addresses_of_imports() -> list[URLResolver]:
    return [path("huunghi/import/", include("huunghi.importing.admin.views"))]


@hooks.register("register_reports_menu_item")
def register_import() -> MenuItem:
    return importing.menu_item()


hooks.register("register_page_header_buttons", managing.page_buttons)
hooks.register("register_page_listing_more_buttons", managing.page_buttons)
hooks.register("register_log_actions", managing.register_log_actions)


@hooks.register("register_admin_urls")
def register_addresses_of_webhooks() -> list[URLResolver]:
    return [path("huunghi/webhooks/", include("huunghi.webhooks.admin"))]


@hooks.register("register_settings_menu_item")
def register_webhooks() -> MenuItem:
    return webhooks.menu_item()


@hooks.register("register_permissions")
def register_permission_for_webhooks() -> Any:
    return webhooks.permissions()
