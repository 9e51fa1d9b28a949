"""The ways to the sharing pages: buttons of a page, and the menu."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from .register import EDITING
from .share_views import shares_address
from .shared_pages import may_share, page_policy


def share_buttons(page: Any, user: Any, **kwargs: Any) -> Iterator[Button]:
    """For the menu of a page in its header and in lists."""
    if may_share(user, page):
        yield Button(_("Share with a partner"), url=shares_address(page), icon_name="group", priority=45)


class RegisterMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return page_policy().user_has_any_permission(request.user, EDITING)


def register_menu_item() -> MenuItem:
    return RegisterMenuItem(
        _("Register of shares"),
        reverse("huunghi_shares:register"),
        name="huunghi-shares",
        icon_name="group",
        order=150,
    )
