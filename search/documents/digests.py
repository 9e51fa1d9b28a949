"""One short text that tells whether the index holds a record as the database has it."""

from __future__ import annotations

import json
from dataclasses import fields
from hashlib import blake2b
from typing import Any

from .document import LanguagePart, SearchDocument
from .moments import utc_text

_FACTS = [field.name for field in fields(SearchDocument) if field.name not in ("parts", "version")]
_TEXTS = [field.name for field in fields(LanguagePart) if field.name not in ("audiences", "expiry")]


def digest(document: SearchDocument) -> str:
    """32 hexadecimal digits of all that is indexed, restrictions included; the version is left out.

    The same in every process. The order of values and languages does not count: the database gives them in any.
    """
    content = {name: _canonical(getattr(document, name)) for name in _FACTS}
    content["parts"] = {language: _part(part) for language, part in document.parts.items()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _part(part: LanguagePart) -> list[Any]:
    expiry = utc_text(part.expiry) if part.expiry else None
    return [*(getattr(part, name) for name in _TEXTS), sorted(part.audiences), expiry]


def _canonical(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
