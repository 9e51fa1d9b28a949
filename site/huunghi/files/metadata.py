"""Takes out of pictures what is not picture, without touching a pixel: only parts that are known to be needed stay.

Each function takes the bytes of one file and gives those of another. ValueError when it is not built as it should be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_JPEG_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_FRAME = {b"VP8 ", b"VP8L", b"ALPH"}
_WEBP_HAS_EXIF_OR_XMP = 0b00001100


def without_metadata(content: bytes, kind: str) -> bytes:
    """The picture of one of the kinds in `LOSSLESS` without its metadata and without what follows it in the file."""
    try:
        return LOSSLESS[kind](content)
    except (IndexError, struct.error) as error:
        raise ValueError(f"This {kind} ends too early.") from error


def _jpeg(content: bytes) -> bytes:
    parts = [b"\xff\xd8"]
    at = 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("There is no marker where one should be.")
        while content[at] == 0xFF:
            at += 1
        marker = content[at]
        at += 1
        if marker == 0xD9:
            break
        if marker in _JPEG_WITHOUT_LENGTH:
            parts.append(bytes((0xFF, marker)))
            continue
        end = at + struct.unpack_from(">H", content, at)[0]
        if end > len(content) or end < at + 2:
            raise ValueError("A part is longer than the file.")
        parts.append(_jpeg_part(marker, content[at + 2 : end]))
        at = end
        if marker == 0xDA:
            end = _end_of_scan(content, at)
            parts.append(content[at:end])
            at = end
            if at >= len(content):
                break  # cut off by a camera or a transfer; browsers show what is there
    return b"".join([*parts, b"\xff\xd9"])


def _jpeg_part(marker: int, body: bytes) -> bytes:
    if marker == 0xE0:
        if not body.startswith(b"JFIF\x00") or len(body) < 12:
            return b""
        body = body[:12] + b"\x00\x00"  # without the small picture that it may carry
    elif marker == 0xE2:
        if not body.startswith(b"ICC_PROFILE\x00"):
            return b""
    elif marker == 0xEE:
        if not body.startswith(b"Adobe"):
            return b""
        body = body[:12]
    elif 0xE0 <= marker <= 0xEF or marker == 0xFE:
        return b""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker begins that ends the coded pixels."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] == 0xFF:
            at += 1
        elif content[at + 1] == 0 or content[at + 1] in _JPEG_WITHOUT_LENGTH:
            at += 2
        else:
            return at


def _png(content: bytes) -> bytes:
    parts = [content[:8]]
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise ValueError("A part is longer than the file.")
        if name in _PNG_KEPT:
            parts.append(content[at:end])
        elif not name[0] & 0x20:
            raise ValueError("It has a part that no reader of pictures knows.")
        at = end
        if name == b"IEND":
            return b"".join(parts)


def _webp(content: bytes) -> bytes:
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content) + 1:
        raise ValueError("It ends too early.")
    body = b"".join(_webp_part(name, part) for name, part in _riff(content, 12, end) if name in _WEBP_KEPT)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_part(name: bytes, part: bytes) -> bytes:
    if name == b"VP8X":
        part = bytes((part[0] & ~_WEBP_HAS_EXIF_OR_XMP,)) + part[1:]
    elif name == b"ANMF":
        frame = (_webp_part(*inner) for inner in _riff(part, 16, len(part)) if inner[0] in _WEBP_FRAME)
        part = part[:16] + b"".join(frame)
    return name + struct.pack("<I", len(part)) + part + b"\x00" * (len(part) % 2)


def is_lossless_webp(content: bytes) -> bool:
    return any(name == b"VP8L" for name, _part in _riff(content, 12, len(content)))


def _riff(content: bytes, at: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > len(content):
            raise ValueError("A part is longer than the file.")
        yield name, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _gif(content: bytes) -> bytes:
    at = 13 + _gif_colours(content[10])
    parts = [content[:at]]
    while content[at] != 0x3B:
        start = at
        if content[at] == 0x2C:
            at = _end_of_blocks(content, at + 10 + _gif_colours(content[at + 9]) + 1)
        elif content[at] == 0x21:
            at = _end_of_blocks(content, at + 2)
            if not _is_needed_extension(content[start:at]):
                continue
        else:
            raise ValueError("It has a part that no reader of pictures knows.")
        parts.append(content[start:at])
    return b"".join([*parts, b"\x3b"])


def _gif_colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(content: bytes, at: int) -> int:
    while length := content[at]:
        at += 1 + length
    return at + 1


def _is_needed_extension(extension: bytes) -> bool:
    """How long a frame stays and how often the film repeats; not comments, texts or what programs note."""
    return extension[1] == 0xF9 or extension[3:14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")


LOSSLESS = {"jpeg": _jpeg, "png": _png, "webp": _webp, "gif": _gif}
