"""Looks at an uploaded picture and gives its bytes without what the camera and programs wrote into it."""

from __future__ import annotations

import io
import warnings
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin, UnidentifiedImageError
from pillow_heif import register_heif_opener

from .kinds import HEAD, KINDS_OF_EXTENSION, PICTURES, extension_of, kind_of
from .metadata import LOSSLESS, is_lossless_webp, without_metadata

register_heif_opener()

MOST_PIXELS = 64_000_000  # of all frames; four bytes each while a picture is drawn
UPRIGHT = 1
_ORIENTATION = 0x0112
QUALITY = 95
_PILLOW_NAMES = {
    "jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "tiff": "TIFF", "bmp": "BMP", "heif": "HEIF",
    "avif": "AVIF",
}  # fmt: skip


def clean_picture(content: bytes, name: str) -> bytes:
    """The picture upright and without metadata: place, camera, serial number, comments, small copies of itself.

    A JPEG, PNG, WebP or GIF that stands upright keeps its pixels bit for bit; the others are written again, with
    quality 95 where their format loses something. The colour profile stays. ValidationError says what is wrong with
    the file and what to do: not a picture, another one than its name says, or too large.
    """
    kind = kind_of(content[:HEAD])
    if kind not in PICTURES:
        raise ValidationError(
            _("“%(name)s” is not a picture that can be read. Save it as JPEG, PNG or WebP and upload it again.")
            % {"name": name},
            code="not_a_picture",
        )
    if kind not in KINDS_OF_EXTENSION.get(extension_of(name), ()):
        raise ValidationError(
            _("“%(name)s” holds a picture of the kind %(kind)s. Give it the ending that belongs to it.")
            % {"name": name, "kind": kind.upper()},
            code="disguised",
        )
    try:
        return _cleaned(content, name, kind)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise ValidationError(
            _("“%(name)s” is damaged. Open it in a picture program, save it as JPEG, PNG or WebP and upload that.")
            % {"name": name},
            code="damaged",
        ) from error


def most_pixels() -> int:
    return getattr(settings, "HUUNGHI_MAX_PICTURE_PIXELS", MOST_PIXELS)


def _cleaned(content: bytes, name: str, kind: str) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is asked below
        picture = _opened(content, name, kind)
        if kind not in LOSSLESS or _orientation(picture, kind) != UPRIGHT:
            content = _written_again(picture, kind, content)
        else:
            picture.close()
        if kind in LOSSLESS:
            content = without_metadata(content, kind)
            with Image.open(io.BytesIO(content), formats=[_PILLOW_NAMES[kind]]):
                pass
        return content


def _opened(content: bytes, name: str, kind: str) -> Any:
    """The picture, of which nothing but its size has been read."""
    try:
        picture = Image.open(io.BytesIO(content), formats=[_PILLOW_NAMES[kind]])
        pixels = picture.width * picture.height
        if pixels <= most_pixels() and kind != "jpeg":
            pixels *= getattr(picture, "n_frames", 1)
    except Image.DecompressionBombError:
        pixels = None
    if pixels is None or pixels > most_pixels():
        raise ValidationError(
            _("“%(name)s” has more than %(most)s million pixels. Make it smaller and upload it again.")
            % {"name": name, "most": most_pixels() // 1_000_000},
            code="too_many_pixels",
        )
    return picture


def _orientation(picture: Any, kind: str) -> int:
    """How the camera was held, 1 to 8."""
    return UPRIGHT if kind == "gif" else picture.getexif().get(_ORIENTATION, UPRIGHT)


def _written_again(picture: Any, kind: str, content: bytes) -> bytes:
    """All frames of a picture turned upright, and encoded again with nothing but the pixels and their colours."""
    profile = picture.info.get("icc_profile")
    options = _options(picture, kind, content)
    frames = []
    # The further pictures of a JPEG are small copies and depth maps, no frames.
    for frame in [picture] if kind == "jpeg" else ImageSequence.Iterator(picture):
        upright = ImageOps.exif_transpose(frame)
        upright.info = {"transparency": frame.info["transparency"]} if "transparency" in frame.info else {}
        frames.append(upright)
    first, *others = frames
    if others:
        options |= {"save_all": True, "append_images": others}
        if picture.info.get("duration") is not None:
            options["duration"] = picture.info["duration"]
    if profile:
        options["icc_profile"] = profile
    written = io.BytesIO()
    first.save(written, _PILLOW_NAMES[kind], **options)
    return written.getvalue()


def _options(picture: Any, kind: str, content: bytes) -> dict[str, Any]:
    match kind:
        case "jpeg":
            sampling = JpegImagePlugin.get_sampling(picture)
            return {"quality": QUALITY, "exif": b"", **({"subsampling": sampling} if sampling >= 0 else {})}
        case "webp":
            return {"quality": QUALITY, "lossless": is_lossless_webp(content), "exact": True, "exif": b"", "xmp": b""}
        case "tiff":
            return {"compression": "tiff_adobe_deflate"}
        case "heif":
            return {"quality": QUALITY, "exif": None, "xmp": None}
        case "avif":
            return {"quality": QUALITY, "exif": b"", "xmp": b""}
    return {}
