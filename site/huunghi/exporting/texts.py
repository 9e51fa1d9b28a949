"""Texts in several languages: of pages, of their rows, and the text blocks of a body as simple HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import UUID

from huunghi.importing.sanitise import rich
from huunghi.partners.access import ANONYMOUS
from huunghi.partners.rich_text import readable_html

_OWN_ADDRESS = re.compile(r'(<a href=")/(?!/)')


@dataclass(slots=True)
class Record:
    """The public pages of one record: the one with the facts, and its translations, by language."""

    source: Any
    pages: dict[str, Any]
    languages: frozenset[str]  # wanted; empty for all
    root: str  # "https://archive.example" before addresses of this site

    @property
    def id(self) -> str:
        return str(self.source.translation_key)

    @property
    def language(self) -> str:
        return self.source.locale.language_code

    @property
    def wanted(self) -> dict[str, Any]:
        """The pages in the languages that were asked for, the source first."""
        return {code: page for code, page in self.pages.items() if not self.languages or code in self.languages}

    def texts(self) -> dict[str, dict[str, str]]:
        """Title, summary and body per language."""
        return {code: self._texts(page, code) for code, page in self.wanted.items()}

    def _texts(self, page: Any, language: str) -> dict[str, str]:
        texts = {"title": page.title}
        if page.summary:
            texts["summary"] = page.summary
        body = page.body if isinstance(page.body, str) else body_html(page.body, language, self.root)
        if body:
            texts["body"] = body
        return texts

    def text(self, column: str) -> dict[str, str] | None:
        """A text of the page itself per language; None when there is none."""
        texts = {code: getattr(page, column) for code, page in self.wanted.items()}
        return {code: text for code, text in texts.items() if text} or None

    def rows(self, name: str, read: Callable[[Any, RowTexts], dict[str, Any] | str | None]) -> list[Any] | None:
        """The rows of the source as `read` gives them; None when there are none."""
        rows = getattr(self.source, name).all()
        # Rows without texts are the same in every language, and are not read of the translations.
        versions = self._versions(name) if any(row.text_fields for row in rows) else {}
        found = [read(row, RowTexts(row, self.language, versions)) for row in rows]
        return [row for row in found if row is not None] or None

    def _versions(self, name: str) -> dict[str, dict[UUID, Any]]:
        return {
            code: {row.translation_key: row for row in getattr(page, name).all()}
            for code, page in self.wanted.items()
            if page is not self.source
        }


@dataclass(frozen=True, slots=True)
class RowTexts:
    """The texts of a row per language; a translation that only repeats the source says nothing of its own."""

    row: Any
    language: str
    versions: dict[str, dict[UUID, Any]]

    def __call__(self, column: str) -> dict[str, str] | None:
        text = getattr(self.row, column)
        texts = {self.language: text}
        for code, rows in self.versions.items():
            other = rows.get(self.row.translation_key)
            if other is not None and getattr(other, column) != text:
                texts[code] = getattr(other, column)
        return texts if any(texts.values()) else None


def body_html(body: Any, language: str, root: str) -> str:
    """The blocks of a page's text as the HTML that an import keeps. Pictures are in a list of their own."""
    parts = (_block(block, language) for block in body)
    html = "".join(filter(None, parts))
    return rich(_OWN_ADDRESS.sub(rf"\1{root}/", html)) if html else ""


def _block(block: Any, language: str) -> str:
    value = block.value
    match block.block_type:
        case "text":
            return readable_html(value.source, ANONYMOUS, language)
        case "quotation":
            speaker = f" – {escape(value['speaker'])}" if value["speaker"] else ""
            return f"<p>“{escape(value['text'])}”{speaker}</p>"
        case "video":
            return f'<p><a href="{escape(value["url"])}">{escape(value["title"])}</a></p>'
        case "document":
            return f'<p><a href="{escape(value.url)}">{escape(value.title)}</a></p>' if value else ""
        case "figures":
            rows = (f"<li>{escape(row['label'])}: {escape(row['value'])}</li>" for row in value)
            return f"<ul>{''.join(rows)}</ul>"
    return ""


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def only_in(languages: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    """Names in the wanted languages; all of them when none is in one: a record cannot be without a name."""
    names = {code: name for code, name in sorted(names.items()) if name}
    return {code: name for code, name in names.items() if code in languages} or names
