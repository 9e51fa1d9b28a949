from datetime import date, time

import pytest

from huunghi.events.periods import iso_cut, precision_of, whole_period

ZONE = "Asia/Ho_Chi_Minh"


def test_a_month_is_widened_to_its_first_and_last_day():
    assert whole_period(date(2024, 2, 14), None, "month") == (date(2024, 2, 1), date(2024, 2, 29))


def test_a_range_of_years_is_widened_on_both_sides():
    assert whole_period(date(2018, 6, 1), date(2020, 3, 1), "year") == (date(2018, 1, 1), date(2020, 12, 31))


def test_a_missing_end_is_the_first_day():
    assert whole_period(date(2019, 5, 14), None, "day") == (date(2019, 5, 14), date(2019, 5, 14))


def test_an_unknown_date_has_no_days():
    assert whole_period(date(2019, 5, 14), None, "unknown") == (None, None)


@pytest.mark.parametrize(
    ("precision", "clock", "text"),
    [
        ("year", None, "2019"),
        ("month", None, "2019-05"),
        ("day", time(8), "2019-05-14"),
        ("minute", time(8), "2019-05-14T08:00+07:00"),
        ("minute", None, "2019-05-14"),
        ("unknown", None, None),
    ],
)
def test_iso_text_is_cut_to_the_precision(precision, clock, text):
    assert iso_cut(date(2019, 5, 14), clock, precision, ZONE) == text


@pytest.mark.parametrize(
    ("text", "precision"),
    [("2019", "year"), ("2019-05", "month"), ("2019-05-14", "day"), ("2019-05-14T08:00+07:00", "minute")],
)
def test_the_length_of_a_text_states_its_precision(text, precision):
    assert precision_of(text) == precision
