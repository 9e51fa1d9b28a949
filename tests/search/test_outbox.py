"""The rows of the outbox: coalesced, claimed by one, kept while the record changes, parked when it is poison."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from huunghi.search.documents import extraction
from huunghi.search.documents.document import LanguagePart, SearchDocument
from huunghi.search.documents.present import Present
from huunghi.search.engines import embedded_engine
from huunghi.search.engines.base import EngineError
from huunghi.search.feeding import (
    deferred_feeding,
    everything_changed,
    feed_pending,
    outbox,
    record_changed,
    revoking_ids,
    subtree_changed,
    targets,
    worker,
)
from huunghi.search.feeding.worker import feed_target, write_present
from huunghi.search.models import Counter, DocumentVariant, IndexTarget, PendingChange, Priority
from tests.factories import make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_index")]
RECORD = ("event", "0a862796-cb93-423d-b095-19d2d6149758")


@pytest.fixture
def target():
    feed_pending()  # makes the index
    return IndexTarget.objects.get(engine="embedded")


def other_target(**fields):
    fields = {"engine": "elasticsearch", "index": "huunghi-1", "state": "live"} | fields
    return IndexTarget.objects.create(**fields)


def held():
    return {entry.id for entry in embedded_engine().scan() if not entry.deleted}


# --- rows


def test_a_change_has_one_row_for_each_target_however_often_it_comes(target):
    other = other_target()
    for _ in range(3):
        outbox.file_records([RECORD])
    assert set(PendingChange.objects.values_list("target", flat=True)) == {target.pk, other.pk}
    assert PendingChange.objects.count() == 2


def test_a_change_of_a_thousand_records_takes_three_statements(target, django_assert_num_queries):
    with django_assert_num_queries(3):
        outbox.file_records([("publication", f"p{number}") for number in range(1000)])
    assert PendingChange.objects.count() == 1000


def test_a_revoking_change_stays_revoking_until_it_is_fed(target):
    outbox.file_records([RECORD], Priority.REVOKING)
    outbox.file_records([RECORD], Priority.NORMAL)
    assert PendingChange.objects.get().priority == Priority.REVOKING


def test_revoking_changes_are_claimed_first(target):
    for number in range(5):
        outbox.file_records([("publication", f"p{number}")], Priority.NORMAL)
    outbox.file_records([RECORD], Priority.REVOKING)
    assert [row.type for row in outbox.claim(target, "a", 2)] == ["event", "publication"]


def test_a_new_change_of_a_row_has_another_stamp_and_begins_its_tries_anew(target):
    outbox.file_records([RECORD])
    row = PendingChange.objects.get()
    PendingChange.objects.update(attempts=10, parked_at=timezone.now(), last_error="x")
    outbox.file_records([RECORD])
    again = PendingChange.objects.get()
    assert again.stamp != row.stamp
    assert (again.attempts, again.parked_at, again.last_error) == (0, None, "")


def test_a_rolled_back_change_leaves_no_row(target):
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.file_records([RECORD])
        raise RuntimeError
    assert not PendingChange.objects.exists()


# --- leases


def test_a_claimed_row_is_nobody_elses_until_its_lease_ends(target):
    outbox.file_records([RECORD])
    assert len(outbox.claim(target, "first", 10)) == 1
    assert outbox.claim(target, "second", 10) == []
    PendingChange.objects.update(leased_until=timezone.now() - timedelta(seconds=1))  # the first was killed
    assert len(outbox.claim(target, "third", 10)) == 1


def test_a_lease_of_a_clock_that_was_put_back_does_not_count(target):
    outbox.file_records([RECORD])
    outbox.claim(target, "first", 10)
    PendingChange.objects.update(leased_until=timezone.now() + timedelta(hours=1))
    assert len(outbox.claim(target, "second", 10)) == 1


def test_a_row_that_changed_while_it_was_fed_stays(target):
    outbox.file_records([RECORD])
    rows = outbox.claim(target, "first", 10)
    outbox.file_records([RECORD])
    assert outbox.finish(rows) == 0
    assert len(outbox.claim(target, "second", 10)) == 1


def test_an_announced_change_is_not_fed_before_it_is_made(target):
    subtree_changed(1, announced=True)
    assert outbox.claim(None, "a", 10) == []
    PendingChange.objects.update(next_try_at=timezone.now())
    assert len(outbox.claim(None, "b", 10)) == 1


# --- feeding


def test_a_writer_who_slept_does_not_bring_back_what_was_deleted_since(target):
    document = SearchDocument(id=RECORD[1], type="event", parts={"vi": LanguagePart(title="Ma")})
    slept = Counter.next(worker.VERSION_COUNTER)
    assert write_present(embedded_engine(), target, Present([document]), Counter.next("index")) == {}
    assert held() == {RECORD[1]}
    write_present(embedded_engine(), target, Present([], {RECORD[1]}), Counter.next("index"))
    write_present(embedded_engine(), target, Present([document]), slept)
    assert held() == set()


class Poisoned:
    """A real engine that will not have one document."""

    def __init__(self, engine, poison):
        self._engine = engine
        self._poison = poison

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def write(self, documents, into=None):
        documents = list(documents)
        report = self._engine.write([one for one in documents if one.id != self._poison], into)
        report.failed |= {one.id: "mapping conflict" for one in documents if one.id == self._poison}
        return report


def test_a_poison_record_stops_no_other_and_is_parked_after_ten_tries(target, caplog):
    bad, good = make_event("Độc"), make_event("Lành")
    engine = Poisoned(embedded_engine(), str(bad.translation_key))
    for tries in range(1, 12):
        feed_target(engine, target)
        row = PendingChange.objects.get(target=target)
        assert row.attempts == min(tries, 10)
        PendingChange.objects.update(next_try_at=timezone.now())
    assert held() == {str(good.translation_key)}
    assert row.parked_at
    assert "mapping conflict" in row.last_error
    assert "not tried any more" in caplog.text
    assert outbox.retry() == 1
    assert feed_target(embedded_engine(), target) == 1
    assert held() == {str(good.translation_key), str(bad.translation_key)}


def test_a_record_that_cannot_be_read_stops_no_other(target, monkeypatch):
    from huunghi.search.documents import extraction

    bad, good = make_event("Độc"), make_event("Lành")
    make = extraction.FACTS["event"]

    def facts(document, page):
        if page.pk == bad.pk:
            raise KeyError("broken block")
        make(document, page)

    monkeypatch.setitem(extraction.FACTS, "event", facts)
    assert feed_target(embedded_engine(), target) == 1
    assert held() == {str(good.translation_key)}
    assert "broken block" in PendingChange.objects.get(target=target).last_error


class Away:
    name = "embedded"
    documents = staticmethod(extraction.documents)

    def __getattr__(self, name):
        def refuse(*args, **kwargs):
            raise EngineError("503")

        return refuse


def test_an_engine_that_is_away_costs_a_row_no_try_and_is_left_alone_ever_longer(target):
    outbox.file_records([RECORD])
    pauses = []
    for _ in range(7):
        assert feed_target(Away(), target) == 0
        pauses.append((target.retry_at - timezone.now()).total_seconds())
        assert feed_target(embedded_engine(), target) == 0  # not asked
        target.retry_at = timezone.now()
    assert PendingChange.objects.get().attempts == 0
    assert pauses[0] < 1 < pauses[4] <= targets.LONGEST_PAUSE
    assert max(pauses) <= targets.LONGEST_PAUSE
    assert feed_target(embedded_engine(), target) == 1
    assert IndexTarget.objects.get(engine="embedded").failures == 0


def test_a_change_in_the_tree_while_records_are_read_has_them_read_again(target):
    from huunghi.search.documents import present

    event = make_event("Đang đọc")
    times = []

    def documents(type_, keys):
        times.append(1)
        if len(times) == 1:
            Counter.next(present.TREE_COUNTER)
        return extraction.documents(type_, keys)

    found = present.read_present([("event", str(event.translation_key))], documents)
    assert [one.id for one in found.documents] == [str(event.translation_key)]
    assert len(times) == 2


def test_what_a_share_shows_goes_with_its_record(target):
    key = RECORD[1]
    variant = f"{key}~7"
    DocumentVariant.objects.create(document_id=variant, record=key)
    document = SearchDocument(id=variant, type="event", parts={"vi": LanguagePart(title="Phần được chia sẻ")})
    write_present(embedded_engine(), target, Present([document]), Counter.next("index"))
    record_changed(*RECORD, revoking=True)
    assert revoking_ids("embedded") == {key, variant}
    feed_pending()
    assert held() == set()


def test_everything_is_fed_again_on_request(target, django_assert_max_num_queries):
    make_event("Một"), make_event("Hai")
    feed_pending()
    everything_changed()
    assert feed_pending() >= 2


# --- what searches leave out


def test_nothing_to_leave_out_costs_one_query(target, django_assert_num_queries):
    assert revoking_ids("embedded") == frozenset()
    with django_assert_num_queries(1):
        revoking_ids("embedded")


def test_pages_below_a_restricted_one_are_left_out_before_anything_is_fed(target):
    event = make_event("Họp kín")
    feed_pending()
    subtree_changed(event.get_parent().pk)
    assert str(event.translation_key) in revoking_ids("embedded")
    assert PendingChange.objects.filter(target=target).count() == 0


def test_too_many_to_leave_out_is_none(target):
    outbox.file_records([("publication", f"p{number}") for number in range(11)], Priority.REVOKING)
    assert len(revoking_ids("embedded", limit=11)) == 11
    assert revoking_ids("embedded", limit=10) is None


def test_an_index_that_nobody_registered_is_not_to_be_asked():
    assert revoking_ids("elasticsearch") is None


def test_another_hosts_rows_are_not_left_out(target):
    other = other_target(engine="embedded", host="another")
    outbox.file_records([RECORD], Priority.REVOKING, only=other)
    assert revoking_ids("embedded") == frozenset()


# --- targets


def test_a_target_that_nobody_saw_for_a_week_is_forgotten_with_its_rows(target):
    other = other_target(seen_at=timezone.now() - timedelta(days=8))
    outbox.file_records([RECORD])
    assert targets.forget_unseen() == 1
    assert [row.target for row in PendingChange.objects.all()] == [target]
    assert not IndexTarget.objects.filter(pk=other.pk).exists()


def test_an_index_that_this_database_did_not_feed_is_built_anew(target):
    event = make_event("Vẫn còn")
    feed_pending()
    before = embedded_engine().live_index()
    target.delete()  # as after a week
    feed_pending()
    assert embedded_engine().live_index() != before
    assert held() == {str(event.translation_key)}


def test_a_host_whose_file_was_deleted_builds_its_own(target, tmp_path):
    event = make_event("Vẫn còn")
    feed_pending()
    for file in tmp_path.glob("search.sqlite3*"):
        if not file.name.endswith(".host"):
            file.unlink()
    feed_pending()
    assert held() == {str(event.translation_key)}


def test_deferred_changes_inside_a_transaction_are_fed_when_it_ends(target, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        with deferred_feeding():
            event = make_event("Trong giao dịch")
        assert held() == set()
    assert held() == {str(event.translation_key)}
