"""The import of JSON Lines files; data/import-line.schema.json describes a line."""

from .context import Options
from .errors import UnreadableFileError
from .report import Report
from .run import import_files

__all__ = ["Options", "Report", "UnreadableFileError", "import_files"]
