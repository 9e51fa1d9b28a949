"""How long it takes to import an archive in three languages, and how much memory."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from huunghi.importing.context import Options
from huunghi.importing.run import import_files
from huunghi.partners.models import Place
from huunghi.search.documents.document import LanguagePart, SearchDocument

from .generated import documents
from .measure import peak_memory
from .table import Row, at_most

LANGUAGES = ("vi", "km", "en")
KINDS = ("meeting", "conference", "tournament", "contest", "performance", "visit", "aid", "seminar")
ROLES = ("host", "guest")
FIRST = 10  # one of so many events comes first, to compare the memory
MINUTES, EVENTS = 10.0, 3000
GROWTH = 1.15  # times


def measure(count: int, say: Callable[[str], object]) -> list[Row]:
    """Into an archive that `huunghi_setup` made. Raises RuntimeError when a line is refused."""
    lines = event_lines(count)
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few.jsonl"), Path(folder, "many.jsonl")
        write(few, islice(lines, max(1, count // FIRST)))
        write(many, lines)
        began = perf_counter()
        before = peak_memory(partial(import_whole, few))
        say(f"{max(1, count // FIRST):,} events imported in {perf_counter() - began:.0f} s")
        after = peak_memory(partial(import_whole, many))
        seconds = perf_counter() - began
    say(f"{count:,} events imported in {seconds:.0f} s")
    note = f"{seconds:.0f} s for {count:,}"
    return [
        at_most(f"import of {EVENTS:,} events in three languages", seconds / count * EVENTS / 60, "min", MINUTES, note),
        at_most("memory of an import", after / before, "×", GROWTH, f"{before:.0f} MB, then {after:.0f} MB"),
    ]


def import_whole(path: Path) -> None:
    report = import_files([path], Options(create_missing=True), lambda sentence: None)
    if report.failed:
        raise RuntimeError(f"{report.failed} lines of {path.name} were refused.")


def write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def event_lines(count: int) -> Iterator[dict[str, Any]]:
    """Lines as an editor would make them: each event in all languages, with about ten rows, published."""
    chance = random.Random(1)
    known = set(Place.objects.values_list("key", flat=True))
    # Not every judged event has all languages: what is missing is taken from another one.
    parts = {code: [doc.parts[code] for doc in documents(200) if code in doc.parts] for code in LANGUAGES}
    for number, document in enumerate(documents(count, seed=2)):
        texts = {code: document.parts.get(code) or chance.choice(parts[code]) for code in LANGUAGES}
        yield _line(number, document, texts, [key for key in document.place_ids if key in known])


def _line(number: int, document: SearchDocument, texts: dict[str, LanguagePart], places: list[str]) -> dict[str, Any]:
    return {
        "source_id": f"bench-{number}",
        "type": "event",
        "kind": KINDS[number % len(KINDS)],
        "status": "held",
        "start": document.start.isoformat(),
        "end": document.end.isoformat(),
        "places": list(dict.fromkeys(places)),
        "partners": [{"code": code, "role": ROLES[number % 2]} for code in dict.fromkeys(document.partner_ids)],
        "venues": [
            {"role": "main", "place": key, "name": f"Hội trường {number % 53}", "attendance": 10 + number % 400}
            for key in places[:2]
        ],
        "organisers": [
            {"name": f"Liên hiệp hữu nghị {number % 20}", "role": "organiser"},
            {"name": f"Sở Ngoại vụ {number % 7}", "role": "co-organiser"},
        ],
        "figures": [
            {"quantity": 10 + number % 300, "unit": "person", "scope": "đại biểu"},
            {"quantity": 1 + number % 20, "unit": "work", "scope": "tiết mục"},
        ],
        "outcomes": [{"text": texts["vi"].title}],
        "texts": {
            code: {"title": part.title[:255], "summary": part.summary, "body": part.body}
            for code, part in texts.items()
        },
        "live": True,
    }
