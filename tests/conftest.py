"""Fixtures of the whole suite."""

import pytest
from django.core.management import call_command

pytest_plugins = ["tests.engine.fixtures", "tests.packaging.fixtures"]

# Folders whose tests share something that takes long to make: a browser, or the built wheel.
ONE_WORKER_FOLDERS = {"browser": "browser", "packaging": "wheel", "host": "wheel"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Under `pytest -n 2 --dist loadgroup` what shares something expensive runs on one worker, and starts first."""
    for item in items:
        folder = item.path.relative_to(config.rootpath / "tests").parts[0]
        group = ONE_WORKER_FOLDERS.get(folder)
        if folder == "engine":
            group = item.path.stem  # a module fills its indices once
        if group:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


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
