"""Two connections at once: one request is carried out, and the other waits for its answer or for its end."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection
from wagtail.models import Collection, Locale, Page

from huunghi.api.writing import actions
from huunghi.events.models import EventPage
from huunghi.site_setup import set_up_unit
from tests.api.staff import Program, make_staff
from tests.factories import make_unit

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def program():
    assert connection.vendor == "postgresql"
    plant_roots()
    call_command("huunghi_setup", verbosity=0)
    return Program(make_staff(set_up_unit(make_unit("own-union")).editors))


def plant_roots():
    """What Wagtail's migrations make, in case that another test of several connections has emptied the database."""
    if Page.get_first_root_node() is None:
        locale, _ = Locale.objects.get_or_create(language_code="vi")
        Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")


def at_once(*requests):
    """The answers to requests that are sent by a thread each."""
    answers = {}

    def send(number, request):
        try:
            answers[number] = request()
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=each, daemon=True) for each in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [answers[number] for number in range(len(requests))]


def test_what_comes_at_the_same_moment_is_done_once_and_overwrites_nothing(program, monkeypatch):
    """One test: the database is emptied after it, and with it what every archive begins with."""
    at_work, create = threading.Barrier(2), actions.create
    calls = []

    def create_slowly(*arguments):
        calls.append(arguments)
        at_work.wait(10)  # until the other request is on its way
        return create(*arguments)

    def second():
        at_work.wait(10)
        return program.send("POST", "", {"title": "Không"}, key="a-1")

    monkeypatch.setattr(actions, "create", create_slowly)
    answers = at_once(lambda: program.send("POST", "", {"title": "Không"}, key="a-1"), second)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert (len(calls), EventPage.objects.count()) == (1, 1)

    draft = answers[0].json()
    body = {"revision": draft["revision"]}
    changes = at_once(
        lambda: program.send("PATCH", f"{draft['id']}/", {**body, "title": "Một"}),
        lambda: program.send("PATCH", f"{draft['id']}/", {**body, "title": "Hai"}),
    )
    assert sorted(answer.status_code for answer in changes) == [200, 412]
    won = next(answer.json()["title"] for answer in changes if answer.status_code == 200)
    assert program.draft(draft).json()["title"] == won
