"""What a partner types, as a machine value or an error."""

import pytest
from django.core.exceptions import ValidationError

from huunghi.events.confirming.reading import read_line, read_number, read_value


@pytest.mark.parametrize(
    ("typed", "language", "value"),
    [
        ("2063", "km", "2063"),
        ("2.063", "vi", "2063"),
        ("2.063", "km", "2063"),
        ("2,063", "en", "2063"),
        ("2 063", "vi", "2063"),
        ("1,50", "vi", "1.5"),
        ("1.5", "en", "1.5"),
        ("០០២០៦៣", "km", "2063"),
        ("0", "en", "0"),
    ],
)
def test_a_number_is_read_as_its_writer_writes_numbers(typed, language, value):
    assert read_value(typed, "number", language) == value


@pytest.mark.parametrize("typed", ["2.06", "1e9", "-3", "٢٠٦٣", "12 người", "1,2,3", "1.2345", "9" * 40, "½", "NaN"])
def test_what_is_no_number_is_refused_with_an_example(typed):
    with pytest.raises(ValidationError):
        read_value(typed, "number", "vi")


def test_a_count_of_people_has_no_decimals_and_fits_its_column():
    for typed in ("1,5", "2147483648"):
        with pytest.raises(ValidationError):
            read_number(typed, "vi", whole=True)
    assert read_number("2147483647", "vi", whole=True) == "2147483647"


@pytest.mark.parametrize(
    ("typed", "value"), [("12/4/2024", "2024-04-12"), ("04/2024", "2024-04"), ("២០២៤", "2024"), ("2024-04-12",) * 2]
)
def test_a_date_is_read_to_the_precision_in_which_it_was_written(typed, value):
    assert read_value(typed, "date", "km") == value


@pytest.mark.parametrize("typed", ["31/02/2024", "12/13/2024", "0000", "tomorrow", "2024-4-12x"])
def test_what_is_no_day_of_the_calendar_is_refused(typed):
    with pytest.raises(ValidationError):
        read_value(typed, "date", "en")


def test_a_time_is_read_and_nonsense_refused():
    assert [read_value(typed, "time", "vi") for typed in ("8:00", "8h05", "17.30")] == ["08:00", "08:05", "17:30"]
    for typed in ("25:00", "8:60", "noon"):
        with pytest.raises(ValidationError):
            read_value(typed, "time", "vi")


def test_text_is_normalised_and_its_spaces_are_single():
    assert read_line("  Liên  hiệp\tHữu nghị ") == "Liên hiệp Hữu nghị"
    decomposed = "Lie\u0302n hie\u0323\u0302p"
    assert read_line(decomposed) == "Liên hiệp"


def test_khmer_joiners_stay():
    for text in ("ក\u200bខ", "ក\u200cខ", "ក\u200dខ"):
        assert read_line(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "a\x1bb",
        "a\nb",
        "\u202eabc",
        "a\u2066b",
        "\u200ea",
        "a\ufeffb",
        "a\ue000b",
        "a\u2028b",
        "a\U000e0041b",
        "\ud800",
    ],
)
def test_hidden_signs_are_refused(text):
    with pytest.raises(ValidationError):
        read_line(text)


def test_a_text_of_a_hundred_thousand_characters_is_refused():
    with pytest.raises(ValidationError):
        read_line("x" * 100_000)
    with pytest.raises(ValidationError):
        read_line("x" * 256)
    assert len(read_line("x" * 255)) == 255
