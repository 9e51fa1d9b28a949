"""Changes of many records, spelled out: which records a moved section, a share or a new name touches.

They are looked up when a worker comes to it, not when the editor saves, by the state of that moment. What has left a
section meanwhile has a row of its own from the change that took it away.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.models import Page

from huunghi.events.models import EventKind, MeasureUnit, Publication
from huunghi.partners.models import (
    Audience,
    CooperationField,
    OfficialDocument,
    Organisation,
    Partner,
    Person,
    Place,
)

from ..documents.extraction import PAGE_TYPES
from ..documents.present import Record, all_records, records_of_ids, records_of_pages
from ..engines.base import EngineError
from ..models import IndexTarget, Priority
from ..recognition.knowledge import organisation_id, place_id
from . import outbox

logger = logging.getLogger("huunghi.search")

SUBTREE, TREE, NAME, ALL = "subtree", "tree", "name", "all"
MANY = frozenset({SUBTREE, TREE, NAME, ALL})
PIECE = outbox.PIECE
BATCH = 100
# Model name -> model and the field that names its records in rows of the outbox.
NAMED: dict[str, tuple[type[models.Model], str]] = {
    "place": (Place, "key"),
    "organisation": (Organisation, "key"),
    "partner": (Partner, "code"),
    "person": (Person, "key"),
    "officialdocument": (OfficialDocument, "key"),
    "eventkind": (EventKind, "code"),
    "measureunit": (MeasureUnit, "code"),
    "cooperationfield": (CooperationField, "code"),
    "audience": (Audience, "code"),
}


def spell_out(most: int = 1000) -> int:
    """Turn up to `most` rows that stand for many records into rows of those records; returns how many it was."""
    done = 0
    while done < most:
        lease = outbox.new_lease()
        rows = outbox.claim(None, lease, BATCH)
        if not rows:
            break
        try:
            done += _spell_out(rows, lease)
        except OperationalError as error:  # locked by an editor
            logger.info("Some records will be noted later: %s", error)
            outbox.release(lease, until=timezone.now() + timedelta(seconds=1))
        finally:
            outbox.release(lease)
    return done


def _spell_out(rows: list[outbox.Claimed], lease: str) -> int:
    """Each by itself, but names of one kind together: an import changes hundreds of them at once."""
    groups: dict[tuple[str, str], list[outbox.Claimed]] = defaultdict(list)
    for row in rows:
        groups[row.type, row.key.partition(":")[0] if row.type == NAME else row.key].append(row)
    done = 0
    for (type_, name), members in groups.items():
        keys = [row.key.partition(":")[2] for row in members]
        try:
            records = records_naming(name, keys) if type_ == NAME else touched_records(type_, name)
            revoking = any(row.priority == Priority.REVOKING for row in members)
            _file(records, Priority.REVOKING if revoking else Priority.BULK, lease)
        except DatabaseError:
            raise
        except Exception as error:
            logger.exception("It cannot be told which records %s %s touches.", type_, name)
            for row in members:
                outbox.put_off(row, f"{type(error).__name__}: {error}")
        else:
            done += outbox.finish(members)
    return done


def _file(records: Iterable[Record], priority: int, lease: str) -> None:
    """In pieces, so that editors never wait long. A crash between two of them repeats the first ones, to no harm."""
    if not IndexTarget.objects.exists():
        return
    rest = iter(records)
    while piece := list(islice(rest, PIECE)):
        with transaction.atomic():
            if connection.vendor == "postgresql":
                # Shorter than the server takes to see a deadlock: it is never the editor who has to give way.
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '500ms'")
            outbox.file_records(piece, priority)
        outbox.renew(lease)


def touched_records(type_: str, key: str) -> Iterable[Record]:
    if type_ == SUBTREE:
        return records_below(Page.objects.filter(pk=key))
    if type_ == TREE:
        return records_below(Page.objects.filter(translation_key=key))
    return all_records()


def records_below(roots: models.QuerySet) -> Iterator[Record]:
    """Records of pages and of all pages below them, and of what stands below the aliases of those, wherever that is.

    What shuts a section shuts its aliases, and there other pages may stand: translations of pages moved elsewhere.
    """
    waiting = list(roots.order_by("path").values_list("path", flat=True))
    done: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in done:
            done.add(path)
            yield from _records_at(path, waiting)


def _records_at(path: str, sections: list[str]) -> Iterator[Record]:
    """Records of the pages at and below a path and of their aliases; paths of aliased sections go to `sections`."""
    after = ""
    while True:
        rows = list(
            Page.objects.filter(path__startswith=path, path__gt=after)
            .order_by("path")
            .values_list("path", "pk", "translation_key", "content_type")[:PIECE]
        )
        aliases = Page.objects.filter(alias_of__in=[pk for _, pk, _, _ in rows])
        yield from records_of_pages((key, content_type) for _, _, key, content_type in rows)
        yield from records_of_pages(aliases.values_list("translation_key", "content_type"))
        sections += aliases.filter(numchild__gt=0).values_list("path", flat=True)
        if len(rows) < PIECE:
            return
        after = rows[-1][0]


def records_naming(name: str, keys: list[str]) -> Iterator[Record]:
    """Records that refer to places, bodies, partners or persons, or whose text has one of their names, old or new.

    The old names are found by the ids that were recognised in the texts when they were indexed.
    """
    from ..engines import embedded_engine

    model, field = NAMED[name]
    instances = list(model.objects.filter(**{f"{field}__in": keys}))
    yield from records_referring_to(model, [instance.pk for instance in instances])
    if name in ("place", "organisation"):
        ids = {place_id(key) if name == "place" else organisation_id(key) for key in keys}
        texts = [text for instance in instances for text in instance.all_names()]
        try:
            mentioning = embedded_engine().ids_mentioning(ids, texts)
        except EngineError as error:
            logger.warning("All records are fed again: nobody can tell where a name stands: %s", error)
            yield from all_records()
            return
        yield from records_of_ids(mentioning)


def records_referring_to(model: type[models.Model], pks: list[int], deeper: bool = True) -> Iterator[Record]:
    """Records whose page, or one of whose rows, has a foreign key to one of the instances of the model.

    A partner without a name of its own is called like its place.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and relation.is_relation):
            continue
        referring, name = relation.related_model, relation.field.name
        if name == "unit" and model is Organisation:  # an editorial unit's name is in no text
            continue
        rows = referring._default_manager.filter(**{f"{name}__in": pks})
        if referring._meta.auto_created:  # the pairs of a many-to-many field
            yield from _records_of_pairs(rows, name)
            continue
        if type_ := _type_of_model(referring):
            yield from ((type_, str(key)) for key in rows.values_list("translation_key", flat=True))
        elif referring is Publication:
            yield from (("publication", key) for key in rows.values_list("key", flat=True))
        elif referring is Partner and deeper:
            yield from records_referring_to(Partner, list(rows.values_list("pk", flat=True)), deeper=False)
        elif (parent := _parent_field(referring)) and (type_ := _type_of_model(parent.related_model)):
            keys = rows.values_list(f"{parent.name}__translation_key", flat=True)
            yield from ((type_, str(key)) for key in keys)


def _records_of_pairs(rows: models.QuerySet, name: str) -> Iterator[Record]:
    for field in rows.model._meta.fields:
        if field.is_relation and field.name != name and (type_ := _type_of_model(field.related_model)):
            keys = rows.values_list(f"{field.name}__translation_key", flat=True)
            yield from ((type_, str(key)) for key in keys)


def _type_of_model(model: type[models.Model]) -> str | None:
    return next((name for name, page in PAGE_TYPES.items() if page is model), None)


def _parent_field(model: type[models.Model]) -> Any:
    return next((field for field in model._meta.fields if isinstance(field, ParentalKey)), None)
