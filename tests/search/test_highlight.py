import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huunghi.search.highlight import Highlighter, highlight, snippet
from huunghi.search.planning.planner import plan

from .relevance import gazetteer_from_csv, glossary_from_csv

GAZETTEER = gazetteer_from_csv()


def marked(query, text, language="vi", query_language=None, glossary=None):
    made = plan(query, query_language or language, GAZETTEER, None, glossary)
    return [text[start:end] for start, end in highlight(text, made, GAZETTEER, language)]


def test_words_are_marked_as_the_reader_sees_them():
    assert marked("huu nghi", "Hội HỮU nghị tỉnh") == ["HỮU", "nghị"]


def test_a_word_that_only_looks_alike_is_not_marked_when_the_query_has_diacritics():
    assert marked("hoà", "hoa và hòa") == ["hòa"]
    assert marked("hoa", "hoa và hòa") == ["hoa", "hòa"]


def test_a_plain_word_of_another_language_is_marked():
    assert marked("bánh chưng", "making banh chung", "en", "vi") == ["banh", "chung"]


@pytest.mark.parametrize("text", ["Tà Keo", "Takeo", "តាកែវ", "Takéo"])
def test_a_name_is_marked_in_any_spelling(text):
    assert marked("takeo", f"đoàn {text}.", "km") == [text]


def test_a_khmer_run_is_marked_in_one_piece_and_without_its_neighbours():
    assert marked("បាល់ទះ", "ការប្រកួតបាល់\u200bទះបុរស", "km") == ["បាល់\u200bទះ"]


def test_one_pair_of_a_long_run_is_not_enough():
    assert marked("បាល់ទះ", "បាល់ទាត់", "km") == []


def test_decomposed_text_is_marked_with_all_its_letters():
    text = unicodedata.normalize("NFD", "tình hữu nghị")
    assert [unicodedata.normalize("NFC", word) for word in marked("hữu nghị", text)] == ["hữu", "nghị"]


def test_a_date_is_marked_however_it_is_written():
    assert marked("tháng 9/2016", "Sáng 14-9-2016, đoàn") == ["14-9-2016"]


def test_an_english_word_is_marked_by_its_stem():
    assert marked("dances", "a dance and dancing", "en") == ["dance", "dancing"]


def test_a_translation_is_marked_as_a_phrase_only():
    text = "giải bóng chuyền và bóng đá"
    assert marked("volleyball", text, "vi", "en", glossary_from_csv()) == ["bóng chuyền"]


def test_html_in_a_text_stays_text():
    made = plan("hữu nghị", "vi", GAZETTEER)
    shown = snippet("<script>alert('x')</script> hữu nghị & bạn", made, GAZETTEER, "vi")
    assert "<script" not in shown
    assert "<mark>hữu</mark>" in shown
    assert "&amp;" in shown


def test_a_snippet_shows_the_densest_stretch():
    text = "Mở đầu không liên quan. " * 30 + "Đoàn hữu nghị thăm Takeo. " + "Kết thúc bài viết này. " * 30
    shown = snippet(text, plan("hữu nghị Takeo", "vi", GAZETTEER), GAZETTEER, "vi")
    assert all(f"<mark>{word}</mark>" in shown for word in ("hữu", "nghị", "Takeo"))
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < 350


def test_a_snippet_without_marks_is_the_beginning():
    text = "Mở đầu. " * 60
    assert snippet(text, plan("zzz", "vi", GAZETTEER), GAZETTEER).startswith("Mở đầu.")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 40), st.integers(20, 60))
def test_a_snippet_never_cuts_a_cluster(lead, length):
    text = "ក្ម្ភៈខ្មែរស្ត្រី" * lead + "បាល់ទះ" + "ស្ត្រីខ្មែរ" * 40
    made = plan("បាល់ទះ", "km", GAZETTEER)
    shown = Highlighter(made, GAZETTEER).snippet(text, "km", length)[0]
    for piece in shown.replace("…", "").replace("</mark>", "<mark>").split("<mark>"):
        if piece:
            assert unicodedata.category(piece[0]) not in ("Mn", "Mc")
            assert not piece.endswith("\u17d2")
    assert "<mark>បាល់ទះ</mark>" in shown


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=200))
def test_no_text_makes_the_highlighter_fail(query, text):
    made = plan(query, "vi", GAZETTEER)
    spans = highlight(text, made, GAZETTEER, "vi")
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)
