"""A small archive of its own for each test that asks for one."""

from datetime import date

import pytest

from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.engines.base import SearchRequest
from huunghi.search.engines.embedded import EmbeddedEngine
from huunghi.search.planning.planner import plan

from .relevance import gazetteer_from_csv, glossary_from_csv


@pytest.fixture(scope="session")
def gazetteer():
    return gazetteer_from_csv()


@pytest.fixture(scope="session")
def glossary():
    return glossary_from_csv()


@pytest.fixture
def engine(tmp_path, gazetteer):
    engine = EmbeddedEngine(tmp_path / "index", gazetteer)
    engine.rebuild([])
    yield engine
    engine.close()


@pytest.fixture
def find(engine, gazetteer, glossary):
    """find("query", …) -> SearchResult; other arguments are those of SearchRequest."""

    def find(query="", language="vi", **options):
        made = plan(query, language, gazetteer, engine, glossary)
        return engine.search(SearchRequest(plan=made, language=language, **options))

    return find


def document(id_, title="", body="", language="vi", **options):
    parts = options.pop("parts", None) or {language: LanguagePart(title=title or id_, body=body)}
    day = options.pop("day", None)
    if day:
        options |= {"start": date.fromisoformat(day), "end": date.fromisoformat(day), "precision": "day"}
    return SearchDocument(id=id_, type=options.pop("type", "event"), parts=parts, **options)


def ids(result):
    return [hit.id for hit in result.hits]


@pytest.fixture
def one_index(monkeypatch):
    """Only the embedded index is fed: for tests that count rows and targets."""
    from huunghi.search import feeding
    from huunghi.search.engines import configured_engines
    from huunghi.search.feeding import changes
    from huunghi.search.management.commands import huunghi_index

    for module in (feeding, changes, huunghi_index):
        monkeypatch.setattr(module, "engines_to_feed", configured_engines)
