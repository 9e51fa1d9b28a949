"""The empty workbook that editors fill in: labels in their language, codes below them, and lists of what is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from huunghi.conf import content_languages, language_name
from huunghi.events.models import EventKind, MeasureUnit
from huunghi.partners.models import Audience, CooperationField

from .columns import Column, columns_of
from .labels import COLUMN_LABELS, SHEET_LABELS

SHEETS_IN_TEMPLATE = (
    "events", "venues", "partner_sides", "organisers", "figures", "appearances", "agenda", "outcomes",
    "exchanges", "articles", "partners", "organisations", "people", "places",
)  # fmt: skip
# Cells of these kinds are text: a spreadsheet program would make a day of "05/2019" and drop the zero of "01".
_AS_TEXT = {"date", "moment", "period", "text", "list", "rows", "choice"}
_HEADER = PatternFill("solid", fgColor="E3EEF0")
_LAST_ROW = 5000  # as far as the lists of choices reach


def write_template(target: Any | IO[bytes]) -> None:
    """Write the workbook, in the active language, to a path or an open file."""
    book = Workbook()
    book.remove(book.active)
    for code in SHEETS_IN_TEMPLATE:
        _write_sheet(book.create_sheet(code), code)
    _write_codes(book.create_sheet("codes"))
    _write_help(book.create_sheet("help"))
    book.save(target)


def _write_sheet(sheet: Any, code: str) -> None:
    for at, (column, language) in enumerate(_headings(code), 1):
        letter = get_column_letter(at)
        label, name = sheet.cell(1, at), sheet.cell(2, at)
        label.value = " ".join(filter(None, [_label(column), language])) + (" *" if column.needed else "")
        label.font, label.fill = Font(bold=True), _HEADER
        label.comment = Comment(_hint(column), "Hữu Nghị", width=320, height=120)
        name.value = " ".join(filter(None, [column.code, language]))
        name.font, name.fill = Font(size=8, color="666666"), _HEADER
        if column.kind in _AS_TEXT:
            sheet.column_dimensions[letter].number_format = "@"
        sheet.column_dimensions[letter].width = 40 if column.code in ("title", "summary", "body", "name") else 18
        if column.choices:
            choices = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            choices.showErrorMessage = False  # a label in the editor's language is understood too
            sheet.add_data_validation(choices)
            choices.add(f"{letter}3:{letter}{_LAST_ROW}")
    sheet.freeze_panes = "B3"


def _headings(code: str) -> Iterator[tuple[Column, str]]:
    """(column, language) in the order of the sheet; texts in every language of the archive."""
    for column in columns_of(code):
        if column.languages == "always":
            yield from ((column, language) for language in content_languages())
        elif column.kind != "rows" or column.shape in ("partnerSide", "organiser", "venue", "figure"):
            yield column, ""


def _label(column: Column) -> str:
    return str(COLUMN_LABELS.get(column.code, column.code.replace("_", " ").replace(".", " ")))


def _hint(column: Column) -> str:
    if column.choices:
        return _("One of: %(names)s.") % {"names": ", ".join(column.choices)}
    if column.shape:
        return _rows_hint(column.shape)
    return {
        "text": _("Text."),
        "integer": _("A whole number."),
        "number": _("A number: 2063 or 12,5."),
        "boolean": _("Yes or no."),
        "date": _("A date as exactly as it is known: 14/05/2019, 05/2019 or 2019."),
        "moment": _("A date as exactly as it is known: 14/05/2019 08:00, 14/05/2019, 05/2019 or 2019."),
        "period": _("A year or a period: 2019, or 01/2018 – 12/2020."),
        "list": _("Several with a semicolon between them."),
    }[column.kind]


def _rows_hint(shape: str) -> str:
    return {
        "partnerSide": _("Codes with roles: KH-8 guest; KH-21 host. Or use the sheet “partner_sides”."),
        "organiser": _("Names with roles in brackets: Sở Văn hóa; Báo An Giang (sponsor)."),
        "venue": _("Name, place, role: Nhà thi đấu @ VN-44 (main); Hội trường @ KH-8 (connected)."),
        "figure": _("Number, unit, scope: 2063 attendance (both days); 45 person."),
    }[shape]


def _write_codes(sheet: Any) -> None:
    """Terms with their names, as they may be written in the sheets."""
    lists = (
        (_("kind"), EventKind),
        (_("unit of measure"), MeasureUnit),
        (_("fields of cooperation"), CooperationField),
        (_("audiences"), Audience),
    )
    languages = content_languages()
    sheet.append([_("list"), _("code"), *map(language_name, languages)])
    for label, model in lists:
        for code, names in model.objects.order_by("code").values_list("code", "names"):
            sheet.append([str(label), code, *(names.get(language, "") for language in languages)])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEADER
    for at in range(1, len(languages) + 3):
        sheet.column_dimensions[get_column_letter(at)].width = 28


def _write_help(sheet: Any) -> None:
    lines = (
        _("One row is one event, or one record of the sheet's kind. Leave empty what is not known."),
        _("The first two rows of a sheet stay as they are; unused columns and sheets may be deleted."),
        _("Give a row an identifier of your own, and it is recognised when the file is imported again."),
        _("An event without one is recognised by its date, its title and its places."),
        _("Rows of “venues”, “figures” and the like name the identifier of the event that they belong to."),
        _("Without a date the event stays a draft; write “unknown” under “precision” when nobody knows it."),
        _("Only what has “yes” under “live” is published."),
        _("Do not merge cells. Formulas are read as the values that they had when the file was saved."),
    )
    for number, line in enumerate(lines, 1):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    names = [f"{code}: {SHEET_LABELS[code]}" for code in SHEETS_IN_TEMPLATE]
    for number, line in enumerate(names, len(lines) + 2):
        sheet.cell(number, 1, line)
    sheet.column_dimensions["A"].width = 110
