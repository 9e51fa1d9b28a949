from __future__ import annotations

from huunghi.conf import content_languages


class LanguageConverter:
    """A language of the archive in an address: "vi", "km", "en"."""

    regex = "[a-z]{2,3}(?:-[a-z]{2,8})?"

    def to_python(self, value: str) -> str:
        if value not in content_languages():
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value
