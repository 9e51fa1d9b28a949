"""Wagtail's own index of the same pages, with the search fields that a developer would give them.

As the pages are, Wagtail's index gets their title, summary and text: what the admin's search needs. The archive finds
an event also by what stands in its rows: halls, partners, organisers, people, figures, outcomes. `whole_content` gives
Wagtail's index the same texts, with the related fields that its documentation has for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.core.management import call_command
from django.test.utils import override_settings
from wagtail.search import index

from huunghi.events.models import EventPage

_NAMES = [index.SearchField("__str__")]
WHOLE_CONTENT = [
    index.RelatedFields("kind", [index.FilterField("code")]),
    index.RelatedFields("unit", [index.FilterField("key")]),
    index.RelatedFields("fields", [index.FilterField("code")]),
    index.RelatedFields("places", [*_NAMES, index.FilterField("key")]),
    index.RelatedFields(
        "venues",
        [
            *(index.SearchField(name) for name in ("name", "host_name", "chair")),
            index.RelatedFields("place", _NAMES),
            index.RelatedFields("host", _NAMES),
        ],
    ),
    index.RelatedFields(
        "partner_sides",
        [index.RelatedFields("partner", [index.FilterField("code"), index.RelatedFields("place", _NAMES)])],
    ),
    index.RelatedFields("organisers", [index.SearchField("name"), index.RelatedFields("organisation", _NAMES)]),
    index.RelatedFields(
        "appearances",
        [
            *(index.SearchField(name) for name in ("title_as_printed", "topic")),
            index.RelatedFields("person", [index.SearchField("name"), index.SearchField("own_script_name")]),
        ],
    ),
    index.RelatedFields(
        "figures",
        [
            *(index.SearchField(name) for name in ("quantity", "scope", "note")),
            index.RelatedFields("unit", [index.FilterField("code")]),
        ],
    ),
    index.RelatedFields("agenda", [index.SearchField("text"), index.SearchField("speaker")]),
    index.RelatedFields("outcomes", [index.SearchField("text"), index.SearchField("responsible_name")]),
    index.RelatedFields("documents", [index.SearchField("title")]),
    index.RelatedFields("photos", [index.SearchField("caption")]),
]


@contextmanager
def whole_content() -> Iterator[None]:
    """Within the block Wagtail indexes of an event what the archive indexes of it."""
    with patch.object(EventPage, "search_fields", [*EventPage.search_fields, *WHOLE_CONTENT]):
        yield


def update_index(url: str = "", prefix: str = "huunghi-bench-stock") -> None:
    """`wagtail_update_index` into the database, or into the Elasticsearch at `url`."""
    if url:
        backend = {"BACKEND": "wagtail.search.backends.elasticsearch8", "URLS": [url], "INDEX_PREFIX": prefix}
    else:
        backend = {"BACKEND": "wagtail.search.backends.database"}
    with override_settings(WAGTAILSEARCH_BACKENDS={"default": backend}):
        call_command("wagtail_update_index", verbosity=0)
