"""A throw-away PostgreSQL: a cluster in a temporary folder, on loopback, for the length of one test run.

python -m tests.run postgres uses it; POSTGRES_TEST_URL names a server that runs already, and then nothing is started.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_USER = "postgres"
# Durability only costs time in a cluster that is deleted afterwards.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}


def programs() -> Path | None:
    """The folder of initdb and pg_ctl: the one on PATH, else Debian's newest; None when there is no server."""
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    debian = Path("/usr/lib/postgresql")
    found += sorted(debian.glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database, for DATABASE_URL. Raises RuntimeError when the server does not start."""
    given = os.environ.get("POSTGRES_TEST_URL")
    if given:
        yield given
        return
    folder = programs()
    if folder is None:
        raise RuntimeError("There is no PostgreSQL server on this computer.")
    # Not TMPDIR: a socket's path has at most 107 characters, and the server's user must be able to enter it.
    data = Path(tempfile.mkdtemp(prefix="huunghi-pg-", dir="/tmp"))
    try:
        port = _start(folder, data)
        yield f"postgres://{SYSTEM_USER}@127.0.0.1:{port}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            _as_server(data, folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(data, ignore_errors=True)


def _start(folder: Path, data: Path) -> int:
    if os.geteuid() == 0:
        shutil.chown(data, SYSTEM_USER)
    _as_server(data, folder / "initdb", "-D", data, "-U", SYSTEM_USER, "-A", "trust", "--locale=C.UTF-8", "--no-sync")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": str(data), **FAST}
    lines = "".join(f"{name} = '{value}'\n" for name, value in options.items())
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(lines)
    _as_server(data, folder / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-t", "60", "start")
    return port


def _as_server(data: Path, *command: str | Path) -> None:
    """Run a program of the server, which refuses root: as the system user of PostgreSQL then."""
    user = SYSTEM_USER if os.geteuid() == 0 else None
    # Output to a file: the server inherits a pipe and would keep it open for ever.
    output = data.with_suffix(".out")
    with output.open("w") as stream:
        code = subprocess.call(
            [str(part) for part in command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
    words = output.read_text()
    output.unlink()
    if code:
        log = data / "log"
        raise RuntimeError(f"{command[0]} failed:\n{words}{log.read_text() if log.exists() else ''}")
