"""A new index beside the old one: no change is lost meanwhile, a kill costs little, no wrong index is used."""

import pytest
from django.utils import timezone

from huunghi.events.models import EventPage
from huunghi.search.engines import embedded_engine
from huunghi.search.engines.base import EngineError
from huunghi.search.feeding import feed_pending, rebuilding, targets
from huunghi.search.feeding.rebuilding import RebuildFailedError, RebuildRunningError, rebuild
from huunghi.search.feeding.verifying import compare, compare_sample
from huunghi.search.models import IndexTarget, PendingChange
from tests.factories import make_event

from .test_outbox import Poisoned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_index")]


@pytest.fixture
def engine():
    feed_pending()
    return embedded_engine()


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 2)


def held(engine, index=None):
    return {entry.id for entry in engine.scan(index) if not entry.deleted}


def keys(*events):
    return {str(event.translation_key) for event in events}


class KilledError(Exception):
    """As a kill, but for the process."""


def interrupt_after(number):
    """Wraps a rebuild's stream of records; ends the rebuild after some."""

    def wrap(records, total, done):
        for position, record in enumerate(records):
            if position == number:
                raise KilledError
            yield record

    return wrap


def test_a_rebuild_holds_what_the_database_holds(engine):
    events = [make_event(f"Sự kiện {number}") for number in range(3)]
    EventPage.objects.filter(pk=events[0].pk).update(live=False)
    before = engine.live_index()
    assert rebuild(engine).count == 2
    assert held(engine) == keys(*events[1:])
    target = IndexTarget.objects.get(engine="embedded")
    assert (target.state, target.index, target.previous) == ("live", engine.live_index(), before)


def test_the_index_before_is_dropped_when_nobody_reads_it_any_more(engine):
    before = engine.live_index()
    rebuild(engine)
    assert engine.count(before) == 0
    IndexTarget.objects.update(published_at=timezone.now() - timezone.timedelta(seconds=11))
    targets.drop_leftovers(engine)
    with pytest.raises(EngineError):
        engine.count(before)


def test_what_changes_while_the_index_is_filled_is_in_the_new_one(engine, small_batches):
    events = [make_event(f"Sự kiện {number}") for number in range(6)]
    feed_pending()

    def change(records, total, done):
        for position, record in enumerate(records):
            if position == 4:  # two batches are written
                for event in events[:3]:
                    event.unpublish()
                events[3].title = "Tên mới"
                events[3].save()
                events.append(make_event("Vừa thêm"))
            yield record

    rebuild(engine, change)
    assert held(engine) == keys(*events[3:])
    assert compare(engine, IndexTarget.objects.get(engine="embedded")).total == 0


def test_readers_see_changes_while_the_new_index_is_built(engine, small_batches, monkeypatch):
    monkeypatch.setattr(rebuilding, "FEED_EVERY", 0)
    events = [make_event(f"Sự kiện {number}") for number in range(5)]
    feed_pending()
    live = engine.live_index()
    seen = []

    def change(records, total, done):
        for position, record in enumerate(records):
            if position == 1:
                events[0].unpublish()
            seen.append(held(engine, live) == keys(*events[1:]))
            yield record

    rebuild(engine, change)
    assert (seen[0], seen[-1]) == (False, True)


def test_a_rebuild_that_was_killed_goes_on_where_it_stopped(engine, small_batches):
    events = [make_event(f"Sự kiện {number}") for number in range(5)]
    with pytest.raises(KilledError):
        rebuild(engine, interrupt_after(4))
    building = IndexTarget.objects.get(state="building")
    assert building.done == 4
    events[0].unpublish()
    said = []
    rebuilt = rebuild(engine, say=said.append)
    assert (rebuilt.resumed_at, rebuilt.count) == (4, 4)
    assert "it goes on there" in said[0]
    assert engine.live_index() == building.index
    assert held(engine) == keys(*events[1:])


def test_a_half_built_index_whose_form_is_of_another_version_is_begun_anew(engine, small_batches, monkeypatch):
    make_event("Một"), make_event("Hai"), make_event("Ba")
    with pytest.raises(KilledError):
        rebuild(engine, interrupt_after(2))
    half = IndexTarget.objects.get(state="building").index
    is_current = engine.is_current
    monkeypatch.setattr(engine, "is_current", lambda name: name != half and is_current(name))
    assert rebuild(engine).resumed_at == 0
    with pytest.raises(EngineError):
        engine.count(half)


def test_a_second_rebuild_of_the_same_index_is_refused(engine, small_batches):
    make_event("Một"), make_event("Hai"), make_event("Ba")

    def second(records, total, done):
        with pytest.raises(RebuildRunningError, match="running already"):
            rebuild(engine)
        yield from records

    assert rebuild(engine, second).count == 3


def test_a_kill_between_publishing_and_saying_so_is_mended(engine, monkeypatch):
    event = make_event("Một")

    def killed(target):
        raise KilledError

    monkeypatch.setattr(targets, "switch_to", killed)
    with pytest.raises(KilledError):
        rebuild(engine)
    monkeypatch.undo()
    assert IndexTarget.objects.get(state="building").index == engine.live_index()
    feed_pending()
    target = IndexTarget.objects.get(engine="embedded")
    assert (target.state, target.index) == ("live", engine.live_index())
    assert held(engine) == keys(event)


def test_two_who_see_that_an_index_is_live_lose_nothing_that_waits_for_it(engine, monkeypatch):
    event = make_event("Một")
    monkeypatch.setattr(targets, "switch_to", lambda target: None)
    rebuild(engine)
    monkeypatch.undo()
    building = IndexTarget.objects.get(state="building")
    targets.switch_to(IndexTarget.objects.get(pk=building.pk))
    before = IndexTarget.objects.get(engine="embedded").previous
    event.unpublish()
    targets.switch_to(building)
    assert PendingChange.objects.filter(target=building, key=str(event.translation_key)).exists()
    assert IndexTarget.objects.get(engine="embedded").previous == before != building.index


def test_an_index_that_lacks_records_is_not_published(engine, monkeypatch):
    make_event("Một"), make_event("Hai")
    before = engine.live_index()
    feed_pending()
    write = engine.write

    def lossy(documents, into=None):
        return write(list(documents)[:-1], into)

    monkeypatch.setattr(engine, "write", lossy)
    with pytest.raises(RebuildFailedError, match="1 missing"):
        rebuild(engine)
    assert engine.live_index() == before


def test_a_poison_record_does_not_stop_a_rebuild(engine):
    bad, good = make_event("Độc"), make_event("Lành")
    poisoned = Poisoned(engine, str(bad.translation_key))
    assert rebuild(poisoned).count == 1
    assert held(engine) == keys(good)
    row = PendingChange.objects.get(target__state="live")
    assert (row.key, row.attempts) == (str(bad.translation_key), 1)


def test_an_index_of_another_form_is_built_anew_by_whoever_feeds(engine, monkeypatch):
    event = make_event("Một")
    feed_pending()
    before = engine.live_index()
    is_current = engine.is_current
    monkeypatch.setattr(engine, "is_current", lambda name: name != before and is_current(name))
    feed_pending()
    assert engine.live_index() != before
    assert held(engine) == keys(event)


# --- comparing


def test_a_restored_backup_does_not_make_writes_be_refused(engine):
    from huunghi.search.models import Counter

    event = make_event("Một")
    feed_pending()
    Counter.objects.filter(name="index").update(value=1)  # the database is of last week, the index of today
    EventPage.objects.filter(pk=event.pk).update(title="Tên của tuần trước")
    target = IndexTarget.objects.get(engine="embedded")
    assert compare(engine, target, repair=True).different == 1
    feed_pending()
    assert compare(engine, target).total == 0


def test_a_changed_audience_is_drift(engine):
    event = make_event("Một")
    feed_pending()
    EventPage.objects.filter(pk=event.pk).update(visibility="partners")
    assert compare(engine, IndexTarget.objects.get(engine="embedded")).total == 1


def test_what_waits_to_be_fed_is_no_drift(engine):
    make_event("Một")
    drift = compare(engine, IndexTarget.objects.get(engine="embedded"))
    assert (drift.total, drift.pending) == (0, 1)


def test_a_document_of_a_record_that_is_in_no_table_is_found_and_removed(engine):
    from huunghi.search.documents.document import LanguagePart, SearchDocument

    names = ("0a862796-cb93-423d-b095-19d2d6149758", "publication-ma", "ffffffff-cb93-423d-b095-19d2d6149758~3")
    make_event("Một")
    feed_pending()
    engine.write([SearchDocument(id=name, type="event", parts={"vi": LanguagePart("Ma")}, version=1) for name in names])
    target = IndexTarget.objects.get(engine="embedded")
    assert compare(engine, target, repair=True).extra == 3
    feed_pending()
    assert compare(engine, target).total == 0
    assert engine.count() == 1


def test_samples_go_round_all_records(engine):
    events = [make_event(f"Sự kiện {number}") for number in range(5)]
    feed_pending()
    EventPage.objects.update(live=False)
    target = IndexTarget.objects.get(engine="embedded")
    found = [compare_sample(engine, target, size=2).extra for _ in range(3)]
    assert found == [2, 2, 1]
    assert target.sample_key == ""
    feed_pending()
    assert held(engine) == set()
    assert len(events) == 5
