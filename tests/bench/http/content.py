"""What the pages of `tests.bench.content` say, as lines of JSON that a site without the archive's models can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid5

from django.utils.html import escape

from huunghi.conf import content_languages
from huunghi.search.documents.document import SearchDocument

from ..content import SPACE, Records
from ..generated import documents


def write(count: int, file: Path) -> None:
    records = Records()
    with file.open("w", encoding="utf-8") as lines:
        for number, document in enumerate(documents(count)):
            lines.write(json.dumps(_event(number, document, records), ensure_ascii=False) + "\n")


def _event(number: int, document: SearchDocument, records: Records) -> dict[str, Any]:
    """Its languages, with the rows that an ordinary event has: venues, organisers, outcomes."""
    places = [str(records.places[key]) for key in document.place_ids if key in records.places]
    bodies = [records.organisations[(number * step) % len(records.organisations)] for step in (1, 7)]
    return {
        "id": str(uuid5(SPACE, document.id)),
        "slug": f"event-{number}",
        "start": document.start and document.start.isoformat(),
        "end": document.end and document.end.isoformat(),
        "place": places[0] if places else "",
        "rows": {
            "venues": [
                {"name": f"Hội trường {number % 53}", "place": place, "attendance": 10 + number % 400}
                for place in places[: 1 + number % 2]
            ],
            "organisers": [{"name": str(body)[:255]} for body in bodies],
        },
        "languages": {
            code: {
                "title": part.title[:255],
                "summary": part.summary,
                "body": "".join(f"<p>{escape(line)}</p>" for line in part.body.split("\n")),
                "outcomes": [{"text": part.summary or part.title}],
            }
            for code, part in document.parts.items()
            if code in content_languages()
        },
    }
