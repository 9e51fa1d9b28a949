"""What a person meets at the terminal before the site is up: ports, keys, old Pythons, unwritable folders."""

import ast
import os
import socket
import sqlite3
import stat
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from huunghi import conf
from huunghi_site import bootstrap, serving
from huunghi_site.management.commands import huunghi_start
from huunghi_site.management.commands.huunghi_serve import addresses
from huunghi_site.secret import secret_key
from tests.project import ROOT


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def one_sentence(text):
    """No traceback, and short enough to be read."""
    return "Traceback" not in text and 0 < len(text.strip().splitlines()) <= 2


def test_a_port_that_is_asked_for_and_free_is_used(taken_port):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        free = probe.getsockname()[1]
    assert serving.choose_port("127.0.0.1", str(free)) == free


def test_a_port_that_is_asked_for_and_taken_stops_the_start_with_a_way_out(taken_port):
    with pytest.raises(serving.PortTakenError, match=rf"{taken_port} is in use.*PORT={taken_port + 1}"):
        serving.choose_port("127.0.0.1", str(taken_port))


def test_only_the_default_port_moves_to_the_next_free_one(taken_port, monkeypatch):
    monkeypatch.setattr(serving, "DEFAULT_PORT", taken_port)
    assert taken_port < serving.choose_port("127.0.0.1", None) < taken_port + serving.PORTS_TO_TRY


def test_a_row_of_taken_ports_ends_in_a_sentence(taken_port, monkeypatch):
    monkeypatch.setattr(serving, "DEFAULT_PORT", taken_port)
    monkeypatch.setattr(serving, "PORTS_TO_TRY", 1)
    with pytest.raises(serving.PortTakenError, match="No free port"):
        serving.choose_port("127.0.0.1", None)


def manage(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.dev", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["huunghi_serve", "huunghi_start"])
def test_both_ways_to_start_say_that_the_port_is_taken(command, taken_port, tmp_path):
    done = manage(command, PORT=str(taken_port), HUUNGHI_VAR=str(tmp_path), NO_SERVE="")
    assert done.returncode == 2
    assert f"Port {taken_port} is in use" in done.stderr
    assert one_sentence(done.stderr)


@pytest.mark.parametrize("command", ["huunghi_serve", "huunghi_start"])
def test_a_port_that_is_no_number_is_said_in_one_sentence(command, tmp_path):
    done = manage(command, PORT="eighty", HUUNGHI_VAR=str(tmp_path), NO_SERVE="")
    assert done.returncode == 2
    assert "PORT must be a number" in done.stderr
    assert one_sentence(done.stderr)


@pytest.mark.parametrize("wanted", ["0", "65536", "-1", "8000.0", "٨٠٠٠٠٠"])
def test_a_number_that_is_no_port_is_refused(wanted):
    with pytest.raises(ValueError, match="PORT must be a number"):
        serving.choose_port("127.0.0.1", wanted)


def test_the_printed_addresses_can_be_opened_when_the_site_listens_everywhere():
    printed = "\n".join(addresses("0.0.0.0", 8080))
    assert "http://127.0.0.1:8080/vi/" in printed
    assert "0.0.0.0" not in printed


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    folder = tmp_path / "var"
    key = secret_key(folder)
    assert len(key) >= 50
    assert secret_key(folder) == key
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600


def test_two_processes_that_start_together_agree_on_the_secret_key(tmp_path):
    script = "import sys, pathlib, huunghi_site.secret as s; print(s.secret_key(pathlib.Path(sys.argv[1])))"
    command = [sys.executable, "-c", script, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT / "site", stdout=subprocess.PIPE, text=True) for _ in range(6)]
    keys = {process.communicate()[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence_that_names_it(tmp_path):
    """Below a file no folder can be made, not even by root, whom permissions do not stop."""
    file = tmp_path / "file"
    file.write_text("")
    done = manage("check", HUUNGHI_VAR=str(file / "var"), SECRET_KEY="")
    assert done.returncode == 1
    assert str(file / "var") in done.stderr
    assert "HUUNGHI_VAR" in done.stderr
    assert one_sentence(done.stderr)


def test_an_old_python_without_a_newer_one_beside_it_is_refused_with_a_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as stopped:
        bootstrap.suitable_python()
    assert "3.11 or 3.12 is needed, this is 3.9" in str(stopped.value)
    assert "PYTHON=" in str(stopped.value)


def test_an_old_python_gives_way_to_a_newer_one_on_the_path(monkeypatch, tmp_path):
    newer = tmp_path / "python3.12"
    newer.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.suitable_python() == str(newer)


def test_the_bootstrap_needs_nothing_that_an_old_python_lacks():
    """It must run far enough to say its sentence: the grammar of 3.7 and the standard library."""
    tree = ast.parse((ROOT / "site/huunghi_site/bootstrap.py").read_text(), feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= set(sys.stdlib_module_names)


def test_this_pythons_own_sqlite_has_full_text_search():
    huunghi_start.require_fts5()


class WithoutFTS5:
    """What a SQLite without FTS5 answers; the one that runs here cannot lose it."""

    OperationalError = sqlite3.OperationalError

    @staticmethod
    def connect(_name):
        class Connection:
            def execute(self, statement):
                raise sqlite3.OperationalError("no such module: fts5")

        return Connection()


def test_a_sqlite_without_full_text_search_is_said_in_one_sentence_with_two_ways_out(monkeypatch):
    monkeypatch.setattr(huunghi_start, "sqlite3", WithoutFTS5)
    with pytest.raises(CommandError, match=r"FTS5.*PYTHON=.*ELASTICSEARCH_URL") as stopped:
        huunghi_start.require_fts5()
    assert stopped.value.returncode == 2


def test_make_help_lists_every_command_with_a_description():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.split()[0] for line in listed.splitlines()}
    assert {"demo", "serve", "test", "check", "build", "help"} <= names
    assert all(len(line.split()) > 2 for line in listed.splitlines())


@pytest.mark.parametrize(
    ("code", "languages", "expected"),
    [
        ("vi", ["vi", "km", "en"], "vi"),
        ("en-us", ["vi", "en"], "en"),
        ("zh-hans", ["vi", "zh-hans"], "zh-hans"),
        ("zh-hans", ["vi", "zh"], "zh"),
        ("fr", ["vi"], "fr"),
    ],
)
def test_a_language_code_with_a_region_means_the_language_of_the_archive(settings, code, languages, expected):
    settings.LANGUAGE_CODE = code
    settings.WAGTAIL_CONTENT_LANGUAGES = [(each, each) for each in languages]
    assert conf.source_language() == expected
    assert conf.content_languages()[:1] == ([expected] if expected in languages else languages[:1])


@pytest.mark.django_db
def test_well_known_passwords_are_replaced_before_other_computers_can_reach_the_site():
    from django.contrib.auth import get_user_model

    from huunghi_site.demo_users import replace_well_known_passwords, users_with_well_known_passwords

    user = get_user_model().objects.create_user("bientap", password="demo-bientap")
    [(name, password)] = replace_well_known_passwords()
    user.refresh_from_db()
    assert (name, user.check_password(password), user.check_password("demo-bientap")) == ("bientap", True, False)
    assert list(users_with_well_known_passwords()) == []


@pytest.mark.django_db
def test_serving_to_other_computers_is_refused_while_the_well_known_passwords_work(monkeypatch):
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_user("quantri", password="demo-quantri")
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.delenv("PORT", raising=False)
    with pytest.raises(CommandError, match="passwords of README"):
        call_command("huunghi_serve", no_collect=True)
