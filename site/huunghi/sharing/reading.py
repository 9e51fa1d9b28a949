"""The page that a link opens, drawn like any public page, with nothing around it that leads to a closed door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from huunghi.conf import fallback_languages, language_name
from huunghi.partners.access import Reader
from huunghi.partners.models import ShareLink
from huunghi.partners.models.links import LinkPurpose
from huunghi.partners.sharing.links import pages_of, reader_by
from huunghi.partners.withholding import present_whole
from huunghi.public.frame import Frame, LanguageLink, Notice, page_frame
from huunghi.public.periods import day_text

from .confirming import confirm_link
from .files import addressed, files_of


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens at this moment: `page` in one language, less what is withheld, and all its `languages`."""

    link: ShareLink
    page: Any
    languages: tuple[str, ...]
    reader: Reader

    @property
    def language(self) -> str:
        return self.page.locale.language_code


def opened_page(link: ShareLink, language: str = "", request: HttpRequest | None = None) -> Opened:
    """The page of a link in `language`; without one, in the nearest to the browser's. Http404 when there is none."""
    reader = reader_by(link)
    pages = {page.locale.language_code: page for page in pages_of(link, reader)}
    if not language:
        wanted = fallback_languages(get_language_from_request(request) if request else "")
        language = next((code for code in [*wanted, *pages] if code in pages), "")
    if language not in pages:
        raise Http404
    page = pages[language]
    present_whole(page, reader)
    return Opened(link, page, tuple(pages), reader)


def draw(opened: Opened, request: HttpRequest) -> HttpResponse:
    """The page as a public one is drawn; its pictures and files lead through the link."""
    request.huunghi_reader = opened.reader  # type: ignore[attr-defined]
    request.is_preview = opened.link.purpose == LinkPurpose.PREVIEW  # type: ignore[attr-defined]
    with override(opened.language):
        context = {**opened.page.get_context(request), "frame": link_frame(opened, request)}
        response = render(request, opened.page.get_template(request), context)
    response.content = addressed(response.content.decode(), files_of(opened.page), opened.link).encode()
    return response


def link_frame(opened: Opened, request: HttpRequest) -> Frame:
    """The frame of a public page, without the addresses that the reader could not open, and with a banner."""
    frame = page_frame(opened.page, request)
    frame.canonical, frame.alternates, frame.breadcrumb = "", [], []
    frame.languages = [
        LanguageLink(code, language_name(code), address_of(opened.link, code), code == opened.language)
        for code in sorted(opened.languages, key=fallback_languages(opened.language).index)
    ]
    frame.notice = Notice(_banner(opened.link), opened.language, confirm_link(opened.link, opened.language))
    return frame


def address_of(link: ShareLink, language: str) -> str:
    return reverse("huunghi:link_in_language", kwargs={"public_id": link.public_id, "language": language})


def _banner(link: ShareLink) -> str:
    day = {"day": day_text(link.expires_at)}
    if link.purpose == LinkPurpose.VIEW:
        return _("This page was opened by a link that ends on %(day)s.") % day
    if link.pinned:
        return (
            _("This is a draft as it stood when the link was made. It is not published. The link ends on %(day)s.")
            % day
        )
    return _("This is the latest draft. It is not published. The link ends on %(day)s.") % day
