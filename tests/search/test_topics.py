"""Concepts of the glossary in the embedded engine; Elasticsearch is compared with it by the judged queries."""

from .conftest import document, ids


def test_what_the_query_is_about_stands_before_what_has_its_other_words(engine, find):
    engine.write(
        [
            document("elsewhere", "Table tennis friendly cup for all", language="en"),
            document("meant", "Giải bóng bàn Takeo"),
        ]
    )
    assert ids(find("table tennis friendly Takeo", "en")) == ["meant", "elsewhere"]


def test_syllables_far_apart_are_no_concept(engine, find):
    engine.write(
        [
            document("apart", "Takeo", "Quả bóng được trao. Sau giờ nghỉ, khách xem đá cầu."),
            document("football", "Tin", "Ở Takeo có trận bóng đá."),
        ]
    )
    assert ids(find("bóng đá Takeo"))[0] == "football"


def test_most_of_a_run_does_not_make_up_for_its_concept(engine, find):
    engine.write([document("football", "ការប្រកួតបាល់ទាត់មិត្តភាព", language="km")])
    assert find("ការប្រកួតបាល់ទះ", "km").count == 0


def test_all_concepts_of_a_run_are_needed_in_their_place(engine, find):
    engine.write([document("farmers", "Nông dân gặp nhau"), document("both", "Nông dân học trồng lúa")])
    assert ids(find("កសិករដាំស្រូវ", "km"))[0] == "both"
    assert find("កសិករដាំស្រូវ", "km").count == 1
