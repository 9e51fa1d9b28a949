"""Addresses of the plugin; a site includes them once, at its root."""

from __future__ import annotations

from django.urls import include, path, register_converter

from .api import api
from .files.addresses import MediaConverter
from .files.renditions import picture
from .files.views import media
from .public import views
from .public.converters import LanguageConverter

register_converter(LanguageConverter, "huunghi_language")
register_converter(MediaConverter, "huunghi_media")

app_name = "huunghi"
urlpatterns: list = [
    path("api/v1/", api.urls),
    path("<huunghi_language:language>/cong-doi-tac/", include("huunghi.portal.urls")),
    path("<huunghi_language:language>/search/", views.search, name="search"),
    path("id/<uuid:key>/", views.permanent_address, name="permanent"),
    path("s/", include("huunghi.sharing.urls")),
    path("", include("huunghi.feeds.urls")),
    path("pictures/<int:image_id>/<int:width>.<str:kind>", picture, name="picture"),
    path("<huunghi_media:name>", media, name="media"),
]
