import ast
import re
import tarfile
import zipfile
from email.parser import Parser
from importlib.metadata import packages_distributions, requires
from pathlib import PurePosixPath

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import ROOT, project_files

FOLDERS = {"site/huunghi": "huunghi"} | {app: f"huunghi/{app}" for app in ("events", "partners", "search")}


@pytest.fixture(scope="module")
def wheel_names(distribution):
    with zipfile.ZipFile(distribution.wheel) as wheel:
        return set(wheel.namelist())


@pytest.fixture(scope="module")
def metadata(distribution, wheel_names):
    with zipfile.ZipFile(distribution.wheel) as wheel:
        name = next(name for name in wheel_names if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode())


def packed_name(path):
    """The name in the wheel of a file of the four folders."""
    folder = next(folder for folder in FOLDERS if path.as_posix().startswith(f"{folder}/"))
    return str(PurePosixPath(FOLDERS[folder]) / path.relative_to(folder).as_posix())


def test_the_wheel_holds_every_file_of_the_four_folders_and_nothing_else(wheel_names):
    expected = {packed_name(path) for path in project_files(*FOLDERS)}
    assert expected
    assert {name for name in wheel_names if ".dist-info/" not in name} == expected


@pytest.mark.parametrize(
    "kind", ["templates/", "static/", "/data/", "/migrations/0001_initial.py", "/management/commands/", "/formats/vi/"]
)
def test_the_wheel_holds_files_of_each_kind(wheel_names, kind):
    assert any(kind in name for name in wheel_names)


def test_every_catalogue_of_texts_lies_in_the_wheel_compiled(wheel_names):
    sources = [packed_name(path) for path in project_files("*.po") if path.parts[0] != "tests"]
    missing = [name for name in sources if re.sub(r"\.po$", ".mo", name) not in wheel_names]
    assert missing == []


def test_neither_archive_holds_tests_the_site_or_what_a_run_writes(distribution, wheel_names):
    with tarfile.open(distribution.source) as source:
        source_names = {name.partition("/")[2] for name in source.getnames()}
    foreign = ("huunghi_site", ".sqlite3", "secret-key", "__pycache__", ".venv")
    assert [name for name in wheel_names | source_names if any(part in name for part in foreign)] == []
    assert [name for name in wheel_names if not name.startswith(("huunghi/", "wagtail_huunghi-"))] == []
    assert [name for name in source_names if name.startswith("var/")] == []
    assert {"pyproject.toml", "setup.py", "README.md", "LICENSE", "events/models/__init__.py"} <= source_names


def test_the_metadata_says_what_a_package_index_shows(metadata):
    assert metadata["Name"] == "wagtail-huunghi"
    assert re.fullmatch(r"\d+\.\d+\.\d+", metadata["Version"])
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata["Summary"]
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text()
    assert {"site", "postgres"} == set(metadata.get_all("Provides-Extra"))


def test_the_version_is_the_same_in_the_metadata_and_in_the_package(metadata):
    import huunghi

    assert metadata["Version"] == huunghi.__version__


def test_the_wheel_alone_brings_the_package_and_its_needs_are_met(environment):
    where = environment.run(
        "python -c 'import huunghi, huunghi.events, huunghi.partners, huunghi.search\n"
        "print(*(module.__file__ for module in (huunghi, huunghi.events, huunghi.partners, huunghi.search)))'",
        cwd=environment.folder,
    )
    installed = str(environment.folder)
    assert [path for path in where.split() if not path.startswith(installed)] == []
    assert "No broken requirements" in environment.run("python -m pip check", cwd=environment.folder)


def test_whatever_the_packages_import_is_declared_or_comes_with_what_is_declared(metadata):
    """An import that only the site's or the developers' lock satisfies would break in a host."""
    wanted = [Requirement(line) for line in metadata.get_all("Requires-Dist")]
    known = needed_distributions([each for each in wanted if not each.marker or each.marker.evaluate({"extra": ""})])
    owners = packages_distributions()
    undeclared = {
        f"{path}: {module}"
        for path in project_files(*(f"{folder}/*.py" for folder in FOLDERS))
        for module in imported_roots(path)
        if module in owners and not {canonicalize_name(owner) for owner in owners[module]} & known
    }
    assert undeclared == set()


def imported_roots(path):
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def needed_distributions(requirements):
    """Names of the distributions that the requirements bring, however deep."""
    known, waiting = set(), [(requirement.name, requirement.extras) for requirement in requirements]
    while waiting:
        name, extras = waiting.pop()
        if (canonicalize_name(name), frozenset(extras)) in known:
            continue
        known.add((canonicalize_name(name), frozenset(extras)))
        for line in requires(name) or []:
            requirement = Requirement(line)
            if not requirement.marker or any(requirement.marker.evaluate({"extra": extra}) for extra in ["", *extras]):
                waiting.append((requirement.name, requirement.extras))
    return {name for name, _ in known}
