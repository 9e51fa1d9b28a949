import unicodedata

import pytest

from huunghi.search.text.english import is_stop_word, stem
from huunghi.search.text.khmer import run_forms
from huunghi.search.text.normalise import fold, prepare, with_one_tone_position
from huunghi.search.text.tokens import cluster_spans, pairs, tokenise, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Đắk Lắk", "dak lak"),
        ("ĐƯỜNG", "duong"),
        ("bác sỹ", "bac si"),
        ("quý", "qui"),
        ("Mỹ", "mi"),
        ("yến", "yen"),
        ("straße", "strasse"),
    ],
)
def test_a_word_is_folded(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(("old", "new"), [("hoà", "hòa"), ("khoẻ", "khỏe"), ("thuỷ", "thủy"), ("hòa", "hòa")])
def test_a_tone_mark_has_one_position(old, new):
    assert with_one_tone_position(old) == new


def test_decomposed_text_gives_the_tokens_of_composed_text():
    text = "Hội Hữu nghị tỉnh Đắk Lắk"
    decomposed = unicodedata.normalize("NFD", text)
    assert [token.exact for token in tokenise(decomposed)] == [token.exact for token in tokenise(text)]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_lead_to_the_original_text(form):
    text = unicodedata.normalize(form, "Tỉnh Đắk Lắk, ខេត្ត\u200bកណ្ដាល ២០១៧ İzmir\u00ad hoà")
    originals = [unicodedata.normalize("NFC", text[token.start : token.end]) for token in tokenise(text)]
    assert originals == ["Tỉnh", "Đắk", "Lắk", "ខេត្ត\u200bកណ្ដាល", "២០១៧", "İzmir", "hoà"]


def test_words_without_their_places_are_those_of_the_tokens():
    text = "The mayor's Đoàn hoà bình ខេត្តកណ្ដាល ນ້ຳ 中国 ២០១៧ ឿ"
    tokens = [(token.script, token.exact, token.folded, token.clusters) for token in tokenise(text)]
    assert words_of(prepare(text).text) == tokens
    assert "s" not in [exact for _, exact, _, _ in tokens]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("ab", [(0, 1), (1, 2)]),
        ("a\u00ad\u00adb", [(0, 1), (3, 4)]),  # dropped characters belong to nothing
        ("\ufeffa", [(1, 2)]),
        ("a\u0323\u0302b", [(0, 3), (3, 4)]),  # three characters became one
        ("ນໍ້າx", [(0, 1), (1, 4), (1, 4), (4, 5)]),  # three became two: either stands for all of them
    ],
)
def test_every_character_leads_to_those_it_was_made_from(text, spans):
    prepared = prepare(text)
    assert [prepared.span(index, index + 1) for index in range(len(prepared.text))] == spans


def test_digits_of_every_script_become_ascii():
    assert [token.exact for token in tokenise("ឆ្នាំ២០១៧ ປີ໒໐໑໗")] == ["ឆ្នាំ", "2017", "ປີ", "2017"]


def test_a_zero_width_space_joins_khmer_and_parts_latin():
    assert len(tokenise("បាល់\u200bទះ")) == 1
    assert [token.folded for token in tokenise("Bac\u200bGiang")] == ["bac", "giang"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("កណ្ដាល", "កណ្តាល"),  # coeng da, coeng ta
        ("មណ្ឌលគិរី", "មណ្ឌលគីរី"),
        ("គណៈកម្មាធិការ", "គណ:កម្មាធិការ"),
        ("គណៈប្រតិភូ", "គណប្រតិភូ"),
        ("ខ្មែរ", "ខែ្មរ"),  # vowel typed before the subscript
        ("កោះ", "កេាះ"),  # the vowel typed in two parts
        ("បាល់ទះ", "បាលទះ"),
        ("ស្ត្រី", "ស្រ្តី"),  # coeng ro typed first
    ],
)
def test_khmer_spellings_that_look_alike_match(one, other):
    assert run_forms(prepare(one).text)[1] == run_forms(prepare(other).text)[1]


def test_the_exact_form_of_khmer_keeps_the_signs_that_matching_drops():
    exact, clusters = run_forms("បាល់ទះ")
    assert exact == "បាល់ទះ"
    assert "".join(clusters) == "បាលទះ"


def test_khmer_is_never_folded_like_latin():
    assert run_forms("ស្រី")[1] == ("ស្រិ",)


def test_lao_am_is_one_sign_however_it_was_typed():
    assert tokenise("ນໍ້າ")[0].clusters == tokenise("ນ້ຳ")[0].clusters


def test_clusters_know_where_they_stand_in_the_original():
    text = "ខេត្ត\u200bកណ្ដាល"
    token = tokenise(text)[0]
    assert [text[start:end] for start, end in cluster_spans(text, token)] == ["ខេ", "ត្ត", "ក", "ណ្ដា", "ល"]


def test_pairs_join_neighbouring_clusters():
    assert pairs(("a", "b", "c")) == ["ab", "bc"]
    assert pairs(("a",)) == ["a"]


def test_a_vietnamese_word_is_not_an_english_stop_word():
    assert is_stop_word("to")
    assert not is_stop_word("tổ")
    assert not is_stop_word("an")
    assert is_stop_word("an", "exhibition", english=True)
    assert not is_stop_word("an", "phu", english=True)


def test_an_english_plural_has_the_stem_of_its_singular():
    assert stem("journalists") == stem("journalist")
    assert stem("parties") == stem("party")
    assert stem("glass") == "glass"


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "a\udfffb", "\u0301", "\u17d2", "ໄ", "\ufeff" * 3, "ﬁ½²"])
def test_no_string_is_too_odd_to_be_cut(text):
    for token in tokenise(text):
        assert 0 <= token.start < token.end <= len(text)
        token.folded.encode()
