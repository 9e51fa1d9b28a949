"""`make bench`: how fast the archive is made anew and searched, and its API, beside what they are built on, as tables.

    python -m tests.bench [--events 10000] [--rounds 3] [--queries 150] [--json FILE] [--only PART]

The database is DATABASE_URL when it is set (an empty one), else an SQLite file that is removed afterwards.
Elasticsearch is started as for the tests; without one its rows are left out. The API is measured over HTTP, served by
gunicorn as `make serve` does, beside a stock Wagtail site with a database of its own on the same server. Other work on
the computer falls on both sides of every comparison, because they take turns; the single figures need a quiet one.
"""

from __future__ import annotations

# ruff: noqa: E402  Django has to be set up before its models can be imported.
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "site"))

from tests.engine import fixtures, server

from .table import Row, as_json, lines

ELASTICSEARCH_URL = "ELASTICSEARCH_TEST_URL"
DEFAULT_EVENTS = 10_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    events = int(os.environ.get("BENCH_EVENTS") or DEFAULT_EVENTS)
    parser.add_argument("--events", type=int, default=events, help="also BENCH_EVENTS")
    parser.add_argument("--rounds", type=int, help="3; 1 of more than 20,000 events")
    parser.add_argument("--queries", type=int, default=150)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--only",
        choices=["embedded", "index", "http", "own", "import"],
        help="embedded: no Elasticsearch, no HTTP; index: no HTTP; http: only that; own: only that, and no stock site;"
        " import: the import of three tenths as many events",
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="of each kind of HTTP request in a round (2)")
    parser.add_argument("--mixed", type=int, default=10_000, help="HTTP requests before memory is looked at (10,000)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Start what is needed, then measure in a process of its own: it reads its settings when it begins."""
    options = arguments()
    if options.inside:
        inside(options)
        return
    given = os.environ.get(ELASTICSEARCH_URL)
    os.environ[fixtures.RUN] = str(os.getpid())
    try:
        if options.only in (None, "index"):
            try:
                os.environ[ELASTICSEARCH_URL] = fixtures.start_or_join()
            except (server.ServerUnavailableError, server.StartError) as error:
                print(f"Elasticsearch is left out: {error}", flush=True)
        with tempfile.TemporaryDirectory(prefix="huunghi-bench-") as folder:
            environment = os.environ | {"HUUNGHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.test"}
            command = [sys.executable, "-m", "tests.bench", "--inside", *sys.argv[1:]]
            sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
    finally:
        if not given:
            server.stop(server.run_folder(os.environ[fixtures.RUN]))


def inside(options: argparse.Namespace) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from .measure import load

    call_command("migrate", verbosity=0)
    call_command("huunghi_setup", verbosity=0)
    rounds = options.rounds or (3 if options.events <= 20_000 else 1)
    before = load()
    tables: dict[str, list[Row]] = {}
    if options.only == "import":
        tables["import"] = import_rows(options)
    if options.only not in ("http", "own", "import"):
        tables["index and search"] = index_rows(options, rounds)
        say("\n".join(["", *lines(tables["index and search"]), ""]))  # what follows takes long and may fail
    if options.only not in ("embedded", "index", "import"):
        tables["the API over HTTP"] = http_rows(options, rounds)
    print(f"\nload of {os.cpu_count()} processors: {before} before, {load()} after; {rounds} rounds in turn")
    for name, rows in tables.items():
        print("\n".join(["", name, *lines(rows)]))
    if options.json:
        every = [as_json(row) for some in tables.values() for row in some]
        content = {"events": options.events, "rounds": rounds, "load": [before, load()], "rows": every}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def index_rows(options: argparse.Namespace, rounds: int) -> list[Row]:
    from .run import run

    url = "" if options.only == "embedded" else os.environ.get(ELASTICSEARCH_URL, "")
    started = server.running(server.run_folder(os.environ[fixtures.RUN])) if url else None
    leader = started.pid if started else 0
    return run(options.events, url, leader, rounds, options.queries, say)


def import_rows(options: argparse.Namespace) -> list[Row]:
    from .importing import measure

    return measure(options.events * 3 // 10, say)


def http_rows(options: argparse.Namespace, rounds: int) -> list[Row]:
    from .http.run import run

    with_stock = options.only != "own"
    return run(options.events, rounds, options.seconds, options.queries, options.mixed, say, with_stock)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
