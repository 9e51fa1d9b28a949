"""What is withheld from a partner is nowhere in what the partner gets, and nobody else misses it."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huunghi.events.models import (
    AgendaItem,
    EventAppearance,
    EventDocument,
    EventIndexPage,
    EventOrganiser,
    EventPage,
    EventPartnerSide,
    EventPhoto,
    ExchangeIndexPage,
    ExchangePage,
    ExchangePartnerSide,
    Figure,
    Outcome,
    PlanIndexPage,
    PlanItem,
    PlanPage,
    Venue,
)
from huunghi.partners.access import Reader, reader_for
from huunghi.partners.withholding import present, present_whole
from tests.factories import (
    index_page,
    make_event,
    make_exchange,
    make_image,
    make_measure,
    make_organisation,
    make_page,
    make_partner,
    make_partner_page,
    make_person,
    make_place,
)

from .conftest import make_user, rebuild_index, share

CANARY = "Chim hoàng yến"
GETS_ALL = ("editor_own", "superuser")


def canary_rows():
    """One row of each sort that says something, to be withheld; and one beside it that stays."""
    place = make_place("canary-place", vi=CANARY)
    partner = make_partner("canary-partner", place=place)
    return {
        "venues": [Venue(name=CANARY, place=place), Venue(name="Hội trường ở lại")],
        "partner_sides": [EventPartnerSide(partner=partner), EventPartnerSide(partner=make_partner("KH-2"))],
        "organisers": [
            EventOrganiser(organisation=make_organisation("canary-body", vi=CANARY)),
            EventOrganiser(name="Đơn vị ở lại"),
        ],
        "appearances": [
            EventAppearance(person=make_person(CANARY)),
            EventAppearance(person=make_person("Người ở lại")),
        ],
        "figures": [
            Figure(quantity=4711, unit=make_measure(), scope=CANARY),
            Figure(quantity=12, unit=make_measure(), scope="Số ở lại"),
        ],
        "agenda": [AgendaItem(text=CANARY), AgendaItem(text="Mục ở lại")],
        "outcomes": [Outcome(text=CANARY), Outcome(text="Kết quả ở lại")],
        "documents": [EventDocument(title=CANARY), EventDocument(title="Văn bản ở lại")],
        "photos": [EventPhoto(image=make_image(), caption=CANARY), EventPhoto(image=make_image(), caption="Ảnh ở lại")],
    }


def first_rows(event):
    return [getattr(event, name).all()[0] for name in event.shared_rows if getattr(event, name).all()]


@pytest.fixture
def event(world):
    """Shared with both partners; A does not get the first row of each sort."""
    exchange = make_exchange(unit=world.own)
    event = make_event(
        "Hội nghị",
        unit=world.own,
        visibility="partners",
        rows=canary_rows(),
        exchange=exchange,
        translations={"km": "សន្និសីទ"},
    )
    event = EventPage.objects.get(pk=event.pk)
    share(event, world.a, withheld=first_rows(event))
    share(event, world.b)
    return event


def addresses(event):
    listing = index_page(EventIndexPage).url
    km = event.get_translations().get()
    key = event.translation_key
    return (
        event.url,
        km.url,
        listing,
        f"{listing}2019/",
        event.exchange.url,
        index_page(EventIndexPage, "km").url,
        "/vi/",
        f"/api/v1/events/{key}/",
        f"/api/v1/events/{key}/?lang=km",
        "/api/v1/events/",
        f"/api/v1/events/{key}.ics",
        "/api/v1/calendar.ics",
        "/api/v1/archive/",
        "/api/v1/archive/?facets=place&facets=organisation&facets=partner",
        "/vi/search/",
    )


TRACES = (CANARY, "canary-place", "canary-partner", "canary-body", "4711", "4.711")


def test_a_withheld_row_is_nowhere_and_the_others_are_there(world, event):
    rebuild_index()
    for address in addresses(event):
        answer = world.client("partner_a").get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        assert not [trace for trace in TRACES if trace in text], address
    for address in (event.url, f"/api/v1/events/{event.translation_key}/"):
        text = world.client("partner_a").get(address).content.decode()
        for kept in ("Hội trường", "Đơn vị", "Người", "Số", "Mục", "Kết quả", "Văn bản", "Ảnh"):
            assert f"{kept} ở lại" in text, (kept, address)


def test_others_get_the_whole_page(world, event):
    for name in (*GETS_ALL, "partner_b"):
        for address in (event.url, f"/api/v1/events/{event.translation_key}/"):
            text = world.client(name).get(address).content.decode()
            assert text.count(CANARY) >= 8, (name, address)


FILTERS = (
    "/api/v1/events/?partner=canary-partner",
    "/api/v1/events/?place=canary-place",
    "/api/v1/events/?organisation=canary-body",
    "/api/v1/calendar.ics?partner=canary-partner",
    "/api/v1/archive/?q=Chim+ho%C3%A0ng+y%E1%BA%BFn",
    "/api/v1/archive/?partner=canary-partner",
    "/api/v1/archive/?place=canary-place",
    "/api/v1/archive/?organisation=canary-body",
    "/vi/search/?q=Chim+ho%C3%A0ng+y%E1%BA%BFn",
    "/vi/search/?partner=canary-partner",
)


def test_no_filter_tells_what_stands_in_a_withheld_row(world, event):
    rebuild_index()
    for address in FILTERS:
        found = {
            name: "Hội nghị" in world.client(name).get(address).content.decode() for name in ("partner_a", "partner_b")
        }
        assert found == {"partner_a": False, "partner_b": True}, address


def test_the_country_of_a_withheld_partner_finds_nothing(world):
    country = make_place("canary-land", kind="country", vi=CANARY)
    partner = make_partner("canary", place=make_place("canary-province", parent=country))
    event = make_event(
        unit=world.own, visibility="partners", rows={"partner_sides": [EventPartnerSide(partner=partner)]}
    )
    share(event, world.a, withheld=event.partner_sides.all())
    address = "/api/v1/events/?country=canary-land"
    assert world.client("partner_a").get(address).json()["items"] == []
    assert len(world.client("editor_own").get(address).json()["items"]) == 1


def test_the_page_of_a_withheld_partner_neither_shows_nor_counts_the_event(world, event):
    partner = make_partner("canary-partner")
    page = make_partner_page(partner, "Đối tác", unit=world.own)
    other = make_event("Sự kiện khác", unit=world.own, rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    a, b = (world.client(name).get(page.url).content.decode() for name in ("partner_a", "partner_b"))
    assert ("Hội nghị" in a, "Hội nghị" in b) == (False, True)
    assert ("4.711" in a, "4.711" in b) == (False, True)
    a, b = (
        world.client(name).get(page.get_parent().specific.url).content.decode() for name in ("partner_a", "partner_b")
    )
    assert ("1 sự kiện" in a, "2 sự kiện" in b) == (True, True)
    # Both have the withheld partner: to be named as related would tell it.
    assert "Hội nghị" not in world.client("partner_a").get(other.url).content.decode()
    assert "Hội nghị" in world.client("partner_b").get(other.url).content.decode()


def test_a_withheld_plan_item_does_not_link_plan_and_event(world):
    plan = make_page(
        PlanPage,
        "Kế hoạch",
        index_page(PlanIndexPage),
        unit=world.own,
        period_from="2019",
        visibility="partners",
        rows={"items": [PlanItem(content=CANARY), PlanItem(content="Mục ở lại")]},
    )
    first = plan.items.all()[0]
    claiming = make_event("Sự kiện theo kế hoạch", unit=world.own, plan_items=[first])
    share(plan, world.a, withheld=[first])
    text = world.client("partner_a").get(plan.url).content.decode()
    assert "Mục ở lại" in text
    assert CANARY not in text
    assert "Sự kiện theo kế hoạch" not in text
    assert plan.url not in world.client("partner_a").get(claiming.url).content.decode()
    assert plan.url in world.client("editor_own").get(claiming.url).content.decode()


def test_a_withheld_side_of_an_exchange_is_not_on_its_card(world):
    side = ExchangePartnerSide(partner=make_partner("canary", names={"vi": CANARY}))
    exchange = make_exchange("Giao lưu", unit=world.own, visibility="partners", rows={"partner_sides": [side]})
    share(exchange, world.a, withheld=exchange.partner_sides.all())
    rebuild_index()
    for address in (exchange.url, index_page(ExchangeIndexPage).url, "/vi/search/", "/api/v1/archive/"):
        text = world.client("partner_a").get(address).content.decode()
        assert "Giao lưu" in text, address
        assert CANARY not in text, address
    assert ExchangePage.objects.get(pk=exchange.pk).partner_sides.count() == 1


def with_picture(image, **fields):
    picture = {"image": image.pk, "caption": CANARY, "credit": ""}
    body = json.dumps(
        [
            {"type": "text", "value": "<p>Chữ ở lại</p>", "id": "1"},
            {"type": "picture", "value": picture, "id": "2"},
            {"type": "text", "value": "<p>Chữ sau</p>", "id": "3"},
        ]
    )
    return make_event(body=body, rows={"photos": [EventPhoto(image=image, caption=CANARY)]}, **fields)


def test_a_withheld_picture_is_neither_in_the_text_nor_among_the_photos(world):
    image = make_image()
    event = with_picture(image, unit=world.own, visibility="partners")
    share(event, world.a, images=[image])
    for address in (event.url, f"/api/v1/events/{event.translation_key}/"):
        text = world.client("partner_a").get(address).content.decode()
        assert "Chữ ở lại" in text
        assert "Chữ sau" in text
        assert CANARY not in text
        assert image.get_rendition("max-1200x1200").url.rpartition("/")[2].partition(".")[0] not in text
        assert world.client("editor_own").get(address).content.decode().count(CANARY) >= 2
    assert len(EventPage.objects.get(pk=event.pk).body) == 3


def test_what_one_share_withholds_another_does_not_give(world, event):
    share(event, world.a)
    assert CANARY not in world.client("partner_a").get(event.url).content.decode()


def test_revoking_the_share_that_withholds_leaves_what_the_other_gives(world, event):
    share(event, world.a)
    event_shares = world.a.shares.filter(withheld__isnull=False).distinct()
    for shared in event_shares:
        shared.revoke()
    assert CANARY in world.client("partner_a").get(event.url).content.decode()


def test_nothing_is_withheld_of_a_page_that_became_public(world, event):
    event.visibility = "public"
    event.save_revision().publish()
    assert CANARY in world.client("partner_a").get(event.url).content.decode()
    items = world.client("partner_a").get("/api/v1/events/?partner=canary-partner").json()["items"]
    assert [item["id"] for item in items] == [str(event.translation_key)]


def test_an_editor_of_the_unit_who_reads_for_the_partner_too_gets_all(world, event):
    both = make_user(groups=[world.a.readers, *world.users["editor_own"].groups.all()])
    page = EventPage.objects.get(pk=event.pk)
    present_whole(page, reader_for(both))
    assert page.agenda.count() == 2


def queries(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def test_withholding_costs_one_query_for_any_number_of_pages(world, event):
    copies = [make_event(unit=world.own, visibility="partners") for _ in range(3)]
    for copy in copies:
        share(copy, world.a)
    pages = list(EventPage.objects.filter(pk__in=[event.pk, *(copy.pk for copy in copies)]).prefetch_related("venues"))
    reader = world.reader("partner_a")
    assert queries(lambda: present(pages, reader)) == 1
    assert queries(lambda: present(pages, world.reader("editor_own")) or None) == 1  # the reader itself
    assert queries(lambda: present(pages, Reader())) == 0


def test_rows_that_were_not_read_are_left_out_of_lists(world, event):
    page = EventPage.objects.get(pk=event.pk)
    present([page], world.reader("partner_a"))
    assert [list(getattr(page, name).all()) for name in page.shared_rows] == [[]] * len(page.shared_rows)


def test_saving_a_page_by_mistake_after_withholding_deletes_nothing(world, event):
    page = EventPage.objects.get(pk=event.pk)
    present_whole(page, world.reader("partner_a"))
    assert page.agenda.count() == 1
    page.save()
    assert EventPage.objects.get(pk=event.pk).agenda.count() == 2


def test_a_partner_with_nothing_withheld_pays_no_query_for_it(world):
    make_event(unit=world.own)
    reader = world.reader("partner_a")
    assert queries(lambda: present(EventPage.objects.none(), reader)) == 0
    pages = list(EventPage.objects.all())
    assert queries(lambda: present(pages, reader)) == 0
