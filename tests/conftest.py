"""Fixtures of the whole suite."""

import pytest
from django.core.management import call_command

pytest_plugins = ["tests.engine.fixtures", "tests.packaging.fixtures"]

# Folders and modules whose tests share something that takes long to make: the built wheel, a browser, an import.
SHARED = {
    "packaging": "wheel",
    "host": "wheel",
    "browser": "browser",
    "test_demonstration.py": "demonstration",
    "test_relevance.py": "relevance",
    "test_analysis.py": "analysis",
    "test_elastic_engine.py": "elastic engine",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Under `pytest -n 2 --dist loadgroup` what shares something expensive runs on one worker; the wheel starts first.

    Else the order is pytest-django's: tests that empty the database come last, because nobody fills it again.
    """
    for item in items:
        for part in item.path.relative_to(config.rootpath / "tests").parts:
            if part in SHARED:
                item.add_marker(pytest.mark.xdist_group(SHARED[part]))
    result = yield
    items.sort(key=lambda item: not any(mark.args == ("wheel",) for mark in item.iter_markers("xdist_group")))
    return result


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database with what `huunghi_setup` makes: every test starts in an empty, working archive."""
    with django_db_blocker.unblock():
        call_command("huunghi_setup", verbosity=0)


@pytest.fixture(autouse=True)
def search_index_of_its_own(tmp_path, settings):
    """No test sees what another one fed to the index."""
    from huunghi.search import knowledge, labels

    settings.HUUNGHI_SEARCH = {**settings.HUUNGHI_SEARCH, "PATH": str(tmp_path / "search.sqlite3")}
    settings.MEDIA_ROOT = str(tmp_path / "media")
    knowledge.forget()
    labels.forget()
    yield
    knowledge.forget()
    labels.forget()
