"""Texts from outside, made safe: plain text without tags, and the few tags of an archive page."""

from __future__ import annotations

import re
from html import escape, unescape

import nh3

BODY_TAGS = {"p", "h2", "h3", "ul", "ol", "li", "b", "strong", "i", "em", "a", "br"}
BODY_ATTRIBUTES = {"a": {"href"}}
URL_SCHEMES = {"http", "https", "mailto"}
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_BLANK_LINES = re.compile(r"\n\s*\n")


def plain(text: str) -> str:
    """Text without tags; a lone “<” stays. What was written as an entity inside HTML becomes its character."""
    while _TAG.search(text):
        text = unescape(nh3.clean(text, tags=set()))
    return text.strip()


def rich(text: str) -> str:
    """HTML of a page's text: given HTML reduced to the allowed tags, or paragraphs made from plain text."""
    if _TAG.search(text):
        return nh3.clean(
            text, tags=BODY_TAGS, attributes=BODY_ATTRIBUTES, url_schemes=URL_SCHEMES, link_rel=None
        ).strip()
    paragraphs = (part.strip() for part in _BLANK_LINES.split(text))
    return "".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in paragraphs if part)


def plain_paragraphs(text: str) -> str:
    """Plain text that keeps its paragraphs, also when it comes as HTML."""
    if not _TAG.search(text):
        return text.strip()
    with_breaks = re.sub(r"</(p|h2|h3|li|ul|ol)>", "\n\n", re.sub(r"<br\s*/?>", "\n", text))
    return _BLANK_LINES.sub("\n\n", plain(with_breaks))
