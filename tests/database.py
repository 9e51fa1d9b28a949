"""The test database on SQLite, made once and then copied: by other workers of this run, and by later runs.

Some two hundred migrations and `huunghi_setup` take half a minute of a processor. The copy is kept in the temporary
folder under a name that changes with everything it is made from.
"""

import fcntl
import hashlib
import os
import sqlite3
import tempfile
from importlib.metadata import version
from pathlib import Path

from django.db import connection
from django.db.backends.signals import connection_created

ROOT = Path(__file__).resolve().parent.parent
MADE_FROM = (
    "*/migrations/*.py",
    "site/huunghi/migrations/*.py",
    "site/huunghi/site_setup.py",
    "*/data/**/*",
    "site/huunghi/data/**/*",
    "*/locale/**/*.mo",
    "site/huunghi/locale/**/*.mo",
    "tests/database.py",
)


def path():
    """Where the copy is, or will be."""
    found = hashlib.sha256()
    for name in ("django", "wagtail"):
        found.update(f"{name} {version(name)}".encode())
    for pattern in MADE_FROM:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file() and not file.is_relative_to(ROOT / "tests" / "data"):
                found.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return Path(tempfile.gettempdir()) / f"huunghi-test-{os.getuid()}-{found.hexdigest()[:16]}.sqlite3"


def alone(copy):
    """A lock to be closed. One process makes the copy; the others wait for it: sooner than making their own."""
    lock = copy.with_suffix(".lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def fill_from(copy):
    """The first connection to the test database finds there what the copy holds."""

    def fill(connection, **kwargs):
        connection_created.disconnect(fill)
        source = sqlite3.connect(copy)
        source.backup(connection.connection)
        source.close()

    connection_created.connect(fill, weak=False)


def keep(copy):
    with tempfile.TemporaryDirectory(dir=copy.parent) as folder:
        written = Path(folder) / copy.name
        target = sqlite3.connect(written)
        connection.connection.backup(target)
        target.close()
        written.replace(copy)
