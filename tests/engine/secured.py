"""An Elasticsearch as it runs for others: passwords, roles, API keys, and TLS with a certificate of its own.

The server of the other engine tests has no security; this one is started beside it, by the tests that need it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import server

ADMIN = "admin"


@dataclass(frozen=True)
class SecuredServer:
    """A started server. `ca` is the certificate that signed its own, which is for 127.0.0.1 and localhost only."""

    url: str
    password: str
    ca: Path
    folder: Path


@contextmanager
def secured_server() -> Iterator[SecuredServer]:
    """Start the server of the chosen version and stop it after the block; about 20 seconds on two free cores."""
    version = server.chosen_version()
    java = server.find_java(server.ARCHIVES[version][1])
    home = server.fetch(version)
    folder = server.run_folder(f"{os.getpid()}-secured")
    process = None
    try:
        port, transport = server._free_ports(2)
        node = server._configure(folder / "node", home, f"huunghi-test-secured-{port}", port, transport)
        started = SecuredServer(f"https://127.0.0.1:{port}", secrets.token_urlsafe(12), folder / "ca.crt", folder)
        make_certificates(folder, node / "conf")
        _secure(node / "conf", started.password)
        user = server._unprivileged_user()
        if user:
            subprocess.run(["chown", "-R", user, node], check=True)
        with (node / "out.log").open("wb") as log:
            process = subprocess.Popen(
                server._command(version, home, node, java),
                cwd=home,
                env=server._environment(home, node, java),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                extra_groups=[] if user else None,
            )
        _wait(started, process, node / "out.log")
        yield started
    finally:
        if process:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def make_certificates(folder: Path, target: Path) -> None:
    """A CA in `folder`, and a certificate that it signed for this computer in `target`."""
    names = "subjectAltName=IP:127.0.0.1,DNS:localhost"
    key, signed = target / "http.key", target / "http.crt"
    new_key = ("req", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    ca = ("-x509", "-subj", "/CN=Test CA", "-addext", "keyUsage=critical,keyCertSign")
    _openssl(*new_key, *ca, "-keyout", folder / "ca.key", "-out", folder / "ca.crt")
    _openssl(*new_key, "-subj", "/CN=localhost", "-addext", names, "-keyout", key, "-out", folder / "http.csr")
    signing = ("-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial", "-copy_extensions", "copy")
    _openssl("x509", "-req", "-in", folder / "http.csr", *signing, "-days", "2", "-out", signed)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def _secure(conf: Path, password: str) -> None:
    settings = {
        "xpack.security.enabled": True,
        "xpack.security.http.ssl.enabled": True,
        "xpack.security.http.ssl.key": "http.key",
        "xpack.security.http.ssl.certificate": "http.crt",
        "xpack.security.authc.api_key.enabled": True,
    }
    file = conf / "elasticsearch.yml"
    lines = [line for line in file.read_text().splitlines() if "xpack.security.enabled" not in line]
    lines += [f"{name}: {json.dumps(value)}" for name, value in settings.items()]
    file.write_text("\n".join(lines) + "\n")
    # An administrator in a file: no tool of the server has to run before it starts.
    (conf / "users").write_text(f"{ADMIN}:{_hashed(password)}\n")
    (conf / "users_roles").write_text(f"superuser:{ADMIN}\n")


def _hashed(password: str) -> str:
    cost, salt = 10_000, os.urandom(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, cost, 32)
    return f"{{PBKDF2}}{cost}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _wait(started: SecuredServer, process: subprocess.Popen[bytes], log: Path) -> None:
    token = base64.b64encode(f"{ADMIN}:{started.password}".encode()).decode()
    request = urllib.request.Request(f"{started.url}/_cluster/health", headers={"Authorization": f"Basic {token}"})
    context = ssl.create_default_context(cafile=started.ca)
    deadline = time.monotonic() + server.START_TIMEOUT
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5, context=context):
                return
        except (OSError, urllib.error.HTTPError) as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise server.StartError(f"{error}\n{log.read_text(errors='replace')[-3000:]}") from error
        time.sleep(0.5)


def _stop(process: subprocess.Popen[bytes]) -> None:
    server._signal(process.pid, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        server._signal(process.pid, signal.SIGKILL)
