"""A client that is generated from the OpenAPI document, as a front end in TypeScript does it."""

import os
import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.project import ROOT

SOURCES = Path(__file__).with_name("typescript")
SNAPSHOT = ROOT / "docs" / "reference" / "openapi.json"
REFUSAL = re.compile(r"^(\S+)\((\d+),\d+\): error", re.MULTILINE)
PATIENCE = 300  # seconds; the packages may have to be fetched


def run(folder, *command):
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=False, timeout=PATIENCE)


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """Numbers of the lines that the compiler refuses, by file."""
    if not shutil.which("npm") or not shutil.which("node"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("There is no Node.js with npm: install it.")
    folder = tmp_path_factory.mktemp("client")
    shutil.copytree(SOURCES, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    programs = folder / "node_modules" / ".bin"
    for command in (
        ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"),
        (programs / "openapi-typescript", SNAPSHOT, "--default-non-nullable=false", "-o", "api.d.ts"),
    ):
        done = run(folder, *command)
        assert done.returncode == 0, done.stdout + done.stderr
    compiled = run(folder, programs / "tsc", "--project", ".")
    found = defaultdict(list)
    for name, line in REFUSAL.findall(compiled.stdout):
        found[name].append(int(line))
    assert found or compiled.returncode == 0, compiled.stdout + compiled.stderr
    print(compiled.stdout)
    return found


def test_a_client_made_from_the_document_compiles(refused):
    assert set(refused) <= {"wrong.ts"}


def test_the_compiler_refuses_what_the_document_does_not_know(refused):
    lines = (SOURCES / "wrong.ts").read_text("utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if "// wrong: " in line]
    assert wrong
    assert refused["wrong.ts"] == wrong


def test_the_lock_names_every_package_by_its_checksum_and_no_registry():
    lock = (SOURCES / "package-lock.json").read_text("utf-8")
    assert lock.count('"integrity"') == lock.count('"node_modules/')
    assert '"resolved"' not in lock
