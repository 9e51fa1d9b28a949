"""The folder of a dump: written beside its place, and moved there when it is whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

MANIFEST = "manifest.json"


@dataclass(slots=True)
class WrittenFile:
    """A file of the dump that is being written; counts what goes into it."""

    name: str
    stream: BinaryIO
    records: int = 0

    def write_json(self, value: Any) -> None:
        self.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.records += 1

    def write(self, text: str) -> None:
        self.stream.write(text.encode("utf-8", "replace"))


@dataclass(slots=True)
class Folder:
    """The files of a dump, in a temporary folder."""

    path: Path
    gzip: bool
    listing: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def file(self, name: str) -> Iterator[WrittenFile]:
        """A file to write; what stands in it is summed up for the manifest when it is closed."""
        name = f"{name}.gz" if self.gzip else name
        path = self.path / name
        with path.open("wb") as raw:
            # Without a time and a name in its head, the same content is the same file.
            stream = gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) if self.gzip else raw
            written = WrittenFile(name, stream)
            yield written
            if self.gzip:
                stream.close()
        self.listing.append(
            {"name": name, "records": written.records, "bytes": path.stat().st_size, "sha256": checksum(path)}
        )

    def write_manifest(self, facts: dict[str, Any]) -> None:
        listing = sorted(self.listing, key=lambda entry: entry["name"])
        text = json.dumps({**facts, "files": listing}, ensure_ascii=False, indent=2)
        (self.path / MANIFEST).write_text(text + "\n", encoding="utf-8")


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_free_for_a_dump(target: Path) -> bool:
    """Whether nothing but an older dump would be replaced."""
    if not target.exists():
        return True
    return target.is_dir() and ((target / MANIFEST).is_file() or not any(target.iterdir()))


@contextmanager
def dump_folder(target: Path, compressed: bool) -> Iterator[Folder]:
    """A folder that takes the place of `target` when the block ends well; otherwise `target` stays as it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield Folder(made, compressed)
        made.chmod(0o755)
        _take_place(made, target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _take_place(made: Path, target: Path) -> None:
    """A folder cannot be replaced by another in one step: the old one is moved aside, and back if that fails."""
    if not target.exists():
        made.rename(target)
        return
    old = target.with_name(f"{made.name}-old")
    target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        with suppress(OSError):
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
