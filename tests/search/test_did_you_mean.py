import pytest

from huunghi.search.planning.did_you_mean import did_you_mean
from huunghi.search.planning.planner import plan

from .relevance import gazetteer_from_csv, glossary_from_csv
from .test_planner import Words

GAZETTEER = gazetteer_from_csv()
GLOSSARY = glossary_from_csv()


def propose(query, language="vi", vocabulary=None):
    made = plan(query, language, GAZETTEER, vocabulary, GLOSSARY)
    return did_you_mean(query, made, GAZETTEER, GLOSSARY)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gặp gỡ đồng thắp 2019", "gặp gỡ Đồng Tháp 2019"),
        ("Ăn Giảng", "An Giang"),
        ("Hội chợ Tây Nịnh", "Hội chợ Tây Ninh"),
    ],
)
def test_a_name_is_proposed_with_its_diacritics(typed, meant):
    assert propose(typed) == meant


def test_a_slip_in_a_name_is_put_right():
    assert propose("tin Mondulkri", vocabulary=Words("tin", near=["mondulkiri"])) == "tin Mondulkiri"


def test_raw_keys_of_a_term_become_the_term():
    vocabulary = Words("giao", "luu", "bong", "chuyen")
    assert propose("bongs chuyeenf Takeo", vocabulary=vocabulary) == "bóng chuyền Takeo"


def test_another_unknown_word_takes_the_nearest_one():
    proposal = propose("the frendship cup", "en", Words("cup", "the", near=["friendship"]))
    assert proposal == "the friendship cup"


@pytest.mark.parametrize("query", ["giao luu huu nghi", "Đồng Tháp", "dong thap", "bóng đá", "zzzz", "", "-Takeo", '"'])
def test_what_is_written_well_or_cannot_be_read_has_no_proposal(query):
    assert propose(query, vocabulary=Words("giao", "luu", "huu", "nghi", "bong", "da")) == ""
