"""Serving the site the way production does: gunicorn, several workers, static files compressed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

DEFAULT_PORT = 8000
PORTS_TO_TRY = 50
WORKERS = 2


class PortTakenError(Exception):
    """The port that was asked for is in use."""


def is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, wanted: str | None) -> int:
    """The port that was asked for, or the first free one from 8000 on.

    Raises PortTakenError if the former is taken, ValueError if it is no port; both texts say what to do.
    """
    if wanted:
        if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
            raise ValueError("PORT must be a number from 1 to 65535, such as 8080.")
        port = int(wanted)
        if not is_free(host, port):
            raise PortTakenError(f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1}.")
        return port
    for port in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TO_TRY):
        if is_free(host, port):
            return port
    raise PortTakenError(
        f"No free port from {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TO_TRY - 1}. Choose one: PORT=9000."
    )


def own_names(host: str) -> list[str]:
    """Names and addresses by which this computer may be asked for, for ALLOWED_HOSTS."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host not in ("0.0.0.0", "::"):
        return sorted(names | {host})
    with suppress(OSError):
        name, aliases, addresses = socket.gethostbyname_ex(socket.gethostname())
        names |= {name, *aliases, *addresses}
    return sorted(names)


def collect_static(settings_module: str) -> subprocess.Popen:
    """Collect and compress the static files in a process of its own, beside other work."""
    return subprocess.Popen(
        [sys.executable, sys.argv[0], "collectstatic", "--noinput", "-v0", f"--settings={settings_module}"]
    )


def gunicorn_command(host: str, port: int, var: Path) -> list[str]:
    """The command line of the server. It writes nothing outside of `var`."""
    site = Path(__file__).resolve().parent.parent
    return [
        sys.executable, "-m", "gunicorn", "huunghi_site.wsgi:application",
        "--chdir", str(site.parent), "--pythonpath", str(site),
        "--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "--workers", os.environ.get("WEB_CONCURRENCY", str(WORKERS)), "--threads", "4",
        "--no-control-socket", "--worker-tmp-dir", str(var), "--log-level", "warning",
    ]  # fmt: skip
