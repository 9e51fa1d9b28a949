"""Each wrong configuration is named by a system check of its own."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.test import override_settings

WRONG = {
    "huunghi.E002": {"WAGTAIL_I18N_ENABLED": False},
    "huunghi.E003": {"LANGUAGE_CODE": "fr"},
    "huunghi.E005": {"FORMAT_MODULE_PATH": None},
    "huunghi.E006": {"WAGTAIL_DATE_FORMAT": "%m/%d/%Y"},
    "huunghi.E007": {"WAGTAIL_PAGE_MODEL": "home.OtherPage"},
    "huunghi.E008": {"HUUNGHI_SEARCH": {"ENGINE": "solr"}},
    "huunghi.W003": {"WAGTAILSEARCH_BACKENDS": {"default": {"BACKEND": "wagtail.search.backends.database"}}},
}


def ids():
    from huunghi.checks import check_configuration

    return {message.id for message in check_configuration(None)}


@pytest.mark.parametrize("id_", WRONG)
def test_a_wrong_setting_is_named(id_):
    with override_settings(**WRONG[id_]):
        assert id_ in ids()


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"ENGINE": "elasticsearch"}, "names no Elasticsearch server"),
        ({"ENGIN": "embedded"}, "unknown keys: ENGIN"),
    ],
)
def test_the_message_about_search_says_what_is_wrong(search, words):
    from huunghi.checks import check_configuration

    with override_settings(HUUNGHI_SEARCH=search):
        messages = [message for message in check_configuration(None) if message.id == "huunghi.E008"]
    assert words in messages[0].msg


def test_a_language_without_a_catalogue_is_named():
    with override_settings(WAGTAIL_CONTENT_LANGUAGES=[("vi", "Tiếng Việt"), ("xx-yy", "Nowhere")]):
        assert "huunghi.E004" in ids()


def test_a_missing_app_is_named(monkeypatch):
    installed = apps.is_installed
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "huunghi.search" and installed(name))
    assert "huunghi.E001" in ids()


def test_the_shipped_configuration_is_clean():
    assert [message for message in run_checks() if message.id and message.id.startswith("huunghi")] == []
