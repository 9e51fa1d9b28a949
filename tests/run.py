"""Everything that must be green, in stages; stops at nothing, and fails when one stage failed.

    python -m tests.run [check|unit|engine|secure|browser|postgres|all]

What this computer has no program for is left out and named in one line; with CI=true that is a failure.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from . import postgres
from .engine import server
from .project import ROOT

WORKERS = "2"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What talks to the database in ways that SQLite and PostgreSQL may answer differently.
POSTGRES_FOLDERS = ("access", "api", "events", "importing", "partners", "public", "search", "site")

MANAGE = (sys.executable, "manage.py")
CHECKS: dict[str, tuple[str, ...]] = {
    "ruff check": (sys.executable, "-m", "ruff", "check", "."),
    "ruff format": (sys.executable, "-m", "ruff", "format", "--check", "."),
    "system checks": (*MANAGE, "check", "--fail-level", "WARNING"),
    "system checks of production": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
    "migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "archive.example",
    "BASE_URL": "https://archive.example",
}


def no_engine() -> str | None:
    """Why the tests on Elasticsearch cannot run here; None when they can."""
    if os.environ.get("ELASTICSEARCH_TEST_URL"):
        return None
    try:
        version = server.chosen_version()
        server.find_java(server.ARCHIVES[version][1])
    except server.ServerUnavailableError as error:
        return str(error)
    if not shutil.which("mvn") and not (server.cache_folder() / f"elasticsearch-{version}").exists():
        return "Elasticsearch is fetched through Maven: install it or set ELASTICSEARCH_TEST_URL."
    return None


def no_secure() -> str | None:
    """Why no Elasticsearch with passwords and TLS can be started here; None when one can."""
    if not shutil.which("openssl"):
        return "The certificates of the test are made with openssl: install it."
    given = os.environ.pop("ELASTICSEARCH_TEST_URL", None)  # that server is not ours to set up
    try:
        return no_engine()
    finally:
        if given:
            os.environ["ELASTICSEARCH_TEST_URL"] = given


def no_browser() -> str | None:
    """Why the journeys in the browser cannot run here; None when they can."""
    return None if any(map(shutil.which, BROWSERS)) else "There is no Chromium: install it."


def no_postgres() -> str | None:
    """Why the tests cannot be repeated on PostgreSQL here; None when they can."""
    if os.environ.get("POSTGRES_TEST_URL") or postgres.programs():
        return None
    return "There is no PostgreSQL server: install it or set POSTGRES_TEST_URL."


NEEDS: dict[str, Callable[[], str | None]] = {
    "engine": no_engine,
    "secure": no_secure,
    "browser": no_browser,
    "postgres": no_postgres,
}


def check() -> bool:
    """Lint, formatting, system checks and migrations; each prints one line, and its output when it fails."""
    results = [run_check(name, command) for name, command in CHECKS.items()]
    return all(results)


def run_check(name: str, command: tuple[str, ...]) -> bool:
    started = time.monotonic()
    added = PRODUCTION if "--deploy" in command else {}
    done = subprocess.run(command, cwd=ROOT, env=os.environ | added, text=True, capture_output=True, check=False)
    passed = done.returncode == 0
    print(f"{'✓' if passed else '✗'} {name} ({time.monotonic() - started:.1f} s)", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    return passed


def run_tests(name: str, wanted: str, *arguments: str, **environment: str) -> bool:
    """One pytest run. Its own last line is the last one of the stage: it holds the counts and the seconds."""
    print(f"— {name}", flush=True)
    slowest = ["--durations", "5", "--durations-min", "5"]
    command = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, *slowest, "-m", wanted, *arguments]
    return subprocess.call(command, cwd=ROOT, env=os.environ | environment) == 0


def on_postgres() -> bool:
    folders = [f"tests/{name}" for name in POSTGRES_FOLDERS if (ROOT / "tests" / name).is_dir()]
    try:
        with postgres.database() as url:
            wanted = "not engine and not secure and not browser"
            # How far behind an index is has nothing to do with the database, nor what is specified; asking everything
            # again takes minutes. The latter also calls the site as a server does, which ends the test's connection.
            left_out = ["-k", "not while_the_index_is_behind and not test_specification"]
            return run_tests("tests on PostgreSQL", wanted, *folders, *left_out, DATABASE_URL=url)
    except (OSError, LookupError, RuntimeError) as error:
        print(f"✗ PostgreSQL does not start: {error}", flush=True)
        return False


def stages(asked: str, left_out: set[str]) -> Iterator[tuple[str, Callable[[], bool]]]:
    """(name, work) of what was asked for, without what cannot run here."""
    if asked in ("check", "all"):
        yield "check", check
    if asked == "all":
        # One run for all of them, so that two processors are busy until the end.
        skipped = left_out & {"engine", "secure", "browser"} | {"postgres"}
        yield "tests", lambda: run_tests("tests", " and ".join(f"not {name}" for name in sorted(skipped)))
    if asked == "unit":
        yield "unit", lambda: run_tests("tests", "not engine and not secure and not browser and not postgres")
    if asked in ("engine", "secure", "browser") and asked not in left_out:
        yield asked, lambda: run_tests(f"tests: {asked}", asked)
    if asked in ("postgres", "all") and "postgres" not in left_out:
        yield "postgres", on_postgres


@contextmanager
def folder_of_its_own() -> Iterator[None]:
    """Whatever the stages write goes to a folder that is removed, not to the var/ of the checkout."""
    folder = tempfile.mkdtemp(prefix="huunghi-test-")
    os.environ["HUUNGHI_VAR"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(asked: str) -> int:
    strict = os.environ.get("CI") == "true"
    reasons = {name: why() for name, why in NEEDS.items() if asked in (name, "all")}
    missing = {name: reason for name, reason in reasons.items() if reason}
    for name, reason in missing.items():
        print(f"{'✗' if strict else '–'} {name}: left out. {reason}", flush=True)
    with folder_of_its_own():
        failed = [name for name, work in stages(asked, set(missing)) if not work()]
    failed += [f"{name} (missing)" for name in missing if strict]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    choices = ("check", "unit", *NEEDS, "all")
    chosen = sys.argv[1:] or ["all"]
    if len(chosen) != 1 or chosen[0] not in choices:
        sys.exit(f"python -m tests.run [{'|'.join(choices)}]")
    sys.exit(main(chosen[0]))
