"""Pictures and documents of restricted pages: hidden by every address, whole or in part."""

import json
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    Edition,
    EventDocument,
    EventIndexPage,
    EventPage,
    EventPhoto,
    PlanIndexPage,
    PlanPage,
    Publication,
)
from huunghi.partners.models import Agreement, OfficialDocument, Partnership
from huunghi.partners.sharing.keys import new_key
from tests.factories import (
    index_page,
    make_event,
    make_image,
    make_page,
    make_partner,
    make_partner_page,
    publish,
    unique,
)

from .conftest import EVERYBODY, OURS, SIGNED_IN, lock, restrict, share
from .files import addresses_of, event_with, make_document, readers_of, using

ADMIN = {"HTTP_REFERER": "http://testserver/admin/pages/1/edit/"}


@pytest.fixture(autouse=True)
def no_renditions_of_other_tests():
    caches["default"].clear()


@pytest.fixture(params=["image", "document"])
def file(request, db):
    return make_image() if request.param == "image" else make_document()


# --- states of the page


def test_files_of_a_public_page_are_for_everybody_and_may_be_kept(world, file):
    event_with(world, **using(file))
    assert readers_of(world, file) == EVERYBODY
    for address in addresses_of(file):
        for reader in ("anonymous", "partner_a"):
            kept = world.client(reader).get(address)["Cache-Control"]
            assert kept.startswith("public, max-age=")
            assert "s-maxage=0" in kept


def test_files_of_a_page_for_partners_are_for_the_partner_and_the_editors_of_its_unit(world, file):
    event = event_with(world, visibility="partners", **using(file))
    assert readers_of(world, file) == OURS
    share(event, world.a)
    assert readers_of(world, file) == OURS | {"partner_a"}
    for address in addresses_of(file):
        answer = world.client("partner_a").get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert "Cookie" in answer["Vary"]


def test_files_of_a_page_below_a_shared_section_are_shared(world):
    file = make_image()
    section = make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own)
    event_with(world, parent=section, **using(file))
    lock(section, "partners")
    assert readers_of(world, file) == OURS
    share(section, world.a)
    assert readers_of(world, file) == OURS | {"partner_a"}


def test_files_of_a_page_for_the_signed_in_are_for_them(world):
    file = make_image()
    event_with(world, visibility="signed-in", **using(file))
    assert readers_of(world, file) == SIGNED_IN


def test_files_of_a_page_behind_a_login_or_a_group_are_for_those(world):
    file = make_image()
    event = event_with(world, **using(file))
    restriction = restrict(event, PageViewRestriction.LOGIN)
    assert readers_of(world, file) == SIGNED_IN
    restriction.delete()
    restrict(event, PageViewRestriction.GROUPS, world.b.readers)
    assert readers_of(world, file) == {"partner_b", "superuser"}


def test_files_behind_a_password_are_for_whoever_has_given_it(world, file, client):
    event = event_with(world, **using(file))
    restriction = restrict(event, PageViewRestriction.PASSWORD, password="hoa sen")
    assert readers_of(world, file) == set()
    session = client.session
    session[PageViewRestriction.passed_view_restrictions_session_key] = [restriction.pk]
    session.save()
    client.cookies["sessionid"] = session.session_key
    for address in addresses_of(file):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"


def test_a_page_that_goes_takes_its_files_along(world, file):
    event = event_with(world, **using(file))
    assert readers_of(world, file) == EVERYBODY
    EventPage.objects.filter(pk=event.pk).update(expire_at=timezone.now())
    assert readers_of(world, file) == set()
    EventPage.objects.filter(pk=event.pk).update(expire_at=None)
    assert readers_of(world, file) == EVERYBODY
    EventPage.objects.get(pk=event.pk).unpublish()
    assert readers_of(world, file) == set()
    publish(EventPage.objects.get(pk=event.pk))
    assert readers_of(world, file) == EVERYBODY
    EventPage.objects.get(pk=event.pk).delete()
    assert readers_of(world, file) == set()


def test_a_page_that_moves_below_a_locked_section_takes_its_files_along(world):
    file = make_image()
    event = event_with(world, **using(file))
    section = lock(make_page(EventIndexPage, "Mục", index_page(EventIndexPage), unit=world.own), "partners")
    event.move(section, pos="last-child")
    assert readers_of(world, file) == OURS


def test_files_of_drafts_are_at_no_address_for_anybody(world, file):
    event_with(world, live=False, **using(file))
    assert readers_of(world, file) == set()


def test_files_of_a_newer_draft_of_a_public_page_are_at_no_address(world, file):
    event = event_with(world)
    draft = EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()
    if "image" in using(file):
        draft.photos = [EventPhoto(image=file, caption="Ảnh", locale=event.locale)]
    else:
        draft.documents = [EventDocument(file=file, locale=event.locale)]
    draft.save_revision()
    assert readers_of(world, file) == set()
    draft.get_latest_revision().publish()
    assert readers_of(world, file) == EVERYBODY


def test_a_file_that_a_newer_draft_leaves_out_stays_public_until_it_is_published(world, file):
    event = event_with(world, **using(file))
    draft = EventPage.objects.get(pk=event.pk).get_latest_revision_as_object()
    draft.photos, draft.documents = [], []
    draft.save_revision()
    assert readers_of(world, file) == EVERYBODY
    draft.get_latest_revision().publish()
    assert readers_of(world, file) == set()


def test_one_public_page_is_enough(world):
    file = make_image()
    event_with(world, visibility="partners", **using(file))
    assert readers_of(world, file) == OURS
    event_with(world, **using(file))
    assert readers_of(world, file) == EVERYBODY


def test_a_file_of_a_translation_that_is_a_draft_is_hidden(world, file):
    event = make_event(unit=world.own)
    km = event.copy_for_translation(Locale.objects.get(language_code="km"), copy_parents=True)
    if "image" in using(file):
        km.photos = [EventPhoto(image=file, caption="រូប", locale=km.locale)]
    else:
        km.documents = [EventDocument(file=file, locale=km.locale)]
    km.save()
    assert readers_of(world, file) == set()


# --- who works with it in the admin


def test_in_the_admin_editors_see_the_files_that_they_may_use(world, file):
    event_with(world, live=False, **using(file))
    assert readers_of(world, file, **ADMIN) == {"superuser"}


def test_a_file_used_nowhere_is_for_the_admin_only(world, file):
    assert readers_of(world, file) == set()
    assert readers_of(world, file, **ADMIN) == {"superuser"}


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/admin/", "http://testserver/vi/", "http://testserver", "x"]
)
def test_only_the_admin_of_this_site_is_the_admin(world, referer):
    image = make_image()
    assert world.client("superuser").get(image.file.url, HTTP_REFERER=referer).status_code == 404


def test_a_program_with_the_key_of_a_partner_gets_what_is_shared(world, client, file):
    event = event_with(world, visibility="partners", **using(file))
    share(event, world.a)
    expires = timezone.now() + timedelta(days=1)
    tokens = {partner.code: new_key(partner, "Máy", expires)[1] for partner in (world.a, world.b)}
    for address in addresses_of(file):
        answer = client.get(address, HTTP_AUTHORIZATION=f"Bearer {tokens[world.a.code]}")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
        for token in (tokens[world.b.code], "hhk_nonsense", ""):
            assert client.get(address, HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 404


# --- what is withheld


def test_a_photo_that_an_editor_withholds_is_hidden(world):
    image = make_image()
    make_event(rows={"photos": [EventPhoto(image=image, caption="Ảnh", withheld=True)]}, unit=world.own)
    assert readers_of(world, image) == set()


def test_what_a_share_withholds_is_hidden_from_its_partner_alone(world, file):
    event = event_with(world, visibility="partners", **using(file))
    row = [*event.photos.all(), *event.documents.all()][0]
    share(event, world.a, withheld=[row])
    share(event, world.b)
    assert readers_of(world, file) == OURS | {"partner_b"}


def test_a_picture_withheld_from_a_text_is_hidden_from_its_partner(world):
    image = make_image()
    body = json.dumps([{"type": "picture", "value": {"image": image.pk, "caption": "Ảnh"}, "id": "1"}])
    event = make_event(unit=world.own, visibility="partners", body=body)
    share(event, world.a, images=[image])
    share(event, world.b)
    assert readers_of(world, image) == OURS | {"partner_b"}


def test_what_one_row_withholds_another_row_may_show(world):
    image = make_image()
    rows = [EventPhoto(image=image, caption="Một"), EventPhoto(image=image, caption="Hai")]
    event = make_event(rows={"photos": rows}, unit=world.own, visibility="partners")
    first, _second = event.photos.all()
    share(event, world.a, withheld=[first])
    assert readers_of(world, image) == OURS | {"partner_a"}


# --- ways in which a page shows a file


def test_pictures_documents_and_links_inside_of_a_text_count(world):
    image, document, linked = make_image(), make_document(), make_document()
    body = [
        {"type": "picture", "value": {"image": image.pk, "caption": "Ảnh"}, "id": "1"},
        {"type": "document", "value": document.pk, "id": "2"},
        {"type": "text", "value": f'<p><a linktype="document" id="{linked.pk}">tệp</a></p>', "id": "3"},
    ]
    make_page(
        ArticlePage, "Bài", index_page(ArticleIndexPage), unit=world.own, published_on="2019", body=json.dumps(body)
    )
    for file in (image, document, linked):
        assert readers_of(world, file) == EVERYBODY
    ArticlePage.objects.update(visibility="partners")
    for file in (image, document, linked):
        assert readers_of(world, file) == OURS


def official(document):
    return OfficialDocument.objects.create(key=unique("kh"), type="plan", file=document)


def test_the_file_of_an_official_document_is_for_the_readers_of_the_pages_that_name_it(world):
    document = make_document()
    record = official(document)
    assert readers_of(world, document) == set()
    plan = make_page(
        PlanPage, "Kế hoạch", index_page(PlanIndexPage), unit=world.own, period_from="2019", official_document=record
    )
    assert readers_of(world, document) == EVERYBODY
    PlanPage.objects.filter(pk=plan.pk).update(visibility="partners")
    assert readers_of(world, document) == OURS
    make_event(rows={"documents": [EventDocument(official_document=record)]}, unit=world.own)
    assert readers_of(world, document) == EVERYBODY


def test_a_row_with_a_file_of_its_own_does_not_open_that_of_the_record(world):
    of_record, own = make_document(), make_document()
    row = EventDocument(official_document=official(of_record), file=own)
    make_event(rows={"documents": [row]}, unit=world.own)
    assert readers_of(world, own) == EVERYBODY
    assert readers_of(world, of_record) == set()


def test_the_file_of_an_agreement_is_for_the_readers_of_the_partners_page(world):
    own, of_record = make_document(), make_document()
    partnership = Partnership(partner=world.a, organisation=world.own, level="province")
    partnership.agreements = [Agreement(file=own), Agreement(official_document=official(of_record))]
    partnership.save()
    assert readers_of(world, own) == set()
    page = make_partner_page(world.a, "Kandal", unit=world.own)
    assert readers_of(world, own) == readers_of(world, of_record) == EVERYBODY
    type(page).objects.filter(pk=page.pk).update(visibility="partners")
    assert readers_of(world, own) == readers_of(world, of_record) == OURS


def test_what_records_that_everybody_may_see_use_is_public(world):
    document, emblem = make_document(), make_image()
    publication = Publication(key=unique("ban-tin"))
    publication.editions = [Edition(language="vi", file=document)]
    publication.save()
    partner = make_partner("KH-3")
    partner.emblem = emblem
    partner.save()
    assert readers_of(world, document) == readers_of(world, emblem) == EVERYBODY
