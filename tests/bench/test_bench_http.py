"""The bench over HTTP, in its short form: both sites are served with the same events, and every figure is there."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.project import ROOT

pytestmark = pytest.mark.django_db

TARGETS = {
    "http, list to stock v2 list, fields=*": "≥ 25 ×",
    "http, list to stock v3 list, bare": "≥ 5 ×",
    "http, detail to stock v3 detail": "≥ 6 ×",
    "http, detail again to stock v3 detail": "≥ 6 ×",
    "http, 304 to stock v3 detail": "≥ 10 ×",
    "http, search to stock v2 search": "≥ 100 ×",
    "http, search again to stock v2 search": "≥ 100 ×",
    "http, last page by cursor to the first": "≥ 0.9 ×",
    "http, memory of a worker after 60 requests": "≤ 150 MB",
    "http, memory after 60 more": "≤ 1.03 ×",
}
CONTENT = {
    "http, list": "20 items",
    "http, last page": "20 items",
    "http, detail": "1 item",
    "http, detail again": "1 item",
    "http, 304": "p50",
    "http, search": "",
    "http, search again": "",
    "http, stock v2 list, fields=*": "20 items",
    "http, stock v3 list, bare": "20 items",
    "http, stock v3 detail": "1 item",
    "http, stock v2 search": "",
    "http, memory of a stock worker": "",
}


def test_the_bench_measures_the_api_beside_a_stock_site(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("Copied on SQLite only; `make bench` takes any database.")
    connection.ensure_connection()
    (tmp_path / "site.sqlite3").write_bytes(connection.connection.serialize())
    short = ["--events", "60", "--rounds", "1", "--seconds", "0.1", "--queries", "12", "--mixed", "60"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--only", "http", *short, "--json", str(tmp_path / "rows.json")],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}", "WEB_CONCURRENCY": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    rows = {row["name"]: row for row in json.loads((tmp_path / "rows.json").read_text())["rows"]}
    assert {name: row["target"] for name, row in rows.items() if row["target"]} == TARGETS
    assert rows.keys() - TARGETS.keys() == CONTENT.keys()
    for name, beginning in CONTENT.items():
        assert rows[name]["value"] > 0
        assert rows[name]["note"].startswith(beginning)
