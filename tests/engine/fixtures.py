"""One Elasticsearch for a whole test run, also under pytest-xdist.

The first worker that needs the server starts it, under a file lock; the controlling process stops it when the run ends,
so that a worker that dies leaves nothing behind.
"""

from __future__ import annotations

import fcntl
import os
import uuid

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


def start_or_join() -> str:
    """The address of this run's server. Raises ServerUnavailableError when this computer cannot have one."""
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
    """A running server's address; without one the test is skipped, and on a build server it fails."""
    try:
        return start_or_join()
    except server.ServerUnavailableError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{error}", pytrace=False)
        pytest.skip(f"{error}")


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
