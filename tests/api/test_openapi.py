from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import include, path

from huunghi.api import api as mounted_api
from huunghi.api import build_api

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"

urlpatterns = [path("elsewhere/deep/", include("huunghi.urls"))]


def test_the_committed_document_is_the_one_that_is_served(capsys):
    call_command("huunghi_openapi")
    assert SNAPSHOT.read_text("utf-8") == capsys.readouterr().out, "run: make openapi"


def operations():
    schema = mounted_api.get_openapi_schema()
    return [operation for methods in schema["paths"].values() for operation in methods.values()]


def test_every_operation_has_an_id_of_our_own_and_says_its_errors():
    ids = [operation["operationId"] for operation in operations()]
    assert len(set(ids)) == len(ids)
    assert all(id_.startswith("huunghi_") for id_ in ids)
    for operation in operations():
        assert list(operation["responses"][422]["content"]) == ["application/problem+json"]


def test_the_api_can_be_built_twice_in_one_process():
    again = build_api()
    assert again.get_openapi_schema() == mounted_api.get_openapi_schema()
    assert len(again.urls[0]) == len(mounted_api.urls[0])


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.api.test_openapi")
def test_a_host_may_mount_it_anywhere(client):
    assert client.get("/elsewhere/deep/api/v1/events/").status_code == 200
    docs = client.get("/elsewhere/deep/api/v1/docs").content.decode()
    assert '"url": "openapi.json"' in docs
    assert client.get("/elsewhere/deep/api/v1/openapi.json").json()["servers"] == [{"url": "."}]
    assert client.get("/elsewhere/deep/api/v1/events").headers["Location"] == "/elsewhere/deep/api/v1/events/"


@pytest.mark.django_db
def test_the_docs_ask_nothing_of_another_host(client):
    docs = client.get("/api/v1/docs").content.decode()
    assert "swagger-ui-bundle.js" in docs
    assert "http://" not in docs and "https://" not in docs
