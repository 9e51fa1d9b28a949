"""Every address below `/s/`, each guarded; the last one takes whatever the others leave."""

from __future__ import annotations

from typing import Any

from django.urls import path, re_path

from . import confirming, views
from .guard import View, guarded


def secret(route: str, view: View, name: str) -> Any:
    """A guarded address of a link: `route` stands behind `/s/v/<public id>/`."""
    return path(f"v/<uuid:public_id>/{route}", guarded(view), name=name)


urlpatterns: list = [
    secret("", views.link, "link"),
    secret("confirm/", confirming.confirm, "link_confirm"),
    secret("files/<int:number>", views.link_file, "link_file"),
    secret("<huunghi_language:language>/", views.link_in_language, "link_in_language"),
    # Not <path:rest>, which stops at a line break: nothing below /s/ may be answered by anybody else.
    re_path(r"^(?P<rest>[\s\S]*)\Z", guarded(views.entry), name="link_entry"),
]
