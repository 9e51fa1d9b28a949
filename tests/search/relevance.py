"""How well an engine finds what is sought: the judged queries of tests/data/relevance, and the measures.

An event's grade is the highest of its documents (the id before the hyphen). success@1: the first hit has the highest
grade of the query; nDCG@10 with gain 2^grade - 1; recall@20: found / min(20, relevant). Strict and weaker hits are one
list. A query without an answer only counts when something matches all of it.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import fmean

from huunghi.search.documents import LanguagePart, SearchDocument
from huunghi.search.engines.base import SearchRequest
from huunghi.search.gazetteer import Gazetteer, GazetteerEntry
from huunghi.search.glossary import Concept, Glossary
from huunghi.search.planner import plan

DATA = Path(__file__).resolve().parent.parent / "data" / "relevance"
GLOSSARY = Path(__file__).resolve().parents[2] / "search" / "data" / "glossary.csv"
_CODED_KINDS = {"province", "capital", "province_2025", "province_former", "city_2025", "country"}


@dataclass
class JudgedQuery:
    id: str
    language: str
    text: str
    grades: dict[str, int]  # event -> grade


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


def imported_documents(path):
    """Events in the import format."""
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
            place_ids=row.get("places", []),
            start=_day(row["start"]),
            end=_day(row["end"]) if row.get("end") else None,
            precision=row.get("precision", "day"),
        )


def judged_queries(path=DATA / "queries-dev.jsonl"):
    for row in _lines(path):
        grades = defaultdict(int)
        for document, grade in row["relevant"].items():
            event = document.split("-")[0] if document.startswith("g") else document
            grades[event] = max(grades[event], grade)
        yield JudgedQuery(row["id"], row["lang"], row["text"], dict(grades))


def evaluate(engine, vocabulary, queries=None, gazetteer=None, glossary=None):
    """Figures of any engine that holds the documents; the vocabulary is that of the embedded index."""
    gazetteer = gazetteer or gazetteer_from_csv()
    glossary = glossary or glossary_from_csv()
    queries = list(judged_queries() if queries is None else queries)
    measured, failures, wrongly_strict = [], [], 0
    for query in queries:
        request = SearchRequest(
            plan=plan(query.text, query.language, gazetteer, vocabulary, glossary),
            language=query.language,
            limit=20,
            highlight=False,
        )
        result = engine.search(request)
        if not query.grades:
            wrongly_strict += result.count > 0
            continue
        ids = [hit.id for hit in result.hits]
        figures = success_at_1(ids, query.grades), ndcg_at_10(ids, query.grades), recall_at_20(ids, query.grades)
        measured.append(figures)
        if min(figures) < 1:
            failures.append(f"{query.id} {query.text!r}: {', '.join(f'{figure:.2f}' for figure in figures)} {ids[:3]}")
    success, ndcg, recall = (fmean(column) for column in zip(*measured, strict=True))
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
    with Path(path).open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _flat(value):
    if not value:
        return ""
    return value if isinstance(value, str) else " ".join(map(str, value))


def _day(text):
    year, month, day = [*map(int, text.split("-")), 1, 1][:3]
    return date(year, month, day)
