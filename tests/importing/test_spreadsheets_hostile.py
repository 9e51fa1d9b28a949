"""Files that pretend, hide or overflow: one sentence each, and nothing is written."""

import io
import zipfile

import pytest

from huunghi.events.models import EventPage
from huunghi.importing import Options, UnreadableFileError, import_files

from .spreadsheets import csv_file, event_row, load, repacked, table, workbook

pytestmark = pytest.mark.django_db
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path):
    return workbook(tmp_path / "a.xlsx", events=table(event_row()))


def refusal(path):
    with pytest.raises(UnreadableFileError) as raised:
        import_files([path], Options(), lambda sentence: None)
    assert not EventPage.objects.exists()
    return str(raised.value).replace(f"{path.parent}/", "")


def test_merged_cells_are_refused_by_name(tmp_path):
    path = workbook(tmp_path / "a.xlsx", lambda book: book["events"].merge_cells("A2:A3"), events=table(event_row()))
    assert "A2:A3" in refusal(path) and "a.xlsx events" in refusal(path)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"MZ\x90", b"", b"source_id,title\n"]
)
def test_a_file_that_only_calls_itself_a_workbook_is_refused(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal(path).startswith("a.xlsx ")


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"MZ\x90\0"])
def test_a_file_that_only_calls_itself_a_table_is_refused(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert refusal(path).startswith("a.csv ")


def test_other_office_files_are_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert refusal(path).startswith("a.xlsx ")


@pytest.mark.parametrize("part", ["vbaProject.bin", "externalLinks/externalLink1.xml", "macrosheets/sheet1.xml"])
def test_macros_and_links_to_other_workbooks_are_refused(book, part):
    assert refusal(repacked(book, add=[(f"xl/{part}", b"<a/>")])).startswith("a.xlsx ")


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_every_part(book, part, encoding):
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    repacked(book, add=[(part, f'<?xml version="1.0" encoding="{encoding}"?>{bomb}'.encode(encoding))])
    assert refusal(book).startswith("a.xlsx ")


def test_a_bomb_is_refused_before_it_is_unpacked(book):
    assert refusal(repacked(book, add=[("xl/media/a.xml", b"0" * (64 * 1024 * 1024))])).startswith("a.xlsx ")


def test_a_damaged_workbook_is_refused(book):
    content = book.read_bytes()
    at = content.index(b"xl/worksheets/sheet1.xml") + 60
    for damaged in (content[: len(content) // 2], content[:at] + bytes(40) + content[at + 40 :]):
        book.write_bytes(damaged)
        assert refusal(book).startswith("a.xlsx ")


def test_a_sheet_that_ends_in_the_middle_is_refused(book):
    with zipfile.ZipFile(book) as archive:
        sheet = archive.read(SHEET)
    assert refusal(repacked(book, add=[(SHEET, sheet[: len(sheet) // 2])])).startswith("a.xlsx ")


def test_a_formula_is_read_as_its_stored_value_or_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", events=table(event_row(**{"edition": "=1+2"})))
    assert load(path).said[0].startswith("a.xlsx events!H2: ")
    repacked(path, replace=[(SHEET, b"<f>1+2</f><v></v>", b"<f>1+2</f><v>3</v>")])
    assert load(path).said == [] and EventPage.objects.get().edition == 3


def test_an_error_of_the_spreadsheet_program_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", events=table(event_row(edition="#REF!")))
    said = load(path).said
    assert said[0].startswith("a.xlsx events!H2: ") and "#REF!" in said[0]


def test_unknown_and_repeated_columns_are_all_named_at_once(tmp_path):
    rows = table(event_row(sumary="x", venus="y"))
    rows[0].append("Start")
    text = refusal(workbook(tmp_path / "a.xlsx", events=rows))
    assert "a.xlsx events!H1: " in text and "summary" in text and "a.xlsx events!I1: " in text and "venues" in text
    assert "a.xlsx events!J1: " in text and "C1" in text


def test_a_missing_title_column_is_said_once(tmp_path):
    rows = table({"source_id": "a", "start": "2019"}, {"source_id": "b", "start": "2019"})
    assert refusal(workbook(tmp_path / "a.xlsx", events=rows)).count("title") == 1


def test_an_unknown_sheet_names_the_closest(tmp_path):
    text = refusal(workbook(tmp_path / "a.xlsx", events=table(event_row()), venus=table({"source_id": "e1"})))
    assert "venues" in text


def test_a_cell_below_no_heading_is_an_error(tmp_path):
    rows = table(event_row())
    rows[1].append("lost")
    assert load(workbook(tmp_path / "a.xlsx", events=rows)).said[0].startswith("a.xlsx events!H2: ")


def test_a_cell_in_the_last_row_and_column_of_the_grid_is_refused_in_time(book):
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    repacked(book, replace=[(SHEET, b"</sheetData>", far)])
    assert "XFD1048576" in refusal(book)


def test_empty_rows_at_the_end_are_nothing(tmp_path):
    rows = [*table(event_row()), *([None] * 7 for _ in range(2000)), ["  ", "", None]]
    report = load(workbook(tmp_path / "a.xlsx", events=rows))
    assert report.said == [] and report.counts["created"] == 3


@pytest.mark.parametrize(
    "content",
    [
        "title;tiêu đề\n".encode("utf-16-le")[:-1],
        "source_id,title\na,Fünf".encode("cp1252") + b"\x81\xcc",
        b"source_id,title\na,Giao l\xadu h\xf7u ngh\xde\n",  # TCVN3
    ],
)
def test_a_table_in_an_unknown_encoding_is_refused_by_name(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert "UTF-8" in refusal(path)


def test_a_table_that_cannot_be_read_says_after_which_row(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text('source_id,title vi\na,"never closed\n')
    assert refusal(path).startswith("events.csv ")


def test_a_cell_larger_than_the_limit_is_named(tmp_path):
    report = load(csv_file(tmp_path / "events.csv", table(event_row(**{"body vi": "x" * 100_001}))))
    assert report.said[0].startswith("events.csv events!H2: ")


def test_control_characters_and_markup_do_not_reach_the_page(tmp_path):
    title = "Gặp\u202e gỡ\u0007 <script>alert(1)</script>"
    load(
        csv_file(tmp_path / "events.csv", table(event_row(**{"title vi": title, "body vi": "<img src=x onerror=a>ok"})))
    )
    page = EventPage.objects.get()
    assert "<" not in page.title and "\u0007" not in page.title and "onerror" not in page.body[0].value.source


def test_pictures_are_looked_for_beside_the_spreadsheet_only(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(io.BytesIO(b"x").getvalue())
    photos = table({"source_id": "e1", "file": "../secret.png"})
    report = load(workbook(folder / "a.xlsx", events=table(event_row()), photos=photos))
    assert report.said[0].startswith("a.xlsx photos!B2: ")
