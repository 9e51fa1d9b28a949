"""A receiver: a real HTTP server on this computer, which the settings of the tests allow as a target."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from huunghi.webhooks.delivering import deliver_due
from huunghi.webhooks.models import WebhookDelivery, WebhookEndpoint
from huunghi.webhooks.signing import first_secret
from huunghi.webhooks.types import MessageType


@dataclass
class Receiver:
    """What it was sent, and what it answers: `codes` one after the other, then 204 for ever."""

    address: str = ""
    port: int = 0
    requests: list = field(default_factory=list)
    codes: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    content: bytes = b""
    before_answer: object = None

    @property
    def types(self):
        return [json.loads(body)["type"] for _, body in self.requests]


def handler_for(receiver):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append((dict(self.headers), body))
            if receiver.before_answer:
                receiver.before_answer(self)
            self.send_response(receiver.codes.pop(0) if receiver.codes else 204)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.content)

        def log_message(self, *args):
            pass

    return Handler


@pytest.fixture
def receiver(settings):
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_for(receiver))
    receiver.port = server.server_port
    receiver.address = f"http://127.0.0.1:{receiver.port}/hook"
    settings.HUUNGHI_WEBHOOKS = {"PORTS": [receiver.port], "HTTP": True, "NETWORKS": ["127.0.0.0/8"]}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()


def make_endpoint(address, *, types=tuple(MessageType.values), **fields):
    """An endpoint and its secret."""
    endpoint = WebhookEndpoint(name="Tỉnh bạn", address=address, types=list(types), **fields)
    secret = first_secret(endpoint)
    endpoint.save()
    return endpoint, secret


def deliver():
    """Everything that waits is due now, and is sent."""
    WebhookDelivery.objects.filter(state="waiting").update(next_try_at=timezone.now())
    WebhookEndpoint.objects.update(paused_until=None)
    return deliver_due()


@pytest.fixture
def endpoint(db, receiver):
    return make_endpoint(receiver.address)[0]
