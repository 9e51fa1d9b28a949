"""Addresses of what machines read; `huunghi.urls` has them at its root, where crawlers look for some of them."""

from __future__ import annotations

from django.urls import path

from . import embedding, rss, sitemaps
from .oai import views as oai

urlpatterns = [
    path("oai", oai.oai, name="oai"),
    path("oai/event.xsd", oai.schema, name="oai_schema"),
    path("oembed", embedding.oembed, name="oembed"),
    path("embed/<uuid:key>/", embedding.embed, name="embed"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("rss/<huunghi_language:language>/", rss.newest, name="rss"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-<huunghi_language:language>-<int:number>.xml", sitemaps.sitemap_file, name="sitemap_file"),
]
