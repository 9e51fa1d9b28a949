"""Pictures and documents of the one page that a link opens.

They are numbered in the order in which the page shows them, counted after what is withheld was left out: no number
leads to a withheld picture, nor to a file of another page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import escape
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.rich_text import RichText
from wagtail.rich_text.rewriters import extract_attrs

from huunghi.files import answer
from huunghi.partners.models import ShareLink
from huunghi.public.media import shown_photos

DOCUMENT_LINK = re.compile(r"<a\b([^>]*)>")


def files_of(page: Any) -> list[Any]:
    """The images and documents of a page, each once, from which `withhold` has taken what is withheld."""
    return list(dict.fromkeys([*_pictures(page), *_documents(page)]))


def _pictures(page: Any) -> Iterator[Any]:
    if hasattr(page, "photos"):
        yield from (photo.image for photo in shown_photos(page) if photo.image_id)
    for block in _blocks(page):
        if block.block_type == "picture" and block.value["image"]:
            yield block.value["image"]


def _documents(page: Any) -> Iterator[Any]:
    for row in page.documents.all() if hasattr(page, "documents") else ():
        if file := row.file or getattr(row.official_document, "file", None):
            yield file
    if file := getattr(getattr(page, "official_document", None), "file", None):
        yield file
    linked = []
    for block in _blocks(page):
        if block.block_type == "document" and block.value:
            yield block.value
        elif isinstance(block.value, RichText):
            linked += _linked_documents(block.value.source)
    found = get_document_model().objects.in_bulk(linked)
    yield from (found[pk] for pk in linked if pk in found)


def _linked_documents(source: str) -> Iterator[int]:
    for match in DOCUMENT_LINK.finditer(source):
        named = extract_attrs(match[1])
        if named.get("linktype") == "document" and re.fullmatch(r"[0-9]{1,18}", named.get("id", "")):
            yield int(named["id"])


def _blocks(page: Any) -> Any:
    body = getattr(page, "body", None)
    return body if hasattr(body, "raw_data") else ()


def addressed(html: str, files: Sequence[Any], link: ShareLink) -> str:
    """The page with the addresses of these files replaced by those below `/s/`."""
    addresses = dict(_addresses(files, link))
    if not addresses:
        return html
    # The longest first: an address may begin like another one.
    known = sorted(addresses, key=len, reverse=True)
    pattern = re.compile(rf"(?:{'|'.join(map(re.escape, known))})(?=[\"'\s,])")
    return pattern.sub(lambda found: addresses[found[0]], html)


def _addresses(files: Sequence[Any], link: ShareLink) -> Iterator[tuple[str, str]]:
    """(address in the page, address through the link), both as they stand in HTML."""
    images = [file for file in files if isinstance(file, get_image_model())]
    prefetch_related_objects(images, "renditions")  # all of now: drawing the page made those that were missing
    for number, file in enumerate(files, 1):
        own = reverse("huunghi:link_file", kwargs={"public_id": link.public_id, "number": number})
        yield escape(file.file.url), own
        if file in images:
            for rendition in file.renditions.all():
                yield escape(rendition.url), escape(f"{own}?{urlencode({'as': rendition.filter_spec})}")
        else:
            yield escape(file.url), own


def serve_file(request: HttpRequest, files: Sequence[Any], number: int) -> HttpResponseBase:
    """The file with this number, or a rendition of it that the page shows; Http404 for all others."""
    if not 1 <= number <= len(files):
        raise Http404
    file = files[number - 1]
    name = getattr(file, "filename", "")
    if wanted := request.GET.get("as"):
        made = file.renditions.order_by("-pk") if isinstance(file, get_image_model()) else ()
        file = next((rendition for rendition in made if rendition.filter_spec == wanted), None)
        if file is None:
            raise Http404
        name = file.file.name.rpartition("/")[2]
    return answer(file.file, request, name=name)
