"""`huunghi_index`, as operators and monitoring call it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from huunghi.events.models import EventPage
from huunghi.search.feeding import feed_pending, outbox
from huunghi.search.models import IndexTarget, PendingChange
from tests.factories import make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_index")]


@pytest.fixture
def index():
    feed_pending()

    def run(*arguments):
        output = StringIO()
        try:
            call_command("huunghi_index", *arguments, stdout=output, stderr=output)
            code = 0
        except CommandError as error:
            code = error.returncode
        return code, output.getvalue()

    return run


def test_rebuild_says_how_many_and_how_fast(index):
    make_event("Một")
    code, said = index("rebuild")
    assert code == 0
    assert said.startswith("embedded: 1 records in ")


def test_rebuild_says_that_another_one_is_running(index):
    IndexTarget.objects.create(
        engine="embedded",
        host=IndexTarget.objects.get(engine="embedded").host,
        index="x",
        state="building",
        done=5,
        total=10,
        leased_until=timezone.now() + outbox.LEASE,
    )
    code, said = index("rebuild")
    assert code == 1
    assert "a rebuild is running already, 5 of 10 records are done" in said


def test_status_is_quiet_when_all_is_well(index):
    code, said = index("status", "--json")
    [target] = json.loads(said)["targets"]
    assert code == 0
    assert (target["engine"], target["state"], target["count"], target["pending"]) == ("embedded", "live", 0, 0)
    assert json.loads(said)["problems"] == []


def test_status_tells_of_what_was_given_up_and_retry_cures_it(index):
    event = make_event("Một")
    PendingChange.objects.filter(type="event").update(attempts=10, parked_at=timezone.now(), last_error="conflict")
    code, said = index("status")
    assert code == 1
    assert f"event {event.translation_key}: conflict" in said
    assert index("retry")[0] == 0
    assert index("status")[0] == 0


def test_status_tells_of_a_change_that_waits_too_long(index):
    make_event("Một")
    PendingChange.objects.update(changed_at=timezone.now() - timezone.timedelta(minutes=6))
    code, said = index("status")
    assert code == 1
    assert "waiting for 6 minutes" in said


def test_verify_finds_and_repairs(index):
    event = make_event("Một")
    index("work", "--once")
    assert index("verify")[0] == 0
    EventPage.objects.filter(pk=event.pk).update(title="Hai")
    code, said = index("verify")
    assert code == 1
    assert "1 different" in said
    assert str(event.translation_key) in said
    assert index("verify", "--repair")[0] == 1  # it did differ
    assert index("verify")[0] == 0
    assert index("verify", "--sample", "10")[0] == 0
