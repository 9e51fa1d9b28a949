"""Whatever editors do, and its opposite, reaches the index; what is taken away is gone from counts at once."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from huunghi.events.models import Edition, EventIndexPage, EventPage, Publication
from huunghi.search.engines import embedded_engine
from huunghi.search.feeding import deferred_feeding, feed_pending, revoking_ids, tree_changed
from huunghi.search.feeding.maintenance import note_expired_pages
from huunghi.search.feeding.verifying import compare
from huunghi.search.models import Counter, IndexTarget, PendingChange
from huunghi.search.service import search_archive
from tests.factories import (
    add_translation,
    index_page,
    make_event,
    make_organisation,
    make_page,
    make_partner,
    make_place,
    publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_index")]


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Runs what waits for the commit, as a request's end does."""

    def run(change, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return change(*args, **kwargs)

    return run


def count(query, language="vi"):
    return search_archive(query, language).count


def section(title, parent=None):
    return make_page(EventIndexPage, title, parent or index_page(EventIndexPage))


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def test_publish_and_unpublish(committed):
    event = committed(make_event, "Quốc khánh", live=False)
    assert count("quoc khanh") == 0
    committed(publish, event)
    assert count("quoc khanh") == 1
    committed(fresh(event).unpublish)
    assert count("quoc khanh") == 0


def test_a_page_that_was_loaded_as_a_mere_page_is_unpublished_and_published(committed):
    event = committed(make_event, "Quốc khánh")
    committed(Page.objects.get(pk=event.pk).unpublish)
    assert count("quoc khanh") == 0
    committed(Page.objects.get(pk=event.pk).get_latest_revision().publish)
    assert count("quoc khanh") == 1


def test_a_newer_draft_stays_out_of_the_index_until_it_is_published(committed):
    event = committed(make_event, "Tên cũ")
    event.title = "Chuột túi"
    revision = committed(event.save_revision)
    assert (count("chuot tui"), PendingChange.objects.count()) == (0, 0)
    committed(revision.publish)
    assert (count("chuot tui"), count("ten cu")) == (1, 0)


def test_a_saved_page_is_fed_without_being_published_anew(committed):
    event = committed(make_event, "Tên cũ")
    event.title = "Chuột túi"
    committed(event.save)
    assert count("chuot tui") == 1


def test_a_scheduled_page_is_found_when_its_time_has_come(committed):
    event = committed(make_event, "Lễ khánh thành", live=False)
    event.go_live_at = timezone.now() + timedelta(seconds=1)
    committed(publish, event)
    assert count("khanh thanh") == 0
    wait_until(event.go_live_at)
    committed(call_command, "publish_scheduled")
    assert count("khanh thanh") == 1


def wait_until(moment):
    time.sleep(max(0.0, (moment - timezone.now()).total_seconds()) + 0.05)


def test_an_expired_page_is_gone_by_the_clock_and_later_from_the_index(committed):
    event = committed(make_event, "Lễ khánh thành")
    expired = committed(make_event, "Lễ khánh thành khác", expire_at=timezone.now() + timedelta(seconds=3))
    assert count("khanh thanh") == 2
    wait_until(expired.expire_at)
    assert count("khanh thanh") == 1
    Counter.objects.filter(name="expired pages noted until").update(value=int(timezone.now().timestamp()) - 60)
    assert note_expired_pages() == 1
    feed_pending()
    assert {entry.id for entry in embedded_engine().scan() if not entry.deleted} == {str(event.translation_key)}
    assert note_expired_pages() == 0


def test_delete_and_make_again(committed):
    event = committed(make_event, "Tập huấn")
    committed(event.delete)
    assert count("tap huan") == 0
    committed(make_event, "Tập huấn")
    assert count("tap huan") == 1


def test_deleting_a_section_takes_everything_below_along(committed):
    part = section("Mục")
    for number in range(3):
        committed(make_event, f"Tập huấn {number}", parent=part)
    assert count("tap huan") == 3
    committed(Page.objects.get(pk=part.pk).delete)
    assert count("tap huan") == 0


def restrict(page):
    return PageViewRestriction.objects.create(page=page, restriction_type="login")


def test_moving_a_section_of_30_pages_into_a_closed_one_and_out_again(committed):
    closed, part = section("Kín"), section("Mở")
    committed(restrict, closed)
    with deferred_feeding():
        for number in range(30):
            committed(make_event, f"Diễu hành {number}", parent=part)
    assert count("dieu hanh") == 30
    committed(fresh(part).move, fresh(closed), "last-child")
    assert count("dieu hanh") == 0
    committed(fresh(part).move, index_page(EventIndexPage), "last-child")
    assert count("dieu hanh") == 30


def test_the_row_of_a_move_is_written_in_its_transaction():
    closed, part = section("Kín"), section("Mở")
    PendingChange.objects.all().delete()
    rows = []

    def look(sender, **kwargs):
        rows.extend(PendingChange.objects.values_list("type", "key", "priority"))

    from django.db.models.signals import post_save

    post_save.connect(look, sender=Page)  # after ours, inside of Wagtail's transaction
    try:
        fresh(part).move(fresh(closed), "last-child")
    finally:
        post_save.disconnect(look, sender=Page)
    assert ("subtree", str(part.pk), 0) in rows


def test_reordering_feeds_nothing_and_opens_nothing(committed):
    part, closed, last = section("Một"), section("Hai"), section("Ba")
    committed(restrict, closed)
    committed(make_event, "Diễu hành kín", parent=closed)
    committed(make_event, "Diễu hành mở", parent=last)
    moved = Counter.current("tree")
    committed(fresh(closed).move, fresh(part), "left")
    assert Counter.current("tree") > moved
    assert not PendingChange.objects.exists()
    assert [item.page.title for item in search_archive("dieu hanh", "vi").items] == ["Diễu hành mở"]
    assert compare(embedded_engine(), IndexTarget.objects.get(engine="embedded")).total == 0


def test_a_restriction_of_the_page_comes_changes_and_goes(committed):
    event = committed(make_event, "Họp kín")
    restriction = committed(restrict, event)
    assert count("hop kin") == 0
    restriction.restriction_type = "password"
    committed(restriction.save)
    assert count("hop kin") == 0
    committed(restriction.delete)
    assert count("hop kin") == 1


def test_a_restriction_above_comes_and_goes(committed):
    part = section("Mục", section("Trên"))
    committed(make_event, "Họp kín", parent=part)
    restriction = committed(restrict, part.get_parent())
    assert count("hop kin") == 0
    committed(restriction.delete)
    assert count("hop kin") == 1


def test_what_stands_below_the_alias_of_a_section_is_shut_with_it(committed):
    part, elsewhere = section("Mục"), section("Mục khác")
    event = committed(make_event, "Họp kín", parent=part, translations={"km": "ប្រជុំបិទ"})
    committed(fresh(event).move, fresh(elsewhere), "last-child")  # its translation stays below the alias of the section
    restriction = committed(restrict, part)
    assert (count("hop kin"), count("ប្រជុំបិទ", "km")) == (1, 0)
    assert compare(embedded_engine(), IndexTarget.objects.get(engine="embedded")).total == 0
    committed(restriction.delete)
    assert count("ប្រជុំបិទ", "km") == 1


def test_visibility_is_narrowed_and_widened(committed):
    event = committed(make_event, "Họp kín")
    event.visibility = "partners"
    committed(event.save)
    assert count("hop kin") == 0
    event.visibility = "public"
    committed(publish, event)
    assert count("hop kin") == 1


def test_a_section_is_closed_and_opened(committed):
    part = section("Mục")
    committed(make_event, "Họp kín", parent=part)
    part = fresh(part)
    part.visibility = "signed-in"
    committed(publish, part)
    assert count("hop kin") == 0
    part = fresh(part)
    part.visibility = "public"
    committed(publish, part)
    assert count("hop kin") == 1


def test_a_copy_of_a_restricted_page_is_restricted(committed):
    event = committed(make_event, "Họp kín")
    committed(restrict, event)
    committed(event.copy, update_attrs={"slug": "ban-sao"}, keep_live=True)
    assert count("hop kin") == 0
    committed(make_event, "Họp mở")
    committed(EventPage.objects.get(title="Họp mở").copy, update_attrs={"slug": "ban-sao-2"}, keep_live=True)
    assert count("hop mo") == 2


def test_an_alias_follows_its_source(committed):
    event = committed(make_event, "Họp kín")
    alias = committed(event.create_alias, parent=section("Mục"), update_slug="bi-danh")
    assert count("hop kin") == 2
    restriction = committed(restrict, event)
    assert count("hop kin") == 0
    committed(restriction.delete)
    assert count("hop kin") == 2
    committed(alias.delete)
    assert count("hop kin") == 1


def test_a_translation_is_published_and_withdrawn(committed):
    event = committed(make_event, "Ngày hội")
    translation = committed(add_translation, event, "km", "ទិវាបុណ្យ")
    assert count("ទិវាបុណ្យ", "km") == 1
    committed(translation.unpublish)
    assert (count("ទិវាបុណ្យ", "km"), count("ngay hoi")) == (0, 1)


def test_a_place_that_is_called_otherwise_finds_what_has_the_new_and_the_old_name(committed):
    place = committed(make_place, vi="Xứ Mộng Lành")
    committed(make_event, "Thăm Xứ Mộng Lành")
    committed(make_event, "Thăm bản Hoa Đào")
    committed(make_event, "Ở đâu đó", rows={"venues": [venue(place)]})
    assert count("Xứ Mộng Lành") == 2
    row = place.name_rows.get()
    row.text = "Hoa Đào"
    committed(row.save)
    assert not PendingChange.objects.exists()
    # The name of the row is in the text, the id in both others; the old name still stands in the first title.
    assert {item.page.title for item in search_archive("Hoa Đào", "vi").items if item.match == "all"} == {
        "Thăm bản Hoa Đào",
        "Ở đâu đó",
    }
    assert count("Xứ Mộng Lành") == 1
    row.text = "Xứ Mộng Lành"
    committed(row.save)
    assert count("Xứ Mộng Lành") == 2


def venue(place):
    from huunghi.events.models import Venue

    return Venue(name="Nhà văn hoá", place=place)


def test_a_partner_and_an_organisation_that_are_called_otherwise(committed):
    from huunghi.events.models import EventOrganiser, EventPartnerSide

    partner = committed(make_partner, names={"vi": "Hội Sen Trắng"})
    body = committed(make_organisation, vi="Hội Chim Lạc")
    rows = {
        "partner_sides": [EventPartnerSide(partner=partner, role="guest")],
        "organisers": [EventOrganiser(organisation=body)],
    }
    committed(make_event, "Gặp gỡ", rows=rows)
    assert (count("sen trang"), count("chim lac")) == (1, 1)
    partner.names = {"vi": "Hội Cau Vàng"}
    committed(partner.save)
    assert (count("sen trang"), count("cau vang")) == (0, 1)
    row = body.name_rows.get()
    row.text = "Hội Trống Đồng"
    committed(row.save)
    assert (count("chim lac"), count("trong dong")) == (0, 1)


def test_a_publication_and_its_edition(committed):
    publication = committed(Publication.objects.create, key="sach", names={"vi": "Sách Đôi bờ"})
    assert count("doi bo") == 1
    committed(Edition.objects.create, publication=publication, language="vi", year=2011)
    assert [bar for bar, _ in search_archive("doi bo", "vi").timeline] == [2011]
    committed(publication.delete)
    assert count("doi bo") == 0


def test_what_update_changed_is_found_by_comparing_and_repaired(committed):
    hidden = committed(make_event, "Hoa phượng")
    renamed = committed(make_event, "Hoa gạo")
    committed(make_event, "Hoa ban")
    EventPage.objects.filter(pk=hidden.pk).update(live=False)
    EventPage.objects.filter(pk=renamed.pk).update(title="Hoa lê")
    target = IndexTarget.objects.get(engine="embedded")
    drift = compare(embedded_engine(), target, repair=True)
    assert (drift.missing, drift.extra, drift.different, drift.repaired) == (0, 1, 1, 2)
    # Until it is fed nobody counts on it.
    assert revoking_ids("embedded") == {str(hidden.translation_key), str(renamed.translation_key)}
    assert feed_pending() == 2
    assert compare(embedded_engine(), target).total == 0
    assert (count("hoa"), count("hoa le")) == (2, 1)
    EventPage.objects.filter(pk=hidden.pk).update(live=True)
    assert compare(embedded_engine(), target, repair=True).missing == 1
    feed_pending()
    assert count("hoa") == 3


def test_many_records_imported_at_once_are_fed_together(committed):
    with deferred_feeding():
        for number in range(20):
            committed(make_event, f"Nhập {number}")
        assert count("nhap") == 0
    assert count("nhap") == 20
    assert not PendingChange.objects.exists()


def test_a_deleted_language_is_gone(committed):
    event = committed(make_event, "Ngày hội")
    locale = Locale.objects.create(language_code="lo")
    translation = event.copy_for_translation(locale, copy_parents=True)
    translation.title = "ບຸນ"
    committed(publish, translation)
    assert count("ບຸນ", "lo") == 1
    for page in Page.objects.filter(locale=locale).order_by("-depth"):
        committed(Page.objects.get(pk=page.pk).delete)
    committed(locale.delete)
    assert (count("ບຸນ", "lo"), count("ngay hoi")) == (0, 1)
    assert not PendingChange.objects.exists()


def test_another_host_is_in_the_addresses_of_what_is_found(committed):
    committed(make_event, "Ngày hội")
    site = Site.objects.get(is_default_site=True)
    site.port, site.hostname = 8443, "khac.example"
    committed(site.save)
    assert not PendingChange.objects.exists()
    page = search_archive("ngay hoi", "vi").items[0].page
    assert EventPage.objects.get(pk=page.pk).full_url.startswith("http://khac.example:8443/")


def test_a_changed_share_has_the_page_and_what_stands_below_fed_in_all_languages(committed):
    part = section("Mục")
    event = committed(make_event, "Chia sẻ", parent=part, translations={"km": "ចែករំលែក"})
    tree_changed(part.translation_key)
    assert revoking_ids("embedded") >= {str(event.translation_key)}
    assert feed_pending() == 1
    assert revoking_ids("embedded") == frozenset()
