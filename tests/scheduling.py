"""Which tests of a parallel run stay together on one worker.

`--dist loadgroup` is made for this, but pytest-xdist 3.8 writes its groups where pytest 9 no longer reads them.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

# Folders and modules whose tests share something that takes long to make: the built wheel, a browser, an import.
SHARED = {
    "tests/packaging/": "wheel",
    "tests/host/": "wheel",
    "tests/browser/": "browser",
    "tests/test_demonstration.py": "demonstration",
    "tests/api/test_typescript.py": "generated client",
    "tests/search/test_relevance.py": "relevance",
    "tests/access/test_matrix.py::test_every_reader_gets_what": "fresh matrix",
    "tests/access/test_matrix.py::test_every_reader_gets_it": "frozen matrix",
    "tests/engine/test_analysis.py": "analysis",
    "tests/engine/test_elastic_engine.py": "elastic engine",
    "tests/engine/test_secured_server.py": "secured server",
}


def group(nodeid):
    """What a test shares with others; a test that shares nothing is a group of its own."""
    return next((name for start, name in SHARED.items() if nodeid.startswith(start)), nodeid)


class Scheduling(LoadScopeScheduling):
    """Gives each worker one group after the other, in the order of collection."""

    def _split_scope(self, nodeid):
        return group(nodeid)


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return Scheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """The wheel first, because it takes longest. Else the order of pytest-django stays: tests that empty the database
    come last, because nobody fills it again.
    """
    items.sort(key=lambda item: group(item.nodeid) != "wheel")
