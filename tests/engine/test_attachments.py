"""Attached files on a real Elasticsearch server: both engines show the same place."""

import pytest

from huunghi.search.attachments.text import AttachedFile, join_files
from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.engines.base import SearchRequest
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.planning.planner import plan
from tests.search import relevance

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_hit_names_the_file_and_the_page(elasticsearch_url, index_prefix, language):
    gazetteer = relevance.gazetteer_from_csv()
    pages = (*["Điều khoản chung của kế hoạch. " * 80] * 60, "Giải bóng chuyền nữ ở Tà Keo", "Hết")
    engine = ElasticEngine(
        [elasticsearch_url],
        lambda: gazetteer,
        lambda first: list(dict.fromkeys([first, "vi", "en"])),
        prefix=f"{index_prefix}-files",
    )
    parts = {
        "vi": LanguagePart(title="Hội nghị", documents=join_files([AttachedFile("Kế hoạch 50", pages, numbered=True)])),
        "en": LanguagePart(title="Conference"),
    }
    engine.rebuild([SearchDocument(id="e", type="event", parts=parts, version=1)])
    made = plan("bóng chuyền Takeo", language, gazetteer)
    (hit,) = engine.search(SearchRequest(plan=made, language=language)).hits
    assert (hit.language, hit.found_in, hit.file, hit.page) == (language, "documents", "Kế hoạch 50", 61)
    assert "<mark>Tà Keo</mark>" in hit.snippet
