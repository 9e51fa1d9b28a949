"""HEAD: the headers of GET and nothing behind them, also over a real server."""

import http.client
import os
import socket
import subprocess
import time

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from huunghi.middleware import HeadMiddleware
from huunghi_site.serving import gunicorn_command

PATIENCE = 60  # seconds until the server answers
WARNING = "body bytes on a no-body response"


def head(response):
    return HeadMiddleware(lambda request: response)(RequestFactory().head("/"))


def test_the_length_is_that_of_the_content_that_is_left_out():
    answer = head(HttpResponse("một"))
    assert (answer.content, answer["Content-Length"]) == (b"", "5")
    assert head(HttpResponse("", headers={"Content-Length": "7"}))["Content-Length"] == "7"


@pytest.mark.django_db  # closing an answer looks after connections
def test_a_file_is_not_read_and_closed(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("one two")
    file = path.open("rb")
    answer = head(FileResponse(file))
    assert (answer.file_to_stream, b"".join(answer), answer["Content-Length"]) == (None, b"", "7")
    assert file.tell() == 0
    answer.close()
    assert file.closed


def test_what_is_made_while_it_is_sent_is_not_made():
    def rows():
        raise AssertionError("nobody asked for a row")
        yield b""

    assert b"".join(head(StreamingHttpResponse(rows()))) == b""


def test_answers_to_other_methods_keep_their_content():
    answer = HeadMiddleware(lambda request: HttpResponse("one"))(RequestFactory().get("/"))
    assert answer.content == b"one"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(port, path of what it logs) of gunicorn with the whole site, whose database is empty."""
    folder = tmp_path_factory.mktemp("served")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
    environment = kept | {
        "HUUNGHI_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.local", "WEB_CONCURRENCY": "1"
    }  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as output:
        command = gunicorn_command("127.0.0.1", port, folder)
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        end = time.monotonic() + PATIENCE
        while not ask(port, "GET", "/api/v1/nothing/"):
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield port, log
    finally:
        process.terminate()
        process.wait(30)


def ask(port, method, address, **headers):
    """(status, headers, everything that comes behind them) or None while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, address, headers=headers)
        answer = connection.getresponse()
        names = {name: value for name, value in answer.getheaders() if name not in ("Date", "X-Request-ID")}
        return answer.status, names, answer.read()
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("encoding", ["br", "identity"])
@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/api/v1/nothing/", "/api/v1/events/?limit=x"])
def test_gunicorn_gets_nothing_that_it_has_to_drop(server, address, encoding):
    port, log = server
    got = ask(port, "GET", address, **{"Accept-Encoding": encoding})
    asked = ask(port, "HEAD", address, **{"Accept-Encoding": encoding})
    assert got[2] and not asked[2]
    assert asked[:2] == got[:2]
    assert WARNING not in log.read_text()
