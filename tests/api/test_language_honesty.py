"""What an object says of its language: which one, who translated, whether it is stale, and why it is another one."""

import pytest

from huunghi.events.models import EventPage, EventPhoto, ExchangePage, Publication, Venue
from huunghi.partners.models import PartnerPage
from huunghi.partners.translations import texts_of
from huunghi.search.feeding import feed_pending
from tests.factories import (
    add_translation,
    make_event,
    make_exchange,
    make_image,
    make_partner,
    make_partner_page,
    publish,
)

pytestmark = pytest.mark.django_db

SAID = ("lang", "requested_lang", "original", "translation", "stale", "fallback")


def said(answer):
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    shown = shown["items"][0] if "items" in shown else shown
    return tuple(shown[name] for name in SAID)


def in_khmer(page):
    return type(page).objects.get(translation_key=page.translation_key, locale__language_code="km")


def change(page, **texts):
    page = type(page).objects.get(pk=page.pk)
    for name, text in texts.items():
        setattr(page, name, text)
    publish(page)


def paths(page):
    if isinstance(page, PartnerPage):
        return "/partners/", f"/partners/{page.partner.code}/"
    kind = "events" if isinstance(page, EventPage) else "exchanges"
    return f"/{kind}/", f"/{kind}/{page.translation_key}/"


PAGES = {
    "event": make_event,
    "exchange": make_exchange,
    "partner": lambda title, **fields: make_partner_page(make_partner("KH-8"), title, **fields),
}
MAKERS = pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)


@MAKERS
def test_original_translation_and_fallback_are_told_apart(api, make):
    page = make("Bản gốc", translations={"km": "ខ្មែរ"})
    for path in paths(page):
        assert said(api(path)) == ("vi", "vi", True, None, False, None)
        assert said(api(path, lang="km")) == ("km", "km", False, "human", False, None)
        assert said(api(path, lang="en")) == ("vi", "en", True, None, False, "not-translated")


def test_a_record_without_an_original_that_may_be_read_says_so(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"})
    page.delete()
    for path in paths(page):
        assert said(api(path, lang="en")) == ("km", "en", False, "human", False, "no-original")


@MAKERS
def test_a_machine_translation_is_called_one_until_somebody_has_read_it(api, make):
    page = make("Bản gốc", translations={"km": {"title": "ខ្មែរ", "machine_translated": True}})
    for path in paths(page):
        assert said(api(path, lang="km"))[2:4] == (False, "machine")
    change(in_khmer(page), machine_translated=False)
    for path in paths(page):
        assert said(api(path, lang="km"))[2:4] == (False, "human")


@MAKERS
def test_a_translation_is_stale_from_a_change_of_the_original_until_it_is_published_again(api, make):
    page = make("Bản gốc", translations={"km": "ខ្មែរ"})
    change(page, summary="Nói khác đi")
    for path in paths(page):
        assert said(api(path, lang="km"))[4]
        assert not said(api(path))[4]
    change(in_khmer(page), summary="ថ្មី")
    for path in paths(page):
        assert not said(api(path, lang="km"))[4]


def test_a_change_of_facts_or_none_makes_no_translation_stale(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"}, body=[("text", "<p>Một</p>")])
    change(page)
    change(page, status="cancelled", stated_venues=53)
    assert not said(api("/events/", lang="km"))[4]
    change(page, body=[("text", "<p>Hai</p>")])
    assert said(api("/events/", lang="km"))[4]


def test_a_draft_of_the_original_makes_no_translation_stale(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"})
    page.title = "Bản nháp"
    page.save_revision()
    assert not said(api("/events/", lang="km"))[4]


def test_a_new_text_in_a_row_makes_the_translation_stale(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"}, rows={"photos": [EventPhoto(image=make_image())]})
    photo = page.photos.get()
    photo.caption = "Toàn cảnh"
    page.photos = [photo]
    publish(page)
    assert said(api("/events/", lang="km"))[4]


@pytest.mark.parametrize("reader", ["anybody", "somebody"])
def test_texts_that_nobody_has_translated_yet_are_named(api, admin_client, reader):
    photos = [EventPhoto(image=make_image(), withheld=True), EventPhoto(image=make_image(), caption="Toàn cảnh")]
    venues = [Venue(name="Hội trường", chair="Ông A"), Venue(name="Nhà thi đấu")]
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"}, rows={"photos": photos, "venues": venues})
    path = f"/events/{page.translation_key}/"
    feed_pending()

    def untranslated(lang):
        answer = api(path, lang=lang) if reader == "anybody" else admin_client.get(f"/api/v1{path}", {"lang": lang})
        return answer.json()["untranslated"]

    theirs = ["venues.0.name", "venues.0.chair", "venues.1.name", "photos.0.caption", "photos.0.alt"]
    assert untranslated("vi") == []
    assert untranslated("km") == theirs
    translation = in_khmer(page)
    rows = list(translation.venues.all())
    rows[0].name = "សាល"
    translation.venues = rows
    publish(translation)
    feed_pending()
    assert untranslated("km") == theirs[1:]


def test_a_translation_that_is_published_after_the_change_was_never_stale(api):
    page = make_event("Bản gốc")
    change(page, title="Nói khác đi")
    add_translation(EventPage.objects.get(pk=page.pk), "km", "ខ្មែរ")
    assert not said(api("/events/", lang="km"))[4]


def test_putting_an_old_version_of_the_original_back_makes_the_translation_stale_again(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"})
    first = EventPage.objects.get(pk=page.pk).latest_revision
    change(page, title="Nói khác đi")
    change(in_khmer(page), title="ថ្មី")
    first.publish()
    assert said(api("/events/", lang="km"))[4]


def test_a_stale_translation_stays_stale_when_only_facts_reach_it_later(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"})
    change(page, title="Nói khác đi")
    change(page, status="cancelled")
    assert said(api("/events/", lang="km"))[4]


def test_what_is_a_text_is_known_for_every_type():
    assert texts_of(make_event("Bản gốc")).keys() >= {"title", "summary", "body", "status_reason", "venues", "photos"}
    assert texts_of(make_exchange("Giải")).keys() == {"title", "summary", "body", "organisers", "photos"}
    assert "machine_translated" not in texts_of(ExchangePage.objects.get())


def test_a_hit_of_the_archive_says_the_same(api, feeding):
    with feeding():
        page = make_event("Bản gốc", translations={"km": {"title": "ខ្មែរ", "machine_translated": True}})
    with feeding():
        change(page, title="Nói khác đi")
    assert said(api("/archive/", lang="km")) == ("km", "km", False, "machine", True, None)
    assert said(api("/archive/", lang="en"))[5] == "not-translated"


def test_the_name_of_a_publication_says_its_language(api, feeding):
    with feeding():
        Publication.objects.create(key="sach", names={"km": "សៀវភៅ"})
    assert said(api("/archive/", lang="km")) == ("km", "km", False, "human", False, None)
    assert said(api("/archive/", lang="en")) == ("km", "en", False, "human", False, "no-original")


def test_only_these_fields_of_a_card_depend_on_the_asked_language(api):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"}, rows={"photos": [EventPhoto(image=make_image())]})
    for path in ("/events/", f"/events/{page.translation_key}/"):
        vi, en = (api(path, lang=lang).json() for lang in ("vi", "en"))
        vi, en = (answer["items"][0] if "next" in answer and "items" in answer else answer for answer in (vi, en))
        assert {name for name in vi if vi[name] != en[name]} == {"requested_lang", "fallback"}


def test_the_form_of_a_translation_asks_who_translated_and_that_of_the_original_does_not(admin_client):
    page = make_event("Bản gốc", translations={"km": "ខ្មែរ"})
    forms = [admin_client.get(f"/admin/pages/{each.pk}/edit/").content.decode() for each in (page, in_khmer(page))]
    assert ['name="machine_translated"' in form for form in forms] == [False, True]


def test_the_page_tells_its_readers_too(client):
    page = make_event("Bản gốc", translations={"km": {"title": "ខ្មែរ", "machine_translated": True}})
    addresses = page.url, in_khmer(page).url

    def noticed():
        return ['class="notice"' in client.get(address).content.decode() for address in addresses]

    assert noticed() == [False, True]
    change(in_khmer(page), machine_translated=False)
    assert noticed() == [False, False]
    change(page, title="Nói khác đi")
    assert noticed() == [False, True]
