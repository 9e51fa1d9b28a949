from datetime import date

import pytest

from huunghi.partners.models import PlaceName
from huunghi.search.documents.entries import index_entries
from huunghi.search.models import Concept, ConceptTerm
from huunghi.search.planning.plan import NameClause
from huunghi.search.planning.planner import plan
from huunghi.search.recognition import knowledge
from huunghi.search.recognition.gazetteer import PREDECESSOR_WEIGHT, Gazetteer, GazetteerEntry
from huunghi.search.recognition.marks import find_marks, period_ids, text_ids
from huunghi.search.text.normalise import prepare
from huunghi.search.text.tokens import tokenise

from ..factories import make_organisation, make_place
from .conftest import document, ids


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


@pytest.mark.parametrize(
    ("text", "strict", "found"),
    [
        ("đoàn Lào", True, True),
        ("ban Lào", False, True),
        ("doan lao", False, False),
        ("Nhật", False, True),
        ("nhat", False, False),
        ("Kep", False, True),  # written without diacritics in the gazetteer
        ("kẹp", False, False),
    ],
)
def test_a_name_of_one_short_syllable_is_taken_only_as_it_is_written(gazetteer, text, strict, found):
    assert bool(names_in(gazetteer, text, strict)) is found


def test_names_that_differ_only_in_diacritics_are_told_apart_when_they_are_written():
    gazetteer = Gazetteer([GazetteerEntry("a", ("Hà Tiên",)), GazetteerEntry("b", ("Hạ Tiên",))])
    assert names_in(gazetteer, "Hạ Tiên") == [{"b"}]
    assert names_in(gazetteer, "ha tien") == [{"a", "b"}]
    assert not names_in(gazetteer, "ha tien", strict=True)


def test_a_name_does_not_reach_from_one_run_into_the_next(gazetteer):
    assert not names_in(gazetteer, "តា, កែវ")
    assert names_in(gazetteer, "តា\u200bកែវ") == [{"KH-21"}]


def test_a_match_tells_which_tokens_and_clusters_it_takes(gazetteer):
    tokens = tokenise("tỉnh An Giang, ខេត្តកណ្តាលបាន, Takeo")
    latin, khmer, last = gazetteer.recognise(tokens, strict=True)
    assert [token.exact for token in tokens[latin.first : latin.last + 1]] == ["an", "giang"]
    assert tokens[khmer.first].clusters[khmer.cluster_start : khmer.cluster_end] == ("ខេ", "ត្ត", "ក", "ណ្តា", "ល")
    assert tokens[last.first].exact == "takeo"


def test_vietnamese_text_must_write_a_name_with_its_diacritics(gazetteer):
    assert names_in(gazetteer, "tỉnh Đồng Tháp", strict=True)
    assert not names_in(gazetteer, "động thấp", strict=True)


def test_a_khmer_name_is_found_inside_an_unspaced_sentence(gazetteer):
    assert names_in(gazetteer, "គណៈប្រតិភូខេត្តកណ្តាលបានមកដល់") == [{"KH-8"}]


def test_an_old_province_is_linked_to_the_new_one_only(gazetteer):
    old, new = "VN-50", "VN-49"  # Bến Tre, Vĩnh Long
    assert old in gazetteer.predecessors_of(new)
    assert gazetteer.predecessors_of(old) == []


def test_who_asks_for_the_new_province_gets_the_old_one_but_never_the_reverse(engine, find):
    engine.rebuild([document("old", "Đoàn tỉnh Bến Tre"), document("new", "Đoàn tỉnh Vĩnh Long")])
    assert ids(find("Vĩnh Long")) == ["new", "old"]
    assert ids(find("Bến Tre")) == ["old"]


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
        ("Đại hội lần thứ nhất", ["o1"]),
        ("lần thứ mười hai, tháng mười một năm 2016", ["o12", "m2016-11"]),
        ("the second edition", ["o2"]),
        ("in June they left", ["M06"]),
        ("នៅខែមិថុនា", ["M06"]),
        ("ໃນເດືອນມິຖຸນາ", ["M06"]),
        ("第三届", ["o3"]),
        ("2019年至2021年", ["y2019", "y2021"]),
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


def test_marks_know_where_they_stand():
    text = "năm 2015 (lần thứ hai); sau đó, từ năm 2019 đến 2021, kế hoạch số 50/KH-UBND: in June, ngày 24/6."
    texts = [text[mark.start : mark.end] for mark in find_marks(text.lower())]
    assert texts == ["năm 2015", "lần thứ hai", "từ năm 2019 đến 2021", "số 50/KH-UBND", "in June", "ngày 24/6"]


@pytest.mark.parametrize("filling", ["", " và ", " 120 người; ", "។", "x" * 3000, " 1" * 3000])
def test_a_mark_is_the_same_whatever_stands_around_it(filling):
    text = f"{filling}|ngày 14/9/2016|{filling}|in June 2009|{filling}|លើកទី៥|{filling}|第三届|{filling}"
    assert {"d2016-09-14", "m2009-06", "o5", "o3"} == {
        id_ for mark in find_marks(prepare(text).text) for id_ in mark.ids
    }


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


@pytest.fixture
def at_once(monkeypatch):
    """Ask the database at every use whether names or terms have changed, not every two seconds."""
    monkeypatch.setattr(knowledge, "CHECK_INTERVAL", -1.0)


def named(query, language="vi"):
    clauses = plan(query, language, knowledge.current_gazetteer()).clauses
    return [clause.ids for clause in clauses if isinstance(clause, NameClause)]


@pytest.mark.django_db
def test_a_name_that_an_editor_adds_or_removes_changes_queries_and_texts(at_once):
    assert not named("dao thu nghiem")
    place = make_place("isle", vi="Đảo Thử Nghiệm")
    assert named("dao thu nghiem") == [[("isle", 1.0)]]
    place.name_rows.add(PlaceName(language="km", text="កោះសាកល្បង"))
    place.save()
    assert named("កោះសាកល្បង", "km") == [[("isle", 1.0)]]
    (entry,) = index_entries(document("e", "អំពីកោះសាកល្បងថ្មី", language="km"), knowledge.current_gazetteer())
    assert "isle" in entry.ids_title
    place.delete()
    assert not named("កោះសាកល្បង", "km")


@pytest.mark.django_db
def test_an_organisation_that_an_editor_adds_is_recognised(at_once):
    make_organisation("river-choir", vi="Đội Hợp Xướng Bên Sông")
    assert named("doi hop xuong ben song") == [[("org:river-choir", 1.0)]]


@pytest.mark.django_db
def test_a_province_that_an_editor_merges_is_also_found_under_the_new_one(at_once):
    old, new = make_place("old-shire", vi="Tỉnh Cũ Thử"), make_place("new-shire", vi="Tỉnh Mới Thử")
    assert named("Tỉnh Mới Thử") == [[("new-shire", 1.0)]]
    old.successors.add(new)
    assert named("Tỉnh Mới Thử") == [[("new-shire", 1.0), ("old-shire", PREDECESSOR_WEIGHT)]]
    assert named("Tỉnh Cũ Thử") == [[("old-shire", 1.0)]]


@pytest.mark.django_db
def test_a_term_that_an_editor_adds_changes_the_plan_of_a_query(at_once):
    def also_searched():
        return plan(
            "lantern fair", "en", knowledge.current_gazetteer(), None, knowledge.current_glossary()
        ).also_searched

    assert "hội đèn thử" not in also_searched()
    concept = Concept(code="lantern-fair")
    concept.terms = [ConceptTerm(language="vi", text="hội đèn thử"), ConceptTerm(language="en", text="lantern fair")]
    concept.save()
    assert "hội đèn thử" in also_searched()
    concept.terms.get(language="en").delete()
    assert "hội đèn thử" not in also_searched()


@pytest.mark.django_db
def test_the_process_in_which_an_editor_saves_knows_names_and_terms_from_the_commit_on(
    django_capture_on_commit_callbacks,
):
    assert not named("ben cang thu")
    before = knowledge.current_glossary()
    with django_capture_on_commit_callbacks(execute=True):
        make_place("test-port", vi="Bến Cảng Thử")
        concept = Concept(code="port-fair")
        concept.terms = [ConceptTerm(language="vi", text="hội bến thử")]
        concept.save()
    assert named("ben cang thu") == [[("test-port", 1.0)]]
    assert knowledge.current_glossary() is not before


@pytest.mark.django_db
def test_names_are_read_again_only_when_one_has_changed(at_once):
    before = knowledge.current_gazetteer()
    assert knowledge.current_gazetteer() is before
    make_place(vi="Nơi Mới")
    assert knowledge.current_gazetteer() is not before
