"""Workbooks (XLSX) and tables (CSV), turned into the lines that the import reads."""

from .conversion import spreadsheet_source
from .sheets import BOOKS, TABLES
from .template import write_template

__all__ = ["BOOKS", "TABLES", "spreadsheet_source", "write_template"]
