"""Holes that Wagtail 8.0 leaves, closed for the page types of the archive."""

import json

import pytest
from django.urls import reverse
from wagtail.actions.copy_page import CopyPageAction
from wagtail.models import Locale, Page, PageViewRestriction

from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    EventIndexPage,
    EventPage,
    HomePage,
    PlanIndexPage,
    PlanItem,
    PlanPage,
)
from huunghi.partners.access import ANONYMOUS, readable
from huunghi.partners.audiences import audiences_by_page
from huunghi.partners.models import LockedSection, PartnerPage
from tests.factories import (
    index_page,
    make_event,
    make_exchange,
    make_page,
    make_partner,
    make_partner_page,
    publish,
)

from .conftest import OURS, lock, restrict, share

SECRET = "Kinh hoàng bí mật"


@pytest.fixture
def section(world):
    return make_page(EventIndexPage, "Mục kín", index_page(EventIndexPage), unit=world.own)


@pytest.fixture
def hidden(world, section):
    """An event that is public itself and stands in a section for partners."""
    event = make_event(SECRET, parent=section, unit=world.own)
    lock(section, "partners")
    return EventPage.objects.get(pk=event.pk)


def elsewhere():
    return Page.objects.get(pk=index_page(EventIndexPage).pk)


def copied_by_model(page, world, client):
    return page.copy(to=elsewhere(), update_attrs={"slug": "copy"}, keep_live=True)


def copied_by_action(page, world, client):
    action = CopyPageAction(page, to=elsewhere(), keep_live=True, update_attrs={"slug": "copy"})
    return action.execute(skip_permission_checks=True)


def copied_in_the_admin(page, world, client):
    client.force_login(world.users["superuser"])
    answer = client.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {
            "new_title": page.title,
            "new_slug": "copy",
            "new_parent_page": elsewhere().pk,
            "publish_copies": "on",
            "copy_subpages": "on",
            "alias": "",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return EventPage.objects.get(slug="copy")


WAYS = [copied_by_model, copied_by_action, copied_in_the_admin]


@pytest.mark.parametrize("copied", WAYS)
def test_a_copy_of_a_page_in_a_locked_section_is_not_wider_than_the_page(world, hidden, client, copied):
    copy = copied(hidden, world, client)
    assert copy.live and copy.pk != hidden.pk
    assert EventPage.objects.get(pk=copy.pk).visibility == "partners"
    assert world.who(lambda reader: readable(copy, reader)) == OURS


@pytest.mark.parametrize("copied", WAYS)
@pytest.mark.parametrize(
    ("kind", "visibility"),
    [
        (PageViewRestriction.LOGIN, "signed-in"),
        (PageViewRestriction.GROUPS, "partners"),
        (PageViewRestriction.PASSWORD, "partners"),
    ],
)
def test_a_copy_of_a_page_in_a_restricted_section_is_not_wider(world, section, client, copied, kind, visibility):
    event = make_event(parent=section, unit=world.own)
    restrict(section, kind, world.a.readers, password="word")
    copy = EventPage.objects.get(pk=copied(EventPage.objects.get(pk=event.pk), world, client).pk)
    assert copy.visibility == visibility
    assert not readable(copy, ANONYMOUS)


def test_publishing_an_old_revision_of_the_copy_does_not_open_it(world, hidden):
    publish(hidden)
    copy = copied_by_model(hidden, world, None)
    for revision in EventPage.objects.get(pk=copy.pk).revisions.all():
        revision.publish()
        assert EventPage.objects.get(pk=copy.pk).visibility == "partners"


def test_a_copy_of_a_page_whose_draft_is_narrower_is_as_narrow_as_the_draft(world):
    event = make_event(unit=world.own)
    event.visibility = "partners"
    event.save_revision()
    copy = EventPage.objects.get(pk=event.pk).copy(to=elsewhere(), update_attrs={"slug": "copy"}, keep_live=True)
    assert EventPage.objects.get(pk=copy.pk).visibility == "partners"


def test_a_copied_section_keeps_everything_below_it_closed(world, section, hidden):
    section = EventIndexPage.objects.get(pk=section.pk)
    copy = section.copy(recursive=True, to=elsewhere(), update_attrs={"slug": "copy"}, keep_live=True)
    assert LockedSection.objects.filter(page=copy.pk, visibility="partners").exists()
    (event,) = EventPage.objects.child_of(copy)
    assert world.who(lambda reader: readable(event, reader)) == OURS


def test_a_copy_of_a_public_page_stays_public(world):
    copy = copied_by_model(make_event(unit=world.own), world, None)
    assert readable(copy, ANONYMOUS)


def test_a_translation_of_a_hidden_page_is_hidden(world, hidden):
    translation = hidden.copy_for_translation(Locale.objects.get(language_code="km"), copy_parents=True)
    translation.save_revision().publish()
    assert not readable(EventPage.objects.get(pk=translation.pk), ANONYMOUS)


def test_the_alias_of_a_hidden_page_is_hidden_and_never_named(world, hidden, client):
    alias = hidden.create_alias(parent=elsewhere(), update_slug="alias")
    publish(hidden)  # brings the alias up to the page again
    alias = EventPage.objects.get(pk=alias.pk)
    assert alias.title == SECRET
    assert world.who(lambda reader: readable(alias, reader)) == OURS
    share(hidden, world.a)
    assert world.who(lambda reader: readable(alias, reader)) == OURS
    assert world.who(lambda reader: readable(hidden, reader)) == OURS | {"partner_a"}
    for address in (alias.url, f"/id/{alias.translation_key}/", f"/api/v1/events/{alias.translation_key}/"):
        assert client.get(address).status_code == 404


def test_the_alias_of_an_alias_hangs_on_the_page_itself(world, hidden):
    first = hidden.create_alias(parent=elsewhere(), update_slug="one")
    second = EventPage.objects.get(pk=first.pk).create_alias(parent=elsewhere(), update_slug="two")
    publish(hidden)
    second = EventPage.objects.get(pk=second.pk)
    assert second.alias_of_id == hidden.pk
    assert not readable(second, ANONYMOUS)


def test_the_alias_of_a_restricted_page_is_restricted(world):
    event = make_event(unit=world.own)
    restrict(event, PageViewRestriction.LOGIN)
    alias = event.create_alias(parent=elsewhere(), update_slug="alias")
    PageViewRestriction.objects.filter(page=alias.pk).delete()
    assert not readable(EventPage.objects.get(pk=alias.pk), ANONYMOUS)


def test_what_stands_below_the_alias_of_a_restricted_section_is_restricted(world, section, client):
    """`copy_parents` makes such aliases: the section in another language is an alias until it is translated."""
    event = make_event(unit=world.own, parent=section, translations={"km": "ខ្មែរ"})
    km = event.get_translations().get()
    assert km.get_parent().alias_of_id == section.pk
    restrict(section, PageViewRestriction.GROUPS, world.a.readers)
    assert world.who(lambda reader: readable(km, reader)) == {"partner_a", "superuser"}
    assert audiences_by_page([km])[km.pk] == sorted([f"group:{world.a.readers_id}", "superuser"])
    PageViewRestriction.objects.all().delete()
    lock(section, "partners")
    LockedSection.objects.exclude(page=section.pk).delete()
    assert world.who(lambda reader: readable(km, reader)) == OURS
    assert "public" not in audiences_by_page([km])[km.pk]


def test_the_alias_of_a_public_page_names_no_other_page(world, client):
    event = make_event(unit=world.own)
    alias = event.create_alias(parent=elsewhere(), update_slug="alias")
    event.unpublish()
    EventPage.objects.filter(pk=alias.pk).update(live=True)
    text = client.get(f"/api/v1/events/{alias.translation_key}/").content.decode()
    assert str(event.translation_key) not in text
    assert str(event.translation_key) not in client.get(alias.get_url()).content.decode()


def test_the_title_of_a_parent_that_is_a_draft_is_nowhere(world, client):
    section = make_page(EventIndexPage, SECRET, index_page(EventIndexPage), unit=world.own)
    event = make_event("Công khai", parent=section, unit=world.own)
    EventIndexPage.objects.filter(pk=section.pk).update(live=False)
    page = client.get(event.url)
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    assert SECRET not in client.get(f"/api/v1/events/{event.translation_key}/").content.decode()


def test_the_title_of_a_locked_section_is_nowhere_on_a_page_that_is_shared_alone(world, hidden, section):
    share(hidden, world.a)
    text = world.client("partner_a").get(hidden.url).content.decode()
    assert SECRET in text
    assert section.title not in text


@pytest.fixture
def canary_page(world):
    """Whatever points to these pages may not name them."""
    return {"title": SECRET, "visibility": "partners", "unit": world.own}


def assert_unnamed(client, page, hidden, *addresses):
    for address in (page.url, *addresses):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        for trace in (SECRET, str(hidden.translation_key), f"/{hidden.slug}/"):
            assert trace not in text, (trace, address)


def api(page):
    return f"/api/v1/events/{page.translation_key}/"


def test_a_hidden_exchange_is_not_named_by_its_events(world, client, canary_page):
    exchange = make_exchange(**canary_page)
    event = make_event(exchange=exchange, edition=2, unit=world.own)
    assert_unnamed(client, event, exchange, api(event), "/api/v1/events/")


def test_a_hidden_edition_is_not_named_by_its_neighbours(world, client, canary_page):
    exchange = make_exchange(unit=world.own)
    event = make_event(exchange=exchange, start="2019-01-01", unit=world.own)
    hidden = make_event(exchange=exchange, start="2020-01-01", **canary_page)
    assert_unnamed(client, event, hidden, api(event), exchange.url)


def plan_of(world, **fields):
    item = PlanItem(content="Giao lưu")
    rows = {"items": [item]}
    fields = {"title": "Kế hoạch", "unit": world.own, "period_from": "2019", **fields}
    return make_page(PlanPage, fields.pop("title"), index_page(PlanIndexPage), rows=rows, **fields)


def test_a_hidden_plan_is_not_named_by_the_events_that_fulfil_it(world, client, canary_page):
    plan = plan_of(world, **canary_page)
    event = make_event(plan_items=list(plan.items.all()), unit=world.own)
    assert_unnamed(client, event, plan, api(event))


def test_a_hidden_event_is_not_named_by_the_plan_that_it_fulfils(world, client, canary_page):
    plan = plan_of(world)
    hidden = make_event(plan_items=list(plan.items.all()), **canary_page)
    assert_unnamed(client, plan, hidden)


def test_a_hidden_longer_plan_is_not_named_by_its_parts(world, client, canary_page):
    whole = plan_of(world, **canary_page)
    assert_unnamed(client, plan_of(world, parent_plan=whole), whole)


def test_a_hidden_event_is_not_named_by_an_article(world, client, canary_page):
    hidden = make_event(**canary_page)
    article = make_page(
        ArticlePage, "Bài", index_page(ArticleIndexPage), unit=world.own, published_on="2019", events=[hidden]
    )
    assert_unnamed(client, article, hidden)


def test_a_hidden_article_is_not_named_by_its_event(world, client, canary_page):
    event = make_event(unit=world.own)
    hidden = make_page(
        ArticlePage,
        canary_page.pop("title"),
        index_page(ArticleIndexPage),
        published_on="2019",
        events=[event],
        **canary_page,
    )
    assert_unnamed(client, event, hidden)


def test_a_hidden_partner_page_is_not_linked(world, client, canary_page):
    from huunghi.events.models import EventPartnerSide

    partner = make_partner("KH-1")
    hidden = make_partner_page(partner, SECRET, unit=world.own, visibility="partners")
    event = make_event(unit=world.own, rows={"partner_sides": [EventPartnerSide(partner=partner)]})
    assert_unnamed(client, event, hidden, api(event), "/api/v1/partners/", hidden.get_parent().specific.url, "/vi/")
    assert client.get("/api/v1/partners/KH-1/").status_code == 404


def test_a_hidden_translation_is_not_named_by_the_page(world, client):
    event = make_event(unit=world.own, translations={"km": "ខ្មែរ", "en": SECRET})
    english = EventPage.objects.get(translation_key=event.translation_key, locale__language_code="en")
    restrict(english, PageViewRestriction.LOGIN)
    for address in (event.url, api(event), f"/id/{event.translation_key}/?lang=en"):
        text = client.get(address, follow=True).content.decode()
        assert SECRET not in text
        assert english.url not in text


LINKING = '<p>Xem <a linktype="page" id="{pk}">trang này</a> và <a href="https://example.org/">nơi khác</a></p>'


def linking_event(world, page):
    body = json.dumps([{"type": "text", "value": LINKING.format(pk=page.pk), "id": "1"}])
    return make_event(unit=world.own, body=body)


def test_a_link_in_a_text_to_a_hidden_page_is_dropped_and_its_text_stays(world, client, canary_page):
    hidden = make_event(**canary_page)
    event = linking_event(world, hidden)
    assert_unnamed(client, event, hidden, api(event))
    html = client.get(api(event)).json()["text"][0]["html"]
    assert html == '<p>Xem trang này và <a href="https://example.org/">nơi khác</a></p>'
    share(hidden, world.a)
    for address in (event.url, api(event)):
        assert f"/{hidden.slug}/" in world.client("partner_a").get(address).content.decode()
        assert f"/{hidden.slug}/" not in world.client("partner_b").get(address).content.decode()


def test_a_link_in_a_text_to_a_public_page_is_kept(world, client):
    target = make_event("Đích", unit=world.own)
    event = linking_event(world, target)
    assert f'<a href="{target.url}">trang này</a>' in client.get(api(event)).json()["text"][0]["html"]
    assert f'href="{target.url}"' in client.get(event.url).content.decode()


@pytest.mark.parametrize("named", ["", "x", "1 OR 1=1", "-1", "99999999999999999999999", "999999"])
def test_a_link_to_no_page_is_dropped(world, client, named):
    body = json.dumps([{"type": "text", "value": f'<a linktype="page" id="{named}">chữ</a>', "id": "1"}])
    event = make_event(unit=world.own, body=body)
    assert client.get(api(event)).json()["text"][0]["html"] == "chữ"


@pytest.mark.parametrize("model", [EventPage, EventIndexPage, HomePage, PartnerPage])
def test_the_privacy_dialog_of_our_pages_offers_nothing(world, client, model):
    assert model.private_page_options == []
    page = index_page(EventIndexPage) if model is EventIndexPage else make_event(unit=world.own)
    client.force_login(world.users["superuser"])
    answer = client.get(reverse("wagtailadmin_pages:set_privacy", args=[page.pk]))
    assert "password" not in answer.content.decode()


def test_who_may_read_a_section_is_chosen_in_the_source_language_only(world, client, section):
    km = section.copy_for_translation(Locale.objects.get(language_code="km"), copy_parents=True)
    client.force_login(world.users["superuser"])
    for page, is_disabled in ((section, False), (km, True)):
        form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).context["form"]
        assert form.fields["visibility"].disabled is is_disabled


def test_wagtails_own_apis_answer_nothing(db, client):
    for address in ("/api/v2/pages/", "/api/v3/pages/", "/api/main/pages/"):
        assert client.get(address, follow=True).status_code == 404
