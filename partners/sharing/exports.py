"""Cells of a spreadsheet that a spreadsheet program takes for what they are: text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from wagtail.admin.views.mixins import SpreadsheetExportMixin

# Some programs read the wide forms of an East Asian keyboard like the plain ones.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BYTE_ORDER_MARK = "\ufeff".encode()


def csv_text(text: str) -> str:
    """The text, behind an apostrophe when a spreadsheet program could take it for a formula.

    "=1+1" becomes "'=1+1"; a tab or line break at the beginning moves what follows into a cell of its own.
    """
    dangerous = text[:1] in ("\t", "\r", "\n") or text.lstrip().startswith(FORMULA_STARTS)
    return f"'{text}" if dangerous else text


def xlsx_text(text: str) -> str:
    """The text without the control characters that the format cannot hold; text cells are never calculated."""
    return _NOT_IN_XML.sub("", text)


def local_minute(moment: datetime.datetime) -> datetime.datetime:
    """As the editor's clock shows it; spreadsheets know no time zones."""
    return timezone.make_naive(moment).replace(second=0, microsecond=0)


class SafeExportMixin(SpreadsheetExportMixin):
    """Wagtail's export, which makes text of formulas in XLSX but not in CSV."""

    custom_value_preprocess = {
        **SpreadsheetExportMixin.custom_value_preprocess,
        datetime.datetime: {"csv": lambda value: f"{local_minute(value):%Y-%m-%d %H:%M}", "xlsx": local_minute},
    }

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        value = super().preprocess_field_value(field, value, export_format)
        if not isinstance(value, str):
            return value
        return csv_text(value) if export_format == self.FORMAT_CSV else xlsx_text(value)

    def stream_csv(self, queryset: Iterable[Any]) -> Iterator[bytes]:
        # Without the mark Excel takes the letters of Vietnamese and Khmer for others.
        yield BYTE_ORDER_MARK
        yield from super().stream_csv(queryset)
