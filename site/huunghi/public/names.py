"""Names and runs of text, marked with `lang` wherever they are not in the language of the page."""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

SCRIPTS = {
    "km": re.compile(r"[\u1780-\u17ff]"),
    "lo": re.compile(r"[\u0e80-\u0eff]"),
    "zh-hans": re.compile(r"[\u4e00-\u9fff]"),
}
# Letters that of our languages only Vietnamese has: ă â đ ê ô ơ ư and every vowel with a tone mark.
VIETNAMESE_LETTERS = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9ĩũĨŨ]|[aeiouyAEIOUY][\u0300\u0301\u0303\u0309\u0323]")


def in_language(text: Any, text_language: str, page_language: str) -> SafeString:
    """The escaped text, in a `<span lang>` when its language is another than the page's."""
    if not text or not text_language or text_language == page_language:
        return conditional_escape(text or "")
    return format_html('<span lang="{}">{}</span>', text_language, text)


def name_of(record: Any, language: str) -> SafeString:
    """The name of a record (place, partner, organisation, term …) as the reader should see it; "" for None."""
    if record is None:
        return SafeString("")
    text, text_language = record.name_and_language(language)
    return in_language(text or record.fallback_name(), text_language if text else language, language)


def plain_name(record: Any, language: str) -> str:
    """The name without markup, for titles and attributes."""
    return "" if record is None else record.name_in(language) or record.fallback_name()


def evident_language(text: str) -> str:
    """The language that the letters of a text give away; "" when they could be of several."""
    for code, letters in SCRIPTS.items():
        if letters.search(text):
            return code
    return "vi" if VIETNAMESE_LETTERS.search(text) else ""


def run(text: str, language: str) -> SafeString:
    """A text whose language nobody recorded: names of people, halls, titles as printed, untranslated rows."""
    return in_language(text, evident_language(text or ""), language)
