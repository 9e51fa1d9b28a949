"""What the API says of pictures: the sizes in which each can be had, and where.

No size is made while an answer of the API is written: an address names the picture, a width and a kind, and the size is
made when that address is asked for the first time. How large it will be follows from the size of the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.urls import reverse
from ninja import Schema
from pydantic import Field
from wagtail.images.models import Filter

WIDTHS = (360, 720, 1200)
KINDS = ("avif", "webp", "jpeg")


class PictureFile(Schema):
    type: str = Field(description="image/avif, image/webp or image/jpeg")
    url: str
    width: int
    height: int


class Picture(Schema):
    """A picture. `url` is the largest JPEG, for programs that do not choose."""

    url: str
    width: int
    height: int
    sources: list[PictureFile] = Field(
        description="Up to three widths as AVIF, WebP and JPEG; a width above that of the original is left out. The "
        "files are for whoever may read the record, with the same session or key."
    )
    alt: str
    caption: str
    credit: str


def specification(width: int, kind: str) -> str:
    """The size in the words of Wagtail; the same one as on the site's pages, so that it is made once."""
    return f"width-{width}|format-{kind}"


def picture(
    image: Any, caption: str, alternative: str, credit: str, absolute: Callable[[str | None], str | None]
) -> dict[str, Any]:
    """The fields of `Picture`; nothing is read but what stands in `image`."""
    sources = [] if image.is_svg() else list(_files(image, absolute))
    original = {"url": absolute(image.file.url), "width": image.width, "height": image.height}
    largest = sources[-1] if sources else original
    return {
        **{name: largest[name] for name in original},
        "sources": sources,
        "alt": alternative or caption,
        "caption": caption,
        "credit": credit,
    }


def _files(image: Any, absolute: Callable[[str | None], str | None]) -> Iterator[dict[str, Any]]:
    folder = absolute(reverse("huunghi:picture", args=[image.pk, WIDTHS[0], KINDS[0]])).rpartition("/")[0]
    for wanted in widths_of(image.width):
        width, height = _resized_to(wanted).get_transform(image).size
        for kind in KINDS:
            yield {"type": f"image/{kind}", "url": f"{folder}/{wanted}.{kind}", "width": width, "height": height}


@cache
def _resized_to(width: int) -> Filter:
    return Filter(spec=f"width-{width}")


def widths_of(original: int) -> Iterable[int]:
    """The widths in which a picture is offered: those below its own, and one in which it is not made smaller."""
    smaller = [width for width in WIDTHS if width < original]
    return [*smaller, *WIDTHS[len(smaller) : len(smaller) + 1]]
