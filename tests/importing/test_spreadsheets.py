"""Workbooks and CSV files: what they make, and which cell an error names."""

import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils.translation import override
from openpyxl import load_workbook

from huunghi.events.models import ArticlePage, EventPage, EventStatus, ExchangePage
from huunghi.importing import Options, UnreadableFileError, import_files
from huunghi.importing.spreadsheets.cells import CellError, number_of
from huunghi.importing.spreadsheets.labels import COLUMN_LABELS
from huunghi.importing.spreadsheets.sheets import letters
from huunghi.models import ImportedItem
from huunghi.partners.models import Organisation, Person, Place
from tests.factories import make_kind

from .spreadsheets import csv_file, event_row, lines_of, load, table, workbook

pytestmark = pytest.mark.django_db


def the_event(language="vi"):
    return EventPage.objects.get(locale__language_code=language)


def test_a_row_becomes_an_event_with_its_texts_in_every_language(tmp_path):
    rows = table(
        event_row(
            **{"title km": "ជំនួបមិត្តភាព", "summary vi": "Tóm tắt.", "body vi": "Một.\n\nHai.", "title en": "Meeting"},
            partners="KH-8 guest",
            places="VN-44; KH-8",
            figures="2.063 attendance (cả hai ngày); 12,5 item",
            organisers="org-union; Câu lạc bộ (sponsor)",
            venues="Nhà thi đấu @ VN-44 (main); Hội trường (connected)",
        )
    )
    report = load(workbook(tmp_path / "a.xlsx", events=rows), language="vi")
    page = the_event()
    assert report.said == [] and page.live and page.start_date == date(2019, 5, 14)
    assert page.body[0].value.source == "<p>Một.</p><p>Hai.</p>" and the_event("km").title == "ជំនួបមិត្តភាព"
    assert [(side.partner.code, side.role) for side in page.partner_sides.all()] == [("KH-8", "guest")]
    assert sorted(place.key for place in page.places.all()) == ["KH-8", "VN-44"]
    figures = [(row.quantity, row.unit.code, row.scope) for row in page.figures.all()]
    assert figures == [(Decimal(2063), "attendance", "cả hai ngày"), (Decimal("12.5"), "item", "")]
    organisers = [(row.organisation and row.organisation.key, row.name, row.role) for row in page.organisers.all()]
    assert organisers == [("org-union", "", "organiser"), (None, "Câu lạc bộ", "sponsor")]
    venues = [(row.name, row.place and row.place.key, row.role) for row in page.venues.all()]
    assert venues == [("Nhà thi đấu", "VN-44", "main"), ("Hội trường", None, "connected")]


def test_rows_of_other_sheets_belong_to_the_event_that_they_name(tmp_path):
    book = workbook(
        tmp_path / "a.xlsx",
        events=table(event_row(**{"title km": "ក"}), event_row(source_id="e2", **{"title vi": "Khác"})),
        venues=table(
            {"source_id": "e1", "role": "main", "place": "VN-44", "name": "Nhà", "name km": "ផ្ទះ", "attendance": 300},
            {"source_id": "e2", "role": "stop", "name": "Xã"},
            {"source_id": "e1", "role": "connected", "place": "VN-45", "host": "org-union"},
        ),
        figures=table({"source_id": "e1", "quantity": "1.250,5", "unit": "attendance", "scope en": "both days"}),
        partner_sides=table({"source_id": "e1", "code": "KH-8", "role": "host"}),
        appearances=table({"source_id": "e1", "person": "p1", "role": "chair", "title": "Giám đốc"}),
        people=table({"source_id": "p1", "name vi": "Nguyễn Văn A"}),
    )
    report = load(book, language="vi")
    page = EventPage.objects.get(title="Gặp gỡ hữu nghị")
    assert report.said == []
    assert [(v.role, v.name, v.attendance) for v in page.venues.all()] == [
        ("main", "Nhà", 300),
        ("connected", "", None),
    ]
    assert page.venues.all()[1].host.key == "org-union"
    assert [v.name for v in EventPage.objects.get(title="ក").venues.all()] == ["ផ្ទះ", ""]
    assert page.figures.get().quantity == Decimal("1250.5")
    assert page.partner_sides.get().role == "host" and page.appearances.get().title_as_printed == "Giám đốc"
    assert EventPage.objects.get(title="Khác").venues.get().name == "Xã"


def test_other_sheets_make_records_and_other_pages(tmp_path):
    book = workbook(
        tmp_path / "a.xlsx",
        places=table(
            {"source_id": "p", "key": "nha-a", "name vi": "Nhà A", "kind": "venue", "lat": "10,7", "lon": 105}
        ),
        organisations=table({"key": "clb", "name vi": "Câu lạc bộ", "kind": "club", "group": "no"}),
        exchanges=table({"source_id": "x", "title": "Giải", "since": 2015, "unit": "org-union", "partners": "KH-8"}),
        articles=table(
            {"source_id": "a", "title vi": "Bài", "published_at": "08:10 18/06/2019", "unit": "org-union", "live": True}
        ),
        events=table(event_row(exchange="x", edition="3", venues="@ nha-a")),
    )
    report = load(book)
    assert report.said == []
    assert Place.objects.get(key="nha-a").latitude == Decimal("10.7")
    assert Organisation.objects.get(key="clb").is_group is False
    assert ExchangePage.objects.get().since == "2015" and the_event().edition == 3
    assert ArticlePage.objects.get().published_time == time(8, 10)


def test_dates_are_read_as_they_are_written(tmp_path):
    day, month, year = date(2019, 5, 14), date(2019, 5, 1), date(2019, 1, 1)
    cells = [
        (date(2019, 5, 14), day, "day"),
        (datetime(2019, 5, 14, 8, 30), day, "minute"),
        ("14/05/2019", day, "day"),
        ("14-5-2019", day, "day"),
        ("05/2019", month, "month"),
        ("2019", year, "year"),
        (2019, year, "year"),
        ("2019-05", month, "month"),
        ("14/05/2019 08:30", day, "minute"),
        ("2019-05-14T08:30+07:00", day, "minute"),
        ("១៤/០៥/២០១៩", day, "day"),
    ]
    rows = [event_row(**{"source_id": f"e{n}", "title vi": f"{n}", "start": c[0]}) for n, c in enumerate(cells)]
    assert load(workbook(tmp_path / "a.xlsx", events=table(*rows))).said == []
    for number, (_cell, start, precision) in enumerate(cells):
        page = EventPage.objects.get(title=f"{number}")
        clock = time(8, 30) if precision == "minute" else None
        assert (page.start_date, page.precision, page.start_time) == (start, precision, clock)


def test_a_date_cell_is_as_exact_as_it_is_shown(tmp_path):
    formats = {"mmm-yy": "2019-05", "yyyy": "2019", "dd/mm/yyyy": "2019-05-01", "General": "2019-05-01"}

    def show(book):
        for row, shown in enumerate(formats, 2):
            book["events"].cell(row, 3).number_format = shown

    rows = [event_row(start=date(2019, 5, 1)) for _shown in formats]
    lines = lines_of(workbook(tmp_path / "a.xlsx", show, events=table(*rows)))
    assert [line.get("start") for line in lines[:3]] == list(formats.values())[:3]


@pytest.mark.parametrize(
    ("cell", "language", "quantity"),
    [
        ("2.063", "vi", 2063), ("2,063", "en", 2063), ("1.234.567", "en", 1234567), ("12,5", "en", Decimal("12.5")),
        ("12.5", "vi", Decimal("12.5")), (" 1 250 ", "vi", 1250), ("២០៦៣", "km", 2063), (12.5, "vi", Decimal("12.5")),
        ("1.250,75", "en", Decimal("1250.75")), ("0.125", "vi", Decimal("0.125").quantize(Decimal("0.01"))),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(tmp_path, cell, language, quantity):
    with override(language):
        assert round(Decimal(str(number_of(cell))), 2) == quantity


@pytest.mark.parametrize(("cell", "language"), [("2,063", "vi"), ("2.063", "en"), ("1,5,2", "vi"), ("ten", "en")])
def test_a_number_that_can_be_read_in_two_ways_or_in_none_is_refused(cell, language):
    with override(language), pytest.raises(CellError):
        number_of(cell)


def test_an_error_names_sheet_column_and_row(tmp_path):
    wrong = [
        ("start", "05/14/2019"), ("start", 43599), ("start", True), ("kind", "meetings"), ("status", "heldd"),
        ("live", "maybe"), ("unit", "nobody"), ("edition", "2,5"), ("edition", "two"), ("partners", "KH-8 visitor"),
        ("partners", "KH-8; XX-99"), ("figures", "2063"), ("venues", "Hall @ nowhere"), ("source.address", "here"),
        ("source.date", "05/2019"), ("end", "13/05/2019"), ("title vi", "x" * 300), ("title km", "x" * 100_001),
        ("edition", datetime(2019, 5, 2)), ("places", "VN-44; AN-1"), ("title km", datetime(2019, 5, 2)),
        ("appearances", "someone chair"),
    ]  # fmt: skip
    rows = table(*(event_row(**{"source_id": f"e{n}", name: value}) for n, (name, value) in enumerate(wrong)))
    said = load(workbook(tmp_path / "a.xlsx", events=rows)).said
    expected = {f"a.xlsx events!{letters(rows[0].index(name))}{row}" for row, (name, _value) in enumerate(wrong, 2)}
    assert {sentence.split(": ")[0] for sentence in said} == expected and len(said) == len(wrong)
    assert not EventPage.objects.exists()


def test_an_error_in_another_sheet_names_the_cell_there(tmp_path):
    book = workbook(
        tmp_path / "a.xlsx",
        events=table(event_row()),
        venues=table(
            {"source_id": "e1", "name": "A", "place": "VN-44", "attendance": 1},
            {"source_id": "e1", "name": "B", "place": "VN-444", "attendance": 1},
            {"source_id": "e1", "name": "C", "place": "VN-44", "attendance": "many"},
            {"source_id": "e9", "name": "D"},
            {"name": "E"},
        ),
    )
    said = load(book).said
    assert [sentence.split(": ")[0] for sentence in said] == [
        "a.xlsx venues!D4",
        "a.xlsx venues!A6",
        "a.xlsx venues!A5",
    ]
    fixed = table({"source_id": "e1", "name": "B", "place": "VN-444"})
    said = load(workbook(tmp_path / "b.xlsx", events=table(event_row()), venues=fixed)).said
    assert said[0].startswith("b.xlsx venues!C2: ") and "VN-44" in said[0]


def test_rows_written_twice_are_refused_where_they_stand_first(tmp_path):
    book = workbook(
        tmp_path / "a.xlsx",
        events=table(event_row(venues="Hall")),
        venues=table({"source_id": "e1", "name": "A"}),
    )
    assert load(book).said[0].startswith("a.xlsx events!H2: ")


def test_errors_are_in_the_language_of_the_editor(tmp_path):
    book = workbook(tmp_path / "a.xlsx", events=table(event_row(kind="meetings")))
    vietnamese, english = load(book, language="vi").said, load(book, language="en").said
    assert vietnamese != english and vietnamese[0].startswith("a.xlsx events!D2: ")


def test_a_second_import_changes_nothing_and_a_change_is_one_change(tmp_path):
    rows = table(event_row(venues="Hall @ VN-44", figures="3 item", **{"title km": "ក"}))
    book = workbook(tmp_path / "a.xlsx", events=rows)
    assert load(book).counts["created"] == 3
    assert load(book).counts == {"unchanged": 3}
    rows[1][rows[0].index("status")] = "cancelled"
    assert load(workbook(tmp_path / "a.xlsx", events=rows)).counts == {"changed": 1, "unchanged": 2}


def test_a_row_without_identifier_is_recognised_by_date_title_and_place(tmp_path):
    row = {name: value for name, value in event_row(places="VN-44").items() if name != "source_id"}
    load(workbook(tmp_path / "a.xlsx", events=table(row)))
    again = row | {"title vi": "GẶP GỠ HỮU NGHỊ", "status": "cancelled"}
    load(workbook(tmp_path / "b.xlsx", events=table(again)), overwrite=True)
    assert EventPage.objects.count() == 1 and the_event().status == "cancelled"
    load(workbook(tmp_path / "c.xlsx", events=table(row | {"places": "VN-45"})))
    assert EventPage.objects.count() == 2


def test_a_row_without_identifier_is_the_event_that_was_imported_under_one(tmp_path):
    load(workbook(tmp_path / "a.xlsx", events=table(event_row(places="VN-44"))))
    row = {name: value for name, value in event_row(places="VN-44", status="cancelled").items() if name != "source_id"}
    load(workbook(tmp_path / "b.xlsx", events=table(row)))
    assert the_event().status == "cancelled" and ImportedItem.objects.filter(type="event").count() == 1


def test_headings_may_be_labels_in_any_language_and_choices_too(tmp_path):
    make_kind("festival", vi="Lễ hội", en="Festival")
    with override("vi"):
        status, held = str(COLUMN_LABELS["status"]), str(EventStatus.HELD.label)
    assert held != "held"
    row = event_row() | {"kind": "lễ hội"}
    del row["status"]
    report = load(workbook(tmp_path / "a.xlsx", Events=table(row | {status.upper(): held, "Title (km)": "ក"})))
    assert report.said == [] and the_event().status == "held" and the_event().kind.code == "festival"
    assert the_event("km").title == "ក"


def test_the_template_can_be_filled_in_and_imported(tmp_path):
    path = tmp_path / "t.xlsx"
    call_command("huunghi_import", template=str(path), language="vi")
    book = load_workbook(path)
    sheet = book["events"]
    codes = [cell.value for cell in sheet[2]]
    assert {"source_id", "title vi", "title km", "title en", "start", "venues"} <= set(codes)
    assert sheet["A1"].comment and sheet[1][codes.index("title vi")].value != "title vi"
    for name, value in event_row(**{"title km": "ក"}).items():
        sheet.cell(3, codes.index(name) + 1, value)
    book["venues"].append(["e1"])
    book.save(path)
    assert load(path).said == []
    assert the_event().live and the_event("km").title == "ក" and the_event().venues.count() == 1


def test_an_untouched_template_has_nothing_to_import(tmp_path):
    call_command("huunghi_import", template=str(tmp_path / "t.xlsx"))
    with pytest.raises(UnreadableFileError):
        import_files([tmp_path / "t.xlsx"], Options(), lambda sentence: None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
def test_a_csv_file_is_read_in_every_usual_form(tmp_path, encoding, delimiter):
    title = 'Giao lưu hữu nghị; "quốc tế", Đồng Tháp'
    rows = table(event_row(**{"title vi": title, "figures": "2.063 attendance"}))
    if encoding == "cp1258":
        rows = [[_for_windows(cell) for cell in row] for row in rows]
    with override("vi"):
        (line,) = lines_of(csv_file(tmp_path / "su-kien.csv", rows, encoding, delimiter))
    assert unicodedata.normalize("NFC", line["texts"]["vi"]["title"]) == title
    assert line["figures"] == [{"quantity": 2063, "unit": "attendance"}]


def _for_windows(text):
    """Letters of Windows-1258: those with a circumflex, breve or horn are whole, their tone mark follows."""
    marks = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in parts if mark in marks)
        out.append(unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in marks)) + tone)
    return "".join(out)


def test_csv_files_of_one_import_belong_together(tmp_path):
    events = csv_file(tmp_path / "events.csv", table(event_row()))
    venues = csv_file(tmp_path / "venues.csv", table({"source_id": "e1", "name": "Nhà", "place": "VN-444"}))
    assert load(events, venues).said[0].startswith("venues.csv venues!C2: ")
    csv_file(venues, table({"source_id": "e1", "name": "Nhà", "place": "VN-44"}))
    assert load(events, venues).said == [] and the_event().venues.get().name == "Nhà"


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    text = 'sep=;\r\nsource_id;title vi;start\r\n\r\na;"Hai\ndòng";14/05/2019\r\nb;B;nonsense\r\n;;\r\n;;\r\n'
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    assert load(path).said[0].startswith("events.csv events!C4: ")


def test_an_apostrophe_of_our_own_exports_is_taken_off(tmp_path):
    load(csv_file(tmp_path / "events.csv", table(event_row(**{"title vi": "'=1+1 hữu nghị"}))))
    assert the_event().title == "=1+1 hữu nghị"


def test_a_dry_run_writes_nothing_and_says_what_it_would_make(tmp_path):
    report = load(workbook(tmp_path / "a.xlsx", events=table(event_row())), dry_run=True)
    assert not EventPage.objects.exists() and ("created", "event", "Gặp gỡ hữu nghị") in report.report.examples


def test_names_of_people_and_places_may_stand_in_one_sheet_each(tmp_path):
    book = workbook(
        tmp_path / "a.xlsx",
        organisations=table({"source_id": "o", "kind": "club"}),
        names=table(
            {"source_id": "o", "lang": "vi", "text": "Tên mới"},
            {"source_id": "o", "lang": "vi", "text": "Tên cũ", "kind": "former", "to": "2008"},
        ),
        people=table({"source_id": "p", "name vi": "Nguyễn Văn A", "name km": "ង្វៀន"}),
    )
    assert load(book).said == []
    assert [row.text for row in Organisation.objects.get(key="o").name_rows.all()] == ["Tên mới", "Tên cũ"]
    assert Person.objects.get().own_script_name == "ង្វៀន"
