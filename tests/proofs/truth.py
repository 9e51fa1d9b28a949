"""What is true of an archive, asked of the tables directly: who may read which event at a moment that was committed.

None of the code that is to be proven is used here. The rules are those of the editors' guide: a page is seen when it is
live, nothing at or above it restricts it, and neither its own visibility nor that of a section above it shuts it. An
alias of a section is shut with the section.
"""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OPEN, SIGNED_IN, PARTNERS, NOBODY = range(4)  # who may read, apart from shares; the higher the fewer
LEVELS = {"public": OPEN, "signed-in": SIGNED_IN, "partners": PARTNERS}

_PAGES = """
SELECT p.id, p.translation_key, l.language_code, p.locale_id, p.path, p.title, p.live, e.visibility, o.key {p} {e}
FROM huunghi_events_eventpage e JOIN wagtailcore_page p ON p.id = e.page_ptr_id
JOIN wagtailcore_locale l ON l.id = p.locale_id LEFT JOIN huunghi_partners_organisation o ON o.id = e.unit_id"""
_UNITS = "SELECT key, id FROM huunghi_partners_organisation"
# What shuts a section shuts its aliases.
_SECTIONS = """
SELECT p.path, s.visibility {p} {s} FROM huunghi_events_eventindexpage s JOIN wagtailcore_page p ON p.id = s.page_ptr_id
WHERE p.depth > 1
UNION ALL SELECT a.path, s.visibility {a} {s} FROM huunghi_events_eventindexpage s
JOIN wagtailcore_page a ON a.alias_of_id = s.page_ptr_id"""
_RESTRICTIONS = """
SELECT p.path, r.restriction_type, r.id {r} {p}
FROM wagtailcore_pageviewrestriction r JOIN wagtailcore_page p ON p.id = r.page_id
UNION ALL SELECT a.path, r.restriction_type, r.id {r} {a}
FROM wagtailcore_pageviewrestriction r JOIN wagtailcore_page a ON a.alias_of_id = r.page_id"""
_SHARES = """
SELECT x.path, x.locale_id, s.partner_id, s.id, s.edition {s}
FROM huunghi_partners_share s JOIN huunghi_partners_share_languages sl ON sl.share_id = s.id
JOIN wagtailcore_page x ON x.translation_key = s.page_key AND x.locale_id = sl.locale_id
WHERE s.revoked_at IS NULL"""
_PENDING = """
SELECT t.engine, c.type, c.key FROM huunghi_search_pendingchange c
LEFT JOIN huunghi_search_indextarget t ON t.id = c.target_id"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One event in one language. `signature` is another one after every change that could concern its readers."""

    page: int
    key: str
    language: str
    title: str
    level: int
    shared_with: frozenset[int]  # partners
    audiences: frozenset[str]  # what an index should say of it
    signature: tuple

    def is_open_to(self, partner: int | None, signed_in: bool) -> bool:
        if self.level <= (SIGNED_IN if signed_in else OPEN):
            return True
        return partner is not None and partner in self.shared_with


def canary_of(title: str) -> str:
    """The word of a title that stands nowhere else."""
    return title.split()[0]


def group_of(title: str) -> str:
    """The word of a title that other titles have as well."""
    return title.split()[1]


@dataclass(frozen=True, slots=True)
class View:
    """The archive at one moment. `waiting` are (engine or "", type, key) of the changes that reached no index yet."""

    facts: dict[int, Fact]  # by page
    waiting: frozenset[tuple[str, str, str]]

    def keys(self, engine: str) -> set[str] | None:
        """Events that are still to be fed to the engine; None when nobody has said which."""
        if any(not of for of, _type, _key in self.waiting):
            return None
        return {key for of, _type, key in self.waiting if of == engine}


class Truth:
    """A connection of its own to the database of a site."""

    def __init__(self, database: str) -> None:
        self._is_postgres = database.startswith("postgres")
        if self._is_postgres:
            import psycopg

            self._connection: Any = psycopg.connect(database.replace("postgres://", "postgresql://"), autocommit=True)
            self._begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        else:
            self._connection = sqlite3.connect(
                database.removeprefix("sqlite:///"), isolation_level=None, timeout=20, check_same_thread=False
            )
            self._begin = "BEGIN"

    @classmethod
    def of_this_site(cls) -> Truth:
        """Of the site whose processes have this environment."""
        address = "DATABASE_URL"
        return cls(os.environ[address])

    def look(self) -> View:
        """Everything as it was at one moment, in one transaction that only reads."""
        self._connection.execute(self._begin)
        try:
            pages, units, sections, restrictions, shares, pending = (
                self._rows(query) for query in (_PAGES, _UNITS, _SECTIONS, _RESTRICTIONS, _SHARES, _PENDING)
            )
            version = () if self._is_postgres else tuple(self._rows("PRAGMA data_version"))
        finally:
            self._connection.execute("ROLLBACK")
        numbers = dict(units)
        facts = [_fact(row, numbers, sections, restrictions, shares, version) for row in pages]
        waiting = frozenset((engine or "", type_, key) for engine, type_, key in pending)
        return View({fact.page: fact for fact in facts}, waiting)

    def _rows(self, query: str) -> list[tuple]:
        # PostgreSQL says of each row which transaction wrote it: no change can come and go unseen.
        versions = {name: f", {name}.xmin::text" if self._is_postgres else ", 0" for name in "aeprsx"}
        return self._connection.execute(query.format(**versions)).fetchall()


def _fact(
    row: tuple, units: dict, sections: list[tuple], restrictions: list[tuple], shares: list[tuple], version: tuple
) -> Fact:
    page, key, language, locale, path, title, live, visibility, unit, *written = row
    above = [each for each in sections if path.startswith(each[0])]
    closed = [each for each in restrictions if path.startswith(each[0])]
    given = [each for each in shares if path.startswith(each[0]) and each[1] == locale]
    level = max(LEVELS[each] for each in (visibility, *(section[1] for section in above)))
    kinds = {each[1] for each in closed}
    audiences: set[str] = set()
    shared_with: set[int] = set()
    if not live or kinds - {"login"}:
        level = NOBODY
    elif level == PARTNERS:
        shared_with = {each[2] for each in given}
        audiences = {"superuser", *(f"share:{each[3]}.{each[4]}" for each in given)}
        audiences |= {f"editor:{units[unit]}"} if unit else set()
    else:
        level = max(level, SIGNED_IN if kinds else OPEN)
        audiences = {"public"} if level == OPEN else {"login"}
    signature = (*written, *sorted(above), *sorted(closed), *sorted(given), *version)
    return Fact(page, str(_uuid(key)), language, title, level, frozenset(shared_with), frozenset(audiences), signature)


def _uuid(key: Any) -> Any:
    import uuid

    return key if isinstance(key, uuid.UUID) else uuid.UUID(key)


# --- what the indices should hold, and what they do

Held = dict[str, dict[str, tuple[str, frozenset[str]]]]  # key -> language -> (title, audiences)


def expected(view: View) -> Held:
    held: Held = defaultdict(dict)
    for fact in view.facts.values():
        if fact.audiences:
            held[fact.key][fact.language] = (fact.title, fact.audiences)
    return dict(held)


def held_by_file(path: Path) -> Held:
    """Events in the file of the embedded index, read without the engine."""
    import json

    held: Held = defaultdict(dict)
    with sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT r.key, p.language, p.title, e.audiences FROM record r JOIN part p ON p.record = r.id"
            " JOIN entry e ON e.id = p.entry WHERE r.type = 'event'"
        ).fetchall()
        words = database.execute("SELECT count(*) FROM fts").fetchone()[0]
        entries = database.execute("SELECT count(*) FROM entry").fetchone()[0]
    database.close()
    if words != entries:
        raise AssertionError(f"The text index has {words} rows for {entries} entries.")
    for key, language, title, audiences in rows:
        if language in held[key]:
            raise AssertionError(f"{key} is held twice in {language}.")
        held[key][language] = (title, frozenset(json.loads(audiences)))
    return dict(held)


def held_by_server(client: Any, index: str) -> Held:
    """Events in an index of Elasticsearch, read without the engine."""
    from elasticsearch import helpers

    client.indices.refresh(index=index)
    held: Held = {}
    for hit in helpers.scan(client, index=index, query={"query": {"term": {"type": "event"}}}):
        source = hit["_source"]
        if source["id"] in held:
            raise AssertionError(f"{source['id']} is held twice.")
        held[source["id"]] = {
            language: (title, frozenset(source["audiences"][language])) for language, title in source["title"].items()
        }
    return held


def differences(wanted: Held, held: Held) -> list[str]:
    found = []
    for key in sorted(wanted.keys() | held.keys()):
        one, other = wanted.get(key, {}), held.get(key, {})
        found += [
            f"{key} {language}: database {one.get(language)}, index {other.get(language)}"
            for language in sorted(one.keys() | other.keys())
            if one.get(language) != other.get(language)
        ]
    return found
