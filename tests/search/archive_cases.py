"""What every engine must do, whichever it is.

Modules that import these tests have a fixture `make_archive` of their own, for the whole module: called with a name it
gives an `Archive` with an empty live index.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from huunghi.search.documents.digests import digest
from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.engines.base import EngineError, EngineTimeoutError, Filters, Indexed, SearchRequest
from huunghi.search.planning.planner import plan


class Archive:
    """An engine, and how the tests speak to it."""

    def __init__(self, engine, gazetteer, vocabulary=None, glossary=None):
        self.engine = engine
        self._known = (gazetteer, vocabulary, glossary)

    def ask(self, query="", language="vi", **options):
        made = plan(query, language, *self._known)
        return self.engine.search(SearchRequest(plan=made, language=language, **options))

    def ids(self, query="", **options):
        return [hit.id for hit in self.ask(query, **options).hits]

    def fill(self, *documents, into=None):
        report = self.engine.write(documents, into)
        self.engine.refresh(into)
        assert report.failed == {}
        return report

    def suggested(self, *arguments, **options):
        return [hit.id for hit in self.engine.suggest(*arguments, **options)]


@pytest.fixture
def archive(make_archive, request):
    return make_archive(f"t{abs(hash(request.node.name))}")


def record(id_="a", title="Hội chợ biên giới", version=1, **facts):
    parts = facts.pop("parts", None) or {"vi": LanguagePart(title, body=facts.pop("body", ""))}
    day = facts.pop("day", None)
    if day:
        facts |= {"start": date.fromisoformat(day), "end": date.fromisoformat(day), "precision": "day"}
    return SearchDocument(id=id_, type=facts.pop("type", "event"), parts=parts, version=version, **facts)


# --- versions


def test_an_older_version_never_replaces_a_newer_one(archive):
    archive.fill(record(title="Tên mới", version=7))
    assert archive.fill(record(title="Tên cũ", version=6)).written == 1
    assert [hit.title for hit in archive.ask().hits] == ["Tên mới"]
    archive.fill(record(title="Tên cuối", version=8))
    assert [hit.title for hit in archive.ask().hits] == ["Tên cuối"]


def test_a_deleted_record_is_not_revived_by_an_older_write(archive):
    archive.fill(record(version=6), record("b"))
    assert archive.engine.delete({"a": 7, "never there": 3}).written == 2
    archive.fill(record(version=6))
    assert archive.ids() == ["b"]
    assert archive.engine.count() == 1
    archive.fill(record(version=8))
    assert set(archive.ids("hội chợ")) == {"a", "b"}


def test_an_older_deletion_does_not_remove_a_newer_record(archive):
    archive.fill(record(version=5))
    assert archive.engine.delete({"a": 4}).failed == {}
    archive.engine.refresh()
    assert archive.ids() == ["a"]


def test_a_document_that_cannot_be_indexed_is_reported_and_the_others_are_kept(archive):
    broken = record("broken", "half a character: \ud83d")
    report = archive.engine.write([record("a"), broken, record("b")])
    archive.engine.refresh()
    assert report.written == 2
    assert list(report.failed) == ["broken"]
    assert set(archive.ids()) == {"a", "b"}


# --- the life of an index


def test_an_index_is_filled_beside_the_live_one_and_then_takes_its_place(archive):
    engine = archive.engine
    archive.fill(record("old"))
    before, beside = engine.live_index(), engine.new_index()
    archive.fill(record("new"), record("newer"), into=beside)
    engine.delete({"newer": 2}, into=beside)
    engine.refresh(beside)
    assert (archive.ids(), engine.count(), engine.count(beside)) == (["old"], 1, 1)
    engine.publish_index(beside)
    assert engine.live_index() == beside != before
    assert (archive.ids(), engine.count()) == (["new"], 1)
    engine.drop_index(before)
    engine.drop_index(before)
    assert archive.ids() == ["new"]


def test_the_live_index_is_never_dropped(archive):
    with pytest.raises(EngineError, match="live"):
        archive.engine.drop_index(archive.engine.live_index())
    assert archive.engine.count() == 0


def test_indices_that_nobody_needs_are_orphans(archive):
    engine = archive.engine
    forgotten, wanted = sorted([engine.new_index(), engine.new_index()])
    assert engine.orphans({wanted}, older_than=-60) == [forgotten]
    assert engine.orphans({wanted}, older_than=600) == []
    assert engine.orphans(set(), older_than=-60) == [forgotten, wanted]
    for name in (forgotten, wanted):
        engine.drop_index(name)
    assert engine.orphans(set(), older_than=-60) == []


def test_an_index_of_this_code_is_current(archive):
    live = archive.engine.live_index()
    assert archive.engine.is_current(live)
    hash_ = next(part for part in live.replace(".", "-").split("-") if len(part) == 8)
    assert not archive.engine.is_current(live.replace(hash_, "0" * 8))


@pytest.mark.parametrize("name", ["nothing", "", "../other", "*", "_all"])
def test_a_name_of_no_index_is_an_error_and_makes_none(archive, name):
    engine = archive.engine
    for call in (
        lambda: engine.write([record()], into=name),
        lambda: engine.delete({"a": 1}, into=name),
        lambda: engine.publish_index(name),
    ):
        with pytest.raises(EngineError):
            call()
    assert engine.orphans(set(), older_than=-60) == []


def test_a_rebuild_takes_the_place_of_what_was_there(archive):
    archive.fill(record("gone"), record("kept"))
    assert archive.engine.rebuild([record("kept"), record("more")]) == 2
    assert set(archive.ids()) == {"kept", "more"}
    assert archive.engine.orphans(set(), older_than=-60) == []


def test_a_rebuild_that_fails_changes_nothing(archive):
    archive.fill(record("a"))

    def documents():
        yield record("b")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        archive.engine.rebuild(documents())
    with pytest.raises(EngineError, match="broken"):
        archive.engine.rebuild([record("broken", "\ud83d")])
    assert archive.ids() == ["a"]
    assert archive.engine.orphans(set(), older_than=-60) == []


# --- comparing with the database


def test_a_scan_tells_all_that_is_held_by_id(archive):
    documents = [record(f"e{number:04}", version=number + 1) for number in range(2100)]
    archive.fill(*documents)
    archive.engine.delete({"e0007": 9000, "gone": 5})
    archive.engine.refresh()
    held = list(archive.engine.scan())
    assert [item.id for item in held] == sorted({document.id for document in documents} | {"gone"})
    assert held[0] == Indexed("e0000", 1, digest(documents[0]))
    assert [item for item in held if item.deleted] == [Indexed("e0007", 9000, "", True), Indexed("gone", 5, "", True)]


def test_an_index_that_is_not_live_is_scanned_by_its_name(archive):
    beside = archive.engine.new_index()
    archive.fill(record(), into=beside)
    assert [item.id for item in archive.engine.scan(beside)] == ["a"]
    assert list(archive.engine.scan()) == []
    archive.engine.drop_index(beside)


def test_digests_are_told_at_once_for_some_records(archive):
    document = record(version=3)
    archive.engine.write([document, record("b")])
    archive.engine.delete({"b": 2})
    told = archive.engine.digests(["a", "b", "unknown"])
    assert told == {"a": Indexed("a", 3, digest(document)), "b": Indexed("b", 2, "", True)}


# --- leaving records out


def test_excluded_documents_are_neither_shown_nor_counted_nor_suggested(archive):
    archive.fill(record("a", kind="fair"), record("b", kind="fair"), record("c", kind="visit"))
    for query in ("", "hội chợ"):
        result = archive.ask(query, exclude=frozenset({"a", "unknown"}), facets=("kind", "language"))
        assert {hit.id for hit in result.hits} == {"b", "c"}
        assert result.count == 2
        assert dict(result.facets["kind"]) == {"fair": 1, "visit": 1}
        assert result.facets["language"] == [("vi", 2)]
    assert set(archive.suggested("hội", "vi", exclude=frozenset({"a"}))) == {"b", "c"}


def test_fifty_thousand_documents_can_be_excluded(archive):
    archive.fill(record("a"), record("b"))
    many = frozenset({f"00000000-0000-4000-8000-{number:012}" for number in range(50_000)} | {"a"})
    assert archive.ids("hội chợ", exclude=many) == ["b"]


def test_hundreds_of_audiences_may_ask(archive):
    archive.fill(record("a", parts={"vi": LanguagePart("Hội chợ", audiences=["share:250"])}), record("b"))
    many = frozenset({"public", *(f"share:{number}" for number in range(400))})
    assert set(archive.ids("hội chợ", audiences=many)) == {"a", "b"}
    assert set(archive.suggested("hội", "vi", audiences=many)) == {"a", "b"}
    assert archive.ids("hội chợ") == archive.suggested("hội", "vi") == ["b"]


# --- filters, facets, the timeline

FILTERED = [
    record(
        "a",
        kind="fair",
        unit="union",
        day="2024-07-30",
        quantities={"venue": 20, "person": 300},
        geo=[(10.99, 104.78)],  # 47 km from b
        partner_ids=["KH-21"],
    ),
    record(
        "b",
        kind="fair",
        unit="office",
        start=date(2024, 6, 30),
        end=date(2024, 8, 2),
        precision="day",
        quantities={"venue": 45},
        geo=[(11.0, 104.35), (21.03, 105.85)],
        partner_ids=["KH-21", "KH-8"],
    ),
    record("c", kind="visit", start=date(2024, 1, 1), end=date(2024, 12, 31), precision="year", partner_ids=["KH-8"]),
    record("d", kind="visit", unit="union", day="2023-05-02", quantities={"venue": 3}, geo=[(10.99, 104.78)]),
    record("e", "Lễ hội khác", kind="fair", unit="union", day="2024-07-01", quantities={"person": 20}),
]


@pytest.fixture(scope="module")
def filtered(make_archive):
    archive = make_archive("filtered")
    archive.fill(*FILTERED)
    return archive


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"units": ["union"]}, "ade"),
        ({"units": ["union", "office"]}, "abde"),
        ({"units": ["nobody"]}, ""),
        ({"quantities": [("venue", 20, None)]}, "ab"),
        ({"quantities": [("venue", 20, 20)]}, "a"),
        ({"quantities": [("venue", 3, 20), ("person", 1, None)]}, "a"),
        ({"quantities": [("gift", 0, None)]}, ""),
        ({"near": (10.99, 104.78, 1)}, "ad"),
        ({"near": (10.99, 104.78, 46)}, "ad"),
        ({"near": (10.99, 104.78, 48)}, "abd"),
        ({"near": (21, 105.8, 10)}, "b"),
        ({"near": (10.99, 104.78, 1), "units": ["union"], "quantities": [("venue", 20, None)], "years": [2024]}, "a"),
        ({"years": [2024], "start": date(2024, 8, 1)}, "bc"),
        ({"years": [2023, 2024], "kinds": ["visit"]}, "cd"),
    ],
)
def test_filters_narrow_queries_and_lists(filtered, filters, found):
    assert set(filtered.ids(filters=Filters(**filters))) == set(found)
    result = filtered.ask("hội", filters=Filters(**filters))
    assert {hit.id for hit in result.hits} == set(found)
    assert result.count == len(found)


def test_every_facet_is_counted_under_all_filters_but_its_own(filtered):
    filters = Filters(units=["union"], years=[2024], start=date(2024, 2, 1), kinds=["fair"], partners=["KH-21", "KH-8"])
    facets = filtered.ask("hội chợ", filters=filters, facets=("unit", "year", "kind", "partner")).facets
    assert facets["unit"] == [("office", 1), ("union", 1)]
    assert facets["year"] == [("2024", 1)]
    assert facets["kind"] == [("fair", 1)]
    assert facets["partner"] == [("KH-21", 1)]
    without_start = Filters(years=[2024])
    assert filtered.ask(filters=without_start, facets=("year",)).facets["year"] == [("2023", 1), ("2024", 4)]
    # The years under a period are those of the records in it, and choosing one does not hide the others.
    period = Filters(years=[2023], start=date(2023, 1, 1), end=date(2024, 6, 30))
    assert filtered.ask(filters=period, facets=("year",)).facets["year"] == [("2023", 1), ("2024", 2)]


def test_the_timeline_shows_the_months_of_one_year(filtered):

    def months(year, **filters):
        result = filtered.ask("hội chợ", filters=Filters(**filters), facets=("month",), timeline_year=year)
        return result.facets["month"]

    assert months(2024) == [("2024-06", 1), ("2024-07", 2), ("2024-08", 1)]
    assert months(2024, years=[2023]) == months(2024)
    assert months(2024, kinds=["visit"]) == []
    assert months(2023) == [("2023-05", 1)]
    assert months(None) == []


def test_weaker_matches_are_told_of_on_every_page(archive):
    strict = [record(f"s{number}", "Hội chợ biên giới") for number in range(4)]
    archive.fill(*strict, record("weak", "Lễ hội mùa xuân", kind="feast"))
    first = archive.ask("hội chợ", limit=2)
    assert [hit.match for hit in first.hits] == ["all", "all"]
    assert first.has_weaker
    last = archive.ask("hội chợ", limit=2, after=archive.ask("hội chợ", limit=4).hits[-1].position)
    assert [hit.id for hit in last.hits] == ["weak"]
    assert last.has_weaker
    for options in ({"filters": Filters(types=["article"])}, {"exclude": frozenset({"weak"})}):
        assert not archive.ask("hội chợ", limit=2, **options).has_weaker
    assert not archive.ask(limit=2).has_weaker


@pytest.fixture(scope="module")
def paged(make_archive):
    archive = make_archive("paged")
    archive.fill(
        *(
            record(f"e{n:02}", "Hội chợ" if n % 3 else "Hội làng Kandal", status="held" if n % 4 else "planned")
            if n % 5 == 0
            else record(f"e{n:02}", "Hội chợ" if n % 3 else "Hội làng Kandal", day=f"20{10 + n // 2}-01-01")
            for n in range(23)
        )
    )
    return archive


@pytest.mark.parametrize("order", ["relevance", "date", "-date"])
@pytest.mark.parametrize("query", ["", "hội chợ", "hội chợ Kandal"])
def test_pages_show_every_hit_once_and_in_order(paged, order, query):
    whole = paged.ids(query, order=order, limit=50)
    seen, after = [], None
    while True:
        page = paged.ask(query, order=order, limit=4, after=after)
        seen += [hit.id for hit in page.hits]
        if not page.has_next:
            break
        after = page.hits[-1].position
    assert seen == whole
    assert len(set(seen)) == 23


def _patiently(archive, query, **options):
    """The answer, even of a server that a busy computer keeps from answering in a reader's time."""
    for _ in range(4):
        with suppress(EngineTimeoutError):
            return archive.ask(query, **options)
    return archive.ask(query, **options)


def test_a_listing_can_be_read_to_its_end_beyond_ten_thousand(archive):
    count = 10_050
    archive.fill(*(record(f"e{number:05}", "Hội chợ", day=f"20{number % 24:02}-01-01") for number in range(count)))
    for query in ("", "hội chợ"):
        seen, after = [], None
        while True:
            page = _patiently(archive, query, limit=1000, after=after, highlight=False)
            seen += [hit.id for hit in page.hits]
            assert page.count == count
            if not page.has_next:
                break
            after = page.hits[-1].position
        assert len(seen) == len(set(seen)) == count


def test_restricted_and_expired_pages_count_for_their_readers_only(archive):
    now = datetime.now(UTC)
    secret = LanguagePart("ពិធីបុណ្យខេត្តកណ្តាល", audiences=["partner:1"])
    gone = LanguagePart("Hội chợ", expiry=now - timedelta(seconds=1))
    archive.fill(
        record("a", kind="fair", parts={"vi": LanguagePart("Hội chợ"), "km": secret}),
        record("b", kind="fair", parts={"vi": LanguagePart("Hội chợ", audiences=["partner:1"])}),
        record("c", kind="fair", parts={"vi": gone}),
    )
    partner = frozenset({"public", "partner:1"})
    for audiences, count, languages in (
        (frozenset({"public"}), 1, [("vi", 1)]),
        (partner, 2, [("vi", 2), ("km", 1)]),
        (frozenset({"partner:1"}), 2, [("km", 1), ("vi", 1)]),
    ):
        result = archive.ask("", audiences=audiences, facets=("kind", "language"))
        assert (result.count, result.facets["kind"]) == (count, [("fair", count)])
        assert sorted(result.facets["language"]) == sorted(languages)
    assert archive.ids("ពិធីបុណ្យ", language="km") == []
    assert archive.ids("ពិធីបុណ្យ", language="km", audiences=partner) == ["a"]


# --- suggestions


def test_names_are_suggested_where_the_reader_may_read_of_them(archive):
    archive.fill(
        record("a", "Đoàn thăm", partner_ids=["KH-21"]),
        record("b", "Đoàn thăm", partner_ids=["KH-21"], place_ids=["KH-8"]),
        record("c", parts={"vi": LanguagePart("Đoàn Kampot", audiences=["staff"])}),
        record("d", "Hội chợ ở Kratié"),
    )

    def named(text, **options):
        return [(item.id, item.filter, item.count) for item in archive.engine.suggest_names(text, **options)]

    assert named("take") == [("KH-21", "partners", 2)]
    assert named("Tà K") == [("KH-21", "partners", 2)]
    assert named("តាក") == [("KH-21", "partners", 2)]
    assert named("kanda") == [("KH-8", "places", 1)]
    assert named("kampo") == []
    assert [item[1:] for item in named("kampo", audiences=frozenset({"public", "staff"}))] == [("", 1)]
    assert named("take", exclude=frozenset({"a", "b"})) == []
    assert [item.name for item in archive.engine.suggest_names("takeo")] == ["Takeo"]
    assert named("zzz") == named("") == []


def test_titles_that_begin_as_written_are_suggested_first(archive):
    archive.fill(record("plain", "Hoi An"), record("exact", "Hội chợ"), record("inside", "Xem hội chợ"))
    assert archive.suggested("hội", "vi")[0] == "exact"
    assert set(archive.suggested("hoi", "vi")) == {"plain", "exact", "inside"}


# --- spaced and unspaced


def test_all_pairs_of_a_short_run_and_most_of_a_long_one_are_required(archive):
    archive.fill(
        record("whole", parts={"km": LanguagePart("ពិធីបុណ្យខេត្តកណ្តាល")}),
        record("part", parts={"km": LanguagePart("ពិធីបុណ្យ")}),
    )
    result = archive.ask("ពិធីបុណ្យ", language="km")
    assert result.count == 2
    assert archive.ask("ពិធីបុណ្យខេត្ត", language="km").count >= 1
