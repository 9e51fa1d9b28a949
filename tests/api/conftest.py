import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.staff import editor, event, stranger, unit  # noqa: F401  fixtures

API = "/api/v1"


@pytest.fixture
def api(client):
    """GET below the API's root; keyword arguments are query parameters, lists repeat them."""

    def get(path, **parameters):
        return client.get(f"{API}{path}", {name.rstrip("_"): value for name, value in parameters.items()})

    return get


@pytest.fixture
def count_queries(api):
    """The number of SQL queries of a GET when sizes of pictures and addresses of sites are known already."""

    def count(path, **parameters):
        assert api(path, **parameters).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert api(path, **parameters).status_code == 200
        return len(captured)

    yield count
    cache.clear()


@pytest.fixture
def feeding(django_capture_on_commit_callbacks):
    """Within the block, what is published reaches the search index as after a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def problem_names(response, parameter):
    """Whether a problem document names the parameter, for people and for programs."""
    problem = response.json()
    return parameter in problem["detail"] and any(parameter in error["loc"] for error in problem["errors"])
