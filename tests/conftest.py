"""Fixtures of the whole suite."""

import pytest
from django.core.management import call_command
from django.utils import translation

from tests import database

pytest_plugins = ["tests.engine.fixtures", "tests.packaging.fixtures", "tests.scheduling"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Before the database is made: on SQLite, take the copy of another process, or be the one that makes it."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return None
    copy = database.path()
    lock = database.alone(copy)
    if copy.exists():
        lock.close()
        database.fill_from(copy)
        return None
    return copy, lock


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, django_db_modify_db_settings):
    """The test database with what `huunghi_setup` makes: every test starts in an empty, working archive."""
    from huunghi.search.models import IndexTarget

    with django_db_blocker.unblock():
        call_command("huunghi_setup", verbosity=0)
        IndexTarget.objects.all().delete()  # no test uses the index that was made here
        if django_db_modify_db_settings:
            copy, lock = django_db_modify_db_settings
            database.keep(copy)
            lock.close()


@pytest.fixture(autouse=True)
def search_index_of_its_own(tmp_path, settings):
    """No test sees what another one fed to the index."""
    from huunghi.search import labels
    from huunghi.search.recognition import knowledge

    settings.HUUNGHI_SEARCH = {**settings.HUUNGHI_SEARCH, "PATH": str(tmp_path / "search.sqlite3")}
    settings.MEDIA_ROOT = str(tmp_path / "media")
    knowledge.forget()
    labels.forget()
    yield
    knowledge.forget()
    labels.forget()


@pytest.fixture(autouse=True)
def language_of_the_site():
    """A request leaves the language of its reader active in the thread; no test goes on in that of another one."""
    translation.deactivate()
    yield
    translation.deactivate()
