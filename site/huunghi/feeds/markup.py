"""XML as text: everything is escaped, and what XML cannot hold is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

XML_TYPE = "application/xml; charset=utf-8"
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
# All but these are errors in XML 1.0, escaped or not: NUL, most control characters, half surrogate pairs, U+FFFE.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
IN_ATTRIBUTES = {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}

Attributes = Mapping[str, str | None]


class Markup(str):
    """Text that is XML already."""

    __slots__ = ()


def clean(text: str) -> str:
    """The text without the characters that no XML document can hold."""
    return UNWRITABLE.sub("", text)


def tag(name: str, *parts: str | Attributes) -> Markup:
    """An element. A mapping among the parts holds attributes, of which those that are None are left out.

    tag("dc:title", {"xml:lang": "vi"}, "Hội nghị & giao lưu")
    """
    attributes, content = [], []
    for part in parts:
        if isinstance(part, Mapping):
            attributes += [
                f' {key}="{escape(clean(value), IN_ATTRIBUTES)}"' for key, value in part.items() if value is not None
            ]
        else:
            content.append(part if isinstance(part, Markup) else escape(clean(part), {"\r": "&#13;"}))
    start = f"{name}{''.join(attributes)}"
    return Markup(f"<{start}>{''.join(content)}</{name}>" if content else f"<{start}/>")


def document(root: Markup) -> str:
    return f"{DECLARATION}{root}\n"
