"""A site served by gunicorn in processes of its own, with the command line that `huunghi_serve` has.

One gunicorn with one worker each, so that every worker has as many connections as another. Which worker of one gunicorn
takes a connection is chance, and a rate was a quarter more or less by it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
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
    """The processes are the first ones of each gunicorn; their children are the workers."""

    addresses: tuple[tuple[str, int], ...]
    processes: tuple[subprocess.Popen[bytes], ...]

    def memory(self) -> list[tuple[float, float]]:
        """(own memory, with the files that are mapped) of each worker, in MB; nothing where there is no /proc.

        Pages of a mapped file, as the search index is one, are there once for all workers, and the system takes them
        back when it needs the memory.
        """
        lists = [Path(f"/proc/{each.pid}/task/{each.pid}/children") for each in self.processes]
        workers = [worker for file in lists if file.exists() for worker in file.read_text().split()]
        return [_resident(Path(f"/proc/{worker}/status")) for worker in workers]


def _resident(status: Path) -> tuple[float, float]:
    values = dict(line.split(":", 1) for line in status.read_text().splitlines())
    anonymous, shared, whole = (int(values[name].split()[0]) / 1024 for name in ("RssAnon", "RssShmem", "VmRSS"))
    return anonymous + shared, whole


@contextmanager
def served(application: str, folder: Path, environment: Mapping[str, str]) -> Iterator[Served]:
    """The site, from when it answers until the end of the block. `folder`: where gunicorn may write."""
    with ExitStack() as stack:
        started = [stack.enter_context(_worker(application, folder, environment)) for _ in range(WORKERS)]
        for process, address in started:
            _wait_for(process, address)
        processes, addresses = zip(*started, strict=True)
        yield Served(addresses, processes)


@contextmanager
def _worker(
    application: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[bytes], tuple[str, int]]]:
    with socket.create_server((HOST, 0)) as probe:
        port = probe.getsockname()[1]
    command = [application if part == OURS else part for part in gunicorn_command(HOST, port, folder)]
    with subprocess.Popen(command, env={**os.environ, **environment, "WEB_CONCURRENCY": "1"}) as process:
        try:
            yield process, (HOST, port)
        finally:
            process.terminate()


def _wait_for(process: subprocess.Popen[bytes], address: tuple[str, int]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{process.args} does not serve.")
