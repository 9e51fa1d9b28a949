"""What surrounds every public page: name, menu, breadcrumb, language switcher, addresses for machines, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from wagtail.models import Page

from huunghi.conf import content_languages, fallback_languages, language_name, source_language
from huunghi.events.models import HomePage
from huunghi.partners.access import ANONYMOUS, Reader, readable_pages, reader_of
from huunghi.partners.models import ArchivePage, IndexPage

from .names import in_language


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One entry of the switcher. `same` is False when it leads to a list, because the record has no such text."""

    code: str
    name: str
    url: str
    current: bool = False
    same: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the page, in its own language, with an optional link."""

    text: SafeString | str
    language: str
    link: Link | None = None


@dataclass(slots=True)
class Frame:
    language: str
    site_name: str
    home_url: str
    search_url: str
    suggest_url: str
    contact: str = ""
    title: str = ""
    description: str = ""
    menu: list[Link] = field(default_factory=list)
    breadcrumb: list[Link] = field(default_factory=list)
    languages: list[LanguageLink] = field(default_factory=list)
    canonical: str = ""
    alternates: list[tuple[str, str]] = field(default_factory=list)
    notice: Notice | None = None
    language_cookie: str = settings.LANGUAGE_COOKIE_NAME


def page_language(page: Any = None) -> str:
    """The language of a page; without one, that of the address, else the source language."""
    if isinstance(page, Page) and page.locale_id:
        return page.locale.language_code
    active = get_language() or source_language()
    return active if active in content_languages() else source_language()


def home_in(language: str, reader: Reader) -> HomePage | None:
    homes = readable_pages(HomePage.objects.filter(locale__language_code=language), reader)
    return homes.select_related("locale").order_by("path").first()


def index_address(model: type[IndexPage], language: str, reader: Reader, request: HttpRequest | None = None) -> str:
    """Address of the list of one type in one language, else in the nearest language that has one; "" for none."""
    pages = readable_pages(model.objects.filter(unit__isnull=True), reader).order_by("depth", "path")
    by_language = {page.locale.language_code: page for page in reversed(pages.select_related("locale"))}
    for code in fallback_languages(language):
        if code in by_language:
            return by_language[code].get_url(request) or ""
    return ""


def page_frame(page: Page, request: HttpRequest) -> Frame:
    """The frame of a page of the tree; the number of queries does not depend on the page."""
    frame = bare_frame(page_language(page), request)
    reader = reader_of(request)
    ancestors = list(readable_pages(page.get_ancestors(), reader).select_related("locale"))
    sub_path = _sub_path(request)
    frame.title = page.seo_title or page.title
    text = page.search_description or getattr(page, "summary", "") or getattr(page, "introduction", "")
    frame.description = Truncator(" ".join(text.split())).chars(160)
    frame.breadcrumb = _breadcrumb(page, ancestors, request)
    frame.languages = language_links(page, ancestors, request, reader, sub_path)
    frame.canonical = _absolute(request, (page.get_url(request) or request.path) + sub_path)
    frame.alternates = [(link.code, _absolute(request, link.url)) for link in frame.languages if link.same]
    frame.notice = asked_notice(page, request) or untranslated_notice(page, request, reader) or translation_notice(page)
    return frame


def bare_frame(language: str, request: HttpRequest | None) -> Frame:
    """Name, menu and search box: what pages outside of the tree (search, errors) have too."""
    reader = reader_of(request) if request else ANONYMOUS
    home = home_in(language, reader) or home_in(source_language(), reader)
    search_url = reverse("huunghi:search", kwargs={"language": language})
    frame = Frame(
        language=language,
        site_name=home.title if home else _("Friendship archive"),
        home_url=(home.get_url(request) if home else None) or "/",
        search_url=search_url,
        suggest_url=search_url.removesuffix(f"{language}/search/") + "api/v1/archive/suggest/",
        contact=home.contact if home else "",
    )
    if home:
        here = request.path if request else ""
        for child in readable_pages(home.get_children().in_menu(), reader).select_related("locale"):
            url = child.get_url(request) or ""
            frame.menu.append(Link(child.title, url, bool(url) and here.startswith(url)))
    return frame


def view_frame(
    language: str, request: HttpRequest, title: str, address: Callable[[str], str], query: str = ""
) -> Frame:
    """The frame of a view: `address(language)` is its path in each language, `query` what stands after it."""
    frame = bare_frame(language, request)
    frame.title = title
    frame.breadcrumb = [Link(frame.site_name, frame.home_url), Link(title, "", True)]
    frame.languages = [
        LanguageLink(code, language_name(code), address(code) + query, code == language) for code in content_languages()
    ]
    frame.canonical = _absolute(request, address(language))
    frame.alternates = [(code, _absolute(request, address(code))) for code in content_languages()]
    return frame


def _absolute(request: HttpRequest, path: str) -> str:
    return path if "://" in path else request.build_absolute_uri(path)


def _sub_path(request: HttpRequest) -> str:
    """ "2019/5/" when an index page is asked for one month; the address behind the page's own."""
    match = getattr(request, "routable_resolver_match", None)
    parts = [match.kwargs[name] for name in ("year", "month") if name in match.kwargs] if match else []
    return "".join(f"{part}/" for part in parts)


def _breadcrumb(page: Page, ancestors: Iterable[Page], request: HttpRequest) -> list[Link]:
    above = [Link(above.title, url) for above in ancestors if (url := above.get_url(request))]
    match = getattr(request, "routable_resolver_match", None)
    if match and "year" in match.kwargs:
        return [*above, Link(page.title, page.get_url(request) or ""), Link(_sub_title(match.kwargs), "", True)]
    return [*above, Link(page.title, "", True)]


def _sub_title(parts: dict[str, int]) -> str:
    return "/".join(str(parts[name]) for name in ("month", "year") if name in parts)


def language_links(
    page: Page, ancestors: list[Page], request: HttpRequest, reader: Reader, sub_path: str = ""
) -> list[LanguageLink]:
    """The same page in each language; where it has no text, the nearest page above it that has, with a notice."""
    keys = [ancestor.translation_key for ancestor in ancestors]
    above = readable_pages(Page.objects.filter(translation_key__in=keys), reader)
    depth = {ancestor.translation_key: ancestor.depth for ancestor in ancestors}
    nearest: dict[str, Page] = {}
    for candidate in sorted(above.select_related("locale"), key=lambda found: depth[found.translation_key]):
        nearest[candidate.locale.language_code] = candidate
    translations = {found.locale.language_code: found for found in readable_translations(page, reader)}
    links = []
    for code in content_languages():
        name, current = language_name(code), code == page.locale.language_code
        if found := translations.get(code):
            links.append(LanguageLink(code, name, (found.get_url(request) or "") + sub_path, current))
        elif found := nearest.get(code):
            url = f"{found.get_url(request)}?untranslated={page.translation_key}"
            links.append(LanguageLink(code, name, url, current, same=False))
    return links


def readable_translations(page: Page, reader: Reader) -> list[Page]:
    """The page in all the languages in which the reader may read it, itself included."""
    versions = type(page).objects.filter(translation_key=page.translation_key)
    return list(readable_pages(versions, reader).select_related("locale"))


def asked_notice(page: Page, request: HttpRequest) -> Notice | None:
    """Told in the language that was asked for: the record is shown in another one."""
    asked = request.GET.get("asked", "")
    if asked == page.locale.language_code or asked not in content_languages():
        return None
    with override(asked):
        text = _("This page has no text in %(asked)s yet. You are reading it in %(shown)s.") % {
            "asked": language_name(asked),
            "shown": language_name(page.locale.language_code),
        }
    return Notice(text, asked)


def untranslated_notice(page: Page, request: HttpRequest, reader: Reader) -> Notice | None:
    """Told on the list to which the switcher led, because the record has no text in this language."""
    try:
        key = UUID(request.GET.get("untranslated", ""))
    except ValueError:
        return None
    record = readable_record(key, page.locale.language_code, reader)
    if record is None:
        return None
    text = _("The page you came from has no text in %(asked)s yet. You can read it in %(shown)s:") % {
        "asked": language_name(page.locale.language_code),
        "shown": language_name(record.locale.language_code),
    }
    title = in_language(record.title, record.locale.language_code, page.locale.language_code)
    url = f"{record.get_url(request)}?asked={page.locale.language_code}"
    return Notice(text, page.locale.language_code, Link(title, url))


def translation_notice(page: Page) -> Notice | None:
    """Told above a translation that may say something else than the original does."""
    language = page_language(page)
    if not isinstance(page, ArchivePage) or language == source_language():
        return None
    if page.machine_translated:
        return Notice(_("This text was translated by a machine. Nobody has read it over yet."), language)
    if page.is_stale:
        return Notice(_("The original of this text has changed since it was translated."), language)
    return None


def readable_record(key: UUID, language: str, reader: Reader) -> ArchivePage | None:
    """The record with this translation key, in the language asked for or the nearest one the reader may read."""
    base = Page.objects.filter(translation_key=key, live=True).select_related("content_type").first()
    model = base.specific_class if base else None
    if model is None or not issubclass(model, ArchivePage):
        return None
    found = readable_pages(model.objects.filter(translation_key=key), reader).select_related("locale")
    by_language = {page.locale.language_code: page for page in found}
    return next((by_language[code] for code in fallback_languages(language) if code in by_language), None)
