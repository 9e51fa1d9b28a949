"""Other processes, real ones: the bell feeds after the commit, a kill loses nothing, the next one goes on."""

import json
import os
import subprocess
import sys
import textwrap

import pytest
from django.db import connection

from tests.project import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def database_of_its_own(tmp_path):
    """The address of a copy of the test database: other processes cannot see what a test has not committed."""
    if connection.vendor != "sqlite":
        pytest.skip("Copied on SQLite only; the same SQL runs on PostgreSQL in test_outbox_on_postgres.")
    connection.ensure_connection()
    (tmp_path / "site.sqlite3").write_bytes(connection.connection.serialize())
    return f"sqlite:///{tmp_path / 'site.sqlite3'}"


@pytest.fixture
def script(tmp_path, database_of_its_own):
    """Runs Python in a process with the site; returns (exit code, what it printed as JSON)."""

    def run(code, feed="bell"):
        head = f"""
            import json, os, signal, time
            import django
            from django.conf import settings
            settings.HUUNGHI_SEARCH["FEED"] = {feed!r}
            django.setup()
            from huunghi.events.models import EventPage
            from huunghi.search.feeding import outbox, worker
            from huunghi.search.engines import embedded_engine
            from huunghi.search.feeding import feed_pending
            from huunghi.search.models import IndexTarget, PendingChange
            from tests.factories import make_event
            """
        environment = os.environ | {
            "DATABASE_URL": database_of_its_own,
            "HUUNGHI_VAR": str(tmp_path / "var"),
            "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.test",
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        }
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(head) + textwrap.dedent(code)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        lines = [line for line in done.stdout.splitlines() if line.startswith(("{", "[", '"'))]
        assert lines or done.returncode < 0, done.stderr
        return done.returncode, json.loads(lines[-1]) if lines else None

    return run


FED = ("embedded", "cards", "files", "webhooks")
WAIT = """
def wait_for(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(condition())
def all_fed():
    live = IndexTarget.objects.filter(state="live")
    return {"embedded", "cards"} <= {target.engine for target in live} and not PendingChange.objects.exists()
"""


def test_the_bell_feeds_beside_the_process_and_ends_with_it(script):
    code, told = script(
        WAIT
        + """
import threading
event = make_event("Chuông reo")
fed = wait_for(all_fed)
names = [thread.name for thread in threading.enumerate() if thread.name.startswith("huunghi")]
print(json.dumps({"fed": fed, "count": embedded_engine().count(), "threads": names}))
"""
    )
    assert (code, told) == (
        0,
        {
            "fed": True,
            "count": 1,
            "threads": [f"huunghi-feeding-{name}" for name in ("embedded", "cards", "files", "webhooks")],
        },
    )


def test_a_forked_process_has_a_bell_of_its_own(script):
    code, told = script(
        WAIT
        + """
from django.db import connections
make_event("Trước khi chia")
wait_for(all_fed)
connections.close_all()
child = os.fork()
if child == 0:
    make_event("Sau khi chia")
    fed = wait_for(all_fed)
    os._exit(0 if fed and embedded_engine().count() == 2 else 1)
print(json.dumps({"child": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}))
"""
    )
    assert (code, told) == (0, {"child": 0})


KILL = """
from datetime import timedelta
outbox.LEASE = timedelta(seconds=0.2)
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""
POINTS = {
    "after the claim": "worker.read_present = die",
    "before writing": "worker.write_present = die",
    "after writing": "outbox.finish = die",
}


def test_a_worker_that_is_killed_loses_nothing(script):
    """The short form, with three points; the long one kills at every point, many times."""
    code, told = script("feed_pending(); print(json.dumps(embedded_engine().count()) and '[0]')", feed="worker")
    assert code == 0
    for number, point in enumerate(POINTS.values()):
        code, _ = script(f"{KILL}\n{point}\nmake_event('Bị ngắt {number}')\nfeed_pending()", feed="worker")
        assert code == -9
    code, told = script(
        """
time.sleep(0.3)
waiting = PendingChange.objects.count()
feed_pending()
from huunghi.search.feeding.verifying import compare
drift = compare(embedded_engine(), IndexTarget.objects.get(engine="embedded"))
print(json.dumps({"waiting": waiting > 0, "left": PendingChange.objects.count(), "drift": drift.total,
                  "count": embedded_engine().count()}))
""",
        feed="worker",
    )
    assert told == {"waiting": True, "left": 0, "drift": 0, "count": 3}
