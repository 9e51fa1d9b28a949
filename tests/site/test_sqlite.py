import sqlite3
import threading
import time

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from huunghi.sqlite import _announce_writing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="what SQLite does"),
]


def connected(path, **options):
    """A connection to a file as a project of somebody else has it, after our signal."""
    given = connection.settings_dict | {"NAME": str(path), "OPTIONS": options}
    theirs = DatabaseWrapper(given, alias="default")
    theirs.connect()  # sends the signal
    return theirs


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "theirs.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE visits (n INTEGER)")
        database.execute("INSERT INTO visits VALUES (0)")
    return path


def count_up(database, times):
    """Read, then write, in one transaction, as the saving of a page does."""
    for _ in range(times):
        database._start_transaction_under_autocommit()
        (n,) = database.connection.execute("SELECT n FROM visits").fetchone()
        time.sleep(0.001)
        database.connection.execute("UPDATE visits SET n = ?", (n + 1,))
        database.connection.execute("COMMIT")


def test_two_writers_that_read_first_wait_for_each_other_without_a_setting(file):
    databases = [connected(file), connected(file)]
    for database in databases:
        database.inc_thread_sharing()
    failures = []

    def work(database):
        try:
            count_up(database, 50)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert databases[0].connection.execute("SELECT n FROM visits").fetchone() == (100,)


def test_what_a_project_set_itself_is_kept(file):
    assert connected(file, transaction_mode="EXCLUSIVE").transaction_mode == "EXCLUSIVE"
    assert connected(file, transaction_mode=None).transaction_mode is None


def test_another_database_of_the_project_is_left_alone(file):
    theirs = connected(file)
    theirs.transaction_mode = None
    theirs.alias = "legacy"
    _announce_writing(theirs)
    assert theirs.transaction_mode is None
