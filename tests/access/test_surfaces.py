"""Each page carries a word of its own; the word is on every surface for its readers, and on none for the others."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from wagtail.models import PageViewRestriction

from huunghi.events.models import EventIndexPage, EventPage, EventPartnerSide
from tests.factories import add_translation, index_page, make_event, make_page, make_partner, publish

from .conftest import EVERYBODY, OURS, READERS, SIGNED_IN, lock, rebuild_index, restrict, share

NOBODY = set()
SHARED = OURS | {"partner_a"}
READ_BY = {
    "public": EVERYBODY,
    "newer-draft": EVERYBODY,
    "draft": NOBODY,
    "expired": NOBODY,
    "unpublished": NOBODY,
    "password": NOBODY,
    "signed-in": SIGNED_IN,
    "login": SIGNED_IN,
    "shared": SHARED,
    "child": SHARED,
    "moved": SHARED,
    "one-language": SHARED,
    "not-shared": OURS,
}
# Words that no other word begins with or is near to, so that one of them never stands for another.
WORDS = dict(
    zip(
        READ_BY,
        (
            "bakudofe", "cimegaru", "dovulise", "fapotiku", "gesirabo", "hunomavi", "jelatopu", "kirofade", "lumisogu",
            "mopaverit", "nagulibe", "pezokami", "rixutano",
        ),
        strict=True,
    )
)  # fmt: skip
UNPUBLISHED_WORD = "zubelorak"


@dataclass
class Canary:
    """A page, the word in its title and summary, and the partner that only this page has."""

    page: EventPage
    word: str
    partner: str


@pytest.fixture
def canaries(world):
    shared_section = make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)
    lock(shared_section, "partners")
    share(shared_section, world.a)
    made = {}
    for state, word in WORDS.items():
        partner = make_partner(f"partner-{word}", active=False)
        fields = {"visibility": {"signed-in": "signed-in"}.get(state, "public")}
        if state in ("shared", "one-language", "not-shared"):
            fields["visibility"] = "partners"
        event = make_event(
            f"Sự kiện {word}",
            summary=f"Tóm tắt {word}",
            unit=world.own,
            live=state != "draft",
            rows={"partner_sides": [EventPartnerSide(partner=partner)]},
            parent=shared_section if state == "child" else None,
            **fields,
        )
        made[state] = Canary(event, word, partner.code)
    prepare(world, made, shared_section)
    cache.clear()
    yield made
    cache.clear()


def prepare(world, made, shared_section):
    newer = made["newer-draft"].page
    newer.summary = UNPUBLISHED_WORD
    newer.save_revision()
    expired = made["expired"].page
    expired.expire_at = timezone.now() - timedelta(seconds=1)
    publish(expired)
    made["unpublished"].page.unpublish()
    restrict(made["password"].page, PageViewRestriction.PASSWORD, password="word")
    restrict(made["login"].page, PageViewRestriction.LOGIN)
    share(made["shared"].page, world.a)
    add_translation(made["one-language"].page, "km", f"ព្រឹត្តិការណ៍ {made['one-language'].word}")
    share(made["one-language"].page, world.a, languages=["km"])
    EventPage.objects.get(pk=made["moved"].page.pk).move(EventIndexPage.objects.get(pk=shared_section.pk), "last-child")


def seen(world, canaries, address):
    """State -> readers that find the page's word at the address, which may depend on the page."""
    found = {state: set() for state in canaries}
    for name in READERS:
        for state, canary in canaries.items():
            answer = world.client(name).get(address(canary), follow=True)
            text = answer.content.decode()
            assert UNPUBLISHED_WORD not in text, (address(canary), name)
            if canary.word in text:
                found[state].add(name)
    return found


def seen_in_list(world, canaries, address):
    """The same for an address that lists all pages."""
    found = {state: set() for state in canaries}
    for name in READERS:
        text = world.client(name).get(address).content.decode()
        assert UNPUBLISHED_WORD not in text
        for state, canary in canaries.items():
            if canary.word in text:
                found[state].add(name)
    return found


def test_a_page_is_seen_at_its_addresses_by_its_readers_only(world, canaries):
    for address in ("/api/v1/events/{}/", "/api/v1/events/{}.ics"):
        found = seen(world, canaries, lambda canary, to=address: to.format(canary.page.translation_key))
        assert found == READ_BY, address

    for name in READERS:
        for state, canary in canaries.items():
            answer = world.client(name).get(f"/id/{canary.page.translation_key}/")
            assert answer.status_code == (302 if name in READ_BY[state] else 404), (name, state)

    def page_address(canary):
        return EventPage.objects.get(pk=canary.page.pk).get_url() or f"/vi/su-kien/{canary.page.slug}/"

    # The Vietnamese page of the record that is shared in Khmer only is not for the partner.
    assert seen(world, canaries, page_address) == {**READ_BY, "one-language": OURS}


LISTS = (
    "/api/v1/events/?limit=100",
    "/api/v1/events/?limit=100&lang=km",
    "/api/v1/calendar.ics",
    "/vi/su-kien/",
    "/vi/su-kien/2019/5/",
)


def test_lists_and_their_filters_hold_what_the_reader_may_read(world, canaries):
    for address in LISTS:
        assert seen_in_list(world, canaries, address) == READ_BY, address
    latest = seen_in_list(world, canaries, "/vi/")
    assert all(latest[state] <= READ_BY[state] for state in latest)
    by_partner = seen(world, canaries, lambda canary: f"/api/v1/events/?partner={canary.partner}")
    assert by_partner == READ_BY


def test_the_search_finds_what_its_reader_may_read(world, canaries):
    rebuild_index()
    assert seen_in_list(world, canaries, "/api/v1/archive/?limit=100&facets=none") == READ_BY
    for name in READERS:
        answer = world.client(name).get("/api/v1/archive/?limit=1&type=event").json()
        assert answer["count"] == sum(name in readers for readers in READ_BY.values()), name
    for state, canary in canaries.items():
        for name in READERS:
            suggested = world.client(name).get(f"/api/v1/archive/suggest/?q={canary.word[:5]}")
            assert (canary.word in suggested.content.decode()) is (name in READ_BY[state]), (state, name)
            answer = world.client(name).get(f"/api/v1/archive/?limit=1&partner={canary.partner}").json()
            facet = [(each["value"], each["count"]) for each in answer["facets"]["partner"]]
            assert ((canary.partner, 1) in facet) is (name in READ_BY[state]), (state, name)
            assert answer["count"] == len(answer["items"]) == (name in READ_BY[state]), (state, name)


def test_a_word_that_stands_only_where_the_reader_may_not_read_is_like_any_word(world, canaries):
    rebuild_index()

    def asked(name, address, word):
        # Two words of one length; what is left of the answer must not depend on which one was asked for.
        return world.client(name).get(address.format(word)).content.decode().replace(word, "WORD")

    for name in ("anonymous", "partner_b", "editor_other"):
        for state, canary in canaries.items():
            if name in READ_BY[state]:
                continue
            nonsense = canary.word[::-1]
            for address in ("/api/v1/archive/?q={}", "/vi/search/?q={}", "/api/v1/archive/?partner=partner-{}"):
                assert asked(name, address, canary.word) == asked(name, address, nonsense), (name, state, address)


def test_a_misspelt_word_is_not_mended_by_one_that_the_reader_may_not_read(world, canaries):
    rebuild_index()
    for state, canary in canaries.items():
        typed = canary.word[:-1] + "q"
        for name in ("anonymous", "partner_b"):
            answer = world.client(name).get(f"/api/v1/archive/?q={typed}").content.decode()
            if name not in READ_BY[state]:
                assert canary.word not in answer, (name, state)


def test_hits_that_the_index_still_has_are_asked_for_again(world, canaries):
    """The index is behind: a page was narrowed, and nobody has told the index."""
    rebuild_index()
    canary = canaries["public"]
    EventPage.objects.filter(pk=canary.page.pk).update(visibility="partners")
    for address in (f"/api/v1/archive/?q={canary.word}", f"/vi/search/?q={canary.word}"):
        assert f"Sự kiện {canary.word}" not in world.client("anonymous").get(address).content.decode()
