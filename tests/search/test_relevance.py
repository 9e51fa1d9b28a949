"""The judged queries: what the archive's search must not fall below. `make relevance` prints the whole tables."""

import json
import uuid

import pytest
from django.core.management import call_command

from huunghi.conf import fallback_languages
from huunghi.importing import Options, import_files
from huunghi.models import ImportedItem
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.engines.embedded import EmbeddedEngine

from .relevance import (
    LARGE_QUERIES,
    asking,
    asking_api,
    evaluate,
    imported_documents,
    judged_queries,
    ndcg_at_10,
    recall_at_20,
    small_documents,
    small_lines,
    success_at_1,
)

SMALL, LARGE = (0.98, 0.98, 0.98), (0.95, 0.95, 0.92)  # success@1, nDCG@10, recall@20
KHMER_SUCCESS = 0.90
ENGINE_DIFFERENCE = 0.03


@pytest.fixture(scope="module")
def embedded_of(tmp_path_factory, gazetteer):
    """The embedded engine with a collection, made once for all tests."""
    engines = {}

    def of(documents):
        if documents not in engines:
            engines[documents] = EmbeddedEngine(tmp_path_factory.mktemp(documents.__name__) / "index", gazetteer)
            engines[documents].rebuild(documents())
        return engines[documents]

    yield of
    for engine in engines.values():
        engine.close()


@pytest.fixture(scope="module")
def elastic_of(elasticsearch_url, index_prefix, gazetteer):
    def of(documents):
        prefix = f"{index_prefix}-{uuid.uuid4().hex[:6]}"
        engine = ElasticEngine([elasticsearch_url], lambda: gazetteer, fallback_languages, prefix=prefix)
        engine.rebuild(documents())
        engine.refresh()
        return engine

    return of


def check(figures, least):
    for figure, wanted in zip((figures.success, figures.ndcg, figures.recall), least, strict=True):
        assert figure >= wanted, f"{figures}\n" + "\n".join(figures.failures)
    assert figures.wrongly_strict == 0, figures.failures


def large_queries():
    return [query for path in LARGE_QUERIES for query in judged_queries(path)]


def test_the_embedded_engine_finds_what_is_asked_for(embedded_of, gazetteer, glossary):
    engine = embedded_of(small_documents)
    figures = evaluate(asking(engine, engine, gazetteer, glossary), judged_queries())
    check(figures, (1.0, *SMALL[1:]))


@pytest.mark.parametrize("path", LARGE_QUERIES, ids=lambda path: path.stem)
def test_the_embedded_engine_finds_it_among_thousands(embedded_of, gazetteer, glossary, path):
    engine = embedded_of(imported_documents)
    check(evaluate(asking(engine, engine, gazetteer, glossary), judged_queries(path)), LARGE)


def test_khmer_is_found_as_surely(embedded_of, gazetteer, glossary):
    engine = embedded_of(imported_documents)
    queries = [query for query in large_queries() if query.language == "km"]
    assert evaluate(asking(engine, engine, gazetteer, glossary), queries).success >= KHMER_SUCCESS


@pytest.mark.engine
def test_elasticsearch_finds_the_same(embedded_of, elastic_of, gazetteer, glossary):
    for documents, queries, least in (
        (small_documents, list(judged_queries()), SMALL),
        (imported_documents, large_queries(), LARGE),
    ):
        embedded = embedded_of(documents)
        ours = evaluate(asking(embedded, embedded, gazetteer, glossary), queries)
        theirs = evaluate(asking(elastic_of(documents), embedded, gazetteer, glossary), queries)
        check(theirs, least)
        for name in ("success", "ndcg", "recall"):
            assert abs(getattr(ours, name) - getattr(theirs, name)) <= ENGINE_DIFFERENCE, f"{ours}\n{theirs}"


@pytest.mark.django_db
def test_the_api_answers_what_the_engine_found(client, tmp_path):
    lines = tmp_path / "lines.jsonl"
    lines.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in small_lines()), encoding="utf-8")
    report = import_files([lines], Options(create_missing=True), print)
    assert report.failed == 0

    call_command("huunghi_index", "rebuild", verbosity=0)
    source_ids = dict(ImportedItem.objects.filter(type="event").values_list("object_key", "source_id"))
    check(evaluate(asking_api(client, source_ids), judged_queries()), SMALL)


def test_the_measures_are_those_of_the_textbook():
    grades = {"a": 3, "b": 1}
    assert success_at_1(["a"], grades) == 1
    assert success_at_1(["b", "a"], grades) == 0
    assert ndcg_at_10(["a", "b"], grades) == 1
    assert 0 < ndcg_at_10(["b", "a"], grades) < 1
    assert recall_at_20(["a"], grades) == 0.5
