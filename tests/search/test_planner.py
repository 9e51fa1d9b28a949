import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from huunghi.search.planning.plan import MarkClause, NameClause, RunClause, WordClause
from huunghi.search.planning.planner import plan

from .relevance import gazetteer_from_csv, glossary_from_csv

GAZETTEER = gazetteer_from_csv()
GLOSSARY = glossary_from_csv()


class Words:
    """A vocabulary that knows the words it is given."""

    size = 1000

    def __init__(self, *words, near=()):
        self.words, self.near = words, list(near)

    def word_count(self, folded, stemmed=True):
        return 10 if folded in self.words else 0

    def id_count(self, id_):
        return 10

    def near_words(self, folded):
        return self.near


def make(query, language="vi", vocabulary=None, glossary=None):
    return plan(query, language, GAZETTEER, vocabulary, glossary)


def texts(made):
    return [clause.text for clause in made.clauses]


def test_a_query_becomes_words_names_and_marks():
    made = make("giao lưu Takeo tháng 9 2016")
    assert [type(clause) for clause in made.clauses] == [WordClause, WordClause, NameClause, MarkClause]
    assert made.clauses[2].ids == [("KH-21", 1.0)]
    assert made.clauses[3].weaker_ids == [("y2016", 0.7)]
    assert made.has_diacritics


def test_offsets_are_those_of_the_query_as_typed():
    query = "  giao\u200b  lưu Tà Keo"
    made = make(query)
    assert [query[clause.start : clause.start + len(clause.text)] for clause in made.clauses] == [
        "giao",
        "lưu",
        "Tà Keo",
    ]


def test_a_new_province_also_takes_the_old_ones_and_says_so():
    made = make("Vĩnh Long")
    assert ("VN-50", 0.4) in made.clauses[0].ids
    assert "Bến Tre" in made.also_searched
    assert make("Bến Tre").clauses[0].ids == [("VN-50", 1.0)]


def test_a_name_knows_all_its_spellings():
    assert {"Takeo", "តាកែវ"} <= set(make("tà keo").clauses[0].spellings)


def test_several_years_are_one_clause():
    made = make("2016 2018 giao lưu")
    assert made.clauses[0].ids == [("y2016", 1.0), ("y2018", 1.0)]
    assert len(made.clauses) == 3


def test_a_month_without_a_year_only_adds_score():
    assert [clause.optional for clause in make("giao lưu tháng 6").clauses] == [False, False, True]
    assert not make("tháng 6").clauses[0].optional


def test_quoted_words_are_a_phrase():
    made = make('“Bài ca hữu nghị” Takeo "một')
    assert [[token.folded for token in phrase] for phrase in made.phrases] == [["bai", "ca", "huu", "nghi"]]


def test_a_minus_excludes_words_names_and_phrases():
    made = make('giao lưu -Takeo -"bóng đá" -ca An Giang - Kandal')
    assert [type(clause) for clause in made.excluded] == [NameClause, WordClause, WordClause]
    assert made.excluded[1].phrases == ["bong da"]
    assert texts(made) == ["giao", "lưu", "An Giang", "Kandal"]


def test_a_number_is_found_with_and_without_its_thousands_mark():
    assert make("2.063 người").clauses[0].folded == "2063"
    assert make("2063").clauses[0].phrases == ["2 063"]
    assert make("2,063").clauses[0].phrases == ["2 063"]


def test_raw_telex_and_vni_are_read():
    made = make("giao luwu bongs kham1", vocabulary=Words("giao", "luu", "bong", "kham"))
    assert [clause.alternatives for clause in made.clauses] == [[], ["luu"], ["bong"], ["kham"]]
    assert made.not_found == ["luwu", "bongs", "kham1"]


def test_a_misspelt_word_takes_near_ones():
    made = make("friendshp", vocabulary=Words(near=["friendship"]))
    assert made.clauses[0].alternatives == ["friendship"]


def test_a_word_found_nowhere_weighs_nothing():
    made = make("giao zzzz", vocabulary=Words("giao"))
    assert made.clauses[0].weight > 0
    assert made.clauses[1].weight == 0
    assert made.clauses[1].unknown


@pytest.mark.parametrize(
    ("query", "language", "left"),
    [
        ("cho hỏi đoàn Takeo đến năm nào", "vi", ["đoàn", "Takeo", "đến"]),
        ("how many people took part in the Kandal marathon", "en", ["Kandal", "marathon"]),
        ("តើការប្រកួតបាល់ទះតាកែវនៅពេលណា", "km", ["ការប្រកួតបាល់ទះ", "តាកែវ"]),
    ],
)
def test_words_that_only_ask_are_dropped(query, language, left):
    assert texts(make(query, language)) == left


def test_question_words_stay_when_nothing_else_would():
    assert texts(make("bao nhiêu")) == ["bao", "nhiêu"]
    assert texts(make("អ្វី", "km")) == ["អ្វី"]


def test_english_stop_words_and_possessives_are_dropped():
    assert texts(make("Cambodia's history of an exhibition", "en")) == ["Cambodia", "history", "exhibition"]


def test_the_bare_khmer_word_for_province_is_dropped():
    assert [type(clause) for clause in make("ខេត្ត តាកែវ", "km").clauses] == [NameClause]


def test_what_no_name_covers_of_a_run_is_a_run():
    made = make("បាល់ទះតាកែវ", "km")
    assert [type(clause) for clause in made.clauses] == [RunClause, NameClause]
    assert made.clauses[0].clusters == ("បា", "ល", "ទះ")


def test_neighbouring_words_are_pairs_but_not_across_a_mark():
    made = make("giao lưu 2016 hữu nghị")
    assert [(pair.first_folded, pair.second_exact) for pair in made.pairs] == [("giao", "lưu"), ("huu", "nghị")]


def test_a_concept_is_also_searched_in_vietnamese():
    made = make("បាល់ទះ", "km", glossary=GLOSSARY)
    assert made.clauses[0].translations == [(0.5, "bong chuyen")]
    assert made.also_searched == ["bóng chuyền"]
    assert make("volleyball", "en", glossary=GLOSSARY).clauses[0].translations
    assert not make("volleyball", "vi", glossary=GLOSSARY).clauses[0].translations


def test_a_long_query_is_cut_and_says_so():
    assert make("từ " * 200).truncated
    many = make(" ".join(f"w{number}x" for number in range(40)))
    assert many.truncated
    assert len(many.clauses) == 32
    assert not make("giao lưu").truncated


def test_an_empty_query_is_empty():
    assert make("").empty
    assert make("  \x00 ?! ").empty
    assert make("-Takeo").empty


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["vi", "km", "en", "lo", "zh-hans", ""]))
@example("\x00\ud800" * 10, "vi")
@example('"' * 9, "en")
@example('-"', "vi")
@example("x" * 10_000, "km")
@example("ក្" * 5000, "km")
@example("999999999999999999/99999999 lần thứ ៩៩៩", "vi")
@example("²/²/2016", "vi")
def test_no_string_makes_the_planner_fail(query, language):
    made = plan(query, language, GAZETTEER, Words("giao", near=["giao"]), GLOSSARY)
    for clause in made.clauses:
        clause.text.encode()


def test_a_term_is_known_without_its_small_words():
    made = make("remains of fallen soldiers from Kampot", "en", glossary=GLOSSARY)
    assert [clause.translations[0][1] for clause in made.clauses if isinstance(clause, WordClause)] == [
        "hai cot liet si"
    ] * 3


def test_a_misspelt_word_is_looked_up_in_the_glossary_as_it_was_meant():
    made = make("scholaship", "en", vocabulary=Words(near=["scholarship"]), glossary=GLOSSARY)
    assert made.clauses[0].translations == [(0.5, "hoc bong")]


def test_a_vietnamese_query_names_its_topics_but_searches_no_other_words():
    made = make("giao lưu bóng chuyền Takeo", vocabulary=Words("giao", "luu", "bong", "chuyen"), glossary=GLOSSARY)
    [topic] = made.topics
    assert topic.words == ("bong", "chuyen")
    assert topic.share == pytest.approx(0.5)
    assert not made.also_searched


def test_every_concept_of_a_run_is_a_topic():
    made = make("កសិកររៀនបច្ចេកទេសដាំស្រូវ", "km", glossary=GLOSSARY)
    assert ["".join(topic.clusters) for topic in made.clauses[0].topics] == ["កសិករ", "ដាំស្រូវ"]
    assert made.clauses[0].is_mostly_topics


def test_a_short_concept_does_not_stand_for_a_long_run():
    made = make("គោលការណ៍ណែនាំស្តីពីការគ្រប់គ្រងស្រូវ", "km", glossary=GLOSSARY)
    assert made.clauses[0].topics
    assert not made.clauses[0].is_mostly_topics


def test_an_organisation_is_no_place():
    made = make("LHCTCHN Đồng Tháp")
    assert [name.text for name in made.places] == ["Đồng Tháp"]
