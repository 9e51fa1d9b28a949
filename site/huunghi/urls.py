"""Addresses of the plugin; a site includes them once, at its root."""

from __future__ import annotations

from django.urls import path, register_converter

from .api import api
from .public import views
from .public.converters import LanguageConverter

register_converter(LanguageConverter, "huunghi_language")

app_name = "huunghi"
urlpatterns: list = [
    path("api/v1/", api.urls),
    path("<huunghi_language:language>/search/", views.search, name="search"),
    path("id/<uuid:key>/", views.permanent_address, name="permanent"),
]
