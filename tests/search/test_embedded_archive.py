"""The embedded engine does what every engine must do."""

import pytest

from huunghi.search.engines.embedded import EmbeddedEngine

from .archive_cases import *  # noqa: F403
from .archive_cases import Archive, record


@pytest.fixture(scope="module")
def make_archive(tmp_path_factory, gazetteer, glossary):
    engines = []

    def make(name):
        engines.append(EmbeddedEngine(tmp_path_factory.mktemp(name) / "index", gazetteer))
        engines[-1].rebuild([])
        return Archive(engines[-1], gazetteer, engines[-1], glossary)

    yield make
    for engine in engines:
        engine.close()


def test_the_documents_that_name_something_are_known(archive):
    archive.fill(
        record("by-name", "Đoàn Takéo", kind="visit"),
        record("in-khmer", parts={"km": LanguagePart("គណៈប្រតិភូតាកែវ")}),  # noqa: F405
        record("chosen", "Đoàn bạn", partner_ids=["KH-21"]),
        record("literally", "Hội thảo ở Ba Ngòi"),
        record("in-english", parts={"en": LanguagePart("Visiting the villages of Ba Ngoi")}),  # noqa: F405
        record("in-a-run", parts={"km": LanguagePart("ការប្រកួតបាល់ទះបុរស")}),  # noqa: F405
        record("other", "Ngòi Ba"),
    )
    mentioning = archive.engine.ids_mentioning
    assert list(mentioning({"KH-21"}, [])) == ["by-name", "chosen", "in-khmer"]
    assert list(mentioning(set(), ["Ba Ngòi"])) == ["in-english", "literally"]
    assert list(mentioning(set(), ["Villages"])) == ["in-english"]
    assert list(mentioning(set(), ["បាល់ទះ"])) == ["in-a-run"]
    assert list(mentioning({"KH-21"}, ["ba ngòi", "", "!"])) == [
        "by-name",
        "chosen",
        "in-english",
        "in-khmer",
        "literally",
    ]
    assert list(mentioning(set(), [])) == []


def test_facets_follow_every_write(archive):
    """They are kept in memory, and only what changed is read again."""
    archive.fill(*(record(f"e{number:04}", kind="fair") for number in range(2500)))

    def kinds():
        return dict(archive.ask(facets=("kind",)).facets["kind"])

    assert kinds() == {"fair": 2500}
    archive.fill(record("e0003", kind="visit", version=2), record("new", kind="visit"))
    assert kinds() == {"fair": 2499, "visit": 2}
    archive.engine.delete({"e2400": 2, "e0003": 3})
    assert kinds() == {"fair": 2498, "visit": 1}
    archive.fill(*(record(f"e{number:04}", kind="visit", version=5) for number in range(2500)))
    assert kinds() == {"visit": 2501}
    archive.engine.rebuild([record(kind="gift")])
    assert kinds() == {"gift": 1}


def test_a_record_keeps_its_number_when_it_changes(archive):
    """Sets of records are bits: numbers that grow with every change would make them longer."""
    for version in range(1, 30):
        archive.fill(record("a", version=version), record("b", version=version))
    with archive.engine.reading_index(None) as database:
        assert database.execute("SELECT max(id) FROM record").fetchone() == (2,)
