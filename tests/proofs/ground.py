"""Where a proof takes place: a folder, a database with an empty archive, and processes of the site on top of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests import postgres
from tests.project import ROOT

SETTINGS = "tests.proofs.settings"


@dataclass
class Ground:
    """One site. `addresses` are those of Elasticsearch; without any the site has the embedded index only."""

    folder: Path
    database: str  # as in DATABASE_URL
    addresses: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
            "DATABASE_URL": self.database,
            "HUUNGHI_VAR": str(self.folder),
            "HUUNGHI_FEED": "worker",
            "ELASTICSEARCH_URL": ",".join(self.addresses),
            "LOG_LEVEL": "ERROR",
        }

    def begin(self, module: str, *arguments: object) -> subprocess.Popen[str]:
        """A process of the site; what it says goes to files in the folder, named after the process."""
        command = [sys.executable, "-m", module, *map(str, arguments)]
        name = "-".join([module.rpartition(".")[2], *map(str, arguments)])[:60].replace("/", "_").replace(" ", "_")
        with (self.folder / f"{name}.out").open("a") as out, (self.folder / f"{name}.err").open("a") as err:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=out, stderr=err, text=True)

    def run(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.environment, text=True, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def end_tidily() -> None:
    """Have a proof that is told to end stop what it started, as after Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def new_folder() -> Path:
    """The last part of its name has small letters and digits only: names of indices are made of it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix="huunghi-proof-"))
        if "_" not in folder.name:
            return folder
        folder.rmdir()


@contextmanager
def sqlite_template(editors: int) -> Iterator[Path]:
    """A file with the archive of so many editors, to be copied."""
    folder = new_folder()
    try:
        ground = Ground(folder, f"sqlite:///{folder / 'template.sqlite3'}")
        _make_archive(ground, editors)
        yield folder / "template.sqlite3"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_template(editors: int) -> Iterator[str]:
    """The address of a database with the archive of so many editors, on a server that is stopped after the block."""
    with postgres.database() as url:
        folder = new_folder()
        try:
            address = _create_database(url, "proof_template")
            _make_archive(Ground(folder, address), editors)
            yield address
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _make_archive(ground: Ground, editors: int) -> None:
    ground.run("manage.py", "migrate", "--verbosity", "0")
    ground.run("manage.py", "huunghi_setup", "--verbosity", "0")
    ground.run("-m", "tests.proofs.world", str(editors))


def _create_database(url: str, name: str, template: str = "template1") -> str:
    import psycopg

    with psycopg.connect(url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlsplit(url)._replace(path=f"/{name}").geturl()


@contextmanager
def ground_on_sqlite(template: Path, addresses: list[str]) -> Iterator[Ground]:
    folder = new_folder()
    try:
        shutil.copy(template, folder / "site.sqlite3")
        yield Ground(folder, f"sqlite:///{folder / 'site.sqlite3'}", addresses)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def ground_on_postgres(template: str, addresses: list[str]) -> Iterator[Ground]:
    folder = new_folder()
    try:
        server = urlsplit(template)._replace(path="/postgres").geturl()
        name = folder.name.replace("-", "_")
        address = _create_database(server, name, urlsplit(template).path.lstrip("/"))
        yield Ground(folder, address, addresses)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
