"""The public archive as files: JSON Lines that `huunghi_import` reads, CSV and JSON-LD, with a manifest."""

from .dump import FORMATS, TYPES, Dump, DumpError, DumpOptions, write_dump

__all__ = ["FORMATS", "TYPES", "Dump", "DumpError", "DumpOptions", "write_dump"]
