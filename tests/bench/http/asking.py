"""Many readers at once: so many connections that are kept open, each asking again as soon as it has its answer.

One thread and no library between, because the computer's processors are those that the sites are served with.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

from .serving import HOST

CONNECTIONS = 8
PATIENCE = 120  # seconds for one answer
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
PIECE = 1 << 18  # bytes
Address = tuple[str, int]


class UnexpectedAnswerError(Exception):
    """An answer that is none of those to be measured."""


@dataclass(slots=True)
class Answers:
    """`times`: ms of each."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds


def request(path: str, **headers: str) -> bytes:
    """GET as it goes over the wire. Underscores in the names of headers are hyphens."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def ask_for(
    seconds: float,
    addresses: Sequence[Address],
    requests: Iterable[bytes],
    statuses: set[int],
    connections: int = CONNECTIONS,
) -> Answers:
    """Ask over and over until the time is up; what was asked by then is waited for."""
    until = time.perf_counter() + seconds
    return _ask(addresses, _until(until, cycle(requests)), statuses, connections)


def ask_times(count: int, addresses: Sequence[Address], requests: Iterable[bytes], statuses: set[int]) -> Answers:
    return _ask(addresses, islice(cycle(requests), count), statuses, CONNECTIONS)


def _until(moment: float, requests: Iterator[bytes]) -> Iterator[bytes]:
    for each in requests:
        if time.perf_counter() >= moment:
            return
        yield each


def _ask(addresses: Sequence[Address], requests: Iterator[bytes], statuses: set[int], connections: int) -> Answers:
    answers = Answers()
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for first, address in zip(islice(requests, connections), cycle(addresses), strict=False):
            connection = _Connection(address)
            connection.send(first)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            if not (ready := selector.select(PATIENCE)):
                raise UnexpectedAnswerError(f"No answer within {PATIENCE} s.")
            for key, _ in ready:
                connection = key.data
                if not connection.receive():
                    continue
                answers.times.append((time.perf_counter() - connection.began) * 1000)
                if connection.status not in statuses:
                    raise UnexpectedAnswerError(bytes(connection.received[:2000]).decode(errors="replace"))
                following = next(requests, None)
                if following is not None:
                    connection.send(following)
                else:
                    selector.unregister(connection.socket)
                    connection.socket.close()
    answers.seconds = time.perf_counter() - began
    return answers


class _Connection:
    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, content: bytes) -> None:
        self.received = bytearray()
        self.needed = self.status = 0
        self.began = time.perf_counter()
        self.socket.sendall(content)

    def receive(self) -> bool:
        """Take what has come; whether the answer is whole."""
        piece = self.socket.recv(PIECE)
        if not piece:
            raise UnexpectedAnswerError("The server closed a connection that was to be kept.")
        self.received += piece
        if not self.needed and (end := self.received.find(b"\r\n\r\n")) >= 0:
            self.status = int(self.received[9:12])
            length = LENGTH.search(self.received, 0, end + 2)
            if length is None and self.status != 304:
                raise UnexpectedAnswerError("An answer without its length.")
            self.needed = end + 4 + (int(length[1]) if length and self.status != 304 else 0)
        return bool(self.needed) and len(self.received) >= self.needed
