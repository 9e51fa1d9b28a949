from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from huunghi.search.engines import configured_engines, embedded_engine
from huunghi.search.engines.base import EngineError
from huunghi.search.feeding import rebuild
from huunghi_site import selfcheck
from huunghi_site.demo_users import (
    LOOPBACK,
    replace_well_known_passwords,
    users_with_well_known_passwords,
    well_known_password,
)
from huunghi_site.management.commands.huunghi_serve import SETTINGS, addresses
from huunghi_site.serving import DEFAULT_PORT, PortTakenError, choose_port, collect_static


class Command(BaseCommand):
    help = "The demonstration: database, content, index, self-check, then the site. A second run changes nothing."

    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        host = os.environ.get("HOST", "127.0.0.1")
        self._check_host_and_port(host)
        require_fts5()
        static = None if static_is_current() else collect_static(SETTINGS)
        self._step("database", make_database)
        self._step("demonstration content", self._load_demonstration)
        self._step("search index", build_index)
        passed = self._self_check()
        if static is not None and static.wait() != 0:
            raise CommandError("The static files could not be collected.")
        remember_static()
        if not passed:
            raise CommandError("The self-check failed: see the lines marked ✗ above.")
        self._print_logins(host)
        if os.environ.get("NO_SERVE") or not sys.stdout.isatty():
            for line in addresses(host, int(os.environ.get("PORT") or DEFAULT_PORT)):
                self.stdout.write(line)
            self.stdout.write("Ready. Not serving: no terminal, or NO_SERVE is set. Serve it with: make serve")
            return
        call_command("huunghi_serve", no_collect=True)

    def _check_host_and_port(self, host: str) -> None:
        """A port that was asked for and is taken is said at once, not after a minute of work."""
        if os.environ.get("NO_SERVE"):
            return
        try:
            choose_port(host, os.environ.get("PORT"))
        except (PortTakenError, ValueError) as error:
            raise CommandError(str(error), returncode=2) from error

    def _step(self, name: str, work: Callable[[], str | None]) -> None:
        started = time.monotonic()
        self.stdout.write(f"{name} … ", ending="")
        self.stdout.flush()
        result = work()
        self.stdout.write(f"{result or 'done'} ({time.monotonic() - started:.1f} s)")

    def _load_demonstration(self) -> str | None:
        digest = demonstration_digest()
        marker = Path(settings.VAR_DIR) / "demonstration.sha256"
        if marker.exists() and marker.read_text() == digest:
            return "unchanged"
        on_this_computer = os.environ.get("HOST", LOOPBACK[0]) in LOOPBACK
        call_command("huunghi_demo", users=True, password="demo" if on_this_computer else None, stdout=self.stdout)
        marker.write_text(digest)
        return None

    def _self_check(self) -> bool:
        self.stdout.write("self-check:")
        results = list(selfcheck.run())
        for passed, line in results:
            self.stdout.write(f"  {'✓' if passed else '✗'} {line}")
        return all(passed for passed, _line in results)

    def _print_logins(self, host: str) -> None:
        """Well-known logins on this computer only; for any other address random ones, printed once."""
        if host in LOOPBACK:
            logins = [(user.username, well_known_password(user.username)) for user in users_with_well_known_passwords()]
        else:
            logins = replace_well_known_passwords()
        for name, password in logins:
            self.stdout.write(f"  {name} / {password}")


def require_fts5() -> None:
    """Exits with one sentence when this Python's SQLite has no full-text search."""
    try:
        sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.OperationalError as error:
        raise CommandError(
            "This Python's SQLite has no FTS5, which the built-in search needs. "
            "Use another Python (make PYTHON=… demo) or set ELASTICSEARCH_URL.",
            returncode=2,
        ) from error


def make_database() -> str:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    if connection.vendor == "sqlite" and not connection.introspection.table_names():
        # Nothing can be lost before there is anything: the first build need not wait for the disk.
        connection.cursor().execute("PRAGMA synchronous=OFF")
    call_command("migrate", verbosity=0)
    return f"{len(plan)} migrations"


def build_index() -> str:
    """Builds what is missing; an index that is there is kept, and pending changes are fed to it."""
    from huunghi.search.feeding import feed_pending

    built = []
    for engine in configured_engines():
        try:
            empty = engine.count() == 0
        except EngineError:
            empty = True
        if empty:
            built.append(f"{engine.name}: {rebuild(engine)} records")
    feed_pending()
    return ", ".join(built) or f"{embedded_engine().count()} records"


def demonstration_digest() -> str:
    """One hash over the files of the demonstration, so that a second start need not read them through the import."""
    folder = files("huunghi") / "data" / "demonstration"
    contents = b"".join(item.read_bytes() for item in sorted(folder.iterdir(), key=str) if item.is_file())
    return hashlib.sha256(contents).hexdigest()


def static_digest() -> str:
    """Changes with the installed packages and with every static file of ours."""
    root = Path(settings.BASE_DIR)
    names = [*root.glob(".venv/installed-*.sha256"), *root.glob("site/huunghi/static/**/*")]
    stamps = [f"{path}:{path.stat().st_mtime_ns}" for path in sorted(names)]
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def static_is_current() -> bool:
    marker = Path(settings.VAR_DIR) / "static.sha256"
    return marker.exists() and marker.read_text() == static_digest()


def remember_static() -> None:
    (Path(settings.VAR_DIR) / "static.sha256").write_text(static_digest())
