"""The interface speaks Vietnamese and Khmer everywhere, and says of every field what belongs there."""

import ast
import os
import re
import shutil

import polib
import pytest
from django.apps import apps
from modelcluster.fields import ParentalKey
from wagtail.models import Page

from tests.catalogues import APPS, LANGUAGES, ROOT, catalogue, collect

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")
LABELS = ("huunghi_partners", "huunghi_events", "huunghi_search", "huunghi")
# Set by Wagtail and by the order of the rows in a form.
AUTOMATIC = {"sort_order", "translation_key", "locale", "page_ptr", "path"}
TRANSLATING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
WITHOUT_FORM = {
    "Attempts",
    "CalendarAddress",
    "Card",
    "CardText",
    "CardTopic",
    "ConfirmationField",
    "Counter",
    "DocumentVariant",
    "FileText",
    "HarvestRecord",
    "ImportedItem",
    "IndexTarget",
    "LockedSection",
    "PendingChange",
    "PortalReader",
    "RecoveryCode",
    "StoredAnswer",
    "SecondFactor",
    "ShareOpening",
    "StaleAnswer",
    "WebhookDelivery",
    "WithheldRow",
}  # written by the machine alone

in_every_catalogue = pytest.mark.parametrize(
    ("app", "language"), [(app, language) for app in APPS for language in LANGUAGES]
)


def entries(app, language):
    return polib.pofile(str(catalogue(app, language)))


def translations(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(*texts):
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def keyed(messages):
    """Text by what the code asks for: (context, singular, plural)."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural): translations(entry) for entry in messages}


def own_models():
    return [model for label in LABELS for model in apps.get_app_config(label).get_models()]


@in_every_catalogue
def test_every_text_is_translated(app, language):
    missing = [entry.msgid for entry in entries(app, language) if not all(translations(entry) or [""])]

    assert not missing


@in_every_catalogue
def test_no_translation_is_a_guess_of_gettext(app, language):
    assert not [entry.msgid for entry in entries(app, language) if entry.fuzzy]


@in_every_catalogue
def test_a_translation_keeps_the_placeholders_of_its_text(app, language):
    differing = [
        entry.msgid
        for entry in entries(app, language)
        for text in translations(entry)
        if placeholders(text) != placeholders(entry.msgid, entry.msgid_plural)
    ]

    assert not differing


@in_every_catalogue
def test_the_compiled_catalogue_says_what_its_source_says(app, language):
    path = catalogue(app, language)

    assert keyed(polib.mofile(str(path.with_suffix(".mo")))) == keyed(polib.pofile(str(path)))


@in_every_catalogue
def test_every_text_of_the_code_is_in_the_catalogue(app, language):
    if not shutil.which("xgettext") and os.environ.get("CI") != "true":
        pytest.skip("GNU gettext is not installed.")

    assert keyed(collect(app, language)).keys() == keyed(entries(app, language)).keys()


def test_no_text_stands_inside_of_an_f_string_where_it_is_not_collected():
    """xgettext does not look into f-strings before Python 3.12: such a text would stay English for everybody."""
    hidden = [
        f"{path.relative_to(ROOT)}:{string.lineno}"
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in TRANSLATING
    ]

    assert not hidden


def test_every_field_says_in_the_form_what_belongs_there():
    silent = [
        str(field)
        for model in own_models()
        if model.__name__ not in WITHOUT_FORM
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.editable
        and not field.auto_created
        and field.name not in AUTOMATIC
        and not isinstance(field, ParentalKey)
        and not field.help_text
    ]

    assert not silent


def test_every_page_type_says_what_it_is_for():
    silent = [model.__name__ for model in own_models() if issubclass(model, Page) and not model.page_description]

    assert not silent


def test_every_app_with_texts_has_a_catalogue():
    folders = {path.parent for path in ROOT.glob("*/apps.py")} | {path.parent for path in ROOT.glob("site/*/apps.py")}

    assert {folder.relative_to(ROOT).as_posix() for folder in folders} == set(APPS)
