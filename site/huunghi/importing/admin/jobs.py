"""One import from the admin: the file, and how far it is, in a folder of its own that every process can read."""

from __future__ import annotations

import json
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import override

from huunghi.conf import get_search_settings

from ..context import Options
from ..errors import UnreadableFileError
from ..report import Report
from ..rights import ImportRights
from ..run import import_files

CHECKING, CHECKED, IMPORTING, DONE, REFUSED, BROKEN = (
    "checking", "checked", "importing", "done", "refused", "broken",
)  # fmt: skip
RUNNING = (CHECKING, IMPORTING)
MOST_LINES = 1000
KEPT_SECONDS = 24 * 60 * 60
SILENT_SECONDS = 120  # without a sign of life the process that worked is gone
_ID = re.compile(r"[A-Za-z0-9_-]{20,40}")
_STATE = "state.json"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    id: str
    user: int
    file: str
    unit: str
    language: str
    state: str = CHECKING
    done: int = 0
    total: int = 0
    at: float = 0
    sentence: str = ""  # why nothing could be read
    counts: dict[str, int] = field(default_factory=dict)
    outcomes: list[tuple[str, str, int]] = field(default_factory=list)  # (type, outcome, number)
    remarks: list[dict[str, Any]] = field(default_factory=list)
    examples: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return _folder() / self.id

    @property
    def path(self) -> Path:
        return self.folder / "file" / self.file

    @property
    def is_lost(self) -> bool:
        """Whether the process that worked on it ended before it was ready."""
        return self.state in RUNNING and time.time() - self.at > SILENT_SECONDS

    @property
    def may_be_imported(self) -> bool:
        return self.state == CHECKED and bool(self.counts.get("created") or self.counts.get("changed"))

    def save(self) -> None:
        """Readers find the state before or after, never half of it."""
        self.at = time.time()
        new = self.folder / f".{secrets.token_hex(4)}"
        new.write_text(json.dumps(asdict(self)), encoding="utf-8")
        new.replace(self.folder / _STATE)

    def claim(self) -> bool:
        """Whether this is the first confirmation: a second click imports nothing again."""
        try:
            (self.folder / "confirmed").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def _folder() -> Path:
    """Beside the search index: on a local disk, and never handed out."""
    folder = get_search_settings().path.parent / "imports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def make_job(user: Any, upload: Any, unit: str, language: str) -> Job:
    """A job for an uploaded file, whose name is kept for the messages."""
    _forget_old_jobs()
    name = re.sub(r"[^\w.() -]", "_", Path(upload.name).name)[-100:].lstrip(".") or "file"
    job = Job(secrets.token_urlsafe(18), user.pk, name, unit, language)
    (job.folder / "file").mkdir(mode=0o700, parents=True)
    with job.path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    job.save()
    return job


def job_of(user: Any, job_id: str) -> Job | None:
    """The job with this id, if it is the person's own."""
    path = _folder() / job_id / _STATE
    if not _ID.fullmatch(job_id) or not path.is_file():
        return None
    job = Job(**json.loads(path.read_text(encoding="utf-8")))
    return job if job.user == user.pk else None


def _forget_old_jobs() -> None:
    for folder in _folder().iterdir():
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def start(job: Job, dry_run: bool) -> None:
    """Work on it beside this request: reading a thousand rows takes longer than a browser waits."""
    threading.Thread(target=_work_alone, args=(job, dry_run), name=f"import {job.id}", daemon=True).start()


def _work_alone(job: Job, dry_run: bool) -> None:
    try:
        work(job, dry_run)
    finally:
        connections.close_all()


def work(job: Job, dry_run: bool) -> None:
    """Check or import the file, and say in the job's state how far it is and what came of it."""
    job.state, job.done, job.total = (CHECKING if dry_run else IMPORTING), 0, 0
    job.save()
    report = None
    try:
        with override(job.language):
            user = get_user_model().objects.get(pk=job.user)
            options = Options(dry_run=dry_run, unit=job.unit, rights=ImportRights(user), most_lines=MOST_LINES)
            report = import_files([job.path], options, lambda sentence: None, _progress(job))
            job.state = CHECKED if dry_run else DONE
    except UnreadableFileError as error:
        job.state, job.sentence = REFUSED, _without_folder(job, str(error))
    except Exception:
        logger.exception("An import from the admin failed.")
        with override(job.language):
            job.state, job.sentence = BROKEN, _("The import failed; the administrator finds the reason in the log.")
    if report is not None:
        _keep(job, report)
    job.save()


def _keep(job: Job, report: Report) -> None:
    job.counts = dict(report.counts)
    job.outcomes = sorted((kind, outcome, number) for (kind, outcome), number in report.outcomes.items())
    job.examples = report.examples
    job.remarks = [{**asdict(remark), "where": _without_folder(job, remark.where)} for remark in report.remarks]


def _without_folder(job: Job, text: str) -> str:
    return text.replace(f"{job.path.parent}/", "")


def _progress(job: Job) -> Callable[[int, int], None]:
    def progress(done: int, total: int) -> None:
        if time.time() - job.at > 1 or done == total:
            job.done, job.total = done, total
            job.save()

    return progress
