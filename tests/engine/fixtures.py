"""One Elasticsearch for a whole test run, also under pytest-xdist.

The first worker that needs the server starts it, under a file lock; the controlling process stops it when the run ends,
so that a worker that dies leaves nothing behind.
"""

import fcntl
import functools
import os
import signal
import uuid
from contextlib import contextmanager

import pytest
from elasticsearch import Elasticsearch

from . import server

# Workers inherit the environment of the controlling process: the run's name reaches them there.
RUN = "HUUNGHI_TEST_ENGINE_RUN"


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = str(os.getpid())


def pytest_unconfigure(config):
    if hasattr(config, "workerinput"):
        return
    run = server.cache_folder() / "runs" / os.environ.get(RUN, "")
    if (run / "lock").exists():
        server.stop(run)


def pytest_runtest_setup(item):
    """Without a server the engine tests are skipped, in one line of the report; a build server must have one."""
    if item.get_closest_marker("engine") is None:
        return
    problem = server_of_this_run()[1]
    if isinstance(problem, server.ServerUnavailableError) and os.environ.get("CI") != "true":
        pytest.skip(str(problem))
    if problem:
        pytest.fail(str(problem), pytrace=False)


@functools.cache
def server_of_this_run():
    """(address, None) or ("", what went wrong). Tried once: a failure would come again for every test."""
    try:
        return start_or_join(), None
    except (server.ServerUnavailableError, server.StartError) as problem:
        return "", problem


def start_or_join():
    given = os.environ.get("ELASTICSEARCH_TEST_URL", "").rstrip("/")
    if given:
        if not server.cluster_name(given):
            raise server.ServerUnavailableError("ELASTICSEARCH_TEST_URL names a server that does not answer.")
        return given
    run = server.run_folder(os.environ[RUN])
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = server.running(run)
        if started is None:
            server.stop_orphans()
            started = server.start(run)
    return started.url


@pytest.fixture(scope="session")
def elasticsearch_url():
    """A running server's address, for tests marked `engine`."""
    return server_of_this_run()[0]


@pytest.fixture(autouse=True)
def share_of_the_server(request):
    """A test marked `engine(alone=True)` may pause the server: no other one uses it meanwhile."""
    marker = request.node.get_closest_marker("engine")
    if marker is None:
        yield
        return
    with (server.run_folder(os.environ[RUN]) / "in-use").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX if marker.kwargs.get("alone") else fcntl.LOCK_SH)
        yield


@contextmanager
def paused_server():
    """Within the block the server of this run is stopped as by Ctrl+Z: it takes connections and never answers."""
    started = server.running(server.run_folder(os.environ[RUN]))
    if started is None:
        pytest.skip("ELASTICSEARCH_TEST_URL names a server that belongs to somebody else.")
    os.killpg(started.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(started.pid, signal.SIGCONT)


@pytest.fixture(scope="session")
def elasticsearch_client(elasticsearch_url):
    with Elasticsearch(elasticsearch_url, request_timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def index_prefix(elasticsearch_client):
    """A prefix of this module's own; its indices are deleted afterwards."""
    prefix = f"huunghi-test-{uuid.uuid4().hex[:10]}"
    yield prefix
    names = list(elasticsearch_client.indices.get(index=f"{prefix}-*", expand_wildcards="all"))
    if names:
        elasticsearch_client.indices.delete(index=",".join(names), ignore_unavailable=True)
