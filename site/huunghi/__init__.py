"""Hữu Nghị: a friendship archive for Wagtail."""

from pathlib import Path

# In an installed wheel the apps lie beside this file. In a checkout they lie at the top of the repository,
# two folders up; adding that folder to the package path makes `huunghi.events` the same name in both.
_here = Path(__file__).resolve().parent
if not (_here / "events").is_dir():
    __path__.append(str(_here.parent.parent))

__version__ = "0.1.0"
