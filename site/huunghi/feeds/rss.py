"""What was published last, as RSS 2.0 in each language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from huunghi.events.models import ArticlePage, EventPage
from huunghi.http import MAX_VALUES, UNSTORABLE, absolute_url
from huunghi.partners.access import ANONYMOUS, public_pages
from huunghi.public.frame import home_in
from huunghi.public.names import plain_name

from .answers import absent, public_answer
from .markup import clean

NEWEST = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """One feed: its language, and what it is narrowed to."""

    language: str
    partners: list[str]
    kinds: list[str]
    absolute: Callable[[str | None], str | None]
    home: Any


class NewestFeed(Feed):
    """Pages of one language that anybody may read, newest publication first.

    `?partner=` and `?kind=` narrow it, each repeatable; an article has no kind. Other parameters are left alone:
    addresses of feeds collect marks of all sorts.
    """

    def get_object(self, request: HttpRequest, language: str) -> Asked:
        partners, kinds = (request.GET.getlist(name) for name in ("partner", "kind"))
        if len(partners + kinds) > MAX_VALUES or any(map(UNSTORABLE.search, partners + kinds)):
            absent(request)
        return Asked(language, partners, kinds, absolute_url(request), home_in(language, ANONYMOUS))

    def title(self, asked: Asked) -> str:
        return clean(asked.home.title) if asked.home else _("Friendship archive")

    def link(self, asked: Asked) -> str:
        return (asked.home.url if asked.home else None) or "/"

    def feed_url(self, asked: Asked) -> str:
        return reverse("huunghi:rss", kwargs={"language": asked.language})

    def description(self, asked: Asked) -> str:
        return _("What was published last.")

    def items(self, asked: Asked) -> list[Any]:
        pages = list(_newest(EventPage, Q(kind__code__in=asked.kinds), asked, "partner_sides__partner"))
        if not asked.kinds:
            pages += _newest(ArticlePage, Q(), asked, "partners")
        return sorted(pages, key=lambda page: (page.first_published_at, page.pk), reverse=True)[:NEWEST]

    def item_title(self, item: Any) -> str:
        return clean(item.title)

    def item_description(self, item: Any) -> str:
        return clean(item.summary)

    def item_link(self, item: Any) -> str:
        return item.url

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.translation_key}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Any) -> datetime:
        return item.first_published_at

    def item_updateddate(self, item: Any) -> datetime:
        return item.last_published_at

    def item_categories(self, item: Any) -> list[str]:
        if isinstance(item, ArticlePage):
            return [item.get_genre_display()]
        return [clean(plain_name(item.kind, item.locale.language_code))] if item.kind else []


def _newest(model: type[Any], of_kind: Q, asked: Asked, partner: str) -> QuerySet:
    pages = model.objects.filter(locale__language_code=asked.language, alias_of=None, first_published_at__isnull=False)
    if asked.kinds:
        pages = pages.filter(of_kind)
    if asked.partners:
        found = model.objects.filter(**{f"{partner}__code__in": asked.partners})
        pages = pages.filter(pk__in=found.values("pk"))
    related = ("locale", "kind") if model is EventPage else ("locale",)
    return public_pages(pages).select_related(*related).order_by("-first_published_at", "-pk")[:NEWEST]


@require_safe
def newest(request: HttpRequest, language: str) -> HttpResponse:
    with override(language):
        return public_answer(request, NewestFeed()(request, language=language))
