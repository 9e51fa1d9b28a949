"""The text of attached files: which files a record shows, reading them, and giving what was read.

Two steps, because a file may take long to read. Whoever makes search documents asks `attached_text`, which only looks
up what was read before and notes what was not. The worker calls `read_waiting_files`, which reads each of those in a
process of its own and has the records that show the file fed again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import Storage
from django.db.models import Count, F, Model, Q, QuerySet
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex

from huunghi.events.models import ArticlePage, EventPage, PlanPage, Publication, ReportPage
from huunghi.partners.models import PartnerPage, Partnership

from .models import FileState, FileText
from .text import AttachedFile, join_files

logger = logging.getLogger("huunghi.search")

READER = Path(__file__).with_name("reader.py")
MOST_BYTES = 50 * 1024 * 1024
MOST_SECONDS = 40  # of the process that reads; it gives what it has after 15
MOST_ATTEMPTS = 3  # a file during whose reading the worker died is not tried for ever
CLAIM = timedelta(seconds=3 * MOST_SECONDS)  # after which a file that somebody began to read is free again
_KINDS = (".pdf", ".docx")

_DOCUMENT_ROWS = ("documents__file", "documents__official_document__file")
_AGREEMENTS = "partner__partnerships__agreements"
# Where each type of page names files, beside the blocks of its text.
FILE_RELATIONS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "event": (EventPage, _DOCUMENT_ROWS),
    "article": (ArticlePage, _DOCUMENT_ROWS),
    "plan": (PlanPage, ("official_document__file",)),
    "report": (ReportPage, ("official_document__file",)),
    "partner": (PartnerPage, (f"{_AGREEMENTS}__file", f"{_AGREEMENTS}__official_document__file")),
}


# --- which files


def shown_files(page: Any) -> list[Any]:
    """The files that a page links to, in the order of the page: those of its text, then those of its rows."""
    from ..documents.extraction import rows_of

    blocks = [] if isinstance(page.body, str) else page.body
    found = [block.value for block in blocks if block.block_type == "document"]
    found += [_file_of(row) for row in rows_of(page, "documents")]
    if document := getattr(page, "official_document", None):
        found.append(document.file)
    if isinstance(page, PartnerPage) and page.partner_id:
        partnerships = Partnership.objects.filter(partner_id=page.partner_id).prefetch_related(
            "agreements__file", "agreements__official_document__file"
        )
        found += [_file_of(row) for partnership in partnerships for row in partnership.agreements.all()]
    return list(dict.fromkeys(filter(None, found)))


def edition_files(publication: Publication, language: str) -> list[Any]:
    """The files of a publication's editions in one language."""
    return [edition.file for edition in publication.editions.all() if edition.language == language and edition.file]


def _file_of(row: Any) -> Any:
    """What the page links to: the row's own file, else that of the official document."""
    return row.file or (row.official_document.file if row.official_document else None)


def records_showing(document_ids: Iterable[int]) -> Iterator[tuple[str, str]]:
    """(type, key) of every record that names one of these files; perhaps of some more."""
    from ..documents.extraction import type_of

    ids = list(document_ids)
    found: set[tuple[str, str]] = set()
    for type_, (model, relations) in FILE_RELATIONS.items():
        named = Q()
        for relation in relations:
            named |= Q(**{f"{relation}__in": ids})
        keys = model.objects.filter(named).order_by().values_list("translation_key", flat=True).distinct()
        found |= {(type_, str(key)) for key in keys}
    publications = Publication.objects.filter(editions__file__in=ids)
    found |= {("publication", key) for key in publications.values_list("key", flat=True)}
    for page in _pages_with_blocks(ids):
        if type_ := type_of(page):
            found.add((type_, str(page.translation_key)))
    yield from sorted(found)


def records_with_picture(image_id: int) -> Iterator[tuple[str, str]]:
    """(type, key) of every record that shows a picture in its rows or in its text."""
    from ..documents.present import records_of_pages

    pages = _pages_naming(get_image_model(), [image_id])
    yield from sorted(set(records_of_pages(pages.values_list("translation_key", "content_type"))))


def _pages_with_blocks(ids: list[int]) -> Iterator[Any]:
    """Pages that name one of the files in a block of their text: only Wagtail's own index of references knows them."""
    yield from _pages_naming(get_document_model(), ids, model_path__startswith="body.").specific()


def _pages_naming(model: type[Model], ids: list[int], **where: str) -> QuerySet:
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(model),
        to_object_id__in=[str(id_) for id_ in ids],
        base_content_type=ContentType.objects.get_for_model(Page),
        **where,
    )
    return Page.objects.filter(pk__in=[int(key) for key in references.values_list("object_id", flat=True)])


# --- what was read


def attached_text(documents: Iterable[Any]) -> str:
    """The texts of these Wagtail documents as one, in the form of `attached_text.join_files`; opens no file.

    A document that has not been read since its file came is left out now, and noted for `read_waiting_files`. A file
    that not everybody may open has no text here.
    """
    chosen = [document for document in _open_to_all(documents) if _is_readable_kind(document)]
    if not chosen:
        return ""
    known = FileText.objects.in_bulk([document.pk for document in chosen])
    texts = []
    for document in chosen:
        row = known.get(document.pk)
        if row is None or row.state == FileState.MISSING or _was_replaced(row, document):
            _note_waiting(document)  # a file that could not be opened is tried again whenever its record is fed
        elif row.state in (FileState.READ, FileState.CUT):
            texts.append(AttachedFile(document.title, tuple(row.pages), row.numbered))
    return join_files(texts)


def _open_to_all(documents: Iterable[Any]) -> list[Any]:
    """Those in collections without a restriction at or above them."""
    unique = list(dict.fromkeys(documents))
    paths = [path for (path,) in CollectionViewRestriction.objects.values_list("collection__path")] if unique else []
    if not paths:
        return unique
    return [document for document in unique if not document.collection.path.startswith(tuple(paths))]


def _is_readable_kind(document: Any) -> bool:
    return document.file.name.lower().endswith(_KINDS)


def _was_replaced(row: FileText, document: Any) -> bool:
    return row.file_name != document.file.name or row.file_hash != document.file_hash


def _note_waiting(document: Any) -> None:
    FileText.objects.update_or_create(
        document=document,
        defaults={
            "file_name": document.file.name,
            "file_hash": document.file_hash,
            "content_hash": "",
            "state": FileState.WAITING,
            "pages": [],
            "numbered": False,
            "attempts": 0,
            "read_at": None,
        },
    )


# --- reading


def read_waiting_files(changed: Callable[[str, str], None] | None = None, seconds: float = 60) -> int:
    """Read files that wait, beginning none after `seconds`; returns how many were read. Never for a request.

    `changed(type, key)` is called for every record that shows a file with text: by default the record is fed again.
    Several processes may do this at once.
    """
    if changed is None:
        from ..feeding import record_changed as changed
    end = time.monotonic() + seconds
    done = 0
    while time.monotonic() < end and (row := _claim()):
        has_text = _read_row(row)
        done += 1
        for type_, key in records_showing([row.document_id]) if has_text else ():
            changed(type_, key)
    return done


def _claim() -> FileText | None:
    """A waiting file that nobody is reading; None when there is none.

    The attempt is counted before the file is touched: what kills this process is not tried for ever.
    """
    now = timezone.now()
    free = Q(read_at=None) | Q(read_at__lt=now - CLAIM)
    for row in FileText.objects.filter(free, state=FileState.WAITING).select_related("document").order_by("pk")[:20]:
        same = FileText.objects.filter(free, pk=row.pk, state=FileState.WAITING)
        if same.update(attempts=F("attempts") + 1, read_at=now):
            return row
    return None


def _read_row(row: FileText) -> bool:
    """Read one file and keep the result, unless the file was replaced meanwhile; returns whether there is text."""
    if row.attempts >= MOST_ATTEMPTS:
        answer: dict[str, Any] = {"state": FileState.TOO_SLOW}
    else:
        answer = _read_document(row)
    present = FileText.objects.filter(pk=row.pk, file_name=row.file_name, file_hash=row.file_hash)
    is_present = present.update(
        state=answer["state"],
        numbered=answer.get("numbered", False),
        pages=answer.get("pages", []),
        content_hash=answer.get("content_hash", ""),
        read_at=timezone.now(),
    )
    return bool(is_present) and answer["state"] in (FileState.READ, FileState.CUT)


def _read_document(row: FileText) -> dict[str, Any]:
    """The text of a document's file, from an equal file that was read before if there is one."""
    storage, name = row.document.file.storage, row.file_name
    with tempfile.TemporaryDirectory(prefix="huunghi-file-") as folder:
        copy = Path(folder) / "file"
        try:
            if storage.size(name) > MOST_BYTES:
                return {"state": FileState.TOO_LARGE}
            digest = _copy(storage, name, copy)
        except Exception as error:  # storages of other hosts have errors of their own
            logger.warning("The file of “%s” cannot be opened: %s", row.document, error)
            return {"state": FileState.MISSING}
        same = FileText.objects.filter(content_hash=digest).exclude(state=FileState.WAITING).first()
        if same:
            answer: dict[str, Any] = {"state": same.state, "numbered": same.numbered, "pages": same.pages}
        else:
            answer = read_file(copy)
    return {**answer, "content_hash": digest}


def _copy(storage: Storage, name: str, target: Path) -> str:
    """Copy a stored file to this machine; returns the SHA-256 of its content in hexadecimal."""
    with storage.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, 1024 * 1024)
    with target.open("rb") as copy:
        return hashlib.file_digest(copy, "sha256").hexdigest()


def read_file(path: Path) -> dict[str, Any]:
    """State, pages and whether they are numbered, of one file: read in a process with limits. Never raises for a file.

    Whatever ends that process, the file gives no text then.
    """
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(
                [sys.executable, "-I", str(READER), str(path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.DEVNULL,
                cwd=path.parent,
                env={},
                timeout=MOST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"state": FileState.TOO_SLOW, "numbered": False, "pages": []}
        output.seek(0)
        try:
            answer = json.load(output)
        except ValueError:
            out_of_time = done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
            state = FileState.TOO_SLOW if out_of_time else FileState.BROKEN
            return {"state": state, "numbered": False, "pages": []}
    return answer


# --- notes for editors and for `status`


def states_of_files() -> dict[str, int]:
    """State -> number of files, of those that some record shows or showed."""
    rows = FileText.objects.order_by().values_list("state").annotate(number=Count("pk"))
    return dict(rows)


def files_not_searched() -> Iterator[tuple[Any, str]]:
    """(document, why) of every file whose text cannot be searched, or only in part; by title."""
    rows = FileText.objects.exclude(state__in=(FileState.READ, FileState.WAITING)).select_related("document")
    for row in rows.order_by("document__title"):
        yield row.document, row.get_state_display()
