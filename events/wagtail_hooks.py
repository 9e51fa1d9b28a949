"""What events add to Wagtail's admin: the confirmation by a partner."""

from __future__ import annotations

from django.urls import URLResolver, include, path
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .confirming import history
from .confirming.admin_report import ask_buttons, notice_of_answers, report_menu_item


@hooks.register("register_admin_urls")
def register_confirmation_addresses() -> list[URLResolver]:
    return [path("huunghi/confirmations/", include("huunghi.events.confirming.admin_urls"))]


@hooks.register("register_reports_menu_item")
def register_report_of_confirmations() -> MenuItem:
    return report_menu_item()


hooks.register("register_log_actions", history.register)
hooks.register("register_page_header_buttons", ask_buttons)
hooks.register("register_page_listing_more_buttons", ask_buttons)
hooks.register("before_edit_page", notice_of_answers)
