"""A small HTTP proxy in front of a server. It misbehaves as it is told:

    with Proxy(elasticsearch_url) as proxy:
        proxy.fail(drop_reply, only="_bulk", times=1)
        …
        proxy.heal()

A fault is a function of one `Exchange`.
"""

from __future__ import annotations

import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ELASTIC = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/vnd.elasticsearch+json;compatible-with=8"}
KEPT_BACK = {"connection", "keep-alive", "content-length", "transfer-encoding", "date", "server"}
UPSTREAM_TIMEOUT = 60.0  # seconds


@dataclass
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: dict(ELASTIC))


@dataclass
class Exchange:
    """One request of a client: it can be forwarded and answered, or the connection dropped."""

    handler: BaseHTTPRequestHandler
    body: bytes
    upstream: str  # host:port
    healed: threading.Event

    def forward(self, body: bytes | None = None) -> Reply:
        """What the server says to the request, or to the same one with another body."""
        sent = self.body if body is None else body
        headers = {name: value for name, value in self.handler.headers.items() if name.lower() not in KEPT_BACK}
        with closing(http.client.HTTPConnection(self.upstream, timeout=UPSTREAM_TIMEOUT)) as connection:
            connection.request(self.handler.command, self.handler.path, sent or None, headers)
            reply = connection.getresponse()
            kept = {name: value for name, value in reply.getheaders() if name.lower() not in KEPT_BACK}
            return Reply(reply.status, reply.read(), kept)

    def forward_half(self) -> None:
        """Send the server the request with only half of the promised body, and hang up."""
        host, port = self.upstream.split(":")
        lines = [f"{self.handler.command} {self.handler.path} HTTP/1.1", *map(": ".join, self.handler.headers.items())]
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + self.body[: len(self.body) // 2])

    def answer(self, reply: Reply) -> None:
        self.begin_answer(reply)
        if self.handler.command != "HEAD":
            self.handler.wfile.write(reply.body)

    def begin_answer(self, reply: Reply) -> None:
        """Everything before the body."""
        self.handler.send_response(reply.status)
        for name, value in reply.headers.items():
            self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(reply.body)))
        self.handler.end_headers()

    def drop(self) -> None:
        """Close the connection with a reset, as when the computer behind it is gone."""
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handler.close_connection = True


Fault = Callable[[Exchange], None]


def hang(exchange: Exchange) -> None:
    """Take the request and say nothing."""
    exchange.healed.wait()
    exchange.drop()


def delay(seconds: float) -> Fault:
    def fault(exchange: Exchange) -> None:
        exchange.healed.wait(seconds)
        exchange.answer(exchange.forward())

    return fault


def refuse_with(status: int, kind: str) -> Fault:
    """The server's own error document, without the server."""
    error = {"type": kind, "reason": kind.replace("_", " "), "root_cause": [{"type": kind, "reason": kind}]}
    body = json.dumps({"error": error, "status": status}).encode()
    return lambda exchange: exchange.answer(Reply(status, body))


def say(body: bytes, **headers: str) -> Fault:
    """Answer 200 with this body; `headers` replace those of Elasticsearch."""
    return lambda exchange: exchange.answer(Reply(200, body, headers or dict(ELASTIC)))


def drop_reply(exchange: Exchange) -> None:
    """Let the server do the work, and lose its answer."""
    exchange.forward()
    exchange.drop()


def cut_reply(exchange: Exchange) -> None:
    """Half of the answer, then nothing more."""
    reply = exchange.forward()
    exchange.begin_answer(reply)
    exchange.handler.wfile.write(reply.body[: len(reply.body) // 2])
    exchange.drop()


def drip_reply(exchange: Exchange) -> None:
    """The answer byte by byte: each wait is short, the whole takes for ever."""
    reply = exchange.forward()
    exchange.begin_answer(reply)
    for byte in reply.body:
        exchange.handler.wfile.write(bytes([byte]))
        if exchange.healed.wait(0.2):
            break
    exchange.drop()


def cut_request(exchange: Exchange) -> None:
    """The connection breaks while the request is on its way to the server."""
    exchange.forward_half()
    exchange.drop()


def do_half(exchange: Exchange) -> None:
    """The server gets the first half of a bulk request's lines and does that; the client hears nothing."""
    lines = exchange.body.splitlines(keepends=True)
    half = len(lines) // 4 * 2 or len(lines)  # two lines for each document
    exchange.forward(b"".join(lines[:half]))
    exchange.drop()


class Proxy:
    """Listens on a free port of this computer."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.requests: list[str] = []  # method and path of all that came in
        self._lock = threading.Lock()
        self._healed = threading.Event()
        self._fault: Fault | None = None
        self._only, self._left = "", 0
        self._clients: set[socket.socket] = set()
        self._address = ("127.0.0.1", 0)
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._address[1]}"

    def fail(self, fault: Fault, only: str = "", times: int = 1_000_000) -> None:
        """Do so with the next requests whose path holds `only`."""
        self.heal()
        with self._lock:
            self._healed = threading.Event()
            self._fault, self._only, self._left = fault, only, times

    def heal(self) -> None:
        """Pass everything on again; who hangs is dropped."""
        with self._lock:
            self._fault = None
            self._healed.set()
        self.listen()

    def refuse(self) -> None:
        """Refuse connections, and drop those that are open, as when the server is not running."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        for client in list(self._clients):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def listen(self) -> None:
        if self._server is None:
            self._server = _Server(self._address, self)
            self._address = self._server.server_address[:2]
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Proxy:
        self.listen()
        return self

    def __exit__(self, *error: object) -> None:
        self.heal()
        self.refuse()

    def treat(self, handler: BaseHTTPRequestHandler) -> None:
        """Pass one request on, or let the fault have it."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self._lock:
            self.requests.append(f"{handler.command} {handler.path}")
            exchange = Exchange(handler, body, self.upstream, self._healed)
            fault = self._fault if self._left and self._only in handler.path else None
            self._left -= fault is not None
        if fault:
            fault(exchange)
        else:
            exchange.answer(exchange.forward())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], proxy: Proxy) -> None:
        self.proxy = proxy
        super().__init__(address, _Handler)

    def process_request(self, request: socket.socket, client_address: object) -> None:
        self.proxy._clients.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:
        self.proxy._clients.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are no news here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def treat(self) -> None:
        self.server.proxy.treat(self)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = treat  # noqa: N815  the names that the base class looks for

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
