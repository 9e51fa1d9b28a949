"""What the archive adds to Wagtail: who may read a page, and how it is shared."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import choosing
from .answers import admit
from .models.pages import GuardedPage
from .sharing import history
from .sharing.bulk import ShareBulkAction
from .sharing.buttons import register_menu_item, share_buttons
from .sharing.key_views import KeysView, key_buttons, revoke_key


@hooks.register("before_serve_page", order=-100)
def ask_who_reads(page: Any, request: HttpRequest, serve_args: list, serve_kwargs: dict) -> HttpResponse | None:
    # Before Wagtail's own checks: those would name what must not be named.
    return admit(page, request) if isinstance(page, GuardedPage) else None


@hooks.register("register_admin_urls")
def register_sharing_addresses() -> list[URLResolver]:
    return [path("huunghi/shares/", include("huunghi.partners.sharing.admin_urls"))]


@hooks.register("register_admin_urls")
def register_key_addresses() -> list[URLPattern]:
    return [
        path("huunghi/partners/<int:partner_id>/keys/", KeysView.as_view(), name="huunghi_keys"),
        path("huunghi/keys/<int:pk>/revoke/", revoke_key, name="huunghi_revoke_key"),
    ]


@hooks.register("register_reports_menu_item")
def register_register_of_shares() -> MenuItem:
    return register_menu_item()


hooks.register("register_log_actions", history.register)
hooks.register("register_page_header_buttons", share_buttons)
hooks.register("register_page_listing_more_buttons", share_buttons)
hooks.register("register_bulk_action", ShareBulkAction)
hooks.register("register_snippet_listing_buttons", key_buttons)
hooks.register("construct_page_chooser_queryset", choosing.pages_to_choose)
choosing.install()
