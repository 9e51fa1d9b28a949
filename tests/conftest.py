"""Fixtures of the whole suite."""

import pytest
from django.core.management import call_command
from django.utils import translation

pytest_plugins = ["tests.engine.fixtures", "tests.packaging.fixtures", "tests.scheduling"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database with what `huunghi_setup` makes: every test starts in an empty, working archive."""
    with django_db_blocker.unblock():
        from huunghi.search.models import IndexTarget

        call_command("huunghi_setup", verbosity=0)
        IndexTarget.objects.all().delete()  # no test uses the index that was made here


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
