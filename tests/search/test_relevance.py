"""The judged queries: what the archive's search must not fall below."""

import pytest

from huunghi.search.engines.embedded import EmbeddedEngine

from .relevance import evaluate, ndcg_at_10, recall_at_20, small_documents, success_at_1


@pytest.fixture(scope="module")
def judged_engine(tmp_path_factory, gazetteer):
    engine = EmbeddedEngine(tmp_path_factory.mktemp("judged") / "index", gazetteer)
    engine.rebuild(small_documents())
    yield engine
    engine.close()


def test_the_embedded_engine_finds_what_is_asked_for(judged_engine, gazetteer, glossary):
    figures = evaluate(judged_engine, judged_engine, gazetteer=gazetteer, glossary=glossary)
    assert figures.success == 1.0, figures.failures
    assert figures.ndcg >= 0.98, figures.failures
    assert figures.recall >= 0.98, figures.failures
    assert figures.wrongly_strict == 0


def test_the_measures_are_those_of_the_textbook():
    grades = {"a": 3, "b": 1}
    assert success_at_1(["a"], grades) == 1
    assert success_at_1(["b", "a"], grades) == 0
    assert ndcg_at_10(["a", "b"], grades) == 1
    assert 0 < ndcg_at_10(["b", "a"], grades) < 1
    assert recall_at_20(["a"], grades) == 0.5
