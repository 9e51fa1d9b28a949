"""What the server makes of words: the spellings that must meet, and those that must not."""

import unicodedata

import pytest

from huunghi.search.engines import elastic_index
from huunghi.search.text.tokens import pairs, tokenise

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def analyse(elasticsearch_client, index_prefix):
    index = f"{index_prefix}-analysis"
    elasticsearch_client.indices.create(index=index, **elastic_index.index_body())

    def tokens(analyzer, text):
        answer = elasticsearch_client.indices.analyze(index=index, analyzer=analyzer, text=text)
        return [token["token"] for token in answer["tokens"]]

    return tokens


def test_the_mapping_is_accepted_as_it_was_meant(elasticsearch_client, analyse, index_prefix):
    kept = elasticsearch_client.indices.get_mapping(index=f"{index_prefix}-analysis")[f"{index_prefix}-analysis"]
    assert kept["mappings"]["dynamic"] == "strict"
    assert set(kept["mappings"]["properties"]) == set(elastic_index.index_body()["mappings"]["properties"])


def test_both_khmer_spellings_of_kandal_meet(analyse):
    assert analyse("sea_search", "កណ្ដាល") == analyse("sea_search", "កណ្តាល") != []


@pytest.mark.parametrize(
    "typed",
    ["ខេត្ត\u200bកណ្តាល", "ខេត្ដកណ្ដាល"],
    ids=["zero-width space", "coeng da"],
)
def test_khmer_is_found_however_it_was_typed(analyse, typed):
    assert analyse("sea_search", typed) == analyse("sea_search", "ខេត្តកណ្តាល")


@pytest.mark.parametrize("word", ["មណ្ឌលគីរី", "ប្រតិភូ", "សម្ដេច", "គណៈប្រតិភូ", "ព្រះរាជាណាចក្រកម្ពុជា", "ស្ត្រី", "មិត្តភាព"])
def test_the_server_cuts_khmer_as_the_planner_does(analyse, word):
    [token] = tokenise(word)
    assert analyse("sea_search", word) == pairs(token.clusters)


def test_a_khmer_word_is_indexed_as_clusters_and_as_pairs(analyse):
    assert set(analyse("sea_search", "កណ្តាល")) < set(analyse("sea_index", "ខេត្តកណ្តាល"))
    assert "ក" in analyse("sea_index", "កណ្តាល")


def test_lao_is_cut_as_the_planner_does(analyse):
    [token] = tokenise("ມິດຕະພາບ")
    assert analyse("sea_search", "ມິດຕະພາບ") == pairs(token.clusters)


@pytest.mark.parametrize(("one", "other"), [("hoà", "hòa"), ("THUỶ", "thủy"), ("Khoẻ", "khỏe"), ("uỷ", "ủy")])
def test_both_tone_positions_are_one_exact_word(analyse, one, other):
    assert analyse("vi_exact", one) == analyse("vi_exact", other)


@pytest.mark.parametrize(
    ("one", "other"), [("nghệ sĩ", "nghệ sỹ"), ("kỷ niệm", "kỉ niệm"), ("Mỹ", "Mĩ"), ("quý", "quí")]
)
def test_i_and_y_are_one_folded_word(analyse, one, other):
    assert analyse("vi_fold", one) == analyse("vi_fold", other)


def test_words_that_only_look_alike_stay_apart_in_the_exact_field(analyse):
    assert analyse("vi_fold", "bán đồ") == analyse("vi_fold", "bản đồ") == ["ban", "do"]
    assert analyse("vi_exact", "bán đồ") != analyse("vi_exact", "bản đồ")


def test_a_final_y_that_is_part_of_a_diphthong_stays(analyse):
    assert analyse("vi_fold", "thuỷ ngày") == ["thuy", "ngay"]


@pytest.mark.parametrize("text", ["17.4.2019", "a_b", "foo:bar", "1,000", "Ea H’leo"])
def test_the_server_cuts_where_the_planner_cuts(analyse, text):
    assert analyse("vi_fold", text) == [token.folded for token in tokenise(text)]


def test_khmer_digits_are_digits(analyse):
    assert "2017" in analyse("vi_fold", "ឆ្នាំ២០១៧")


def test_the_an_of_an_giang_is_no_english_stop_word(analyse):
    assert analyse("en_text", "the people of An Giang") == ["people", "an", "giang"]


def test_english_words_are_found_in_other_forms(analyse):
    assert analyse("en_text", "Cambodia's soldiers visited") == analyse("en_text", "Cambodia soldier visit")


def test_texts_are_composed_before_they_reach_the_server(analyse):
    decomposed = unicodedata.normalize("NFD", "hữu nghị")
    assert analyse("vi_fold", decomposed) != ["huu", "nghi"]
    assert analyse("vi_fold", unicodedata.normalize("NFC", decomposed)) == ["huu", "nghi"]
