"""What the API and the search page offer is answered by a real Elasticsearch as by the embedded index."""

import re

import pytest

from huunghi.search.engines import main_engine
from huunghi.search.feeding import rebuild
from tests.api.conftest import api, feeding  # noqa: F401
from tests.api.test_archive import fair  # noqa: F401

pytestmark = [pytest.mark.engine, pytest.mark.django_db]

QUESTIONS = [
    {"quantity": "venue:20"},
    {"quantity": "venue:3-19.5"},
    {"quantity": ["venue:1", "person:1"], "q": "hoi cho"},
    {"near": "VN-tan-chau,100"},
    {"near": "10.8,105.24,25", "q": "hoi cho"},
    {"unit": "office", "facets": ["unit", "year"]},
    {"year": 2019, "q": "hoi cho"},
    {"year": [2017, 2019], "timeline_year": 2019, "facets": "none"},
    {"year": 2019, "from_": "2019-07", "to": "2019-07", "facets": "place"},
    {"place": ["VN-tan-chau", "KH-takeo-town"], "facets": "place", "order": "date"},
]


@pytest.fixture
def elasticsearch(fair, settings, elasticsearch_url, elasticsearch_client, index_prefix):  # noqa: F811
    """Call it to make Elasticsearch, with the same records, answer from then on."""

    def use():
        settings.HUUNGHI_SEARCH = {
            **settings.HUUNGHI_SEARCH,
            "ENGINE": "elasticsearch",
            "URL": [elasticsearch_url],
            "PREFIX": index_prefix,
        }
        rebuild(main_engine())

    yield use
    names = list(elasticsearch_client.indices.get(index=f"{index_prefix}-*"))
    elasticsearch_client.indices.delete(index=",".join(names))


def test_filters_facets_months_and_names_are_the_same_on_both_engines(api, client, elasticsearch):  # noqa: F811
    def answers():
        return [api("/archive/", **question).json() for question in QUESTIONS]

    def told(answer):
        return [item["id"] for item in answer["items"]], *(answer[name] for name in ("count", "facets", "timeline"))

    names = [api("/archive/suggest/", q=text).json()["names"] for text in ("Tân C", "tan ch", "ta keo")]
    by_embedded = answers()
    assert all(answer["count"] for answer in by_embedded) and names[0]
    assert {answer["engine"] for answer in by_embedded} == {"embedded"}

    elasticsearch()
    for question, expected, answer in zip(QUESTIONS, by_embedded, answers(), strict=True):
        assert (answer["engine"], answer["degraded"]) == ("elasticsearch", False)
        assert told(answer) == told(expected), question
    assert [api("/archive/suggest/", q=text).json()["names"] for text in ("Tân C", "tan ch", "ta keo")] == names

    page = client.get("/en/search/", {"year": "2019", "near": "VN-tan-chau,25"}).content.decode()
    assert 'aria-label="May 2019: 1"' in page
    assert len(re.findall('class="card-title"', page)) == 1
    nothing = client.get("/en/search/", {"q": "hoi cho", "least": "21", "measure": "venue", "year": "2019"})
    assert re.findall(r"Without the filter ([^<]*)", nothing.content.decode()) == ["connected venue: 21 or more (2)"]
