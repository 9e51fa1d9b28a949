"""Editors share pages from Wagtail's admin: what they are offered, what it does, and who may not."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.menus.pages import get_page_header_buttons
from wagtail.models import Locale, PageLogEntry

from huunghi.events.models import AgendaItem, EventPage, EventPhoto, Venue
from huunghi.partners.access import readable
from huunghi.partners.models import Partner, Share
from huunghi.partners.sharing.changes import AlreadyRevoked, Terms, change_share, share_page
from huunghi.partners.sharing.withholdable import groups_of
from tests.access.conftest import make_user, share
from tests.factories import make_event, make_image

from .editors import allow, give_sections

TODAY = timezone.localdate


@pytest.fixture
def sections(world):
    return give_sections(world)


def event_of(world, sections, unit=None, **fields):
    unit = unit or world.own
    fields.setdefault("visibility", "partners")
    return make_event(unit=unit, parent=sections[unit.pk, "vi"], **fields)


@pytest.fixture
def event(world, sections):
    rows = {
        "venues": [Venue(name="Hội trường Kín"), Venue(name="Hội trường Mở")],
        "agenda": [AgendaItem(text="Khai mạc")],
        "photos": [EventPhoto(image=make_image("Ảnh kín"), caption="Ảnh kín")],
    }
    return event_of(world, sections, rows=rows, translations={"km": "សន្និសីទ"})


def page_address(page):
    return reverse("huunghi_shares:page", args=[page.pk])


def change_address(given):
    return reverse("huunghi_shares:change", args=[given.pk])


def revoke_address(given):
    return reverse("huunghi_shares:revoke", args=[given.pk])


def locales(*codes):
    return list(Locale.objects.filter(language_code__in=codes).values_list("pk", flat=True))


def filled_in(*partners, languages=("vi", "km"), **fields):
    sent = {"since": TODAY().isoformat(), "until": "", "note": "", "languages": locales(*languages), **fields}
    return {**sent, "partners": [partner.pk for partner in partners]} if partners else sent


def logged(page):
    return PageLogEntry.objects.filter(page=page.pk, action__startswith="huunghi.share").order_by("pk")


def test_an_editor_shares_with_two_partners_at_once(world, event):
    editor = world.client("editor_own")
    assert not readable(event, world.reader("partner_a"))
    answer = editor.post(page_address(event), filled_in(world.a, world.b, note="Sau cuộc họp"))
    assert answer.status_code == 302
    made = {given.partner: given for given in Share.objects.all()}
    assert set(made) == {world.a, world.b}
    assert {(given.note, given.created_by, given.page_title) for given in made.values()} == {
        ("Sau cuộc họp", world.users["editor_own"], event.title)
    }
    assert readable(event, world.reader("partner_a"))
    assert readable(event, world.reader("partner_b"))


def test_what_is_ticked_is_nowhere_in_what_the_partner_reads(world, event):
    venue, photo = event.venues.all()[0], event.photos.all()[0]
    ticked = [f"row:{venue.translation_key}", f"image:{photo.image_id}"]
    world.client("editor_own").post(page_address(event), filled_in(world.a, withheld=ticked))
    for page in (event, event.get_translations().get()):
        text = world.client("partner_a").get(page.url).content.decode()
        assert "Hội trường Mở" in text
        assert "Hội trường Kín" not in text
        assert "Ảnh kín" not in text
    labels = [str(row) for row in Share.objects.get().withheld.all()]
    assert {label.partition(": ")[2] for label in labels} == {"Hội trường Kín", "Ảnh kín"}


def test_the_form_shows_rows_by_kind_and_photos_with_a_thumbnail(world, event):
    text = world.client("editor_own").get(page_address(event)).content.decode()
    for shown in ("Hội trường Kín", "Khai mạc", "Ảnh kín", "fill-120x90"):
        assert shown in text


def test_pictures_of_the_text_are_offered_once_even_when_they_are_photos_too(world, sections):
    image = make_image()
    body = json.dumps([{"type": "picture", "value": {"image": image.pk, "caption": "Trong bài"}, "id": "1"}])
    page = event_of(world, sections, body=body, rows={"photos": [EventPhoto(image=image, caption="Ảnh")]})
    (group,) = groups_of(page)
    (item,) = group.items
    assert item.names == [(page.photos.all()[0].translation_key, None), (None, image.pk)]


def test_a_picture_that_stands_only_in_the_draft_can_be_withheld_and_a_new_row_is_announced(world, sections):
    page = event_of(world, sections)
    page.photos.add(EventPhoto(image=make_image(), caption="Ảnh mới", locale=page.locale))
    page.venues.add(Venue(name="Mới", locale=page.locale))
    page.save_revision()
    page = EventPage.objects.get(pk=page.pk)
    assert [item.text for group in groups_of(page) for item in group.items] == ["Ảnh mới"]
    form = world.client("editor_own").get(page_address(page)).context["form"]
    assert form.unnamed_rows == 1


@pytest.mark.parametrize("visibility", ["public", "signed-in"])
def test_of_an_open_page_nothing_is_withheld_and_the_editor_is_told_that_the_share_waits(world, sections, visibility):
    page = event_of(world, sections, visibility=visibility, rows={"venues": [Venue(name="Hội trường")]})
    answer = world.client("editor_own").get(page_address(page))
    assert answer.context["changes_nothing_now"]
    assert "withheld" not in answer.context["form"].fields
    sent = filled_in(world.a, languages=["vi"], withheld=[f"row:{page.venues.all()[0].translation_key}"])
    world.client("editor_own").post(page_address(page), sent)
    assert Share.objects.get().withheld.count() == 0


def test_a_draft_is_shared_beforehand_and_read_from_its_publication_on(world, sections):
    page = event_of(world, sections, live=False)
    answer = world.client("editor_own").get(page_address(page))
    assert answer.context["is_draft"]
    assert set(answer.context["form"]["languages"].value()) == set(locales("vi"))
    world.client("editor_own").post(page_address(page), filled_in(world.a, languages=["vi"]))
    assert not readable(page, world.reader("partner_a"))
    page.save_revision().publish()
    assert readable(page, world.reader("partner_a"))


def test_languages_that_are_published_are_chosen_and_those_that_are_not_there_are_explained(world, event):
    event.get_translations().get().unpublish()
    form = world.client("editor_own").get(page_address(event)).context["form"]
    assert set(form["languages"].value()) == set(locales("vi"))
    assert set(form.fields["languages"].queryset.values_list("pk", flat=True)) == set(locales("vi", "km"))
    assert len(form.missing_languages) == Locale.objects.count() - 2
    text = world.client("editor_own").get(page_address(event)).content.decode()
    assert form.missing_languages[0] in text
    answer = world.client("editor_own").post(page_address(event), filled_in(world.a, languages=["en"]))
    assert answer.status_code == 200
    assert not Share.objects.exists()


def test_a_share_of_a_section_covers_what_stands_below_and_withholds_nothing(world, sections, event):
    section = sections[world.own.pk, "vi"]
    answer = world.client("editor_own").get(page_address(section))
    assert answer.context["section"]
    assert "withheld" not in answer.context["form"].fields
    world.client("editor_own").post(page_address(section), filled_in(world.a))
    assert readable(event, world.reader("partner_a"))
    above = world.client("editor_own").get(page_address(event)).context["shares_above"]
    assert [given.page_key for given in above] == [section.translation_key]


def test_a_second_share_with_the_same_partner_is_refused(world, event):
    share(event, world.a)
    answer = world.client("editor_own").post(page_address(event), filled_in(world.a, world.b))
    assert "partners" in answer.context["form"].errors
    assert Share.objects.count() == 1


def test_it_ends_no_earlier_than_it_begins(world, event):
    yesterday = (TODAY() - timedelta(days=1)).isoformat()
    answer = world.client("editor_own").post(page_address(event), filled_in(world.a, until=yesterday))
    assert "until" in answer.context["form"].errors
    assert not Share.objects.exists()


def test_partners_that_are_not_active_are_not_offered(world, event):
    Partner.objects.filter(pk=world.b.pk).update(active=False)
    answer = world.client("editor_own").post(page_address(event), filled_in(world.b))
    assert "partners" in answer.context["form"].errors
    assert not Share.objects.exists()


def test_all_shares_of_a_form_are_made_or_none(world, event):
    terms = Terms(TODAY(), None, Locale.objects.all())
    with pytest.raises((IntegrityError, ValueError)):
        share_page(event, [world.a, Partner(code="unsaved")], terms, world.users["editor_own"])
    assert not Share.objects.exists()
    assert not logged(event).exists()


def test_a_change_holds_at_once_and_closes_what_an_index_held(world, event):
    given = share(event, world.a)
    before = given.token
    venue = event.venues.all()[0]
    until = TODAY() + timedelta(days=7)
    sent = filled_in(languages=["vi"], until=until.isoformat(), withheld=[f"row:{venue.translation_key}"], note="Mới")
    answer = world.client("editor_own").post(change_address(given), sent)
    assert answer.status_code == 302
    given = Share.objects.get(pk=given.pk)
    assert (given.until, given.note, given.token != before) == (until, "Mới", True)
    assert "Hội trường Kín" not in world.client("partner_a").get(event.url).content.decode()
    assert not readable(event.get_translations().get(), world.reader("partner_a"))
    entry = logged(event).get()
    codes = sorted(Locale.objects.values_list("language_code", flat=True))
    assert entry.data["before"] == {"until": "", "languages": codes, "withheld": []}
    form = world.client("editor_own").get(change_address(given)).context["form"]
    assert form.withheld_checked == [f"row:{venue.translation_key}"]


def test_a_row_that_was_taken_off_the_page_stays_withheld_until_it_is_unticked(world, event):
    given = share(event, world.a, withheld=[event.venues.all()[0]])
    row = given.withheld.get()
    event.venues.all()[0].delete()
    form = world.client("editor_own").get(change_address(given)).context["form"]
    assert form.withheld_checked == [f"kept:{row.pk}"]
    world.client("editor_own").post(change_address(given), filled_in(withheld=[f"kept:{row.pk}"]))
    assert given.withheld.count() == 1
    world.client("editor_own").post(change_address(given), filled_in())
    assert given.withheld.count() == 0


def test_saving_a_share_as_it_is_writes_nothing_into_the_history(world, event):
    given = share(event, world.a, languages=["vi", "km"], withheld=[event.venues.all()[0]])
    ticked = [f"row:{event.venues.all()[0].translation_key}"]
    assert world.client("editor_own").post(change_address(given), filled_in(withheld=ticked)).status_code == 302
    assert not logged(event).exists()


def test_what_is_withheld_of_a_page_that_became_public_is_kept(world, event):
    given = share(event, world.a, withheld=[event.venues.all()[0]])
    event.visibility = "public"
    event.save_revision().publish()
    world.client("editor_own").post(change_address(given), filled_in(note="Mới"))
    assert given.withheld.count() == 1


def test_revoking_asks_first_and_then_closes(world, event):
    given = share(event, world.a)
    editor = world.client("editor_own")
    assert editor.get(revoke_address(given)).status_code == 200
    assert readable(event, world.reader("partner_a"))
    editor.post(revoke_address(given))
    assert not readable(event, world.reader("partner_a"))
    given.refresh_from_db()
    assert given.revoked_by == world.users["editor_own"]
    moment = given.revoked_at
    editor.post(revoke_address(given))
    given.refresh_from_db()
    assert given.revoked_at == moment
    assert [entry.action for entry in logged(event)] == ["huunghi.share.revoke"]


def test_nothing_is_shared_or_revoked_without_the_token_of_the_form(world, event):
    given = share(event, world.a)
    careless = Client(enforce_csrf_checks=True)
    careless.force_login(world.users["editor_own"])
    assert careless.post(revoke_address(given)).status_code == 403
    assert careless.post(page_address(event), filled_in(world.b)).status_code == 403
    assert readable(event, world.reader("partner_a"))
    assert Share.objects.count() == 1


def test_a_form_that_was_open_for_long_takes_no_revocation_back(world, event):
    given = share(event, world.a)
    stale = Share.objects.get(pk=given.pk)
    given.revoke()
    with pytest.raises(AlreadyRevoked):
        change_share(stale, Terms(TODAY(), None, Locale.objects.all()), world.users["editor_own"])
    world.client("editor_own").post(change_address(given), filled_in())
    assert not readable(event, world.reader("partner_a"))


def test_after_a_revocation_the_page_is_shared_anew(world, event):
    share(event, world.a).revoke()
    world.client("editor_own").post(page_address(event), filled_in(world.a))
    assert readable(event, world.reader("partner_a"))


@pytest.mark.parametrize("name", ["anonymous", "partner_a", "editor_other"])
def test_others_neither_see_nor_share_nor_change_nor_revoke(world, event, name):
    given = share(event, world.b)
    client = world.client(name)
    for address in (page_address(event), change_address(given), revoke_address(given)):
        for answer in (client.get(address), client.post(address, filled_in(world.a, note="X"))):
            assert answer.status_code == 302, address
            assert event.title not in answer.content.decode()
    given.refresh_from_db()
    assert (Share.objects.count(), given.note, given.revoked_at) == (1, "", None)


def test_who_may_edit_but_not_publish_may_not_share(world, sections, event):
    writer = make_user()
    group = writer.groups.create(name="writers")
    allow(group, sections[world.own.pk, "vi"], actions=["change"])
    client = Client()
    client.force_login(writer)
    assert client.post(page_address(event), filled_in(world.a)).status_code == 302
    assert not Share.objects.exists()
    assert get_page_header_buttons_of(event, writer) == []


def test_a_translator_shares_the_language_that_the_translator_publishes_and_keeps_the_others(world, sections, event):
    translator = make_user()
    allow(translator.groups.create(name="translators"), sections[world.own.pk, "km"])
    client = Client()
    client.force_login(translator)
    assert client.get(page_address(event)).status_code == 302
    km = event.get_translations().get()
    assert client.post(page_address(km), filled_in(world.a, languages=["vi", "km"])).status_code == 200
    client.post(page_address(km), filled_in(world.a, languages=["km"]))
    assert readable(km, world.reader("partner_a"))
    assert not readable(event, world.reader("partner_a"))


def get_page_header_buttons_of(page, user):
    buttons = get_page_header_buttons(page, user, None, "edit")
    return [button for button in buttons if button.url and "huunghi/shares" in button.url]


def test_the_button_is_on_records_and_sections_and_not_on_aliases_or_the_front_page(world, sections, event):
    editor = world.users["superuser"]
    alias = event.create_alias(update_slug="bi-danh")
    for page, expected in ((event, 1), (sections[world.own.pk, "vi"], 1), (alias, 0), (event.get_site().root_page, 0)):
        assert len(get_page_header_buttons_of(page.specific, editor)) == expected, page
    assert world.client("superuser").get(page_address(alias), follow=True).status_code == 404


def test_the_list_of_pages_leads_to_sharing_for_those_who_may(world, sections, event):
    for name, expected in (("editor_own", True), ("superuser", True)):
        address = reverse("wagtailadmin_explore", args=[sections[world.own.pk, "vi"].pk])
        text = world.client(name).get(address).content.decode()
        assert (page_address(event) in text) == expected


def test_the_history_of_the_page_tells_who_got_what(world, event):
    venue = event.venues.all()[0]
    sent = filled_in(world.a, world.b, withheld=[f"row:{venue.translation_key}"])
    world.client("editor_own").post(page_address(event), sent)
    for entry in logged(event):
        assert entry.user == world.users["editor_own"]
        assert entry.data["languages"] == ["km", "vi"]
    text = world.client("editor_own").get(reverse("wagtailadmin_pages:history", args=[event.pk])).content.decode()
    assert str(world.a) in text
    assert str(world.b) in text
    assert "Hội trường Kín" in text


def bulk_address(*pages):
    ids = "&".join(f"id={getattr(page, 'pk', page)}" for page in pages)
    action = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "huunghi_share"])
    return f"{action}?{ids}&next=/admin/"


def test_many_pages_are_shared_at_once_each_in_the_languages_it_has(world, sections, event):
    other = event_of(world, sections, title="Sự kiện khác")
    km = event.get_translations().get()
    editor = world.client("editor_own")
    assert editor.get(bulk_address(event, other)).status_code == 200
    editor.post(bulk_address(event, km, other), filled_in(world.a, world.b, languages=["vi", "km", "en"]))
    made = {
        (given.page_key, given.partner_id): sorted(given.languages.values_list("language_code", flat=True))
        for given in Share.objects.all()
    }
    assert made == {
        (event.translation_key, world.a.pk): ["km", "vi"],
        (event.translation_key, world.b.pk): ["km", "vi"],
        (other.translation_key, world.a.pk): ["vi"],
        (other.translation_key, world.b.pk): ["vi"],
    }
    editor.post(bulk_address(event), filled_in(world.a))
    assert Share.objects.count() == 4


def test_in_bulk_pages_of_others_are_left_out_and_not_named(world, sections, event):
    foreign = event_of(world, sections, unit=world.other, title="Chuyện của tỉnh khác")
    editor = world.client("editor_own")
    assert "Chuyện của tỉnh khác" not in editor.get(bulk_address(event, foreign)).content.decode()
    editor.post(bulk_address(event, foreign), filled_in(world.a))
    assert [given.page_key for given in Share.objects.all()] == [event.translation_key]


def test_all_pages_of_a_list_without_a_section_are_not_shared_by_mistake(world, event):
    superuser = world.client("superuser")
    assert superuser.get(bulk_address("all")).status_code == 200
    superuser.post(bulk_address("all"), filled_in(world.a))
    assert not Share.objects.exists()
    section = event.get_parent()
    superuser.post(f"{bulk_address('all')}&childOf={section.pk}", filled_in(world.a))
    assert [given.page_key for given in Share.objects.all()] == [event.translation_key]


def test_the_lists_of_pages_and_of_events_offer_to_share_in_bulk(world, event):
    offered = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "huunghi_share"])
    explorer = reverse("wagtailadmin_explore", args=[event.get_parent().pk])
    for address in (explorer, reverse("huunghi_events:index")):
        assert offered in world.client("editor_own").get(address).content.decode(), address
