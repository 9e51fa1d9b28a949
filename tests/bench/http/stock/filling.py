"""The database of the stock site, from a file that `tests.bench.http.content` wrote.

python -m tests.bench.http.stock.filling FILE
"""

from __future__ import annotations

# ruff: noqa: E402  Django has to be set up before its models can be imported.
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import django

django.setup()

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from ...pages import insert
from .models import EventIndexPage, EventPage, Organiser, Outcome, Venue

BATCH = 500  # events
MIGRATION = Path(__file__).with_name("migrations") / "0001_initial.py"
ROWS = {"venues": Venue, "organisers": Organiser, "outcomes": Outcome}


def main(content: Path) -> None:
    _migrate()
    parents = _index_pages()
    with content.open(encoding="utf-8") as file:
        events = (json.loads(line) for line in file)
        while batch := list(islice(events, BATCH)):
            with transaction.atomic():
                _insert(batch, parents)
    for parent in parents.values():
        Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild)
    call_command("wagtail_update_index", verbosity=0)


def _migrate() -> None:
    """On SQLite once for all runs: a hundred migrations take longer than everything else of a short form."""
    if connection.vendor != "sqlite":
        call_command("migrate", verbosity=0)
        return
    made_from = f"{version('django')} {version('wagtail')} {MIGRATION.read_text()}"
    name = f"huunghi-stock-{os.getuid()}-{hashlib.sha256(made_from.encode()).hexdigest()[:16]}.sqlite3"
    copy, own = Path(tempfile.gettempdir()) / name, Path(connection.settings_dict["NAME"])
    if copy.exists():
        shutil.copyfile(copy, own)
        return
    call_command("migrate", verbosity=0)
    connection.close()
    with tempfile.TemporaryDirectory(dir=copy.parent) as folder:
        shutil.copyfile(own, Path(folder) / name).replace(copy)


def _index_pages() -> dict[str, EventIndexPage]:
    """Language -> the home page of that language, with events below; the first is the root of the site."""
    root = Page.get_first_root_node()
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in ("vi", "km", "en")}
    pages: dict[str, EventIndexPage] = {}
    for code, locale in locales.items():
        page = EventIndexPage(title=f"Events ({code})", slug=f"events-{code}", locale=locale)
        if pages:
            page.translation_key = pages["vi"].translation_key
        pages[code] = root.add_child(instance=page)
        root.refresh_from_db()
    Site.objects.update(root_page=pages["vi"])
    return pages


def _insert(events: Iterable[dict[str, Any]], parents: dict[str, EventIndexPage]) -> None:
    made = [pair for event in events for pair in _pages(event, parents)]
    insert(EventPage, [page for page, _ in made])
    for name, model in ROWS.items():
        model.objects.bulk_create(
            model(page=page, sort_order=order, **row)
            for page, part in made
            for order, row in enumerate(part.get(name, ()))
        )


def _pages(event: dict[str, Any], parents: dict[str, EventIndexPage]) -> Iterator[tuple[EventPage, dict[str, Any]]]:
    now = timezone.now()
    type_ = ContentType.objects.get_for_model(EventPage)
    for code, part in event["languages"].items():
        parent = parents[code]
        parent.numchild += 1
        yield (
            EventPage(
                path=Page._get_path(parent.path, parent.depth + 1, parent.numchild),
                depth=parent.depth + 1,
                translation_key=event["id"],
                locale=parent.locale,
                title=part["title"],
                draft_title=part["title"],
                slug=event["slug"],
                url_path=f"{parent.url_path}{event['slug']}/",
                content_type=type_,
                first_published_at=now,
                last_published_at=now,
                summary=part["summary"],
                body=part["body"],
                start_date=event["start"],
                end_date=event["end"],
                place=event["place"],
            ),
            part | event["rows"],
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
