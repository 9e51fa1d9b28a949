"""Two real connections at once: what another transaction has not committed is neither lost nor waited for too long."""

import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction

from huunghi.search.feeding import fan_out, outbox, targets, worker
from huunghi.search.models import Counter, IndexTarget, PendingChange, Priority

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RECORD = ("event", "0a862796-cb93-423d-b095-19d2d6149758")


@pytest.fixture
def target():
    assert connection.vendor == "postgresql"
    return IndexTarget.objects.create(engine="elasticsearch", index="huunghi-1", state="live")


class Elsewhere(threading.Thread):
    """A transaction of another connection, which stays open until `commit`."""

    def __init__(self, change):
        super().__init__(daemon=True)
        self._change, self._done, self._may_end, self.error = change, threading.Event(), threading.Event(), None
        self.start()
        assert self._done.wait(10)

    def run(self):
        try:
            with transaction.atomic():
                self._change()
                self._done.set()
                self._may_end.wait(20)
        except Exception as error:
            self.error = error
        finally:
            self._done.set()
            connection.close()

    def commit(self):
        self._may_end.set()
        self.join(20)
        assert self.error is None


@contextmanager
def elsewhere(change):
    thread = Elsewhere(change)
    try:
        yield thread
    finally:
        thread.commit()


def in_background(work):
    results = []
    thread = threading.Thread(target=lambda: (results.append(work()), connection.close()), daemon=True)
    thread.start()
    return thread, results


def test_a_change_that_is_not_committed_is_not_claimed_and_is_claimed_afterwards(target):
    with elsewhere(lambda: outbox.file_records([RECORD])):
        assert outbox.claim(target, "a", 10) == []
    assert len(outbox.claim(target, "b", 10)) == 1


def test_a_row_that_an_open_transaction_changed_is_not_removed_and_nobody_waits(target):
    outbox.file_records([RECORD])
    rows = outbox.claim(target, "a", 10)
    with elsewhere(lambda: outbox.file_records([RECORD])):
        started = time.monotonic()
        assert outbox.finish(rows) == 0
        outbox.renew("a")
        outbox.put_off(rows[0], "error")
        outbox.release("a")
        assert time.monotonic() - started < 1
    assert len(outbox.claim(target, "b", 10)) == 1


def test_the_older_of_two_changes_may_commit_last(target):
    """Neither stamps nor the order of commits decide: the version is drawn by who feeds, after the claim."""
    with elsewhere(lambda: outbox.file_records([RECORD])) as older:
        newer, _ = in_background(lambda: outbox.file_records([RECORD]))  # waits for the very same record
        time.sleep(0.2)
        assert newer.is_alive()
        older.commit()
        newer.join(10)
    [first] = outbox.claim(target, "a", 10)
    drawn = Counter.next(worker.VERSION_COUNTER)
    outbox.file_records([RECORD])
    assert outbox.finish([first]) == 0
    outbox.claim(target, "b", 10)
    assert Counter.next(worker.VERSION_COUNTER) > drawn


def test_writers_of_different_records_do_not_wait_for_each_other(target):
    with elsewhere(lambda: outbox.file_records([RECORD])):
        thread, done = in_background(lambda: outbox.file_records([("publication", "p1")]))
        thread.join(5)
        assert done == [1]


def test_a_new_target_waits_for_those_who_do_not_know_it(target):
    with elsewhere(lambda: outbox.file_records([RECORD])) as writer:
        IndexTarget.objects.create(engine="elasticsearch", index="huunghi-2", state="building")
        waiting, _ = in_background(targets.wait_for_writers)
        time.sleep(0.5)
        assert waiting.is_alive()
        late, _ = in_background(lambda: outbox.file_records([("publication", "p1")]))  # knows it, and is not waited for
        late.join(5)
        writer.commit()
        waiting.join(5)
        assert not waiting.is_alive()
    assert PendingChange.objects.filter(target__state="building", key="p1").exists()


def test_several_workers_share_the_rows(target):
    outbox.file_records([("publication", f"p{number}") for number in range(500)])
    claimed = []

    def work():
        lease = outbox.new_lease()
        while rows := outbox.claim(target, lease, 20):
            claimed.extend(row.id for row in rows)
            outbox.finish(rows)

    threads = [in_background(work)[0] for _ in range(4)]
    for thread in threads:
        thread.join(30)
    assert len(claimed) == len(set(claimed)) == 500
    assert not PendingChange.objects.exists()


def test_an_editor_never_gives_way_to_the_worker(target, monkeypatch):
    """Both write the same two rows, crosswise: the server would end one of them, and it must not be the editor."""
    key = "publication"
    monkeypatch.setattr(fan_out, "touched_records", lambda *_: [(key, "p1"), (key, "p2")])
    outbox.file_many(fan_out.ALL, "", Priority.BULK)

    def edit():
        outbox.file_records([(key, "p2")])
        time.sleep(0.3)  # the worker has p1 now and waits for p2
        outbox.file_records([(key, "p1")])

    editor, _ = in_background(lambda: transaction.atomic()(edit)())
    time.sleep(0.1)
    assert fan_out.spell_out(1) == 0
    editor.join(10)
    assert not editor.is_alive()
    assert PendingChange.objects.filter(target=target).count() == 2
    PendingChange.objects.update(next_try_at="2020-01-01T00:00:00Z")
    assert fan_out.spell_out(1) == 1


@pytest.mark.parametrize("leave", ["switched", "given up", "not seen"])
def test_a_target_goes_when_the_editors_who_filed_for_it_are_done(target, leave):
    """Whoever removes it must not hold rows that such an editor writes next: they would wait for each other."""
    if leave == "switched":
        last = IndexTarget.objects.create(engine=target.engine, host=target.host, index="b", state="building")
        work = partial(targets.switch_to, last)
    elif leave == "given up":
        work = partial(targets.give_up, target)
    else:
        IndexTarget.objects.update(seen_at="2020-01-01T00:00:00Z")
        work = targets.forget_unseen
    first, second = RECORD, ("event", "another")
    outbox.file_records([second])
    with transaction.atomic():
        outbox.file_records([first])
        thread, result = in_background(work)
        thread.join(0.5)
        assert thread.is_alive()
        outbox.file_records([second])
    thread.join(20)
    assert result
    assert not IndexTarget.objects.filter(pk=target.pk).exists()
    assert set(PendingChange.objects.values_list("target__index", flat=True)) <= {"b"}


def test_a_target_that_goes_while_a_change_is_noted_fails_no_editor(target):
    errors = []

    def note():
        try:
            outbox.file_records([RECORD])
        except Exception as error:
            errors.append(error)

    with elsewhere(lambda: IndexTarget.objects.filter(pk=target.pk).delete()):
        thread, _ = in_background(note)
        thread.join(0.5)
        assert thread.is_alive()  # it waits to learn what becomes of the target
    thread.join(20)
    assert errors == []
    assert not PendingChange.objects.exists()
