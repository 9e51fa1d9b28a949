from datetime import date

import pytest

from huunghi.search.gazetteer import Gazetteer, GazetteerEntry
from huunghi.search.indexing import index_entries
from huunghi.search.marks import find_marks, period_ids, text_ids
from huunghi.search.text.normalise import prepare
from huunghi.search.text.tokens import tokenise

from .conftest import document


def names_in(gazetteer, text, strict=False):
    return [set(match.ids) for match in gazetteer.recognise(tokenise(text), strict)]


@pytest.mark.parametrize("spelling", ["Takeo", "Tà Keo", "tà-keo", "Takéo", "តាកែវ", "ta keo"])
def test_every_spelling_of_a_place_is_one_id(gazetteer, spelling):
    assert names_in(gazetteer, f"đoàn đến {spelling} hôm qua") == [{"KH-21"}]


def test_the_longest_name_wins():
    gazetteer = Gazetteer([GazetteerEntry("a", ("An Giang",)), GazetteerEntry("b", ("An Giang Đông",))])
    assert names_in(gazetteer, "an giang dong an giang") == [{"b"}, {"a"}]


def test_neighbouring_names_are_both_found(gazetteer):
    assert names_in(gazetteer, "An Giang Takeo") == [{"VN-44"}, {"KH-21"}]


def test_a_name_of_one_syllable_needs_its_diacritics(gazetteer):
    assert names_in(gazetteer, "đoàn Lào", strict=True)
    assert not names_in(gazetteer, "lao dong")
    assert not names_in(gazetteer, "lao động", strict=True)


def test_vietnamese_text_must_write_a_name_with_its_diacritics(gazetteer):
    assert names_in(gazetteer, "tỉnh Đồng Tháp", strict=True)
    assert not names_in(gazetteer, "động thấp", strict=True)


def test_a_khmer_name_is_found_inside_an_unspaced_sentence(gazetteer):
    assert names_in(gazetteer, "គណៈប្រតិភូខេត្តកណ្តាលបានមកដល់") == [{"KH-8"}]


def test_an_old_province_is_linked_to_the_new_one_only(gazetteer):
    old, new = "VN-50", "VN-49"  # Bến Tre, Vĩnh Long
    assert old in gazetteer.predecessors_of(new)
    assert gazetteer.predecessors_of(old) == []


def test_suggested_entries_begin_with_the_text(gazetteer):
    assert "KH-21" in [entry.id for entry in gazetteer.starting_with("tà k")]
    assert gazetteer.starting_with("") == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("hoc bong thang 9 2016", ["m2016-09"]),
        ("tháng 3/2019", ["m2019-03"]),
        ("ខែមិថុនា ២០០៩", ["m2009-06"]),
        ("នៅថ្ងៃទី២១ ខែកក្កដា ឆ្នាំ២០១០", ["d2010-07-21"]),
        ("June 2009", ["m2009-06"]),
        ("On 21 July 2010, 161 farmers", ["d2010-07-21"]),
        ("7/1/1979", ["d1979-01-07"]),
        ("21-23/7/2010", ["d2010-07-21", "d2010-07-22", "d2010-07-23"]),
        ("từ năm 2019 đến 2021", ["y2019", "y2020", "y2021"]),
        ("lần thứ III năm 2017", ["o3", "y2017"]),
        ("lan thu 3", ["o3"]),
        ("លើកទី៥", ["o5"]),
        ("the 3rd cup", ["o3"]),
        ("2019年6月", ["m2019-06"]),
        ("ເດືອນມິຖຸນາ 2009", ["m2009-06"]),
        ("Kế hoạch số 50/KH-UBND", ["#50/kh-ubnd"]),
        ("quyet dinh 2063/QD-UBND", ["#2063/qd-ubnd"]),
        ("số 12/2019/QĐ-UBND", ["#12/2019/qd-ubnd"]),
        ("mừng ngày 24 tháng 6", ["md06-24"]),
        ("2.063 người chạy", []),
        ("31/13/2016", []),
        ("Covid 19", []),
    ],
)
def test_marks_are_recognised_in_every_language(text, ids):
    assert [id_ for mark in find_marks(prepare(text).text) for id_ in mark.ids] == ids


def test_a_day_in_a_text_also_stands_for_its_month_and_year():
    assert text_ids("ngày 14/9/2016") == {"d2016-09-14", "m2016-09", "y2016", "md09-14", "M09"}


def test_a_record_carries_the_days_of_its_period():
    ids = period_ids(date(2016, 9, 30), date(2016, 10, 1), "day")
    assert {"d2016-09-30", "d2016-10-01", "m2016-09", "m2016-10", "y2016"} <= ids


def test_a_long_period_carries_its_months_only():
    ids = period_ids(date(2015, 11, 5), date(2016, 2, 1), "day")
    assert {"m2015-12", "m2016-01", "y2015", "y2016"} <= ids
    assert "d2015-12-01" not in ids


def test_a_period_of_years_carries_no_month():
    assert period_ids(date(2015, 1, 1), date(2016, 12, 31), "year") == {"y2015", "y2016"}


def test_an_unknown_date_carries_nothing():
    assert period_ids(None, None, "unknown") == set()


def test_ids_of_a_restricted_page_are_kept_apart(gazetteer):
    record = document("e", "Đoàn Takeo")
    other = document("e", "Đoàn Kandal", language="km").parts["km"]
    other.audiences = ["staff"]
    record.parts["km"] = other
    public, restricted = index_entries(record, gazetteer)
    assert "KH-21" in public.ids_title
    assert "KH-8" not in public.ids_text
    assert "KH-8" in restricted.ids_title
