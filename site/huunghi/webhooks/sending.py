"""One message over HTTP: to an admitted address only, within a time, and without believing the answer."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from .models import LONGEST_EXCERPT
from .targets import RefusedAddressError, Target, find_target

SECONDS = 5.0  # for each step: connecting, sending, a piece of the answer
DEADLINE = 15.0  # for all of it: a receiver that answers a byte a second holds nobody up
LONGEST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `code` is None when there was no answer, then `problem` says why."""

    code: int | None = None
    text: str = ""
    retry_after: int = 0  # seconds that the receiver asked for; 0 when it did not
    problem: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.code is not None and 200 <= self.code < 300

    @property
    def is_gone(self) -> bool:
        return self.code == http.client.GONE


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to the very address that was looked at, TLS with the certificate of the name."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.default_port = 443 if target.secure else 80  # else the Host header would name it
        self._target = target

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.ip, self._target.port), SECONDS)
        if self._target.secure:
            context = ssl.create_default_context()
            # The handshake apart, so that the deadline can cut it short, too.
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host, do_handshake_on_connect=False)
            self.sock.do_handshake()

    def cut(self) -> None:
        if self.sock is not None:
            with suppress(OSError):  # it has ended meanwhile
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def post(address: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Send a body; never raises for what the other side does. A redirect is an answer like any other."""
    try:
        target = find_target(address)
    except RefusedAddressError as error:
        return Answer(problem=str(error)[:LONGEST_EXCERPT])
    connection = _PinnedConnection(target)
    clock = threading.Timer(DEADLINE, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        response = connection.getresponse()
        text = response.read(LONGEST_ANSWER)
        return Answer(response.status, _printable(text), _seconds(response.getheader("Retry-After")))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(problem=f"{type(error).__name__}: {error}"[:LONGEST_EXCERPT])
    finally:
        clock.cancel()
        connection.close()


def _printable(content: bytes) -> str:
    """The beginning of an answer, for people to read."""
    text = content[: 4 * LONGEST_EXCERPT].decode(errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST_EXCERPT].strip()


def _seconds(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 8 else 0
