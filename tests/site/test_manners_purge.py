"""What a proxy is told when something changes: a real server that takes PURGE stands for it."""

import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from huunghi.caching import addresses, purging
from huunghi.caching.models import StaleAnswer
from huunghi.events.models import EventIndexPage, EventPage, EventPartnerSide
from huunghi.search.feeding import feed_pending
from tests.factories import index_page, make_event, make_partner, make_partner_page, make_place

pytestmark = pytest.mark.django_db


class Proxy(BaseHTTPRequestHandler):
    purged: list = []
    code = 204

    def do_PURGE(self):
        type(self).purged.append((self.headers["Host"], self.path))
        self.send_response(self.code)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def proxy(settings, db):
    feed_pending()  # else the first change builds the index, and that tells nobody
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.WAGTAILADMIN_BASE_URL = "https://archive.example"
    settings.WAGTAILFRONTENDCACHE = {
        "proxy": {
            "BACKEND": "huunghi.caching.backend.ProxyBackend",
            "LOCATION": f"http://127.0.0.1:{server.server_port}",
        }
    }
    Proxy.purged, Proxy.code = [], 204
    yield Proxy
    server.shutdown()
    server.server_close()


def purged():
    """The paths that the proxy was told since the last time, everything due now."""
    feed_pending()
    StaleAnswer.objects.update(due_at=timezone.now())
    purging.purge_due()
    found = {path for _, path in Proxy.purged}
    Proxy.purged.clear()
    return found


def settle():
    """As if everything before had been purged twice already."""
    purged()
    StaleAnswer.objects.all().delete()


def path_of(page):
    return urlsplit(page.full_url).path


def test_an_event_is_purged_in_all_languages_and_everywhere_it_is_listed(proxy):
    partner = make_partner("KH-8")
    side = EventPartnerSide(partner=partner)
    event = make_event(start=date(2019, 5, 14), translations={"km": "ព្រឹត្តិការណ៍"}, rows={"partner_sides": [side]})
    settle()
    event = EventPage.objects.get(pk=event.pk)
    event.title = "Tên mới"
    event.save_revision().publish()
    found = purged()
    versions = EventPage.objects.filter(translation_key=event.translation_key)
    for page in versions:
        section = path_of(page.get_parent())
        assert {path_of(page), section, f"{section}2019/", f"{section}2019/5/"} <= found
    assert len(versions) == 2
    key = event.translation_key
    for path in (f"/api/v1/events/{key}/", f"/api/v1/events/{key}.ics", "/api/v1/events/", "/api/v1/calendar.ics"):
        assert {path, f"{path}?lang=vi", f"{path}?lang=km", f"{path}?lang=en"} <= found
    assert {f"/id/{key}/", "/sitemap.xml", "/rss/vi/", "/rss/km/", "/api/v1/partners/KH-8.ics"} <= found
    assert "/vi/" in found
    assert not [path for path in found if "/admin/" in path or "localhost" in path]


def test_the_proxy_is_asked_by_the_public_name(proxy):
    make_event()
    feed_pending()
    purging.purge_due()
    assert {host for host, _ in Proxy.purged} == {"archive.example"}


def test_a_new_name_of_a_place_purges_the_events_and_the_partner_that_are_called_so(proxy):
    place = make_place("KH-8")
    partner = make_partner("KH-8", place=place)
    event = make_event(rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    other = make_event("Khác")
    page = make_partner_page(partner)
    settle()
    name = place.name_rows.filter(language="vi").first()
    name.text = "Tên mới"
    name.save()
    found = purged()
    assert {
        path_of(event),
        path_of(page),
        "/api/v1/partners/KH-8/",
        f"/api/v1/events/{event.translation_key}/",
    } <= found
    assert path_of(other) not in found


def test_a_page_that_is_deleted_moved_or_renamed_is_purged_where_it_was(proxy, django_capture_on_commit_callbacks):
    section = index_page(EventIndexPage).add_child(instance=EventIndexPage(title="Khu", slug="khu", unit=None))
    event = make_event(parent=section)
    settle()
    before = path_of(event)
    event = EventPage.objects.get(pk=event.pk)
    event.slug = "ten-khac"
    with django_capture_on_commit_callbacks(execute=True):
        event.save_revision().publish()
    renamed = path_of(EventPage.objects.get(pk=event.pk))
    assert {before, renamed} <= purged()
    EventIndexPage.objects.get(pk=section.pk).move(index_page(EventIndexPage, "km"), pos="last-child")
    moved = path_of(EventPage.objects.get(pk=event.pk))
    assert {renamed, moved} <= purged() and renamed != moved
    EventPage.objects.get(pk=event.pk).delete()
    assert {moved, f"/api/v1/events/{event.translation_key}/"} <= purged()


def test_an_unpublished_event_is_purged(proxy):
    event = make_event()
    settle()
    event.unpublish()
    assert {path_of(event), f"/api/v1/events/{event.translation_key}/"} <= purged()


def test_it_is_purged_once_more_a_little_later_and_then_forgotten(proxy):
    """A proxy may have been fetching the old answer while it was purged."""
    make_event()
    assert purged()
    assert StaleAnswer.objects.exists()
    due = purging.purge_due()
    assert Proxy.purged == [] and due > timezone.now() + timedelta(seconds=5)
    assert purged()
    assert not StaleAnswer.objects.exists()


@pytest.mark.parametrize("code", [404, 410, 412])
def test_a_proxy_that_had_nothing_is_fine(proxy, code):
    make_event()
    proxy.code = code
    purged()
    assert StaleAnswer.objects.filter(purged=True).exists() and not StaleAnswer.objects.filter(tries__gt=0).exists()


def test_a_proxy_that_refuses_is_told_again_later_with_growing_pauses(proxy):
    make_event()
    proxy.code = 503
    pauses = []
    for _ in range(4):
        purged()
        pauses.append(StaleAnswer.objects.first().due_at - timezone.now())
    assert pauses == sorted(pauses) and pauses[0] < timedelta(seconds=6) and pauses[3] > timedelta(seconds=30)
    StaleAnswer.objects.update(tries=purging.MOST_TRIES - 1)
    purged()
    assert not StaleAnswer.objects.exists()


def test_of_very_many_changes_only_the_lists_are_purged(proxy, monkeypatch):
    monkeypatch.setattr(purging, "MOST_RECORDS", 3)
    events = [make_event(f"Sự kiện {number}") for number in range(5)]
    found = purged()
    own = {f"/api/v1/events/{event.translation_key}/" for event in events}
    assert len(own & found) == 1 and "/api/v1/events/" in found


def test_without_a_proxy_nothing_is_noted(settings):
    make_event()
    feed_pending()
    assert not StaleAnswer.objects.exists()
    assert purging.purge_due() is None


def test_every_route_that_is_purged_exists():
    """A name that is misspelt would be left out without a word."""
    key = "00000000-0000-0000-0000-000000000001"
    for details, lists in addresses.OF_TYPE.values():
        for name in details:
            assert reverse(f"{addresses.API}{name}", args=[key])
        for name in lists:
            assert reverse(f"{addresses.API}{name}")
    for name in addresses.OF_PARTNER:
        assert reverse(f"{addresses.API}{name}", args=["KH-8"])
    assert reverse(addresses.OF_PAGE[0], args=[key])
    assert [reverse("huunghi:sitemap"), reverse("huunghi:rss", args=["vi"])] == ["/sitemap.xml", "/rss/vi/"]
