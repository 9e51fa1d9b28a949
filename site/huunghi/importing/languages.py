"""Languages of a line: which codes are read, and which locale they belong to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Locale

from huunghi import site_setup
from huunghi.conf import LANGUAGE_NAMES, content_languages, source_language

from .errors import LineError

ALIASES = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans"}


class Languages:
    """The locales of the archive; a ready one (Lao, Chinese) is opened when the import may create what is missing."""

    def __init__(self, create_missing: bool) -> None:
        self.create_missing = create_missing
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}

    def code(self, code: str, field: str) -> str:
        """The archive's code for a language of a line. Raises LineError naming the active ones."""
        code = ALIASES.get(code, code)
        if code in self.locales:
            return code
        ready = code in {*LANGUAGE_NAMES, *content_languages()}
        if ready and self.create_missing:
            self.locales[code] = site_setup.open_language(code)
            return code
        sentence = _("“%(code)s” is not a language of the archive. Active: %(active)s.")
        sentence %= {"code": code, "active": ", ".join(sorted(self.locales))}
        if ready:
            sentence += " " + _("It can be opened with --create-missing.")
        raise LineError.of(field, sentence)

    def forget(self, before: dict[str, Locale]) -> None:
        """A transaction was rolled back: locales made in it are gone."""
        self.locales = before

    def texts(self, value: dict[str, Any], field: str) -> dict[str, Any]:
        """A dictionary by language, its keys read, the source language first."""
        read = {self.code(code, f"{field}.{code}"): text for code, text in value.items()}
        return dict(sorted(read.items(), key=lambda item: item[0] != source_language()))

    def localised(self, value: str | dict[str, str], field: str, language: str) -> dict[str, str]:
        """A text inside a row: a plain string is in the language of the source page."""
        return {language: value} if isinstance(value, str) else self.texts(value, field)
