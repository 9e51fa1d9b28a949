"""The shipped configuration, run by a real nginx in front of a small site."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from huunghi.caching.backend import ProxyBackend, PurgeFailedError
from tests.project import ROOT

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    NGINX is None and "CI" not in os.environ, reason="nginx is not installed; in CI this fails"
)
PUBLIC = {"Cache-Control": "public, max-age=0, s-maxage=60, must-revalidate", "Vary": "Accept-Encoding"}
PERSONAL = {"Cache-Control": "private, no-store", "Vary": "Cookie"}


class SmallSite(BaseHTTPRequestHandler):
    """Answers with a running number, so that a kept answer is known by an old one."""

    asked: list = []
    withdrawn: set = set()

    def do_GET(self):
        type(self).asked.append((self.command, self.path, dict(self.headers)))
        personal = "Authorization" in self.headers or "sessionid=" in self.headers.get("Cookie", "")
        status, headers = 200, dict(PERSONAL if personal else PUBLIC)
        if self.path in self.withdrawn:
            status, headers = 404, {"Cache-Control": "no-store"}
        elif self.path == "/by-cookie/":
            headers["Vary"] = "Accept-Encoding, Cookie"
        elif self.path == "/silent/":
            headers = {}
        body = f"{'secret' if personal else 'public'} {len(self.asked)} {'x' * 2000}".encode()
        self.send_response(status)
        for name, value in {**headers, "ETag": '"1"', "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_POST(self):
        self.do_GET()

    def do_HEAD(self):
        self.do_GET()

    def log_message(self, *args):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def configuration(folder, port, site_port):
    """The shipped file with the ports and folders of the test, without TLS, inside of what nginx needs around it."""
    shipped = (ROOT / "docs/how-to/nginx.conf").read_text()
    for pattern, replacement in [
        (r"listen 443 ssl;\n", "\n"),
        (r"listen 127\.0\.0\.1:8080;", f"listen 127.0.0.1:{port};"),
        (r"ssl_certificate\S* \S+;\n", "\n"),
        (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{site_port};"),
        (r"/var/cache/nginx/huunghi", f"{folder}/cache"),
        (r"/var/lib/huunghi/media/", f"{folder}/media/"),
    ]:
        shipped, count = re.subn(pattern, replacement, shipped)
        assert count, pattern
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    return (
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{temporary}\n{shipped}\n}}\n"
    )


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """The port of a running nginx."""
    assert NGINX, "nginx is needed in CI: .ci/run installs it"
    folder = tmp_path_factory.mktemp("nginx")
    site = ThreadingHTTPServer(("127.0.0.1", 0), SmallSite)
    threading.Thread(target=site.serve_forever, args=(0.01,), daemon=True).start()
    port = free_port()
    (folder / "nginx.conf").write_text(configuration(folder, port, site.server_port))
    server = subprocess.Popen(
        [NGINX, "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"], stderr=subprocess.PIPE
    )
    try:
        wait_for(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(10)
        site.shutdown()
        site.server_close()


def wait_for(server, port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        assert server.poll() is None, server.stderr.read().decode()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("nginx does not listen")


@pytest.fixture
def ask(proxy, request):
    """Asks for an address that no other test asks for; returns status, headers and the beginning of the text."""
    SmallSite.asked.clear()
    SmallSite.withdrawn.clear()

    def ask(path="", method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", proxy, timeout=10)
        path = path or f"/api/v1/{request.node.name}/"
        connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        text = answer.read()[:10].decode(errors="replace")
        connection.close()
        return answer.status, answer.headers, text

    return ask


def test_a_public_answer_is_asked_for_once(ask):
    first, second = ask(), ask()
    assert first[1]["X-Cache"] == "MISS" and second[1]["X-Cache"] == "HIT"
    assert first[2] == second[2]
    assert len(SmallSite.asked) == 1


@pytest.mark.parametrize(
    "own",
    [
        {"Authorization": "Bearer hhk_1"}, {"Cookie": "sessionid=abc"}, {"Cookie": "a=b; sessionid=abc"},
        {"Authorization": "0"}, {"Cookie": "sessionid=; sessionid=abc"}, {"Origin": "https://front.example"},
    ],
)  # fmt: skip
def test_whoever_is_somebody_gets_an_answer_of_his_own_and_nobody_else_gets_it(ask, own):
    assert ask()[2].startswith("public")
    mine = ask(**own)
    assert mine[1]["X-Cache"] is None and len(SmallSite.asked) == 2
    again = ask(**own)
    assert again[2] != mine[2]
    assert ask()[1]["X-Cache"] == "HIT"


def test_the_first_to_ask_for_an_address_may_be_somebody(ask):
    assert ask(Authorization="Bearer hhk_1")[2].startswith("secret")
    assert ask(Cookie="sessionid=abc")[2].startswith("secret")
    assert ask()[2].startswith("public")


def test_one_answer_is_kept_for_all_encodings_and_compressed_for_those_who_take_it(ask):
    plain = ask()
    small = ask(Accept_Encoding="gzip, br")
    assert plain[1]["Content-Encoding"] is None and small[1]["Content-Encoding"] == "gzip"
    assert len(SmallSite.asked) == 1
    assert ask(Accept_Encoding="gzip", If_None_Match=small[1]["ETag"])[0] == 304


def test_a_personal_answer_is_not_compressed_by_the_proxy(ask):
    assert ask(Accept_Encoding="gzip", Authorization="Bearer hhk_1")[1]["Content-Encoding"] is None
    assert SmallSite.asked[-1][2]["Accept-Encoding"] == "gzip"  # the site decides


@pytest.mark.parametrize("path", ["/by-cookie/", "/silent/"])
def test_what_the_site_does_not_give_to_proxies_is_not_kept(ask, path):
    assert ask(path)[2] != ask(path)[2]


def test_after_a_purge_the_next_reader_gets_the_new_answer(ask):
    old = ask()
    assert ask(method="PURGE")[0] == 200
    assert ask()[2] != old[2]


def test_after_a_purge_a_withdrawn_page_is_gone(ask, request):
    assert ask()[0] == 200
    SmallSite.withdrawn.add(f"/api/v1/{request.node.name}/")
    assert ask(method="PURGE")[0] == 404
    assert ask()[0] == 404


def test_a_purge_by_somebody_puts_nothing_personal_into_the_cache(ask):
    ask(method="PURGE", Authorization="Bearer hhk_1", Cookie="sessionid=abc")
    assert ask()[2].startswith("public")


def test_the_purge_address_itself_cannot_be_asked_for(ask):
    assert ask("/_huunghi_purge/")[0] == 404
    assert ask("/_huunghi_files/x")[0] == 404


def test_our_backend_purges_and_says_when_it_cannot(ask, proxy, request):
    old = ask()
    address = f"https://archive.example/api/v1/{request.node.name}/"
    ProxyBackend({"LOCATION": f"http://127.0.0.1:{proxy}"}).purge(address)
    assert ask()[2] != old[2]
    with pytest.raises(PurgeFailedError, match="does not answer"):
        ProxyBackend({"LOCATION": f"http://127.0.0.1:{free_port()}"}).purge(address)


def test_the_site_learns_who_asked_and_by_which_name_the_request_goes(ask):
    ask(Host="archive.example", X_Request_ID="chosen-by-a-visitor")
    _, _, headers = SmallSite.asked[-1]
    assert (headers["Host"], headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == (
        "archive.example",
        "127.0.0.1",
        "https",
    )
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-ID"])
    assert "Connection" not in headers


def test_what_is_sent_reaches_the_site_as_it_was_sent(ask):
    assert ask(method="POST", Authorization="Bearer 1")[0] == 200
    assert SmallSite.asked[-1][0] == "POST"
