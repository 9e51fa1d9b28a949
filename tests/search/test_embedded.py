import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from huunghi.search.documents.document import LanguagePart
from huunghi.search.engines import embedded_schema
from huunghi.search.engines.base import EngineError, Filters, SearchRequest
from huunghi.search.engines.embedded import EmbeddedEngine
from huunghi.search.engines.embedded_files import EmbeddedFiles
from huunghi.search.planning.plan import Plan
from huunghi.search.planning.planner import plan

from .conftest import document, ids


def test_a_khmer_word_is_found_inside_an_unspaced_sentence(engine, find):
    engine.write(
        [
            document("a", "ការប្រកួតបាល់ទះបុរសយុវជន", language="km"),
            document("b", "ការប្រកួតបាល់ទាត់", language="km"),
        ]
    )
    result = find("បាល់ទះ", "km")
    assert ids(result)[0] == "a"
    assert result.hits[0].match == "all"
    assert result.count == 1


def test_words_are_found_without_diacritics_and_rank_better_with_them(engine, find):
    # Weights need some other records: a word in half of all says nothing.
    others = [document(f"other{number}", "lễ hội") for number in range(8)]
    engine.write([document("map", "bản đồ tỉnh"), document("sale", "bán đồ cũ"), *others])
    assert set(ids(find("ban do"))) == {"map", "sale"}
    assert ids(find("bán đồ"))[0] == "sale"
    assert ids(find("bản đồ"))[0] == "map"


def test_a_name_is_found_in_another_script(engine, find):
    engine.write([document("a", "គណៈប្រតិភូតាកែវ", language="km"), document("b", "Đoàn Kandal")])
    assert ids(find("Tà Keo")) == ["a"]


def test_a_partner_that_the_text_does_not_name_is_found(engine, find):
    engine.write([document("a", "Đoàn bạn đến thăm", partner_ids=["KH-21"])])
    assert ids(find("Takeo")) == ["a"]
    assert find("Takeo").hits[0].found_in == "place"


def test_the_new_province_finds_the_old_one_but_not_the_reverse(engine, find):
    engine.write([document("old", "Đoàn Bến Tre"), document("new", "Đoàn Vĩnh Long")])
    assert ids(find("đoàn Vĩnh Long")) == ["new", "old"]
    assert find("đoàn Vĩnh Long").count == 2
    assert find("đoàn Bến Tre").count == 1


def test_a_day_finds_the_record_of_that_day_without_a_word_of_it(engine, find):
    engine.write([document("a", "Đoàn thăm", day="2016-09-14"), document("b", "Đoàn thăm", day="2017-09-14")])
    assert find("14/9/2016").count == 1
    assert ids(find("đoàn tháng 9 2016"))[0] == "a"


def test_what_matches_everything_stands_above_what_matches_some(engine, find):
    engine.write([document("some", "hữu nghị hữu nghị"), document("all", "nghị lực Takeo", "hữu ích")])
    result = find("hữu nghị Takeo")
    assert [(hit.id, hit.match) for hit in result.hits] == [("all", "all"), ("some", "some")]
    assert result.count == 1
    assert result.has_weaker


def test_a_quoted_phrase_is_required_in_its_order(engine, find):
    engine.write([document("a", "bài ca hữu nghị"), document("b", "hữu nghị bài ca")])
    assert ids(find('"bài ca hữu nghị"')) == ["a"]


def test_a_quoted_khmer_phrase_is_required(engine, find):
    engine.write([document("a", "បាល់ទះបុរស", language="km"), document("b", "បុរសបាល់ទះ", language="km")])
    assert ids(find('"បាល់ទះបុរស"', "km")) == ["a"]


def test_an_excluded_word_or_name_is_not_found(engine, find):
    engine.write(
        [document("a", "giao lưu bóng đá"), document("b", "giao lưu văn nghệ"), document("c", "giao lưu Takeo")]
    )
    assert set(ids(find("giao lưu -bóng -Takeo"))) == {"b"}
    assert set(ids(find('-"bóng đá"'))) == {"b", "c"}
    assert find("-Takeo").count == 2


def test_english_is_found_by_its_stem(engine, find):
    engine.write([document("a", "Visiting journalists", language="en")])
    assert ids(find("journalist visit", "en")) == ["a"]


def test_a_concept_finds_vietnamese_texts_below_the_literal_ones(engine, find):
    engine.write([document("vi", "giải bóng chuyền"), document("en", "a volleyball match", language="en")])
    result = find("volleyball", "en")
    assert ids(result) == ["en", "vi"]
    assert result.count == 2


def test_raw_telex_finds_the_word(engine, find):
    engine.write([document("a", "giao lưu hữu nghị")])
    assert ids(find("giao luwu")) == ["a"]


def test_nothing_is_found_for_words_that_stand_nowhere(engine, find):
    engine.write([document("a", "giao lưu")])
    result = find("xylophone qqq")
    assert (result.count, result.hits) == (0, [])


def test_an_empty_query_lists_everything_newest_first_and_undated_last(engine, find):
    engine.write(
        [
            document("old", day="2001-01-01"),
            document("none"),
            document("new", day="2020-01-01"),
            document("mid", day="2010-01-01"),
        ]
    )
    result = find()
    assert ids(result) == ["new", "mid", "old", "none"]
    assert result.count == 4
    assert ids(find(order="date")) == ["old", "mid", "new", "none"]
    assert {hit.match for hit in result.hits} == {"all"}


FILTERED = [
    document("a", "hội nghị", kind="talk", partner_ids=["KH-21"], day="2016-05-01", fields=["health"], status="held"),
    document("b", "hội nghị", kind="talk", partner_ids=["KH-8"], day="2017-05-01", exchange="x", status="planned"),
    document("c", "hội nghị", kind="gift", partner_ids=["KH-8"], country_ids=["KH"], language="en", type="article"),
]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"kinds": ["talk"]}, {"a", "b"}),
        ({"kinds": ["talk", "gift"]}, {"a", "b", "c"}),
        ({"kinds": ["talk"], "partners": ["KH-8"]}, {"b"}),
        ({"years": [2016]}, {"a"}),
        ({"types": ["article"]}, {"c"}),
        ({"countries": ["KH"]}, {"c"}),
        ({"fields": ["health"]}, {"a"}),
        ({"statuses": ["planned"]}, {"b"}),
        ({"exchanges": ["x"]}, {"b"}),
        ({"languages": ["en"]}, {"c"}),
        ({"start": date(2017, 1, 1)}, {"b"}),
        ({"end": date(2016, 12, 31)}, {"a"}),
        ({"places": ["nowhere"]}, set()),
    ],
)
def test_filters_narrow_queries_and_lists(engine, find, filters, found):
    engine.write(FILTERED)
    for query in ("", "hội nghị"):
        result = find(query, filters=Filters(**filters))
        assert set(ids(result)) == found
        assert result.count == len(found)


def test_a_period_is_found_by_any_range_that_it_touches(engine, find):
    engine.write([document("a", start=date(2016, 5, 1), end=date(2016, 5, 10), precision="day")])
    assert find(filters=Filters(start=date(2016, 5, 10), end=date(2016, 6, 1))).count == 1
    assert find(filters=Filters(start=date(2016, 5, 11))).count == 0


def test_a_facet_counts_under_all_filters_but_its_own(engine, find):
    engine.write(FILTERED)
    result = find("hội nghị", filters=Filters(kinds=["talk"]), facets=("kind", "partner", "year", "language", "type"))
    assert result.facets["kind"] == [("talk", 2), ("gift", 1)]
    assert result.facets["partner"] == [("KH-21", 1), ("KH-8", 1)]
    assert result.facets["year"] == [("2016", 1), ("2017", 1)]
    assert result.facets["type"] == [("event", 2)]
    assert find(facets=("language",)).facets["language"] == [("vi", 2), ("en", 1)]


def test_facets_count_the_strict_matches_only(engine, find):
    engine.write([document("a", "hội nghị Takeo", kind="talk"), document("b", "hội thảo", kind="gift")])
    result = find("hội nghị Takeo", facets=("kind",))
    assert set(ids(result)) == {"a", "b"}
    assert result.facets["kind"] == [("talk", 1)]


@pytest.mark.parametrize("order", ["relevance", "date", "-date"])
@pytest.mark.parametrize("query", ["hội nghị", "hội nghị Takeo", ""])
def test_pages_follow_each_other_without_gaps_or_repeats(engine, find, order, query):
    engine.write(
        document(f"e{n:02}", "hội nghị" if n % 3 else "hội thảo Takeo", day=f"20{n // 2:02}-01-01" if n % 5 else None)
        for n in range(23)
    )
    everything = ids(find(query, order=order, limit=100))
    pages, after = [], None
    while True:
        result = find(query, order=order, limit=4, after=after)
        pages += ids(result)
        if not result.has_next:
            break
        after = result.hits[-1].position
    assert pages == everything
    assert len(set(pages)) == 23


def test_a_position_of_another_order_starts_from_the_beginning(engine, find):
    engine.write([document("a", "hội nghị")])
    for after in (("x",), (1, 2), (None,) * 4, ("a", "b", "c", "d")):
        assert ids(find("hội", after=after)) == ["a"]


def restricted(id_="r", audiences=("staff",), expiry=None):
    record = document(id_, "Đoàn công khai")
    record.parts["km"] = LanguagePart("បាល់ទះតាកែវ", audiences=list(audiences), expiry=expiry)
    return record


def test_a_restricted_page_is_found_by_its_readers_only(engine, find):
    engine.write([restricted()])
    assert find("បាល់ទះ", "km").hits == []
    assert find("Takeo").hits == []
    assert find("đoàn", "km").hits[0].language == "vi"
    assert find(facets=("language",)).facets["language"] == [("vi", 1)]
    assert find(filters=Filters(languages=["km"])).count == 0
    staff = frozenset({"public", "staff"})
    assert find("Takeo đoàn", "km", audiences=staff).count == 1
    assert find("បាល់ទះ", "km", audiences=staff).hits[0].language == "km"
    assert find(facets=("language",), audiences=staff).facets["language"] == [("km", 1), ("vi", 1)]


def test_a_record_without_a_readable_page_is_nowhere(engine, find):
    record = document("r", "Đoàn Takeo", kind="talk")
    record.parts["vi"].audiences = ["staff"]
    engine.write([record, document("open", "Đoàn Takeo", kind="talk")])
    for query in ("", "đoàn", "Takeo"):
        result = find(query, facets=("kind", "language"))
        assert ids(result) == ["open"]
        assert result.count == 1
        assert result.facets == {"kind": [("talk", 1)], "language": [("vi", 1)]}
    assert [hit.id for hit in engine.suggest("đoàn", "vi")] == ["open"]


def test_an_expired_page_is_not_found(engine, find):
    now = datetime.now(UTC)
    engine.write(
        [
            restricted("gone", ["public"], now - timedelta(seconds=5)),
            restricted("still", ["public"], now + timedelta(hours=1)),
        ]
    )
    assert ids(find("បាល់ទះ", "km")) == ["still"]


def test_a_hit_is_shown_in_the_readers_language_else_in_another(engine, find):
    record = document("a", "Hội nghị")
    record.parts["en"] = LanguagePart("Conference")
    engine.write([record])
    assert find("hội nghị", "en").hits[0].title == "Conference"
    shown = find("hội nghị", "km").hits[0]
    assert (shown.language, shown.title) == ("vi", "<mark>Hội</mark> <mark>nghị</mark>")


def test_a_hit_says_where_it_was_found(engine, find):
    engine.write([document("a", parts={"vi": LanguagePart("Tin", body="<b>đoàn</b>", people="Nguyễn Văn A")})])
    assert find("Nguyễn").hits[0].found_in == "people"
    hit = find("đoàn").hits[0]
    assert (hit.found_in, hit.snippet) == ("text", "&lt;b&gt;<mark>đoàn</mark>&lt;/b&gt;")


def test_a_changed_record_leaves_no_trace_of_its_old_words(engine, find):
    engine.write([document("a", "hội nghị Takeo", "đầu tiên", kind="talk", version=1)])
    engine.write([document("a", "lễ hội", version=2)])
    assert find("nghị").hits == []
    assert find("Takeo").hits == []
    assert engine.word_count("nghi") == 0
    assert engine.id_count("KH-21") == 0
    assert find(facets=("kind",)).facets["kind"] == []
    assert engine.count() == 1


def test_a_deleted_record_is_gone_and_an_older_write_does_not_revive_it(engine, find):
    engine.write([document("a", "hội nghị", version=3)])
    engine.delete({"a": 4, "unknown": 4})
    engine.write([document("a", "hội nghị", version=3)])
    assert (engine.count(), find("hội").hits, engine.suggest("hội", "vi")) == (0, [], [])
    engine.write([document("a", "hội nghị", version=5)])
    assert engine.count() == 1


def test_a_rebuild_replaces_the_index_in_one_step(engine, find, tmp_path):
    engine.write([document("old", "hội nghị")])

    def documents():
        yield document("new", "hội nghị")
        assert ids(find("hội nghị")) == ["old"]

    assert engine.rebuild(documents()) == 1
    assert ids(find("hội nghị")) == ["new"]
    assert len(list(tmp_path.glob("index.*.sqlite3"))) == 1


def test_another_process_sees_a_rebuild(engine, tmp_path, gazetteer):
    other = EmbeddedEngine(tmp_path / "index", gazetteer)
    assert other.count() == 0
    for number in range(1, 5):
        engine.rebuild([document(str(n)) for n in range(number)])
        assert other.count() == number
    other.close()
    assert len(list(tmp_path.glob("index.*.sqlite3"))) == 1


def test_readers_and_writers_do_not_disturb_each_other(engine, gazetteer):
    errors, done = [], threading.Event()

    def read():
        made = plan("hội nghị", "vi", gazetteer)
        while not done.is_set():
            try:
                engine.search(SearchRequest(made))
            except Exception as error:
                errors.append(error)
        engine.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(20):
        engine.write([document(f"e{number}", "hội nghị")])
        if number % 7 == 0:
            engine.rebuild([document("x", "hội nghị")])
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_file_that_is_exchanged_while_it_is_looked_for_is_not_missing(tmp_path):
    files, done = EmbeddedFiles(tmp_path / "index"), threading.Event()

    def look():
        found = set()
        while not done.is_set():
            found.add(files.live_index() is not None)
        return found

    files.publish_index(files.new_index())
    with ThreadPoolExecutor(1) as reader:
        looking = reader.submit(look)
        for number in range(3000):
            before, name, link = files.live_index(), f"index.{number}.sqlite3", tmp_path / "link"
            (tmp_path / name).touch()
            link.symlink_to(name)
            link.replace(tmp_path / "index")
            files.drop_index(before)
        done.set()
    assert looking.result() == {True}


def test_without_a_file_every_call_is_an_engine_error(tmp_path, gazetteer):
    engine = EmbeddedEngine(tmp_path / "missing", gazetteer)
    for call in (
        lambda: engine.search(SearchRequest(Plan())),
        lambda: engine.suggest("a", "vi"),
        lambda: engine.write([document("a")]),
        lambda: engine.delete({"a": 1}),
        lambda: engine.count(),
        lambda: engine.word_count("a"),
    ):
        with pytest.raises(EngineError, match="build it first"):
            call()
    assert plan("hội nghị", "vi", gazetteer, engine).clauses


def test_a_file_that_is_no_index_is_an_engine_error(tmp_path, gazetteer):
    (tmp_path / "index").write_text("no database" * 100)
    with pytest.raises(EngineError):
        EmbeddedEngine(tmp_path / "index", gazetteer).count()


def test_a_file_of_another_format_asks_for_a_rebuild(tmp_path, gazetteer):
    sqlite3.connect(tmp_path / "index").execute("PRAGMA user_version = 99").connection.close()
    with pytest.raises(EngineError, match="rebuild"):
        EmbeddedEngine(tmp_path / "index", gazetteer).count()


def test_an_sqlite_that_is_too_old_is_named(monkeypatch):
    monkeypatch.setattr(embedded_schema, "MINIMUM_SQLITE", (99, 0, 0))
    with pytest.raises(EngineError, match=r"99\.0\.0"):
        embedded_schema.check_sqlite()


def test_suggestions_begin_with_the_text_and_prefer_diacritics(engine):
    engine.write(
        [
            document("plain", "Ban tổ chức"),
            document("exact", "Bản đồ"),
            document("inside", "Xem bản đồ"),
            document("km", "បាល់ទះបុរស", language="km"),
        ]
    )
    assert [hit.id for hit in engine.suggest("bản", "vi")] == ["exact", "plain", "inside"]
    assert {hit.id for hit in engine.suggest("ba", "vi")} == {"plain", "exact", "inside"}
    assert [hit.id for hit in engine.suggest("បាល់ទ", "km")] == ["km"]
    assert engine.suggest("", "vi") == engine.suggest('"*^(', "vi") == []


def test_the_vocabulary_counts_words_and_finds_near_ones(engine):
    engine.write([document("a", "hữu nghị friendship", language="en"), document("b", "hữu nghị")])
    assert engine.size == 2
    assert engine.word_count("huu") == 2
    assert engine.near_words("friendshp") == ["friendship"]
    assert engine.near_words("frx") == []


@pytest.mark.parametrize(
    "query", ['"', "a OR b", "NEAR(a b)", "title:x", "*", "^a", "a-b", "{x}: y", "'; DROP TABLE fts", "\x00"]
)
def test_a_query_is_never_code(engine, find, query):
    engine.write([document("a", "a b x y near or title drop table fts")])
    find(query)
    find(f'"{query}" -{query}')
    assert engine.count() == 1
