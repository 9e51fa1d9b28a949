"""Files to import, written by each test."""

import json
from types import SimpleNamespace

import pytest

from huunghi.importing import Options, import_files

UNIT = {
    "source_id": "org-union",
    "type": "organisation",
    "kind": "friendship-union",
    "names": {"vi": "Liên hiệp các tổ chức hữu nghị tỉnh", "en": "Provincial friendship union"},
}
KANDAL = {"source_id": "kandal", "type": "partner", "code": "KH-8", "names": {"vi": "Kandal"}}


@pytest.fixture
def event():
    """An event line; what is given replaces or adds fields."""

    def line(source_id="event-1", **fields):
        base = {
            "source_id": source_id,
            "type": "event",
            "unit": "org-union",
            "kind": "meeting",
            "status": "held",
            "start": "2019-05-14",
            "live": True,
            "texts": {
                "vi": {"title": "Gặp gỡ hữu nghị Đồng Tháp", "summary": "Tóm tắt.", "body": "Đoạn một.\n\nĐoạn hai."}
            },
        }
        return {**base, **fields}

    return line


@pytest.fixture
def write(tmp_path):
    """Writes lines (objects, texts or bytes) to a file and gives its path."""

    def to_file(*lines, name="lines.jsonl"):
        path = tmp_path / name
        parts = [
            line
            if isinstance(line, bytes)
            else (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()
            for line in lines
        ]
        path.write_bytes(b"\n".join(parts) + b"\n" if parts else b"")
        return path

    return to_file


@pytest.fixture
def load(db, write):
    """Imports lines together with the unit and the partner they usually refer to; gives report and sentences."""

    def run(*lines, alone=False, **options):
        said = []
        path = write(*lines) if alone else write(*lines, UNIT, KANDAL)
        report = import_files([path], Options(**options), said.append)
        return SimpleNamespace(counts=report.counts, said=said)

    return run
