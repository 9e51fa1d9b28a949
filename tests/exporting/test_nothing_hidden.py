"""Each hidden thing carries a word of its own; the word is in no file of a dump."""

import pytest

from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    EventAppearance,
    EventPage,
    EventPartnerSide,
    EventPhoto,
    ExchangeIndexPage,
    PlanIndexPage,
    PlanPage,
    Venue,
)
from huunghi.partners.models import OfficialDocument, Organisation, Partner, PlaceName
from tests.access.conftest import lock, restrict, share, world  # noqa: F401  a fixture
from tests.access.matrix.content import Maker
from tests.access.matrix.table import cells_of
from tests.factories import (
    add_translation,
    index_page,
    make_event,
    make_exchange,
    make_image,
    make_organisation,
    make_page,
    make_partner,
    make_partner_page,
    make_person,
    make_place,
)

pytestmark = pytest.mark.django_db
OPEN = {"visible", "listed", "allowed"}


def test_every_state_of_a_page_is_as_the_table_says_for_everybody(dump):
    content = Maker(all_public=False).bring_about()
    text = "\n".join(dump().values())
    table = {cell.state: cell for cell in cells_of("export_csv") if cell.audience == "anonymous"}
    opened = {state for state, canary in content.canaries.items() if canary.live in text}
    assert opened == {state for state, cell in table.items() if cell.expect in OPEN} != set()
    for state, canary in content.canaries.items():
        assert canary.draft not in text, state
        if state not in opened:
            assert not [trace for trace in canary.traces if trace in text], state
            assert f'"{canary.partner}"' not in text, state


def test_records_that_only_hidden_pages_name_are_in_no_file(dump, world):  # noqa: F811
    words = {name: f"zq{name}zq" for name in ("person", "place", "organisation", "partner", "document", "exchange")}
    exchange = make_exchange(words["exchange"], visibility="signed-in")
    host = make_organisation("kin", vi=words["organisation"])
    hidden = {
        "appearances": [EventAppearance(person=make_person(words["person"]))],
        "venues": [Venue(place=make_place("kin", vi=words["place"]), host=host)],
        "partner_sides": [EventPartnerSide(partner=make_partner("kin-2", names={"vi": words["partner"]}))],
    }
    make_event("Kín", visibility="partners", rows=hidden)
    OfficialDocument.objects.create(key="kin", names={"vi": words["document"]})
    make_event("Mở", exchange=exchange)
    text = "\n".join(dump().values())
    assert "Mở" in text and not [word for word in words.values() if word in text]
    assert str(exchange.translation_key) not in text


def test_what_is_for_editors_alone_is_in_no_file(dump):
    organisation = make_organisation("to-chuc", vi="Tổ chức")
    Organisation.objects.filter(pk=organisation.pk).update(note="zqnotezq")
    place = make_place("noi", vi="Nơi")
    type(place).objects.filter(pk=place.pk).update(note="zqplacezq")
    PlaceName.objects.filter(owner=place).update(note="zqnamezq")
    partner = make_partner("doi-tac", names={"vi": "Đối tác"})
    Partner.objects.filter(pk=partner.pk).update(contact="zqcontactzq")
    make_partner_page(partner, "Đối tác")
    parent = make_organisation("cha", vi="zqparentzq")
    Organisation.objects.filter(pk=organisation.pk).update(parent=parent)
    make_event(
        "Họp",
        rows={
            "venues": [Venue(place=place, host=organisation, online_address="zqonlinezq")],
            "partner_sides": [EventPartnerSide(partner=partner)],
            "photos": [EventPhoto(image=make_image(), consent_note="zqconsentzq", caption="Ảnh")],
        },
    )
    text = "\n".join(dump().values())
    assert "Tổ chức" in text and "Nơi" in text and "Ảnh" in text and "zq" not in text


def test_a_public_page_does_not_name_the_hidden_ones_that_it_links_to(dump):
    hidden = make_event("zqtitlezq", visibility="signed-in")
    plan = make_page(PlanPage, "zqplanzq", index_page(PlanIndexPage), unit=hidden.unit, visibility="partners")
    body = [("text", f'<p><a linktype="page" id="{hidden.pk}">trang</a></p>')]
    fields = {"unit": hidden.unit, "published_on": "2019", "events": [hidden], "body": body}
    make_page(ArticlePage, "Bài", index_page(ArticleIndexPage), **fields)
    make_page(PlanPage, "Kế hoạch", index_page(PlanIndexPage), unit=hidden.unit, parent_plan=plan)
    text = "\n".join(dump().values())
    assert "Bài" in text and "trang" in text
    for page in (hidden, plan):
        assert not [trace for trace in (page.title, page.slug, str(page.translation_key)) if trace in text]


def test_sections_passwords_and_shares_hide_what_stands_in_them(dump, world):  # noqa: F811
    password = make_event("zqpasswordzq")
    restrict(password, "password", password="x")
    shared = make_event("zqsharedzq", visibility="partners")
    share(shared, world.a)
    translated = make_event("Nguồn", translations={"km": "ក"})
    draft = add_translation(translated, "en", "zqenglishzq", live=False)
    make_exchange("zqsectionzq")
    lock(index_page(ExchangeIndexPage), "signed-in")
    text = "\n".join(dump().values())
    assert "Nguồn" in text and "ក" in text and "zq" not in text and draft.pk and EventPage.objects.count() == 5
