"""Which pages can be shared, in which languages they exist, and who may share them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from huunghi.conf import source_language

from ..access import archive_types
from ..models import IndexPage, Share


def page_policy() -> Any:
    """Who may do what with pages, as Wagtail knows it."""
    return policy_registry.get_by_type(Page)


def is_shareable(page: Page) -> bool:
    """Records and sections of the archive; not their aliases, which a share does not open."""
    kind = page.specific_class
    return kind is not None and issubclass(kind, archive_types()) and page.alias_of_id is None


def is_section(page: Page) -> bool:
    return isinstance(page, IndexPage)


def may_share(user: Any, page: Page) -> bool:
    """Whoever may publish a page may share it."""
    return is_shareable(page) and page.permissions_for_user(user).can_publish()


def versions_of(page_key: UUID) -> list[Any]:
    """The page in each of its languages, the one in the source language first; empty when it was deleted."""
    pages = Page.objects.filter(translation_key=page_key, alias_of__isnull=True).select_related("locale").specific()
    return sorted(pages, key=lambda page: (page.locale.language_code != source_language(), page.pk))


def shares_of(page_key: UUID) -> QuerySet[Share]:
    """Every share of the page, revoked ones included, the newest first."""
    return Share.objects.filter(page_key=page_key).select_related("partner__place").prefetch_related(*SHOWN)


SHOWN = ("languages", "withheld")


def shares_from_above(page: Page) -> QuerySet[Share]:
    """Unrevoked shares of the sections above the page, which cover it too."""
    keys = page.get_ancestors().values("translation_key")
    shares = Share.objects.filter(page_key__in=keys, revoked_at__isnull=True)
    return shares.select_related("partner__place").prefetch_related(*SHOWN)


def keys_with_permission(user: Any, permission: str) -> QuerySet:
    """Translation keys of the pages of which the user may change (or publish) at least one language."""
    return page_policy().instances_user_has_permission_for(user, permission).values("translation_key")


def visible_shares(user: Any) -> QuerySet[Share]:
    """The shares of pages that the user may edit; to superusers also those of deleted pages."""
    shares = Share.objects.all()
    return shares if user.is_superuser else shares.filter(page_key__in=keys_with_permission(user, "change"))


def may_revoke(user: Any, page_key: UUID) -> bool:
    """Whoever may publish the page in one of its languages: closing a door must never have to wait."""
    return user.is_superuser or any(may_share(user, page) for page in versions_of(page_key))


def revocable_keys(user: Any, page_keys: Iterable[UUID]) -> set[UUID]:
    """Those of the keys whose shares the user may change and revoke; one query."""
    pages = page_policy().instances_user_has_permission_for(user, "publish")
    return set(pages.filter(translation_key__in=set(page_keys)).values_list("translation_key", flat=True))
