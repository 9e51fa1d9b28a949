"""Chromium, and the site of the demonstration as `make demo` prepares and `make serve` serves it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.project import ROOT
from tests.run import BROWSERS, no_browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# All that the site's processes get from the environment: no database or engine of the person who runs the tests.
KEPT_VARIABLES = ("HOME", "LANG", "PATH", "TMPDIR", "VIRTUAL_ENV")
MANAGE = [sys.executable, "manage.py"]
START_TIMEOUT = 60  # seconds until the server answers
WAIT = 15_000  # milliseconds that a page may take for one thing; two busy processors are slow
FAILED = pytest.StashKey[bool]()


@dataclass
class Visit:
    """A page in the browser, with everything that went wrong on it."""

    page: object
    base: str
    troubles: list[str] = field(default_factory=list)

    def watch(self):
        self.page.on("console", self._note_error)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._note_foreign)
        self.page.on("requestfailed", self._note_failed)
        return self

    def _note_error(self, message):
        address = message.location.get("url", "")
        # A draft that saves itself is refused while a row is half filled in; it is tried again after the next input.
        half_filled = "/admin/pages/" in address and "status of 400" in message.text
        if message.type == "error" and not half_filled:
            self.troubles.append(f"{address}: {message.text}")

    def _note_foreign(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.base:
            self.troubles.append(f"a request to somebody else: {request.url}")

    def _note_failed(self, request):
        # A page that is left aborts what it was still waiting for.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"{request.url}: {request.failure}")


@pytest.fixture(scope="package")
def chromium():
    """Path of the browser; without one the tests are left out, or fail where everything has to run."""
    if reason := no_browser():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    return next(filter(None, map(shutil.which, BROWSERS)))


# Not for the whole session: while Playwright runs, Django refuses to use a database in this process.
@pytest.fixture(scope="package")
def browser(chromium):
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def environment(tmp_path_factory):
    """Variables of the site's processes: a folder and a port of its own."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    return kept | {"HUUNGHI_VAR": str(tmp_path_factory.mktemp("site")), "NO_SERVE": "1", "PORT": free_port()}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


@pytest.fixture(scope="package")
def manage(environment):
    """`manage("check")` runs a command of the site, beside its server, and returns what it prints."""

    def run(*arguments):
        done = subprocess.run(
            [*MANAGE, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="package")
def site(chromium, environment, manage):
    """Address of a running site with the demonstration in it, such as http://127.0.0.1:40001."""
    manage("huunghi_start")
    with serving(environment) as base:
        yield base


@contextmanager
def serving(environment):
    """Address of the site, which answers until the end of the block."""
    log = Path(environment["HUUNGHI_VAR"]) / f"server-{environment['PORT']}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*MANAGE, "huunghi_serve", "--no-collect"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        base = f"http://127.0.0.1:{environment['PORT']}"
        wait_until_it_answers(base, server, log)
        yield base
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_until_it_answers(base, server, log):
    deadline = time.monotonic() + START_TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{base}/vi/", timeout=10).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"The site does not answer:\n{log.read_text()[-2000:]}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture
def visit(browser, site, request, tmp_path: Path):
    """`visit("/vi/", 360, 740)` opens an address in a browser of its own and returns the page.

    At the end of the test no page may have logged an error, lost a request or asked another host for anything. Of a
    test that failed the pages are kept as pictures.
    """
    visits = []

    def open_(path, width=1280, height=900, **options):
        context = browser.new_context(
            base_url=site, viewport={"width": width, "height": height}, **{"locale": "vi-VN", **options}
        )
        context.set_default_timeout(WAIT)
        page = context.new_page()
        visits.append(Visit(page, site).watch())
        page.goto(path)
        return page

    yield open_
    troubles = [trouble for visited in visits for trouble in visited.troubles]
    for number, visited in enumerate(visits):
        if troubles or request.node.stash.get(FAILED, False):
            picture = tmp_path / f"page-{number}.png"
            visited.page.screenshot(path=picture)
            print(f"{visited.page.url} looked like {picture}")
        visited.page.context.close()
    assert not troubles
