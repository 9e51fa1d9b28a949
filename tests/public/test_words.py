from datetime import date, time
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from huunghi.public.charts import year_chart
from huunghi.public.names import evident_language, in_language, run
from huunghi.public.numbers import number_text
from huunghi.public.partners import agreement_state
from huunghi.public.periods import date_block, event_period, partial_date_text, period_text


@pytest.mark.parametrize(
    ("start", "end", "precision", "text"),
    [
        ("2019-05-14", "2019-05-14", "day", "14/05/2019"),
        ("2019-05-14", "2019-05-16", "day", "14–16/05/2019"),
        ("2018-09-30", "2018-10-02", "day", "30/09–02/10/2018"),
        ("2018-12-30", "2019-01-02", "day", "30/12/2018–02/01/2019"),
        ("2019-05-01", "2019-05-31", "month", "tháng 5/2019"),
        ("2019-05-01", "2019-07-31", "month", "tháng 5/2019 – tháng 7/2019"),
        ("2018-01-01", "2018-12-31", "year", "2018"),
        ("2017-01-01", "2019-12-31", "year", "2017–2019"),
    ],
)
def test_a_period_is_day_first_and_as_exact_as_it_is_known(start, end, precision, text):
    assert period_text(date.fromisoformat(start), date.fromisoformat(end), precision, "vi") == text


def test_an_unknown_date_is_said_to_be_unknown():
    with override("en"):
        assert period_text(None, None, "unknown", "en") == "not recorded"
        assert date_block(None, None, "unknown", "en").small == "date not recorded"


def test_a_month_has_its_name_in_khmer_and_english():
    assert partial_date_text("2019-05", "km") == "ខែឧសភា ឆ្នាំ2019"
    assert partial_date_text("2019-05", "en") == "May 2019"
    assert partial_date_text("2019-05-14", "en") == "14/05/2019"
    assert partial_date_text("", "vi") == ""


def test_hours_name_their_zone_only_when_people_join_from_elsewhere():
    event = SimpleNamespace(
        start_date=date(2022, 6, 14), end_date=date(2022, 6, 14), precision="minute", all_day=False,
        start_time=time(8), end_time=time(11, 30), time_zone="Asia/Ho_Chi_Minh", mode="on-site",
    )  # fmt: skip
    assert event_period(event, "vi") == "14/06/2022, 08:00–11:30"
    event.mode = "mixed"
    assert event_period(event, "vi") == "14/06/2022, 08:00–11:30 (Asia/Ho_Chi_Minh)"


@pytest.mark.parametrize(
    ("value", "language", "text"),
    [
        (2063, "vi", "2.063"),
        (2063, "km", "2.063"),
        (2063, "en", "2,063"),
        ("1500.50", "vi", "1.500,5"),
        ("1000.00", "en", "1,000"),
        (0, "vi", "0"),
        (None, "vi", ""),
    ],
)
def test_numbers_have_the_separators_of_the_language(value, language, text):
    assert number_text(value, language) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [("Nguyễn Phương Nga", "vi"), ("កណ្ដាល", "km"), ("ASEAN", ""), ("Bến Tre", "vi"), ("Hanoi 2019", "")],
)
def test_letters_give_away_the_language_of_a_run(text, language):
    assert evident_language(text) == language


def test_a_foreign_run_carries_its_language_and_is_escaped():
    assert run("Đắk Lắk <b>", "km") == '<span lang="vi">Đắk Lắk &lt;b&gt;</span>'
    assert in_language("<i>", "vi", "vi") == "&lt;i&gt;"


def test_a_chart_keeps_the_place_of_years_without_anything():
    chart = year_chart([(2019, 4), (2017, 2)], lambda year: f"/{year}/")
    assert [(bar.label, bar.count) for bar in chart.bars] == [("2017", 2), ("2018", 0), ("2019", 4)]
    assert chart.bars[0].height * 2 == chart.bars[2].height
    assert chart.bars[2].url == "/2019/"
    assert year_chart([], str) is None


def test_an_agreement_that_ran_out_is_not_called_signed():
    with override("en"):
        assert agreement_state("2016", "2018", date(2019, 1, 1)) == "no longer valid"
        assert agreement_state("2016", "2018", date(2018, 12, 31)) == "signed"
        assert agreement_state("", "", date(2018, 12, 31)) == "not recorded as signed"
