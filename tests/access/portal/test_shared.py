"""What the portal lists, shows and finds, and what not."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huunghi.events.models import EventIndexPage, EventPartnerSide, Venue
from huunghi.partners.access import only_what_is_shared, readable_pages
from huunghi.partners.models import PortalReader, ShareOpening
from huunghi.portal import views
from huunghi.portal.shared import shared_records, visit_times
from tests.factories import index_page, make_event, make_exchange, make_page, make_partner_page

from ..conftest import lock, rebuild_index, share
from .conftest import HOME, SECRET, text

pytestmark = pytest.mark.django_db


# --- what is shared


def test_the_list_holds_what_is_shared_and_nothing_else(takeo, world):
    make_event("Ngày hội mở", unit=world.own)
    make_event("Việc riêng", unit=world.own, visibility="partners")
    make_event("Nháp", unit=world.own, visibility="partners", live=False)
    share(make_event("Của Kandal", unit=world.own, visibility="partners"), world.b)
    takeo.client.force_login(takeo.user)
    page = text(takeo.client.get(HOME))
    assert "Chương trình Hoàng Anh" in page
    for title in ("Ngày hội mở", "Việc riêng", "Nháp", "Của Kandal", SECRET):
        assert title not in page


def test_what_stands_below_a_shared_section_is_listed(takeo, world):
    section = make_page(EventIndexPage, "Biên giới", index_page(EventIndexPage), unit=world.own)
    lock(section, "partners")
    make_event("Tuần tra chung", unit=world.own, parent=section)
    share(section, world.a)
    takeo.client.force_login(takeo.user)
    assert "Tuần tra chung" in text(takeo.client.get(HOME))


def test_a_record_is_shown_in_the_readers_language_or_says_which(takeo, world):
    share(make_event("Chỉ tiếng Việt", unit=world.own, visibility="partners"), world.a)
    takeo.client.force_login(takeo.user)
    page = text(takeo.client.get("/km/cong-doi-tac/"))
    assert "កម្មវិធីមិត្តភាព" in page
    assert "Chương trình Hoàng Anh" not in page
    assert re.search(r'lang="vi"><a href="[^"]+\?asked=km">Chỉ tiếng Việt', page)


def test_a_language_that_is_not_shared_is_not_listed(takeo, world):
    both = make_event("Hai thứ tiếng", unit=world.own, visibility="partners", translations={"km": "ពីរភាសា"})
    share(both, world.a, languages=["km"])
    takeo.client.force_login(takeo.user)
    page = text(takeo.client.get(HOME))
    assert "ពីរភាសា" in page
    assert "Hai thứ tiếng" not in page


def test_kind_and_year_narrow_the_list(takeo, world):
    share(make_exchange("Giải bóng chuyền", unit=world.own, visibility="partners", since="2012"), world.a)
    share(make_partner_page(world.a, "Takeo", unit=world.own, visibility="partners"), world.a)
    takeo.client.force_login(takeo.user)
    everything = text(takeo.client.get(HOME))
    assert all(title in everything for title in ("Hoàng Anh", "Giải bóng chuyền", ">Takeo</a>"))
    exchanges = text(takeo.client.get(f"{HOME}?kind=exchange"))
    assert "Giải bóng chuyền" in exchanges
    assert "Hoàng Anh" not in exchanges
    year = text(takeo.client.get(f"{HOME}?year=2019"))
    assert "Hoàng Anh" in year
    assert "Giải bóng chuyền" not in year
    assert takeo.client.get(f"{HOME}?year=19x9&kind=nonsense&page=x").status_code == 200


def test_long_lists_have_pages_in_order_of_time(takeo, world, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 3)
    for year in range(2008, 2012):
        share(make_event(f"Năm {year}", start=date(year, 1, 1), unit=world.own, visibility="partners"), world.a)
    takeo.client.force_login(takeo.user)
    first, second = text(takeo.client.get(HOME)), text(takeo.client.get(f"{HOME}?page=2"))
    assert first.index("Hoàng Anh") < first.index("Năm 2011") < first.index("Năm 2010")
    assert "Năm 2008" not in first
    assert "Năm 2008" in second
    assert "?page=2" in first


def test_the_number_of_queries_does_not_grow(takeo, world):
    takeo.client.force_login(takeo.user)
    counts = []
    for _ in range(2):
        takeo.client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            takeo.client.get(HOME)
        counts.append(len(queries))
        for number in range(3):
            made = make_event(
                f"Sự kiện {number}",
                unit=world.own,
                visibility="partners",
                rows={"venues": [Venue(name="x")], "partner_sides": [EventPartnerSide(partner=world.b)]},
            )
            share(made, world.a)
    assert counts[0] == counts[1]


def test_the_first_visit_marks_nothing_and_the_next_what_came_since(takeo, world):
    takeo.client.force_login(takeo.user)
    assert 'id="news"' not in text(takeo.client.get(HOME))
    hour = timezone.now() - timedelta(hours=1)
    PortalReader.objects.update(seen_at=hour)
    type(takeo.event).objects.filter(translation_key=takeo.event.translation_key).update(
        first_published_at=hour - timedelta(days=9), last_published_at=hour - timedelta(days=9)
    )
    type(takeo.share).objects.update(created_at=hour - timedelta(days=9), since=hour.date() - timedelta(days=9))
    share(make_event("Vừa chia sẻ", unit=world.own, visibility="partners"), world.a)
    page = text(takeo.client.get(HOME))
    news = page[page.index('id="news"') : page.index('id="all"')]
    assert "Vừa chia sẻ" in news
    assert "Hoàng Anh" not in news
    memory = PortalReader.objects.get()
    assert memory.seen_before == hour
    assert memory.seen_at > hour
    assert 'id="news"' in text(takeo.client.get(HOME))  # the visit goes on: it is still new


def test_a_page_that_was_published_again_is_marked_as_changed(takeo, world):
    reader = only_what_is_shared(world.reader("partner_a"))
    now = timezone.now()
    type(takeo.share).objects.update(created_at=now - timedelta(days=9), since=(now - timedelta(days=9)).date())
    pages = type(takeo.event).objects.filter(translation_key=takeo.event.translation_key)
    pages.update(first_published_at=now - timedelta(days=9), last_published_at=now - timedelta(days=9))
    seen = now - timedelta(days=1)
    assert [record.news for record in shared_records(reader, "vi", seen)] == [""]
    pages.filter(locale__language_code="km").update(last_published_at=now)
    assert [record.news for record in shared_records(reader, "vi", seen)] == ["changed"]
    type(takeo.share).objects.update(created_at=now)
    assert [record.news for record in shared_records(reader, "vi", seen)] == ["new"]


def test_a_visit_ends_after_half_an_hour():
    noon = datetime(2026, 5, 1, 12, tzinfo=timezone.get_default_timezone())
    minutes = [timedelta(minutes=number) for number in range(60)]
    assert visit_times(None, None, noon) == (noon, None)
    assert visit_times(noon, None, noon + minutes[2]) is None
    assert visit_times(noon, None, noon + minutes[10]) == (noon + minutes[10], None)
    assert visit_times(noon, None, noon + minutes[40]) == (noon + minutes[40], noon)


def test_what_a_share_opens_is_what_was_closed_before(takeo, world):
    public = make_event("Công khai", unit=world.own)
    share(public, world.a)
    reader = only_what_is_shared(world.reader("partner_a"))
    found = readable_pages(type(public).objects.all(), reader)
    assert set(found.values_list("translation_key", flat=True)) == {takeo.event.translation_key}


# --- reading a page


def test_the_partner_reads_the_page_less_what_is_withheld_and_it_is_noted(takeo):
    takeo.client.force_login(takeo.user)
    page = takeo.client.get(takeo.event.url)
    assert page.status_code == 200
    assert "Nhà văn hoá" in text(page)
    assert SECRET not in text(page)
    opening = ShareOpening.objects.get()
    assert (opening.share, opening.user, opening.language) == (takeo.share, takeo.user, "vi")


def test_editors_and_prefetching_programs_leave_no_trace_in_the_register(takeo, world):
    world.client("editor_own").get(takeo.event.url)
    world.client("superuser").get(takeo.event.url)
    takeo.client.force_login(takeo.user)
    takeo.client.get(takeo.event.url, HTTP_SEC_PURPOSE="prefetch")
    assert not ShareOpening.objects.exists()


def test_for_a_kandal_reader_takeos_page_is_nonsense(takeo, world):
    kandal = world.client("partner_b")
    hidden, nonsense = kandal.get(takeo.event.url), kandal.get(takeo.event.url.replace("page-", "nonsense-"))
    assert hidden.status_code == nonsense.status_code == 404
    assert text(hidden).replace(takeo.event.slug, "") == text(nonsense).replace(
        takeo.event.slug.replace("page-", "nonsense-"), ""
    )
    assert "Hoàng Anh" not in text(kandal.get(HOME))
    assert not ShareOpening.objects.exists()


# --- searching


@pytest.fixture
def indexed(takeo, world):
    make_event("Hoàng Anh công khai", unit=world.own)
    share(make_event("Hoàng Anh của Kandal", unit=world.own, visibility="partners"), world.b)
    rebuild_index()
    takeo.client.force_login(takeo.user)
    return takeo


def test_the_search_finds_counts_and_facets_only_what_is_shared(indexed):
    answer = indexed.client.get(f"{HOME}search/", {"q": "Hoàng Anh"})
    page = text(answer)
    assert answer.context["answer"].count == 1
    assert "công khai" not in page
    assert "của Kandal" not in page
    facets = answer.context["answer"].facets
    assert [value.count for value in facets["type"]] == [1]
    assert [value.value for value in facets["partner"]] == ["KH-21"]
    assert answer.context["answer"].timeline == [(2019, 1)]
    assert indexed.client.get(f"{HOME}search/").context["answer"].count == 1


def test_the_search_does_not_know_what_is_withheld(indexed):
    answer = indexed.client.get(f"{HOME}search/", {"q": SECRET})
    assert answer.context["answer"].count == 0
    assert answer.context["answer"].items == []


def test_suggestions_come_from_what_is_shared(indexed):
    found = indexed.client.get(f"{HOME}suggest/", {"q": "Hoàng"}).json()
    assert [item["title"] for item in found["items"]] == ["Chương trình Hoàng Anh"]
    assert all(name["count"] == 1 for name in found["names"])


def test_a_revoked_share_is_gone_from_list_and_search_at_once(indexed):
    indexed.share.revoke()
    assert indexed.client.get(f"{HOME}search/").context["answer"].count == 0
    assert "Hoàng Anh" not in text(indexed.client.get(HOME))


def test_the_search_box_of_the_portal_asks_the_portal(indexed):
    page = text(indexed.client.get(HOME))
    assert f'action="{HOME}search/"' in page
    assert f'data-suggest="{HOME}suggest/"' in page


# --- how it looks


@pytest.mark.parametrize("language", ["vi", "km", "en"])
def test_every_page_links_to_itself_in_the_other_languages(takeo, language):
    takeo.client.force_login(takeo.user)
    for name in ("", "search/", "profile/", "calendar/"):
        page = text(takeo.client.get(f"/{language}/cong-doi-tac/{name}"))
        assert f'<html lang="{language}"' in page
        for code in ("vi", "km", "en"):
            assert f'href="/{code}/cong-doi-tac/{name}"' in page or f"/{code}/cong-doi-tac/{name}?" in page
        assert len(re.findall("<h1", page)) == 1
        assert "canonical" not in page
