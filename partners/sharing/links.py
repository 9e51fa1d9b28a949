"""Links: made, looked up, and what they open at this moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from wagtail.models import Locale, Page

from huunghi.conf import fallback_languages
from huunghi.partners.access import OpenedPage, Reader, readable_pages, reader_for_partner, reader_of_link
from huunghi.partners.models.links import LinkPurpose, ShareLink
from huunghi.partners.models.pages import ArchivePage
from huunghi.partners.models.shares import Share

from .tokens import Purpose, digest_of, digests_of, is_token, new_token

PREFIXES = {LinkPurpose.VIEW: Purpose.VIEW, LinkPurpose.PREVIEW: Purpose.PREVIEW}


def make_link(
    page: Any,
    languages: Iterable[Locale] = (),
    *,
    purpose: str = LinkPurpose.VIEW,
    share: Share | None = None,
    pinned: bool = False,
    password: str = "",
    user: Any = None,
    **fields: Any,
) -> tuple[ShareLink, str]:
    """A new link and its token, which is shown once and can never be shown again.

    `languages` are those in which a page is read; a preview shows the draft of `page` itself, the newest one or, when
    `pinned`, the one of now. `fields`: expires_at, most_uses, note.
    """
    purpose = LinkPurpose(purpose)
    token = new_token(PREFIXES[purpose])
    link = ShareLink(
        digest=digest_of(token),
        purpose=purpose,
        page_key=page.translation_key,
        page_title=page.title,
        share=share,
        created_by=user,
        **fields,
    )
    if purpose == LinkPurpose.PREVIEW:
        link.page_id, link.pinned = page.pk, pinned
        link.revision = page.get_latest_revision() if pinned else None
        languages = [page.locale]
    link.set_password(password)
    with transaction.atomic():
        link.save()
        link.languages.set(languages)
    return link, token


def find_link(token: str) -> ShareLink | None:
    """The live link that this token opens; None for everything else."""
    for purpose, prefix in PREFIXES.items():
        if is_token(token, prefix):
            return _with_share(ShareLink.objects.live()).filter(digest__in=digests_of(token), purpose=purpose).first()
    return None


def live_links() -> Any:
    """A queryset of the links that open something now, with their shares and partners."""
    return _with_share(ShareLink.objects.live())


def reader_by(link: ShareLink) -> Reader:
    """Who reads through this link. A draft is shown as such, and beside it only what everyone may read."""
    if link.purpose == LinkPurpose.PREVIEW:
        return Reader()
    languages = set(link.languages.values_list("pk", flat=True))
    if link.share:
        languages &= set(link.share.languages.values_list("pk", flat=True))
    partner = link.share.partner if link.share else None
    return reader_of_link(OpenedPage(link.page_key, frozenset(languages)), partner)


def pages_of(link: ShareLink, reader: Reader) -> list[Any]:
    """What the link opens, source language first: the translations it offers, or the draft. Empty when it is gone."""
    if link.purpose == LinkPurpose.PREVIEW:
        return [page] if (page := _draft(link)) else []
    if reader.opened is None:
        return []
    versions = Page.objects.filter(
        translation_key=reader.opened.key, locale__in=reader.opened.languages, alias_of__isnull=True
    )
    readable = readable_pages(versions, reader)
    if link.share:
        # A page that was moved out of the shared section is not shared any more.
        readable = readable_pages(readable, reader_for_partner(link.share.partner))
    # A link is for one record: a section would show a list of what its holder may not open.
    found = [page for page in readable.select_related("locale").specific() if isinstance(page, ArchivePage)]
    order = {code: position for position, code in enumerate(fallback_languages(""))}
    return sorted(found, key=lambda page: order.get(page.locale.language_code, len(order)))


def _draft(link: ShareLink) -> Any:
    if link.page is None:
        return None
    if not link.pinned:
        return link.page.get_latest_revision_as_object()
    return link.revision.as_object() if link.revision else None


def _with_share(links: Any) -> Any:
    return links.select_related("share__partner", "page", "revision")
