"""Workbooks and CSV files for tests, and what an import of them did."""

import csv
import io
import json
import zipfile
from types import SimpleNamespace

from django.utils.translation import override
from openpyxl import Workbook

from huunghi.importing import Options, import_files
from huunghi.importing.spreadsheets import spreadsheet_source

from .conftest import KANDAL, UNIT

EVENT = {
    "source_id": "e1",
    "title vi": "Gặp gỡ hữu nghị",
    "start": "14/05/2019",
    "kind": "meeting",
    "status": "held",
    "live": "yes",
    "unit": "org-union",
}


def event_row(**fields):
    """An event by its headings; "_" in a name is a space where a language follows: title_km."""
    return EVENT | fields


def table(*rows):
    """[[headings], [cells], …] from dictionaries; headings in the order in which they appear."""
    headings = list(dict.fromkeys(name for row in rows for name in row))
    return [headings, *([row.get(name) for name in headings] for row in rows)]


def workbook(path, change=None, **sheets):
    """Writes a workbook with these sheets (lists of rows) and gives its path; `change` may alter it before."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    book.save(path)
    return path


def csv_file(path, rows, encoding="utf-8-sig", delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def repacked(path, replace=(), add=()):
    """The same zip file with the bytes of some parts replaced, and with more parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, old, new in replace:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | dict(add)).items():
            archive.writestr(name, content)
    return path


def load(path, *more, language="en", **options):
    """Imports the files, with the unit and the partner that they refer to beside them."""
    base = path.parent / "base.jsonl"
    base.write_text("\n".join(json.dumps(line) for line in (UNIT, KANDAL)))
    said = []
    with override(language):
        report = import_files([path, *more, base], Options(**options), said.append)
    said = [sentence.replace(f"{path.parent}/", "") for sentence in said]
    return SimpleNamespace(counts=report.counts, said=said, report=report)


def lines_of(path):
    """The lines that the rows of a file become, without importing them."""
    with spreadsheet_source([path]) as source:
        return [json.loads(line) for line in source.lines.read_text().splitlines()]
