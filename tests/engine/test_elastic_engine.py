"""The archive on a real Elasticsearch server."""

import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from huunghi.search.attachments.text import AttachedFile, join_files
from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.engines.base import EngineError, Filters, SearchRequest
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.engines.embedded import EmbeddedEngine
from huunghi.search.planning.plan import Plan
from huunghi.search.planning.planner import plan
from tests.search import relevance

pytestmark = pytest.mark.engine


def languages(first):
    return list(dict.fromkeys([first, "vi", "en", "km"]))


@pytest.fixture(scope="module")
def gazetteer():
    return relevance.gazetteer_from_csv()


@pytest.fixture(scope="module")
def make_engine(elasticsearch_url, index_prefix, gazetteer):
    def make(name):
        return ElasticEngine([elasticsearch_url], lambda: gazetteer, languages, prefix=f"{index_prefix}-{name}")

    return make


@pytest.fixture(scope="module")
def judged(make_engine):
    engine = make_engine("judged")
    engine.rebuild(relevance.small_documents())
    return engine


@pytest.fixture
def engine(make_engine, request):
    """An empty archive."""
    engine = make_engine(f"t{abs(hash(request.node.name))}")
    engine.rebuild([])
    return engine


@pytest.fixture
def ask(gazetteer):
    def ask(engine, query="", language="vi", **options):
        made = plan(query, language, gazetteer) if query else Plan()
        return engine.search(SearchRequest(plan=made, language=language, **options))

    return ask


def event(id_="a", title="Hội chợ biên giới", version=1, **facts):
    parts = facts.pop("parts", None) or {"vi": LanguagePart(title)}
    return SearchDocument(id=id_, type="event", parts=parts, version=version, status="held", **facts)


def fill(engine, *documents):
    engine.write(documents)
    engine.refresh()


def ids(result):
    return [hit.id for hit in result.hits]


def pages(ask, engine, limit, **options):
    after = None
    while True:
        result = ask(engine, limit=limit, after=after, **options)
        yield result
        if not result.has_next:
            return
        after = result.hits[-1].position


# --- finding


def test_weaker_matches_stand_below_those_with_all_words(judged, ask):
    result = ask(judged, "giải bóng chuyền mondulkiri", limit=50)
    matches = [hit.match for hit in result.hits]
    assert matches == sorted(matches)
    assert matches.count("all") == result.count >= 1
    assert result.has_weaker


def test_both_engines_mark_alike(judged, ask, tmp_path, gazetteer):
    embedded = EmbeddedEngine(tmp_path / "embedded.sqlite3", lambda: gazetteer)
    embedded.rebuild(relevance.small_documents())
    query = "giải bóng chuyền đắk lắk mondulkiri"
    first, other = ask(judged, query).hits[0], ask(embedded, query).hits[0]
    assert "<mark>" in first.title
    assert (first.title, first.snippet, first.found_in) == (other.title, other.snippet, other.found_in)


def test_a_quoted_phrase_is_required_in_this_order(engine, ask):
    fill(
        engine,
        event("a", "Hội chợ biên giới"),
        event("b", "Biên giới có hội chợ"),
        event("c", "Chợ và hội ở biên giới"),
    )
    assert set(ids(ask(engine, '"hội chợ" biên giới'))) == {"a", "b"}
    assert ids(ask(engine, '"chợ biên giới"')) == ["a"]


def test_a_word_with_a_minus_is_not_in_any_hit(engine, ask):
    fill(engine, event("a", "Hội chợ biên giới"), event("b", "Hội chợ làng"))
    assert ids(ask(engine, "hội chợ -làng")) == ["a"]


def test_words_of_attached_files_and_of_people_are_found(engine, ask):
    files = join_files([AttachedFile("Kế hoạch", ("Phụ lục",), numbered=True)])
    part = LanguagePart("Lễ ký kết", summary="Tóm tắt", body="Thân bài", people="Nguyễn Văn Bình", documents=files)
    fill(engine, event("a", parts={"vi": part}))
    for query, where in [("văn bình", "people"), ("phụ lục", "documents"), ("thân bài", "text"), ("ký kết", "title")]:
        [hit] = ask(engine, query).hits
        assert (hit.match, hit.found_in) == ("all", where)


def test_the_longest_query_is_answered_in_time(judged, ask):
    words = " ".join(f"đồng{number}ă" for number in range(30))
    assert ask(judged, f"{words} Kandal 2019").count == 0


def test_decomposed_texts_are_found(engine, ask):
    fill(engine, event("a", "Hu\u031b\u0303u nghi\u0323"))
    assert ids(ask(engine, "hữu nghị")) == ["a"]


# --- restrictions


def test_a_restricted_language_is_neither_searched_nor_shown_nor_counted(engine, ask):
    secret = LanguagePart("ពិធីបុណ្យខេត្តកណ្តាល", audiences=["partner:1"])
    fill(engine, event("a", parts={"vi": LanguagePart("Lễ hội"), "km": secret}))
    partner = frozenset({"public", "partner:1"})
    for query in ("ពិធីបុណ្យ", "Kandal"):
        assert ids(ask(engine, query)) == []
        assert ids(ask(engine, query, audiences=partner)) == ["a"]
    assert ask(engine, language="km").hits[0].language == "vi"
    assert ask(engine, language="km", audiences=partner).hits[0].language == "km"
    assert ask(engine, facets=("language",)).facets["language"] == [("vi", 1)]
    assert ask(engine, filters=Filters(languages=["km"])).count == 0


def test_a_record_that_nobody_may_read_any_more_is_gone_at_once(engine, ask):
    now = datetime.now(UTC)
    past, future = now - timedelta(seconds=1), now + timedelta(hours=1)
    fill(
        engine,
        event("past", parts={"vi": LanguagePart("Lễ hội", expiry=past)}),
        event("future", parts={"vi": LanguagePart("Lễ hội", expiry=future)}),
    )
    result = ask(engine, "lễ hội", facets=("type",))
    assert ids(result) == ["future"]
    assert (result.count, result.facets["type"]) == (1, [("event", 1)])


# --- facets, filters, order


@pytest.fixture(scope="module")
def dated(make_engine):
    engine = make_engine("dated")
    engine.rebuild(
        [
            event("a", start=date(2017, 5, 1), end=date(2019, 2, 1), kind="fair", partner_ids=["KH-8"]),
            event("b", start=date(2018, 5, 1), kind="fair", partner_ids=["KH-8", "KH-21"]),
            event("c", start=date(2018, 5, 1), kind="visit", partner_ids=["KH-21"]),
            event("d", start=date(2020, 1, 1), kind="visit"),
            event("e", kind="visit"),
            event("f", "Lễ hội khác", start=date(2021, 1, 1), kind="fair"),
        ]
    )
    return engine


def test_a_facet_is_counted_under_all_filters_but_its_own(dated, ask):
    result = ask(dated, "hội chợ", facets=("kind", "partner", "year"), filters=Filters(kinds=["fair"], years=[2018]))
    assert result.count == 2
    assert dict(result.facets["kind"]) == {"fair": 2, "visit": 1}
    assert dict(result.facets["partner"]) == {"KH-8": 2, "KH-21": 1}
    assert result.facets["year"] == [("2017", 1), ("2018", 2), ("2019", 1)]


def test_values_of_one_filter_are_alternatives(dated, ask):
    assert ask(dated, filters=Filters(partners=["KH-8", "KH-21"])).count == 3


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (date(2019, 2, 1), None, {"a", "d", "f"}),
        (date(2019, 2, 2), None, {"d", "f"}),
        (None, date(2018, 4, 30), {"a"}),
        (date(2018, 6, 1), date(2018, 7, 1), {"a"}),
    ],
)
def test_a_record_is_found_by_any_day_of_its_period(dated, ask, start, end, found):
    assert set(ids(ask(dated, filters=Filters(start=start, end=end)))) == found


def test_date_order_lists_the_strict_hits_first_and_undated_ones_last(dated, ask):
    newest = ask(dated, "hội chợ", order="-date")
    assert ids(newest) == ["d", "b", "c", "a", "e", "f"]
    assert [hit.match for hit in newest.hits] == ["all"] * 5 + ["some"]
    assert ids(ask(dated, "hội chợ", order="date")) == ["a", "b", "c", "d", "e", "f"]


def test_an_empty_query_lists_everything_newest_first(dated, ask):
    assert ids(ask(dated)) == ["f", "d", "b", "c", "a", "e"]


@pytest.mark.parametrize("order", ["relevance", "date", "-date"])
@pytest.mark.parametrize("query", ["", "hội chợ"])
def test_paging_shows_every_hit_once_and_in_order(dated, ask, order, query):
    whole = ids(ask(dated, query=query, order=order, limit=50))
    paged = [id_ for page in pages(ask, dated, 1, query=query, order=order) for id_ in ids(page)]
    assert paged == whole
    assert len(whole) == 6


def test_equal_scores_stand_by_status_then_by_date(engine, ask):
    planned = event("a", start=date(2026, 1, 1))
    planned.status = "planned"
    fill(engine, planned, event("b", start=date(2018, 1, 1)), event("c", start=date(2019, 1, 1)), event("d"))
    assert ids(ask(engine, "hội chợ")) == ["c", "b", "d", "a"]


def test_suggestions_are_titles_that_go_on_as_typed(engine):
    km = LanguagePart("ពិធីបុណ្យខេត្តកណ្តាល")
    secret = LanguagePart("Hội chợ kín", audiences=["partner:1"])
    fill(
        engine,
        event("a", "Hội chợ biên giới"),
        event("b", "Hồi ức một chuyến đi"),
        event("c", parts={"vi": secret}),
        event("d", parts={"vi": LanguagePart("Lễ"), "km": km}),
    )
    assert [hit.id for hit in engine.suggest("hội ch", "vi")] == ["a", "b"]
    assert [hit.id for hit in engine.suggest("chợ biên g", "vi")] == ["a"]
    assert [hit.id for hit in engine.suggest("hồi", "vi")] == ["b", "a"]
    assert {hit.id for hit in engine.suggest("hoi", "vi")} == {"a", "b"}
    [khmer] = engine.suggest("ពិធីបុណ្យ", "vi")
    assert (khmer.id, khmer.language, khmer.title) == ("d", "km", km.title)


# --- writing


def test_a_deleted_event_does_not_come_back(engine, ask, elasticsearch_client):
    elasticsearch_client.indices.put_settings(index=engine.alias, settings={"index.gc_deletes": "0s"})
    fill(engine, event(version=6), event("b"))
    engine.delete({"a": 7})
    engine.write([event(version=6)])
    engine.refresh()
    assert ids(ask(engine)) == ["b"]
    assert engine.count() == 1
    fill(engine, event(version=8))
    assert ids(ask(engine, "hội chợ")) == ["a", "b"]


def test_a_missing_index_is_an_error_and_not_an_empty_answer(make_engine, ask):
    with pytest.raises(EngineError):
        ask(make_engine("missing"), "hội chợ")


# --- rebuilding


def test_a_rebuild_is_never_seen_half_done(engine, ask):
    documents = [event(str(number)) for number in range(40)]
    engine.rebuild(documents)
    answers, failures, done = [], [], threading.Event()

    def read():
        while not done.is_set():
            try:
                answers.append(ask(engine, "hội chợ").count)
            except EngineError as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert engine.rebuild(documents) == 40
    finally:
        done.set()
        reader.join()
    assert failures == []
    assert set(answers) == {40}


# --- trouble


@pytest.fixture(params=["silent", "absent"])
def unreachable(request, gazetteer):
    with socket.create_server(("127.0.0.1", 0)) as listening:  # accepts and never answers
        port = listening.getsockname()[1]
        if request.param == "absent":
            listening.close()
        yield ElasticEngine([f"http://127.0.0.1:{port}"], lambda: gazetteer, languages)


@pytest.mark.parametrize("question", ["search", "count", "suggest"])
def test_an_unreachable_server_is_an_error_within_two_seconds(unreachable, ask, question):
    questions = {
        "search": lambda: ask(unreachable, "hội chợ"),
        "count": unreachable.count,
        "suggest": lambda: unreachable.suggest("hội", "vi"),
    }
    began = time.monotonic()
    with pytest.raises(EngineError):
        questions[question]()
    assert time.monotonic() - began < 2


def test_a_position_that_was_made_up_is_an_error_of_the_engine(dated, ask):
    with pytest.raises(EngineError):
        ask(dated, "hội chợ", after=("x",))
