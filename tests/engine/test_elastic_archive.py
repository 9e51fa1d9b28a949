"""Elasticsearch does what every engine must do, and what only an alias can get wrong."""

import pytest

from huunghi.search.engines.base import EngineError
from huunghi.search.engines.elastic import ElasticEngine
from tests.search import relevance
from tests.search.archive_cases import *  # noqa: F403
from tests.search.archive_cases import Archive, record

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def gazetteer():
    return relevance.gazetteer_from_csv()


@pytest.fixture(scope="module")
def make_archive(elasticsearch_url, elasticsearch_client, index_prefix, gazetteer):
    engines = []

    def make(name):
        prefix = f"{index_prefix}-{name}"
        engines.append(
            ElasticEngine([elasticsearch_url], lambda: gazetteer, lambda first: [first, "vi"], prefix=prefix)
        )
        engines[-1].publish_index(engines[-1].new_index())
        return Archive(engines[-1], gazetteer)

    yield make
    for engine in engines:
        names = list(elasticsearch_client.indices.get(index=f"{engine.prefix}-*"))
        if names:
            elasticsearch_client.indices.delete(index=",".join(names), ignore_unavailable=True)


def test_an_alias_on_two_indices_is_an_error_and_can_be_repaired(archive, elasticsearch_client):
    engine = archive.engine
    archive.fill(record("old"))
    first, second = engine.live_index(), engine.new_index()
    archive.fill(record("new"), into=second)
    engine.publish_index(second)
    elasticsearch_client.indices.put_alias(index=first, name=engine.alias)
    for call in (engine.live_index, archive.ask):
        with pytest.raises(EngineError, match="alias"):
            call()
    assert engine.repair_alias() == second == engine.live_index()
    assert archive.ids() == ["new"]


def test_writing_without_an_index_makes_none(archive, elasticsearch_client):
    engine = archive.engine
    elasticsearch_client.indices.delete(index=engine.live_index())
    assert engine.live_index() is None
    with pytest.raises(EngineError):
        engine.write([record()])
    with pytest.raises(EngineError):
        engine.delete({"a": 1})
    assert not elasticsearch_client.indices.exists(index=f"{engine.prefix}-*", allow_no_indices=False)


def test_a_full_disk_is_the_engines_trouble_and_not_the_documents(archive, elasticsearch_client):
    engine = archive.engine
    block = {"index.blocks.read_only_allow_delete": True}
    elasticsearch_client.indices.put_settings(index=engine.live_index(), settings=block)
    with pytest.raises(EngineError, match="read-only"):
        engine.write([record()])


def test_what_the_server_refuses_of_one_document_is_reported(archive):
    broken = record("broken", geo=[(95.0, 0.0)])  # no such latitude
    report = archive.engine.write([record("a"), broken, record("b")])
    assert report.written == 2
    assert "broken" in report.failed
    assert "95.0" in report.failed["broken"]


def test_a_request_that_is_refused_as_a_whole_is_sent_again_in_parts(archive, monkeypatch):
    whole = archive.engine._writer.perform_request

    def refusing(method, path, **options):
        if b"poison" in b"".join(options["body"]):
            options["body"] = [b"{"]  # what the server says to a request that it cannot read
        return whole(method, path, **options)

    writer = archive.engine._writer
    monkeypatch.setattr(type(writer), "perform_request", lambda self, *a, **o: refusing(*a, **o))
    report = archive.engine.write([*(record(f"e{number}") for number in range(7)), record("poison")])
    assert report.written == 7
    assert list(report.failed) == ["poison"]
