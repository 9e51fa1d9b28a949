"""The rules that hold the project together and that no linter knows."""

import ast
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.project import ROOT, project_files

LAYERS = ("partners", "events", "search")  # each may import those before it
LABELS = {"huunghi", *(f"huunghi_{layer}" for layer in LAYERS)}
FOR_ALL_LAYERS = {"huunghi.conf", "huunghi.http"}
PACKAGE_OF_FOLDER = {f"{layer}/": f"huunghi.{layer}" for layer in LAYERS} | {
    "site/huunghi/": "huunghi",
    "site/huunghi_site/": "huunghi_site",
    "tests/": "tests",
}
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:root|work|Users|home/\w+)/\w")
COMPOSE_VARIABLE = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)
READS_ENVIRONMENT = re.compile(r"""(?:environ(?:\.\w+)?[\[(]|\benv(?:\.\w+)?\()["']([A-Z_]+)["']""")
MAKE_VARIABLE = re.compile(r"^(?:export )?([A-Z_]+) \?=", re.MULTILINE)
DOCUMENTED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def own_models():
    return [model for label in LABELS for model in apps.get_app_config(label).get_models(include_auto_created=True)]


def module_of(path):
    """Dotted name of a file: partners/api/router.py is huunghi.partners.api.router."""
    for folder, package in PACKAGE_OF_FOLDER.items():
        if path.as_posix().startswith(folder):
            parts = path.relative_to(folder).with_suffix("").parts
            return ".".join([package, *(part for part in parts if part != "__init__")])
    return path.stem


def imports(path):
    """Dotted names that a file imports, relative ones resolved; `from a import b` gives a.b."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name, package):
    return name == package or name.startswith(f"{package}.")


def python_files(*folders):
    return project_files(*(f"{folder}/*.py" for folder in folders))


def test_relative_imports_are_resolved_to_full_names():
    """Else the tests below would find nothing."""
    relative = [path for path in python_files("search") if "from .." in (ROOT / path).read_text()]
    assert any(within(name, "huunghi.search.text") for path in relative for name in imports(path))


def test_no_app_is_imported_by_its_bare_folder_name():
    """`import events` beside `import huunghi.events` loads every model twice."""
    files = project_files("*.py")
    assert [(str(f), name) for f in files for name in imports(f) if name.partition(".")[0] in LAYERS] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_what_stands_before_it(layer):
    allowed = {f"huunghi.{each}" for each in LAYERS[: LAYERS.index(layer) + 1]} | FOR_ALL_LAYERS
    offences = [
        (str(path), name)
        for path in python_files(layer)
        for name in imports(path)
        if within(name, "huunghi") and not any(within(name, package) for package in allowed)
    ]
    assert offences == []


@pytest.mark.parametrize("layer", LAYERS)
def test_the_tables_of_a_layer_point_only_to_layers_before_it(layer):
    later = {f"huunghi_{each}" for each in LAYERS[LAYERS.index(layer) + 1 :]}
    migrations = MigrationLoader(None).disk_migrations
    needed = {
        app for (label, _), each in migrations.items() if label == f"huunghi_{layer}" for app, _ in each.dependencies
    }
    assert needed & later == set()


def test_the_packages_do_not_know_the_site_that_runs_them():
    files = python_files(*LAYERS, "site/huunghi")
    assert [(str(f), name) for f in files for name in imports(f) if within(name, "huunghi_site")] == []


def test_only_one_module_knows_wagtails_preview_api():
    files = python_files(*LAYERS, "site")
    users = {str(path) for path in files for name in imports(path) if within(name, "wagtail.api.v3")}
    assert users <= {"site/huunghi/http.py"}


def test_the_folder_site_is_no_package():
    """The standard library has a module of that name."""
    assert not (ROOT / "site" / "__init__.py").exists()


def test_no_file_names_a_path_of_the_computer_it_was_written_on():
    found = []
    for path in project_files():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            text = content.decode()
            found += [(str(path), match.group()) for match in MACHINE_PATH.finditer(text)]
            found += [(str(path), str(ROOT))] if str(ROOT) in text else []
    assert found == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_table_carries_the_prefix():
    assert [model._meta.db_table for model in own_models() if not model._meta.db_table.startswith("huunghi_")] == []


def test_every_app_of_the_package_has_a_label_with_the_prefix():
    ours = {config.label for config in apps.get_app_configs() if within(config.name, "huunghi")}
    assert ours == LABELS


def test_relations_to_models_of_others_leave_no_name_there_without_the_prefix():
    """Wagtail's Page and User belong to the host: its own apps may want the same names on them."""
    fields = [field for model in own_models() for field in (*model._meta.local_fields, *model._meta.local_many_to_many)]
    foreign = [f for f in fields if f.remote_field and f.remote_field.model._meta.app_label not in LABELS]
    left = {f"{field}": field.remote_field.get_accessor_name() for field in foreign if not field.remote_field.hidden}
    assert "huunghi_eventpage" in left.values()
    assert {field: name for field, name in left.items() if not name.startswith("huunghi")} == {}


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("*/management/commands/*.py", -1),
        ("*/templatetags/*.py", -1),
        ("*/templates/*", "templates"),
        ("*/static/*", "static"),
    ],
)
def test_commands_tags_templates_and_static_files_carry_the_prefix(pattern, part):
    """`part` is the piece of the path that is looked up by name: the last one, or the one below a folder."""
    files = [path for path in project_files(pattern) if path.parts[0] != "tests" and path.name != "__init__.py"]
    files = [path for path in files if "huunghi_site" not in path.parts or part == -1]
    assert files
    named = [path.parts[part if part == -1 else path.parts.index(part) + 1] for path in files]
    assert [name for name in named if not name.startswith("huunghi")] == []


def test_every_environment_variable_that_is_read_is_documented_and_no_other():
    texts = [(ROOT / path).read_text() for path in project_files("*.py", ".ci/run")]
    read = {name for text in texts for name in READS_ENVIRONMENT.findall(text)}
    read |= set(MAKE_VARIABLE.findall((ROOT / "Makefile").read_text()))
    read |= set(COMPOSE_VARIABLE.findall((ROOT / ".env.example").read_text()))
    documented = DOCUMENTED.findall((ROOT / "docs/reference/environment.md").read_text())
    assert len(documented) == len(set(documented))
    assert set(documented) == read - {"PATH"}
