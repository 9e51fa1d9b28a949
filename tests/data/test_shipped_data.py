"""The gazetteer and the vocabularies that travel with the product, read as a loader reads them."""

import csv
import hashlib
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from anyascii import anyascii

ROOT = Path(__file__).parents[2]
PLACES = ROOT / "partners/data/place-names.csv"
EVENT_KINDS = ROOT / "events/data/event-kinds.csv"
UNITS = ROOT / "events/data/measure-units.csv"
FIELDS = ROOT / "partners/data/cooperation-fields.csv"
AUDIENCES = ROOT / "partners/data/audiences.csv"
VOCABULARIES = [EVENT_KINDS, UNITS, FIELDS, AUDIENCES]
LANGUAGES = ("vi", "km", "en")

# Southernmost and northernmost latitude, westernmost and easternmost longitude.
BOUNDS = {"KH": (9.9, 14.7, 102.3, 107.65), "LA": (13.9, 22.5, 100.0, 107.7), "VN": (8.3, 23.4, 102.1, 109.5)}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KHMER_LETTER = re.compile(r"[\u1780-\u17b3]")

# Contested names are known here by digest only: a list in clear would put into the project what it keeps out.
# `digest(name)` gives the entry for one more. They are historical or rival names of territory and islands.
DIGESTS = """
034565ef6f3274cd 096914a24f32c694 0f9c38ac00336446 1beaacd2d5bb31a9 2ed2ee084d252ec6 30b876717b76b69c
3ea6c60e48929abc 40a3d1e9755a8906 41e2867daa7f8ed0 44e0c75660afff7a 45421c2d859dacb7 468ec1e2c29f42be
4b6525e8102609d0 623f9e29480f099b 627ad33e5dab31fa 697959af7d144a10 74a361579bf2ede0 76cae4743a54c7c6
7726c1645956b4b3 7cca0dd5662a4c38 8325d6c058adb26e 8d2991fe36246787 9d806d3d9a578a42 a05c1af871055e61
a73aaf03251d5161 b689510ae1977862 ce69d4f7d0ef6cfc cf062f8286a282e0 d15940d52a2e158e d4bca2afbdd52234
dd2bacf91bcbb513 e0da6e4065a665c9 e19ae9b6d55c1554 e71fe736656f1124 e85f66996994aae3 ead4a4849085e627
ee6587bd6ca03d14 ef34c848112f4d5f f7c3c28f79660004 f7ce37c90148c5f0 fc137bef7e444feb fcce03ec7a310624
"""
CONTESTED = frozenset(DIGESTS.split())
SHORTEST_CONTESTED, LONGEST_CONTESTED = 5, 13


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def places():
    return {row["key"]: row for row in rows(PLACES)}


def located():
    return [row for row in rows(PLACES) if row["lat"] or row["lon"] or row["precision_km"]]


def fold(name):
    """Letters and digits only, without case; Latin and Vietnamese also without marks, Khmer with its vowels."""
    text = unicodedata.normalize("NFC", name).casefold()
    text = text if KHMER_LETTER.search(text) else anyascii(text).casefold()
    return "".join(char for char in text if unicodedata.category(char)[0] in "LMN")


def digest(name):
    return hashlib.sha256(fold(name).encode()).hexdigest()[:16]


def has_contested(name, digests=CONTESTED):
    folded = fold(name)
    return any(
        hashlib.sha256(folded[start:end].encode()).hexdigest()[:16] in digests
        for start in range(len(folded))
        for end in range(start + SHORTEST_CONTESTED, min(start + LONGEST_CONTESTED, len(folded)) + 1)
    )


def test_every_place_has_a_key_of_its_own():
    keys = [row["key"] for row in rows(PLACES)]
    assert len(set(keys)) == len(keys) == 94


def test_the_key_is_the_iso_code_or_the_slug_of_the_english_name():
    for row in rows(PLACES):
        if row["iso_code"]:
            assert row["key"] == row["iso_code"]
        elif row["kind"] == "group":
            assert row["key"] == row["en"]
        else:
            assert SLUG.fullmatch(row["key"]), row["key"]
            assert row["key"].replace("-", "") == re.sub(r"\W", "", anyascii(row["en"]).lower())


def test_all_25_units_of_cambodia_are_there_and_asean_is_a_group():
    assert {f"KH-{number}" for number in range(1, 26)} <= places().keys()
    assert places()["ASEAN"]["kind"] == "group"
    assert places()["ASEAN"]["km"] == "អាស៊ាន"


def test_a_festival_is_not_a_place():
    assert "festival" not in {row["kind"] for row in rows(PLACES)}


def test_every_place_has_a_vietnamese_and_an_english_name_and_all_but_one_a_khmer_name():
    assert all(row["vi"] and row["en"] for row in rows(PLACES))
    assert [row["key"] for row in rows(PLACES) if not row["km"]] == ["peoples-aid-coordinating-committee"]


def test_a_former_province_leads_to_the_province_that_took_it_in():
    former = [row for row in rows(PLACES) if row["kind"] == "province_former"]
    assert len(former) == 16
    for row in former:
        successor = places()[row["successor"]]
        assert successor["kind"] in {"province_2025", "city_2025"}
        assert row["en"] in successor["note"].partition("merged ")[2] or row["vi"] in successor["note"]


def test_a_former_vietnamese_province_was_valid_to_the_day_before_the_mergers():
    for row in rows(PLACES):
        expected = date(2025, 6, 30).isoformat() if row["kind"] == "province_former" else ""
        assert row["valid_to"] == expected
        assert bool(row["valid_to"]) == bool(row["successor"])


def test_khmer_spellings_that_nobody_confirmed_keep_their_mark():
    assert sum("uncertain" in row["note"] for row in rows(PLACES)) >= 25


def test_coordinates_come_as_a_pair_with_their_precision():
    assert len(located()) == 75
    for row in located():
        assert float(row["lat"]) and float(row["lon"])
        assert row["precision_km"] == "5"


def test_no_point_stands_for_a_country_a_group_or_an_organisation():
    assert not {row["kind"] for row in located()} & {"country", "group", "organisation"}


def test_every_coordinate_lies_within_its_country():
    for row in located():
        countries = [row["key"][:2]] if row["iso_code"] else ["KH", "VN"]
        if row["kind"] == "border_gate":
            boxes = [BOUNDS["KH"], BOUNDS["VN"]]
            assert all(inside(row, box) for box in boxes), row["key"]
        else:
            assert any(inside(row, BOUNDS[country]) for country in countries), row["key"]


def inside(row, box):
    south, north, west, east = box
    return south <= float(row["lat"]) <= north and west <= float(row["lon"]) <= east


def test_no_two_provinces_of_the_same_day_have_the_same_seat():
    for kinds in ({"province", "capital", "province_2025", "city_2025"}, {"province_former"}):
        seats = [(row["lat"], row["lon"]) for row in located() if row["kind"] in kinds]
        assert len(set(seats)) == len(seats)


def test_aliases_are_neither_empty_nor_repeated():
    for row in rows(PLACES):
        aliases = row["aliases"].split("|") if row["aliases"] else []
        assert all(alias == alias.strip() != "" for alias in aliases)
        assert len(set(aliases)) == len(aliases), row["key"]


def test_no_contested_name_is_shipped():
    for path in [PLACES, *VOCABULARIES]:
        for row in rows(path):
            for name in [*(row[language] for language in LANGUAGES), *row.get("aliases", "").split("|")]:
                assert not has_contested(name), f"{path.name}: {row.get('key') or row['code']}"


@pytest.mark.parametrize("name", ["Đảo Ví Dụ", "dao vi du", "quần đảo ví dụ lớn", "Dao-Vi-Du Islands"])
def test_a_contested_name_is_seen_in_any_spelling_and_inside_a_longer_name(name):
    assert has_contested(name, {digest("Đảo Ví Dụ")})


def test_a_contested_khmer_name_is_seen_inside_an_unspaced_name():
    assert has_contested("កោះឧទាហរណ៍ធំ", {digest("ឧទាហរណ៍")})
    assert not has_contested("កោះធំ", {digest("ឧទាហរណ៍")})


@pytest.mark.parametrize("path", VOCABULARIES, ids=lambda path: path.stem)
def test_every_row_of_a_vocabulary_is_complete_and_unique(path):
    terms = rows(path)
    assert terms
    for column in ("code", "order", *LANGUAGES):
        values = [term[column] for term in terms]
        assert all(value == value.strip() != "" for value in values), column
        assert len(set(values)) == len(values), column
    assert all(KHMER_LETTER.search(term["km"]) for term in terms)
    assert [int(term["order"]) for term in terms] == sorted(int(term["order"]) for term in terms)
    assert {term["km_review"] for term in terms} <= {"0", "1"}


@pytest.mark.parametrize("path", [PLACES, *VOCABULARIES], ids=lambda path: path.stem)
def test_shipped_text_is_in_composed_form_without_invisible_characters(path):
    text = path.read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    assert not re.search("[\u200b-\u200f\u2028-\u202e\ufeff\u00a0\r]", text)


def test_the_kinds_of_events_are_those_of_the_import_format():
    expected = """meeting conference training round-table tournament contest performance exhibition fair signing visit
    press-trip launch aid celebration seminar forum press-conference festival"""
    assert [kind["code"] for kind in rows(EVENT_KINDS)] == expected.split()


def test_attendances_and_persons_are_different_units_in_every_language():
    units = {unit["code"]: unit for unit in rows(UNITS)}
    assert units["attendance"]["vi"] == "lượt người"
    assert units["person"]["vi"] == "người"
    assert all(units["attendance"][language] != units["person"][language] for language in LANGUAGES)


def test_money_is_counted_by_iso_currency_codes_and_nothing_else_is_money():
    for unit in rows(UNITS):
        assert unit["measure_class"] in {"count", "money", "measure"}
        assert (unit["measure_class"] == "money") == bool(re.fullmatch("[A-Z]{3}", unit["code"]))
    money = {unit["code"] for unit in rows(UNITS) if unit["measure_class"] == "money"}
    assert money == {"VND", "USD", "EUR", "KHR", "LAK", "THB", "CNY", "JPY"}


def test_the_sensitive_fields_are_those_that_need_a_second_reviewer():
    sensitive = {field["code"] for field in rows(FIELDS) if field["sensitive"] == "1"}
    assert sensitive == {"border", "sovereignty", "human-rights", "religion-ethnic", "defence-diplomacy"}
    assert {field["sensitive"] for field in rows(FIELDS)} == {"0", "1"}
