"""Records on other people's pages: an oEmbed provider, and the card that it embeds."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_from_path, override
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe
from wagtail.models import Page

from huunghi.conf import content_languages, source_language
from huunghi.http import UNSTORABLE, printable, problem_response
from huunghi.partners.access import ANONYMOUS, readable, reader_of
from huunghi.partners.models import ArchivePage
from huunghi.public.cards import cards_of_pages
from huunghi.public.frame import Frame, home_in, readable_record

from .answers import absent, public_answer
from .markup import XML_TYPE, clean, document, tag

WIDTH, HEIGHT = 600, 240  # of the card in pixels, unless less is asked for
LONGEST_ADDRESS = 2000
# The card shows texts and a link. A click leads out of the frame; nothing in it runs.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """What a page of this site becomes on another one. Hidden pages are answered like those that never were."""
    form = request.GET.get("format", "json")
    if form not in ("json", "xml"):
        return _keep_nothing(problem_response(status=501, detail="format: it may be json or xml."))
    sizes: dict[str, int] = {}
    for name, usual in (("maxwidth", WIDTH), ("maxheight", HEIGHT)):
        most = request.GET.get(name, str(usual))
        if not (most.isascii() and most.isdigit() and int(most[:9]) > 0):
            detail = f"{name}: {printable(most)} is no number of pixels."
            return _keep_nothing(problem_response(status=422, detail=detail))
        sizes[name] = min(usual, int(most[:9]))
    if not request.GET.get("url"):
        return _keep_nothing(problem_response(status=422, detail="url: the address of a page of this site is needed."))
    page = record_at(request.GET["url"], request)
    if page is None:
        request.urlconf = ()  # type: ignore[assignment]  see answers.absent
        return _keep_nothing(problem_response(status=404, detail="No record of this site stands at that address."))
    answer = _description(page, request, sizes["maxwidth"], sizes["maxheight"])
    if form == "json":
        return public_answer(request, JsonResponse(answer, json_dumps_params={"ensure_ascii": False}))
    root = tag("oembed", *(tag(name, str(value)) for name, value in answer.items()))
    return public_answer(request, HttpResponse(document(root), content_type=XML_TYPE))


def _description(page: ArchivePage, request: HttpRequest, width: int, height: int) -> dict[str, Any]:
    language = page.locale.language_code
    home = home_in(language, ANONYMOUS)
    card = reverse("huunghi:embed", kwargs={"key": page.translation_key})
    title = clean(page.title)
    html = format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" sandbox="{}" loading="lazy" style="border:0"></iframe>',
        request.build_absolute_uri(f"{card}?{urlencode({'lang': language})}"),
        width,
        height,
        title,
        SANDBOX,
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": clean(home.title) if home else _("Friendship archive"),
        "provider_url": request.build_absolute_uri((home.get_url(request) if home else None) or "/"),
        "cache_age": "300",
        "html": str(html),
        "width": width,
        "height": height,
    }


def record_at(address: str, request: HttpRequest) -> ArchivePage | None:
    """The record whose page, or whose permanent address, this is; None for everything else.

    Only on the host that is asked, and only when anybody may read it.
    """
    if len(address) > LONGEST_ADDRESS or UNSTORABLE.search(address):
        return None
    try:
        parts = urlsplit(address)
        path = f"/{unquote(parts.path, errors='strict').removeprefix(get_script_prefix())}"
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != request.get_host().lower():
        return None
    if UNSTORABLE.search(path):
        return None
    path = f"/{path.lstrip('/')}"
    with override(get_language_from_path(path) or source_language()):
        try:
            match = resolve(path)
        except Resolver404:
            return None
        if match.url_name == "permanent" and "key" in match.kwargs:
            return readable_record(match.kwargs["key"], source_language(), ANONYMOUS)
        page = Page.find_for_request(request, match.args[0]) if match.url_name == "wagtail_serve" else None
    return page if isinstance(page, ArchivePage) and readable(page, ANONYMOUS) else None


@xframe_options_exempt
@require_safe
def embed(request: HttpRequest, key: UUID) -> HttpResponse:
    """The card of a record, to stand in a frame on any page. `?lang=` chooses the language."""
    asked = request.GET.get("lang", "")
    language = asked if asked in content_languages() else source_language()
    page = readable_record(key, language, ANONYMOUS)
    if page is None:
        absent(request)
    home = home_in(language, ANONYMOUS)
    with override(language):
        (card,) = cards_of_pages([page], language, ANONYMOUS, request)
        context = {
            "card": card,
            "language": language,
            "address": request.build_absolute_uri(card.url),
            "site_name": home.title if home else _("Friendship archive"),
            "site_address": request.build_absolute_uri((home.get_url(request) if home else None) or "/"),
            "host": request.get_host(),
        }
        response = render(request, "huunghi/embed.html", context)
    response["Content-Security-Policy"] = POLICY
    response["X-Robots-Tag"] = "noindex"
    return public_answer(request, response)


def discovery(page: Any, frame: Frame, request: HttpRequest) -> SafeString:
    """Where programs find the card of a page, as links in its head; nothing on a page that not everybody may read."""
    private = getattr(request, "is_preview", False) or reader_of(request) != ANONYMOUS
    if private or not frame.canonical or not isinstance(page, ArchivePage):
        return SafeString("")
    address = request.build_absolute_uri(reverse("huunghi:oembed"))
    return format_html_join(
        "\n",
        '<link rel="alternate" type="{}+oembed" href="{}" title="{}">',
        (
            (media_type, f"{address}?{urlencode({'url': frame.canonical, 'format': form})}", page.title)
            for form, media_type in (("json", "application/json"), ("xml", "text/xml"))
        ),
    )


def _keep_nothing(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
