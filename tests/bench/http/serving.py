"""A site served by gunicorn in processes of its own, with the command line that `huunghi_serve` has."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huunghi_site.serving import WORKERS, gunicorn_command

HOST = "127.0.0.1"
__all__ = ["HOST", "OURS", "STOCK", "WORKERS", "Served", "served"]
OURS = "huunghi_site.wsgi:application"
STOCK = "tests.bench.http.stock.wsgi:application"
PATIENCE = 60  # seconds until a site answers


@dataclass(frozen=True, slots=True)
class Served:
    """`process` is gunicorn's first one; its children are the workers."""

    host: str
    port: int
    process: subprocess.Popen[bytes]

    def memory(self) -> list[tuple[float, float]]:
        """(own memory, with the files that are mapped) of each worker, in MB; nothing where there is no /proc.

        Pages of a mapped file, as the search index is one, are there once for all workers, and the system takes them
        back when it needs the memory.
        """
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        workers = children.read_text().split() if children.exists() else []
        return [_resident(Path(f"/proc/{worker}/status")) for worker in workers]


def _resident(status: Path) -> tuple[float, float]:
    values = dict(line.split(":", 1) for line in status.read_text().splitlines())
    anonymous, shared, whole = (int(values[name].split()[0]) / 1024 for name in ("RssAnon", "RssShmem", "VmRSS"))
    return anonymous + shared, whole


@contextmanager
def served(application: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Served]:
    """The site, from when it answers until the end of the block. `folder`: where gunicorn may write."""
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    command = [application if part == OURS else part for part in gunicorn_command(HOST, port, folder)]
    with subprocess.Popen(command, env={**os.environ, **environment}) as process:
        try:
            _wait_for(process, port)
            yield Served(HOST, port, process)
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args} does not serve.")
