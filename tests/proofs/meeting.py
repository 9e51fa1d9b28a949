"""How the processes of a proof begin together, end together, and report; by files in the folder of the site."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "HUUNGHI_VAR"


class Meeting:
    """What one of the processes knows of it. It waits in `until_the_end` for the others."""

    def __init__(self, name: str) -> None:
        self._folder = Path(os.environ[FOLDER])
        self._name = name
        begin = self._folder / "begin"
        self.seed = int((self._folder / "seed").read_text())
        (self._folder / f"{name}.ready").touch()
        while not begin.exists():
            time.sleep(0.05)
        self._end = float(begin.read_text())

    def until_the_end(self) -> Iterator[None]:
        while time.time() < self._end:
            yield

    def report(self, what: dict[str, Any]) -> None:
        (self._folder / f"{self._name}.json").write_text(json.dumps(what))


def prepare(folder: Path, seed: int) -> None:
    (folder / "seed").write_text(str(seed))


def begin(folder: Path, names: list[str], seconds: float, patience: float = 300.0) -> None:
    """Let them begin when all of them are there."""
    deadline = time.monotonic() + patience
    while not all((folder / f"{name}.ready").exists() for name in names):
        if time.monotonic() > deadline:
            raise RuntimeError("Some processes did not come; their last words are in the folder.")
        time.sleep(0.1)
    written = folder / "begin.new"
    written.write_text(str(time.time() + seconds))
    written.rename(folder / "begin")


def reports(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in sorted(folder.glob(f"{kind}-*.json"))]
