"""The import of JSON Lines files; docs/reference/import-format.md describes a line."""

from .context import Options
from .errors import UnreadableFileError
from .report import Report
from .run import import_files

__all__ = ["Options", "Report", "UnreadableFileError", "import_files"]
