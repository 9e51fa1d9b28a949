"""How well the archive finds what is sought: the judged queries of tests/data/relevance, and the measures.

An event's grade is the highest of its documents (the id before the hyphen). success@1: the first hit has the highest
grade of the query; nDCG@10 with gain 2^grade - 1; recall@20: found / min(20, relevant). Strict and weaker hits are one
list. A query without an answer only counts when something matches all of it.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import fmean

from huunghi.conf import content_languages
from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.engines.base import SearchRequest
from huunghi.search.planning.planner import plan
from huunghi.search.recognition.gazetteer import Gazetteer, GazetteerEntry
from huunghi.search.recognition.glossary import Concept, Glossary

DATA = Path(__file__).resolve().parent.parent / "data" / "relevance"
GLOSSARY = Path(__file__).resolve().parents[2] / "search" / "data" / "glossary.csv"
_CODED_KINDS = {"province", "capital", "province_2025", "province_former", "city_2025", "country"}


@dataclass
class JudgedQuery:
    id: str
    language: str
    text: str
    grades: dict[str, int]  # event -> grade
    tests: str = ""  # what it is about: "exonym", "near-miss"


@dataclass
class Figures:
    queries: int
    success: float
    ndcg: float
    recall: float
    wrongly_strict: int  # queries without an answer that something matches in full
    failures: list[str] = field(default_factory=list)

    def __str__(self):
        figures = f"success@1 {self.success:.3f}, nDCG@10 {self.ndcg:.3f}, recall@20 {self.recall:.3f}"
        return f"{self.queries} queries: {figures}"


def entries_from_csv(path=DATA / "place-names.csv"):
    with Path(path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ids = [row["iso_code"] if row["kind"] in _CODED_KINDS else f"org:{number}" for number, row in enumerate(rows)]
    by_name = {row[column]: id_ for column in ("en", "vi") for row, id_ in zip(rows, ids, strict=True)}
    by_name["Hồ Chí Minh City"] = "VN-SG"
    for row, id_ in zip(rows, ids, strict=True):
        merged = re.search(r"now part of ([^;]+)", row["note"])
        successor = by_name.get(merged.group(1).strip()) if merged else None
        names = [row["vi"], row["en"], row["km"], *row["aliases"].split("|")]
        yield GazetteerEntry(id_, tuple(filter(None, names)), row["kind"], (successor,) if successor else ())


def gazetteer_from_csv():
    return Gazetteer(entries_from_csv())


def glossary_from_csv(path=GLOSSARY):
    with Path(path).open(encoding="utf-8") as file:
        return Glossary(
            Concept(
                row["code"],
                {
                    language: tuple(filter(None, [row[language], *row[f"aliases_{language}"].split("|")]))
                    for language in ("vi", "km", "en")
                },
            )
            for row in csv.DictReader(file)
        )


def small_documents(path=DATA / "docs.jsonl"):
    """The short documents of the repository, those of one event together."""
    groups = defaultdict(list)
    for row in _lines(path):
        groups[row["group"]].append(row)
    for group, rows in groups.items():
        parts = {row["lang"]: LanguagePart(title=row["title"], body=row["body"]) for row in rows}
        last = rows[-1]
        day = date.fromisoformat(last["date"])
        yield SearchDocument(
            id=group,
            type="event",
            parts=parts,
            kind=last["kind"],
            status="held",
            partner_ids=[last["partner"]],
            start=day,
            end=day,
            precision="day",
        )


def large_events(path=DATA / "events-large.jsonl.gz"):
    """2,590 invented events in the import format."""
    yield from _lines(path)


def imported_documents(path=DATA / "events-large.jsonl.gz"):
    """Events in the import format, as search documents."""
    for row in _lines(path):
        shared = "\n".join([*map(str, row.get("venues", [])), *map(str, row.get("organisers", []))])
        parts = {
            language: LanguagePart(
                title=text["title"],
                summary=text.get("summary", ""),
                body="\n".join(filter(None, [text.get("body", ""), shared])),
                people=_flat(text.get("people")),
                documents=_flat(text.get("documents")),
            )
            for language, text in row["texts"].items()
        }
        yield SearchDocument(
            id=row["source_id"],
            type="event",
            parts=parts,
            kind=row["kind"],
            status=row.get("status", "held"),
            partner_ids=[partner["code"] for partner in row["partners"]],
            country_ids=sorted({partner["code"].split("-")[0] for partner in row["partners"]}),
            place_ids=row.get("places", []),
            start=_day(row["start"]),
            end=_day(row["end"]) if row.get("end") else None,
            precision=row.get("precision", "day"),
        )


def small_lines(path=DATA / "docs.jsonl"):
    """The short documents in the import format."""
    groups = defaultdict(list)
    for row in _lines(path):
        groups[row["group"]].append(row)
    for group, rows in groups.items():
        last = rows[-1]
        yield {
            "source_id": group,
            "type": "event",
            "kind": last["kind"],
            "status": "held",
            "start": last["date"],
            "partners": [] if last["partner"] == "INT" else [{"code": last["partner"], "role": "guest"}],
            "texts": {
                {"zh": "zh-hans"}.get(row["lang"], row["lang"]): {"title": row["title"], "body": row["body"]}
                for row in rows
            },
            "live": True,
        }


LARGE_QUERIES = tuple(DATA / f"queries-large-{name}.jsonl" for name in ("dev", "written", "generated"))


def judged_queries(path=DATA / "queries-dev.jsonl"):
    for row in _lines(path):
        grades = defaultdict(int)
        for document, grade in row["relevant"].items():
            event = document.split("-")[0] if document.startswith("g") else document
            grades[event] = max(grades[event], grade)
        yield JudgedQuery(row["id"], row["lang"], row["text"], dict(grades), row.get("tests", ""))


def asking(engine, vocabulary, gazetteer=None, glossary=None):
    """Ask an engine itself. The vocabulary is that of the embedded index, which holds the same documents."""
    gazetteer = gazetteer or gazetteer_from_csv()
    glossary = glossary or glossary_from_csv()

    def ask(query):
        made = plan(query.text, query.language, gazetteer, vocabulary, glossary)
        result = engine.search(SearchRequest(plan=made, language=query.language, limit=20, highlight=False))
        return [hit.id for hit in result.hits], result.count > 0

    return ask


def asking_api(client, source_ids):
    """Ask the archive as anybody may. `source_ids` leads from the ids of events to those of the collection."""

    def ask(query):
        language = query.language if query.language in content_languages() else ""
        parameters = {"q": query.text, "limit": 20, "facets": "none"} | ({"lang": language} if language else {})
        response = client.get("/api/v1/archive/", parameters)
        assert response.status_code == 200, response.content
        answer = response.json()
        return [source_ids.get(item["id"], item["id"]) for item in answer["items"]], answer["level"] == "all"

    return ask


def evaluate(ask, queries):
    """Figures of the answers; `ask` gives for a query the ids found, best first, and whether any matches in full."""
    measured, failures, wrongly_strict = [], [], 0
    for query in queries:
        ids, has_strict = ask(query)
        if not query.grades:
            wrongly_strict += has_strict
            if has_strict:
                failures.append(f"{query.id} {query.text!r}: nothing answers it, but found {ids[:3]}")
            continue
        figures = success_at_1(ids, query.grades), ndcg_at_10(ids, query.grades), recall_at_20(ids, query.grades)
        measured.append(figures)
        if min(figures) < 1:
            failures.append(f"{query.id} {query.text!r}: {', '.join(f'{figure:.2f}' for figure in figures)} {ids[:3]}")
    success, ndcg, recall = (fmean(column) for column in zip(*measured, strict=True)) if measured else (1.0, 1.0, 1.0)
    return Figures(len(measured), success, ndcg, recall, wrongly_strict, failures)


def success_at_1(ids: list[str], grades: dict[str, int]) -> float:
    return float(bool(ids) and grades.get(ids[0], 0) == max(grades.values()))


def ndcg_at_10(ids: list[str], grades: dict[str, int]) -> float:
    return _gain(grades.get(id_, 0) for id_ in ids[:10]) / _gain(sorted(grades.values(), reverse=True)[:10])


def recall_at_20(ids: list[str], grades: dict[str, int]) -> float:
    return len(set(ids[:20]) & grades.keys()) / min(20, len(grades))


def _gain(grades: Iterable[int]) -> float:
    return sum((2**grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades))


def _lines(path):
    path = Path(path)
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _flat(value):
    if not value:
        return ""
    return value if isinstance(value, str) else " ".join(map(str, value))


def _day(text):
    year, month, day = [*map(int, text.split("-")), 1, 1][:3]
    return date(year, month, day)
