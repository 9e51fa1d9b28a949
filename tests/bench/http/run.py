"""Two sites with the same events, served at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings

from huunghi.search.cards import reading
from tests.project import ROOT

from .. import searching
from ..content import fill
from ..table import Row
from . import content
from .measuring import measure
from .serving import OURS, STOCK, served

KEPT_ALIKE = ("ENGINE", "OPTIONS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")  # of how a site uses its database
FILLING = "tests.bench.http.stock.filling"
SERVED = {
    "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.local",
    "ELASTICSEARCH_URL": "",
    "HUUNGHI_API_RATE": "",
    "HUUNGHI_API_KEY_RATE": "",
    "HUUNGHI_FEED": "worker",  # nothing is fed meanwhile
}


def run(
    events: int,
    rounds: int,
    seconds: float,
    queries: int,
    mixed: int,
    say: Callable[[str], object],
    with_stock: bool = True,
) -> list[Row]:
    """Fill both and measure. Ours lies where DATABASE_URL and HUUNGHI_VAR say; it is searched with its own engine."""
    folder = Path(settings.VAR_DIR)
    (folder / "static").mkdir(exist_ok=True)  # of the admin, which nobody opens
    asked = searching.questions(queries)
    if not with_stock:
        _fill(events, say)
        with served(OURS, folder, SERVED) as ours:
            return measure(ours, None, events, asked, rounds, seconds, mixed)
    with _stock_database(folder) as url:
        alike = {name: value for name, value in settings.DATABASES["default"].items() if name in KEPT_ALIKE}
        theirs = {
            "DJANGO_SETTINGS_MODULE": "tests.bench.http.stock.settings",
            "STOCK_DATABASE_URL": url,
            "STOCK_DATABASE_SETTINGS": json.dumps(alike),
            "PYTHONPATH": str(ROOT / "site"),  # of the database's backend
        }
        content.write(events, folder / "events.jsonl")
        command = [sys.executable, "-m", FILLING, str(folder / "events.jsonl")]
        with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **theirs}) as filling:
            _fill(events, say)
        if filling.returncode:
            raise RuntimeError("The stock site could not be filled.")
        with served(OURS, folder, SERVED) as ours, served(STOCK, folder, theirs) as stock:
            return measure(ours, stock, events, asked, rounds, seconds, mixed)


def _fill(events: int, say: Callable[[str], object]) -> None:
    """Raises RuntimeError unless all events are read from cards afterwards."""
    say(f"{events:,} events have {fill(events):,} pages")
    with override_settings(HUUNGHI_SEARCH={**settings.HUUNGHI_SEARCH, "ENGINE": "embedded"}):
        call_command("huunghi_index", "rebuild")
    state = reading.state()
    if state is None or not state.is_settled:
        raise RuntimeError("Something waits to be fed, so that not everything would be read from cards.")


@contextmanager
def _stock_database(folder: Path) -> Iterator[str]:
    """The address of an empty database, of the same make as the archive's and beside it."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'stock.sqlite3'}"
        return
    own = os.environ["DATABASE_URL"]
    server, _, name = own.rpartition("/")
    stock = f"{name}_stock"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{stock}"')  # of a run that was killed
        cursor.execute(f'CREATE DATABASE "{stock}"')
    try:
        yield f"{server}/{stock}"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{stock}" WITH (FORCE)')
