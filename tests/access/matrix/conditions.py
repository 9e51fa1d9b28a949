"""What the index knows when readers ask.

fresh         it was built after the last change
frozen        it was built while every page was still public, and nobody has fed it since
engine down   Elasticsearch is the engine and refuses; the embedded index, frozen, answers in its place
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from huunghi.search import labels
from huunghi.search.models import IndexTarget
from huunghi.search.recognition import knowledge
from tests.access.conftest import rebuild_index

from .content import Content, Maker

CONDITIONS = {"fresh": "fresh", "frozen": "frozen", "engine down": "frozen"}  # and in which content they are met
NOBODY_LISTENS = "http://127.0.0.1:9"


@dataclass
class Stage:
    """Content in the database and the index that was fed with it; both are gone when the stage is left."""

    content: Content
    folder: Path
    condition: str = ""

    @contextmanager
    def in_condition(self, condition: str, *, keep_pages: bool = False) -> Iterator[None]:
        """Within the block the site is in that condition. Answers of another one are forgotten.

        With `keep_pages` only those of searches are: the engine has no part in the others.
        """
        if self.condition != condition:
            self.content.readers.forget(searches_only=keep_pages)
            self.condition = condition
        with ExitStack() as stack:
            stack.enter_context(_settings(self.folder))
            if condition == "engine down":
                stack.enter_context(_elasticsearch_that_refuses())
            yield


@contextmanager
def stage(kind: str) -> Iterator[Stage]:
    """The content of a kind of condition, "fresh" or "frozen"; within a transaction that is rolled back."""
    with tempfile.TemporaryDirectory(prefix="huunghi-matrix-") as name, _rolled_back():
        folder = Path(name)
        with _settings(folder):
            maker = Maker(all_public=kind == "frozen")
            if kind == "frozen":
                rebuild_index()
            content = maker.bring_about()
            if kind == "fresh":
                rebuild_index()
        yield Stage(content, folder)


@contextmanager
def _settings(folder: Path) -> Iterator[None]:
    search = {**settings.HUUNGHI_SEARCH, "PATH": str(folder / "search.sqlite3"), "FEED": "worker"}
    with override_settings(HUUNGHI_SEARCH=search, MEDIA_ROOT=str(folder / "media")):
        _forget()
        yield
    _forget()


@contextmanager
def _elasticsearch_that_refuses() -> Iterator[None]:
    search = {**settings.HUUNGHI_SEARCH, "ENGINE": "elasticsearch", "URL": [NOBODY_LISTENS], "PREFIX": "matrix"}
    target = IndexTarget.objects.create(engine="elasticsearch", index="matrix-1", state=IndexTarget.State.LIVE)
    try:
        with override_settings(HUUNGHI_SEARCH=search):
            yield
    finally:
        target.delete()


def _forget() -> None:
    cache.clear()
    knowledge.forget()
    labels.forget()


@contextmanager
def _rolled_back() -> Iterator[None]:
    block = transaction.atomic()
    block._from_testcase = True  # what is done in it counts as committed, as in a test's own transaction
    with block:
        yield
        transaction.set_rollback(True)
