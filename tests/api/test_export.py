"""The list of events as a spreadsheet."""

import csv
import io

import pytest

from huunghi.events.api import export
from huunghi.events.models import EventOrganiser, EventPartnerSide, Figure, Venue
from tests.access.conftest import share, world  # noqa: F401  a fixture
from tests.api.conftest import problem_names
from tests.factories import make_event, make_exchange, make_measure, make_organisation, make_partner, make_place

pytestmark = pytest.mark.django_db

PATH = "/events/export.csv"


def rows(answer):
    assert answer.status_code == 200
    content = answer.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_row_says_what_a_reader_of_the_list_sees(api):
    event = make_event(
        "Hội nghị Đồng Tháp",
        summary="Dòng một\nDòng hai",
        start="2019-05-14",
        precision="month",
        stated_venues=53,
        exchange=make_exchange("Giải"),
        edition=3,
        rows={
            "partner_sides": [EventPartnerSide(partner=make_partner(code)) for code in ("KH-8", "KH-21")],
            "venues": [
                Venue(name="Hội trường", place=make_place("VN-44")),
                Venue(name="Điểm cầu", online_address="CANARY"),
            ],
            "organisers": [EventOrganiser(organisation=make_organisation("lh", vi="Liên hiệp"))],
            "figures": [Figure(quantity=2063, unit=make_measure()), Figure(quantity="1.5", unit=make_measure("USD"))],
        },
    )
    answer = api(PATH)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="events.csv"'
    (row,) = rows(answer)
    assert "CANARY" not in str(row)
    assert row["id"] == str(event.translation_key)
    assert (row["title"], row["summary"], row["start"]) == ("Hội nghị Đồng Tháp", "Dòng một\nDòng hai", "2019-05")
    assert (row["partner_codes"], row["partners"]) == ("KH-8; KH-21", "Kandal; Takeo")
    assert row["venues"].startswith("Hội trường, ") and row["venues"].endswith("; Điểm cầu")
    assert (row["organisers"], row["figures"]) == ("Liên hiệp", "2063 attendance; 1.5 USD")
    assert (row["stated_venues"], row["exchange"], row["edition"]) == ("53", "Giải", "3")
    assert row["url"] == f"http://testserver{event.url}"


def test_texts_are_in_the_asked_language_and_the_row_says_which(api):
    make_event("Hội nghị", translations={"km": {"title": "ប្រជុំ", "machine_translated": True}})
    said = {lang: rows(api(PATH, lang=lang))[0] for lang in ("vi", "km", "en")}
    assert {lang: (row["title"], row["lang"], row["translation"], row["stale"]) for lang, row in said.items()} == {
        "vi": ("Hội nghị", "vi", "original", "no"),
        "km": ("ប្រជុំ", "km", "machine", "no"),
        "en": ("Hội nghị", "vi", "original", "no"),
    }


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "＝1", "  =1+1", "\t=1"])
def test_text_that_looks_like_a_formula_is_text(api, text):
    make_event(f"{text} tiêu đề", summary=text, rows={"venues": [Venue(name=text)]})
    (row,) = rows(api(PATH))
    for name in ("title", "summary", "venues"):
        assert row[name].startswith("'"), name


def test_the_filters_and_the_order_are_those_of_the_list(api):
    make_event("Cũ", start="2017-05-14")
    make_event("Mới", start="2019-05-14", status="cancelled")
    assert [row["title"] for row in rows(api(PATH))] == ["Mới", "Cũ"]
    assert [row["title"] for row in rows(api(PATH, order="date"))] == ["Cũ", "Mới"]
    assert [row["title"] for row in rows(api(PATH, year=2019))] == ["Mới"]
    assert [row["title"] for row in rows(api(PATH, status="held"))] == ["Cũ"]
    assert problem_names(api(PATH, limit=5), "limit")


def test_rows_are_those_that_the_reader_may_see_less_what_is_withheld(world):  # noqa: F811
    exchange = make_exchange("CANARY", visibility="partners", unit=world.own)
    event = make_event(
        "Được chia sẻ",
        unit=world.own,
        visibility="partners",
        exchange=exchange,
        rows={
            "partner_sides": [EventPartnerSide(partner=make_partner("canary-partner"))],
            "figures": [Figure(quantity=4711, unit=make_measure())],
        },
    )
    share(event, world.a, withheld=[*event.partner_sides.all(), *event.figures.all()])
    share(event, world.b)
    seen = {name: world.client(name).get(f"/api/v1{PATH}") for name in ("anonymous", "partner_a", "partner_b")}
    assert rows(seen["anonymous"]) == []
    (a,), (b,) = rows(seen["partner_a"]), rows(seen["partner_b"])
    assert (a["partner_codes"], a["figures"], a["exchange"]) == ("", "", "")
    assert (b["partner_codes"], b["figures"], b["exchange"]) == ("canary-partner", "4711 attendance", "")
    assert seen["partner_a"]["Cache-Control"] == "private, no-store"


def test_a_piece_costs_the_same_queries_however_many_events_are_in_it(api, monkeypatch, django_assert_max_num_queries):
    for number in range(7):
        make_event(f"Sự kiện {number}", start=f"20{10 + number}-01-01")
    monkeypatch.setattr(export, "PIECE", 3)
    assert [row["title"] for row in rows(api(PATH))] == [f"Sự kiện {number}" for number in reversed(range(7))]
    monkeypatch.setattr(export, "PIECE", 500)
    rows(api(PATH))
    with django_assert_max_num_queries(11):
        assert len(rows(api(PATH))) == 7


def test_an_event_that_is_hidden_while_the_file_is_read_is_left_out(api, monkeypatch):
    make_event("Một", start="2020-01-01")
    second = make_event("CANARY", start="2019-01-01")
    monkeypatch.setattr(export, "PIECE", 1)
    answer = api(PATH)
    lines = iter(answer.streaming_content)
    begun = [next(lines) for _ in range(3)]
    second.unpublish()
    assert "Một" in begun[2].decode()
    assert b"CANARY" not in b"".join(lines)


def test_an_empty_list_has_its_heading(api):
    assert api(PATH).getvalue().decode("utf-8-sig").strip() == ",".join(export.COLUMNS)
