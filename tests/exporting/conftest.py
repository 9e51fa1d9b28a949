"""An archive made from lines, and what a dump of it holds."""

import json
import re

import pytest

from huunghi.exporting import DumpOptions, write_dump
from huunghi.importing import Options, import_files
from tests.project import ROOT

MANUAL = ROOT / "docs" / "how-to" / "import.md"


def lines_of_the_manual():
    """The examples of every type, which refer to each other and to one unit."""
    blocks = re.findall(r"```json\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    unit = {
        "source_id": "lhctchn-an-giang",
        "type": "organisation",
        "kind": "friendship-union",
        "names": {"vi": "Liên hiệp các tổ chức hữu nghị tỉnh An Giang"},
    }
    return [unit, *(json.loads(line) for block in blocks for line in block.splitlines() if line.strip())]


@pytest.fixture
def import_lines(db, tmp_path):
    def run(lines, **options):
        path = tmp_path / "lines.jsonl"
        path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
        said = []
        report = import_files([path], Options(**options), said.append)
        assert said == []
        return report

    return run


@pytest.fixture
def dump(db, tmp_path):
    """Writes a dump and gives its files: {name: text}."""

    def run(name="dump", **options):
        folder = tmp_path / name
        write_dump(folder, DumpOptions(**options))
        return {path.name: path.read_text(encoding="utf-8-sig") for path in sorted(folder.iterdir())}

    return run


def objects(text):
    return [json.loads(line) for line in text.splitlines()]
