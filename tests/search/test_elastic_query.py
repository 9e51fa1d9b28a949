"""How a plan becomes Elasticsearch's two searches, without a server."""

from datetime import UTC, date, datetime

import pytest

from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.engines.base import FACETS, Filters, SearchRequest
from huunghi.search.engines.elastic_index import LANGUAGES, index_body, mapping_hash, source_of
from huunghi.search.engines.elastic_query import searches
from huunghi.search.planning.plan import MarkClause, NameClause, Pair, Plan, RunClause, Token, WordClause

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def compiled(*clauses, plan=None, **options):
    made = plan or Plan(clauses=list(clauses))
    both = searches(SearchRequest(plan=made, **options), NOW)
    return both.strict, both.ranked


def nodes(query, kind):
    """Every query of one kind, wherever it stands."""
    if isinstance(query, list):
        return [found for part in query for found in nodes(part, kind)]
    if not isinstance(query, dict):
        return []
    own = [query[kind]] if kind in query else []
    return own + [found for part in query.values() for found in nodes(part, kind)]


def boosts_of_fields(query, kind):
    return {field: body.get("boost") for node in nodes(query, kind) for field, body in node.items()}


def tiers(ranked):
    return {node["boost"]: node for node in nodes(ranked["query"], "constant_score")}


def word(text="hữu", folded="huu", **options):
    return WordClause(text=text, start=0, exact=text, folded=folded, **options)


def name(**options):
    return NameClause(text="Kandal", start=0, ids=[("KH-8", 1.0)], **options)


def year(**options):
    return MarkClause(text="2019", start=0, ids=[("y2019", 1.0)], **options)


def values_of(query, kind, field):
    """What each query of one kind says about one field."""
    return [node[field] for node in nodes(query, kind) if field in node]


# --- clauses


def test_a_word_is_looked_for_in_titles_and_texts_of_every_language():
    _, ranked = compiled(word())
    boosts = boosts_of_fields(ranked, "match")
    for field in ("vi", "en", "km.fold", "lo.fold", "zh.fold"):
        assert boosts[f"title.{field}"] == 2 * boosts[f"text.{field}"]


def test_diacritics_add_score_but_decide_nothing():
    strict, ranked = compiled(word())
    assert "title.vi.exact" in boosts_of_fields(ranked, "match")
    assert "title.vi.exact" not in boosts_of_fields(strict, "match")
    assert "title.vi.exact" not in boosts_of_fields(compiled(word("huu", "huu"))[1], "match")


def test_other_readings_of_a_word_will_do():
    strict, _ = compiled(word("luwu", "luwu", alternatives=["luu"], phrases=["2 063"]))
    asked = {body["query"] for node in nodes(strict, "match") for body in node.values()}
    assert {"luwu", "luu"} <= asked
    assert {body["query"] for node in nodes(strict, "match_phrase") for body in node.values()} == {"2 063"}


def test_a_run_must_match_by_most_of_its_pairs_and_is_ranked_by_any():
    run = RunClause(text="ពិធីបុណ្យ", start=0, clusters=("ពិ", "ធិ", "បុ", "ណ្យ", "ខេ"))
    strict, ranked = compiled(run)
    scoring = ranked["query"]["bool"]["must"][0]["bool"]["should"][0]
    assert {match["minimum_should_match"] for match in values_of(strict, "match", "title.km")} == {"2<75%"}
    assert {match["minimum_should_match"] for match in values_of(scoring, "match", "title.km")} == {"1"}
    assert boosts_of_fields(scoring, "match")["text.km"] == 0.5  # 1 / sqrt(4 pairs)
    assert "title.vi" not in boosts_of_fields(ranked, "match")


def test_a_linked_old_province_weighs_less_than_the_one_that_was_asked_for():
    clause = NameClause(text="Vĩnh Long", start=0, ids=[("VN-49", 1.0), ("VN-50", 0.4)])
    _, ranked = compiled(clause)
    weights = {term["value"]: term["boost"] for term in values_of(ranked, "term", "ids_structured")}
    assert weights == {"VN-49": 3.0, "VN-50": 1.2}


def test_the_month_of_a_day_adds_score_only():
    day = MarkClause(text="14/9/2016", start=0, ids=[("d2016-09-14", 1.0)], weaker_ids=[("m2016-09", 0.9)])
    strict, ranked = compiled(day)
    assert "m2016-09" in str(ranked)
    assert "m2016-09" not in str(strict)


def test_a_translation_widens_the_strict_set_but_counts_as_less_than_literal():
    _, ranked = compiled(word("dance", "dance", translations=[(0.5, "khieu vu")]))
    found = tiers(ranked)
    assert set(found) == {1000.0, 500.0}
    assert "khieu vu" in str(found[1000.0])
    assert "khieu vu" not in str(found[500.0])


def test_neighbours_of_the_query_score_as_neighbours():
    plan = Plan(clauses=[word(), word("nghị", "nghi")], pairs=[Pair("huu", "nghi", "hữu", "nghị")])
    strict, ranked = compiled(plan=plan)
    assert boosts_of_fields(ranked, "match")["title.vi.pair"] == 1.0
    assert "title.vi.pair" not in boosts_of_fields(strict, "match")


# --- tiers


def test_one_tier_is_enough_without_translations():
    assert set(tiers(compiled(word())[1])) == {1500.0}


def test_dates_and_names_have_tiers_of_their_own_beside_other_words():
    found = tiers(compiled(word(), name(), year())[1])
    assert set(found) == {1500.0, 250.0, 8.0}
    assert "y2019" not in str(found[250.0])
    assert "KH-8" in str(found[250.0])
    assert "hữu" not in str(found[8.0])


def test_a_word_that_the_index_does_not_know_may_be_missing_from_the_second_tier():
    found = tiers(compiled(word(), word("xyzzy", "xyzzy", weight=0.0))[1])
    assert "xyzzy" not in str(found[250.0])


def test_a_document_number_may_not_be_missing_from_the_second_tier():
    number = MarkClause(text="50/KH-UBND", start=0, kind="number", ids=[("#50/kh-ubnd", 1.0)])
    assert set(tiers(compiled(word(), number)[1])) == {1500.0}


def test_an_optional_clause_is_in_no_tier():
    strict, ranked = compiled(word(), year(optional=True))
    assert "y2019" not in str(strict)
    assert "y2019" in str(ranked)
    assert "y2019" not in str(tiers(ranked))


# --- who may read


@pytest.mark.parametrize("clause", [word(), name(), RunClause(text="ក", start=0, clusters=("ក",))], ids=type)
def test_every_field_of_a_language_is_asked_for_readers_of_that_language_only(clause):
    fields = ("title.", "text.", "ids_title.", "ids_text.")

    def check(query, allowed):
        if isinstance(query, list):
            for part in query:
                check(part, allowed)
        elif isinstance(query, dict):
            required = [key for node in nodes(query.get("filter", []), "terms") for key in node]
            readable = {key.removeprefix("audiences.") for key in required if key.startswith("audiences.")}
            allowed = allowed | readable if len(readable) == 1 else allowed
            for key, part in query.items():
                if key.startswith(fields):
                    assert key.split(".")[1] in allowed, key
                check(part, allowed)

    strict, ranked = compiled(clause)
    check(strict["query"], frozenset())
    check(ranked["query"], frozenset())


def test_a_page_counts_as_read_only_before_its_expiry():
    for query in compiled(word(), audiences=frozenset({"public", "partner:1"})):
        assert {body["gt"] for node in nodes(query, "range") for body in node.values()} == {NOW.isoformat()}
        allowed = [values for node in nodes(query, "terms") for key, values in node.items() if "audiences." in key]
        assert allowed
        assert all(values == ["partner:1", "public"] for values in allowed)


# --- phrases and exclusions


def test_a_quoted_phrase_is_required_by_both_searches():
    phrase = [Token("latin", "hội", "hoi", 0, 3), Token("latin", "chợ", "cho", 4, 7)]
    strict, ranked = compiled(plan=Plan(clauses=[word()], phrases=[phrase]))
    for query in (strict, ranked["query"]["bool"]["must"][0]["bool"]["filter"]):
        assert {"hội chợ"} == {body["query"] for node in nodes(query, "match_phrase") for body in node.values()}


def test_an_excluded_word_is_kept_out_of_both_searches_also_without_other_words():
    for plan in (Plan(clauses=[word()], excluded=[name()]), Plan(excluded=[name()])):
        for search in compiled(plan=plan):
            assert "KH-8" in str(search["query"]["bool"]["must_not"])


# --- filters and facets


def test_each_facet_is_counted_under_all_filters_but_its_own():
    strict, ranked = compiled(word(), facets=("kind", "partner"), filters=Filters(kinds=["fair"], partners=["KH-8"]))
    assert "fair" not in str(strict["query"])
    assert nodes(strict["post_filter"], "terms") == [{"partner_ids": ["KH-8"]}, {"kind": ["fair"]}]
    kind, partner = strict["aggs"]["kind"]["filter"], strict["aggs"]["partner"]["filter"]
    assert "KH-8" in str(kind) and "fair" not in str(kind)
    assert "fair" in str(partner) and "KH-8" not in str(partner)
    assert {"kind": ["fair"]} in nodes(ranked["query"]["bool"]["filter"], "terms")


def test_a_filter_without_its_facet_narrows_the_facets_of_others():
    strict, _ = compiled(facets=("kind",), filters=Filters(partners=["KH-8"]))
    assert "KH-8" in str(strict["query"])
    assert "post_filter" not in strict


def test_every_facet_can_be_counted_and_every_filter_set():
    filters = Filters(
        **{filter_name: [2019] if filter_name == "years" else ["x"] for filter_name in FACETS.values()},
        statuses=["held"],
        exchanges=["x"],
        start=date(2019, 1, 1),
        end=date(2019, 12, 31),
    )
    strict, _ = compiled(facets=tuple(FACETS), filters=filters)
    assert set(strict["aggs"]) == set(FACETS)


def test_a_period_is_found_by_any_overlap():
    _, ranked = compiled(filters=Filters(start=date(2019, 1, 1), end=date(2019, 12, 31)))
    ranges = [node for node in nodes(ranked["query"]["bool"]["filter"], "range") if "start" in node or "end" in node]
    assert ranges == [{"end": {"gte": "2019-01-01"}}, {"start": {"lte": "2019-12-31"}}]


# --- order and paging


def test_the_last_part_of_every_order_is_the_id():
    for order in ("relevance", "date", "-date"):
        assert compiled(word(), order=order)[1]["sort"][-1] == "id"


def test_the_next_page_goes_on_behind_a_position():
    _, ranked = compiled(word(), limit=5, after=(1500.0, 1, 0, "a"))
    assert ranked["search_after"] == [1500.0, 1, 0, "a"]
    assert "from" not in ranked
    assert ranked["size"] == 6


def test_both_searches_count_so_that_weaker_matches_are_known_of():
    strict, ranked = compiled(word())
    assert (strict["size"], strict["track_total_hits"]) == (0, True)
    assert ranked["track_total_hits"] is True


def test_a_query_names_only_languages_and_audiences_that_occur():
    occurring = {"vi": frozenset({"public", "share:1"}), "en": frozenset(), "km": None, "lo": frozenset({"share:9"})}
    occurring["zh"] = frozenset()
    readers = frozenset({"public", "share:1", *(f"share:{number}" for number in range(100, 400))})
    request = SearchRequest(plan=Plan(clauses=[word()]), audiences=readers, facets=("language",))
    for body in vars(searches(request, NOW, occurring)).values():
        asked = {field for node in nodes(body, "match") for field in node}
        assert {field.split(".")[1] for field in asked} == {"vi", "km"}
        assert {tuple(terms) for terms in values_of(body, "terms", "audiences.vi")} == {("public", "share:1")}
        assert all(len(terms) == 302 for terms in values_of(body, "terms", "audiences.km"))
    nobody = SearchRequest(plan=Plan(clauses=[word()]), audiences=frozenset({"share:5"}), facets=("language",))
    nothing = dict.fromkeys(occurring, frozenset())
    assert nodes(searches(nobody, NOW, nothing).ranked, "match_none")


# --- the index


def test_the_hash_of_the_mapping_names_the_index_and_stays_the_same():
    assert mapping_hash() == mapping_hash()
    assert len(mapping_hash()) == 8
    assert index_body()["mappings"]["dynamic"] == "strict"


def test_a_document_has_only_fields_that_the_mapping_knows(gazetteer):
    parts = {code: LanguagePart("Hội chợ Kandal") for code in ("vi", "km", "en", "lo", "zh-hans", "fr")}
    document = SearchDocument(
        id="a", type="event", parts=parts, start=date(2019, 1, 31), geo=[(10.5, 105.1)], quantities={"person": 12.0}
    )
    source = source_of(document, gazetteer)
    known = index_body()["mappings"]["properties"]
    assert set(source) <= set(known)
    assert set(source["title"]) == set(LANGUAGES) == set(known["title"]["properties"])
    assert source["end"] == "2019-01-31"
    assert "KH-8" in source["ids_text"]["vi"]
