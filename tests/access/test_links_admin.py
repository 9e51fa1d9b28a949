"""Editors make, see and revoke links; the address is shown once."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.menus.pages import get_page_header_buttons
from wagtail.models import GroupPagePermission, Locale, PageLogEntry

from huunghi.events.models import EventPage, Venue
from huunghi.partners.models import EditorialUnit, ShareLink
from huunghi.partners.sharing.links import find_link, make_link
from tests.factories import make_event
from tests.partners.editors import give_sections

from .conftest import share

ADDRESS = re.compile(r'value="http://testserver/s/([^"]+)"')


@pytest.fixture
def event(world):
    section = give_sections(world)[world.own.pk, "vi"]
    rows = {"venues": [Venue(name="Hội trường Kín"), Venue(name="Hội trường Mở")]}
    return make_event("Lịch kín", parent=section, unit=world.own, visibility="partners", rows=rows)


@pytest.fixture
def editor(world, event):
    return world.client("editor_own")


def add_address(page, **parameters):
    return reverse("huunghi_links:add", query={"page": page.pk, **parameters})


def filled_in(*codes, days=14, **fields):
    return {
        "languages": list(Locale.objects.filter(language_code__in=codes or ["vi"]).values_list("pk", flat=True)),
        "expires_at": timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%d/%m/%Y %H:%M"),
        "most_uses": "",
        "password": "",
        "note": "",
        "which": "latest",
        **fields,
    }


def made_by(client, address, **fields):
    """The token that the answer shows."""
    response = client.post(address, filled_in(**fields))
    assert response.status_code == 200
    found = ADDRESS.search(response.content.decode())
    assert found, response.context["form"].errors
    return found[1]


def allow_only(world, *actions):
    group = EditorialUnit.objects.get(organisation=world.own).editors
    GroupPagePermission.objects.filter(group=group).exclude(permission__codename__in=actions).delete()


def offered(page, user):
    """The addresses of our buttons in the menu of a page."""
    buttons = get_page_header_buttons(page, user, None, "edit")
    return {button.url for button in buttons if button.url and "huunghi/links" in button.url}


def test_an_editor_makes_a_link_and_sees_its_address_once(editor, event, world):
    token = made_by(editor, add_address(event), note="Đoàn Takeo", most_uses=3, password="Sông Hậu")
    link = find_link(token)
    assert (link.created_by, link.note, link.most_uses, link.purpose) == (
        world.users["editor_own"],
        "Đoàn Takeo",
        3,
        "view",
    )
    assert link.accepts("Sông Hậu")
    assert not link.accepts("")
    for address in (reverse("huunghi_links:list"), add_address(event)):
        page = editor.get(address).content.decode()
        assert token not in page
        assert "Đoàn Takeo" in page


def test_the_history_of_the_page_names_the_link_by_its_public_id(editor, event):
    token = made_by(editor, add_address(event))
    entry = PageLogEntry.objects.get(page=event.pk, action="huunghi.link")
    assert entry.data["link"] == str(find_link(token).public_id)
    assert token not in str(entry.data)
    assert entry.data["link"] in entry.message


@pytest.mark.parametrize("days", [-1, 91])
def test_a_link_ends_within_90_days(editor, event, days):
    response = editor.post(add_address(event), filled_in(days=days))
    assert "expires_at" in response.context["form"].errors
    assert not ShareLink.objects.exists()


def test_a_link_needs_a_language_that_is_published(editor, event):
    response = editor.post(add_address(event), filled_in("km"))
    assert "languages" in response.context["form"].errors
    draft = make_event("Chưa công bố", parent=event.get_parent(), unit=event.unit, live=False)
    page = editor.get(add_address(draft)).content.decode()
    assert " disabled>" in page
    assert "languages" in editor.post(add_address(draft), filled_in()).context["form"].errors


def test_a_preview_of_now_is_pinned_and_one_of_the_latest_is_not(editor, event):
    event.save_revision()
    address = add_address(event, purpose="preview")
    latest, pinned = (find_link(made_by(editor, address, which=which)) for which in ("latest", "as-it-is"))
    assert (latest.pinned, latest.revision, latest.page.pk) == (False, None, event.pk)
    assert pinned.revision == event.get_latest_revision()
    assert list(pinned.languages.values_list("language_code", flat=True)) == ["vi"]


def test_who_may_only_edit_makes_links_to_drafts_only(editor, event, world):
    allow_only(world, "change_page", "add_page")
    assert editor.get(add_address(event)).status_code == 302
    assert not ShareLink.objects.exists()
    made_by(editor, add_address(event, purpose="preview"))
    user = world.users["editor_own"]
    user = type(user).objects.get(pk=user.pk)
    assert offered(event, user) == {add_address(event, purpose="preview")}


def test_the_buttons_stand_on_records_and_not_on_sections(event, world):
    root = world.users["superuser"]
    assert offered(event, root) == {add_address(event), add_address(event, purpose="preview")}
    section = event.get_parent().specific
    assert offered(section, root) == set()
    assert world.client("superuser").get(add_address(section)).status_code == 302


def test_editors_of_other_units_and_readers_make_no_link(event, world):
    for name in ("editor_other", "partner_a", "anonymous"):
        response = world.client(name).post(add_address(event), filled_in())
        assert response.status_code == 302, name
    assert not ShareLink.objects.exists()


@pytest.mark.parametrize("query", ["", "?page=", "?page=x", "?page=٣", "?page=0", "?page=99999999999999999999"])
def test_a_page_that_is_none_is_not_found(editor, query):
    assert editor.get(reverse("huunghi_links:add") + query, follow=True).status_code == 404


def test_a_link_made_from_a_share_belongs_to_it(editor, event, world):
    made = share(event, world.a, languages=["vi"], withheld=[event.venues.first()])
    token = made_by(editor, add_address(event, share=made.pk))
    link = find_link(token)
    assert link.share == made
    reader = Client()
    page = reader.get(reader.get(f"/s/{token}")["Location"]).content.decode()
    assert "Hội trường Mở" in page
    assert "Hội trường Kín" not in page
    made.revoke()
    assert find_link(token) is None
    assert editor.get(add_address(event, share=made.pk)).status_code == 302


def test_the_share_of_another_page_is_not_taken(editor, event, world):
    other = make_event("Trang khác", parent=event.get_parent(), unit=world.own, visibility="partners")
    made = share(other, world.a)
    assert editor.post(add_address(event, share=made.pk), filled_in()).status_code == 302
    assert not ShareLink.objects.exists()


def test_a_link_is_revoked_from_the_list(editor, event):
    token = made_by(editor, add_address(event))
    link = find_link(token)
    address = reverse("huunghi_links:revoke", args=[link.public_id])
    assert address in editor.get(reverse("huunghi_links:list")).content.decode()
    assert editor.get(address).status_code == 405
    assert editor.post(address).status_code == 302
    assert find_link(token) is None
    page = editor.get(reverse("huunghi_links:list")).content.decode()
    assert str(link.public_id) in page
    assert address not in page
    assert str(link.public_id) not in editor.get(reverse("huunghi_links:list"), {"state": "open"}).content.decode()


def test_others_neither_see_nor_revoke_a_link(editor, event, world):
    link = find_link(made_by(editor, add_address(event)))
    stranger = world.client("editor_other")
    assert str(link.public_id) not in stranger.get(reverse("huunghi_links:list")).content.decode()
    stranger.post(reverse("huunghi_links:revoke", args=[link.public_id]))
    link.refresh_from_db()
    assert link.revoked_at is None


def test_the_states_of_links_have_names(event, world):
    def state(**fields):
        link, _token = make_link(event, [event.locale], **fields)
        return link

    assert state().state == "open"
    assert state(most_uses=1).state == "open"
    used = state(most_uses=1)
    used.take_use()
    used.refresh_from_db()
    assert used.state == "used-up"
    assert state(expires_at=timezone.now()).state == "expired"
    made = share(event, world.a)
    bound = state(share=made)
    made.revoke()
    assert ShareLink.objects.get(pk=bound.pk).state == "share-ended"
    bound.revoke()
    assert bound.state == "revoked"


def run(*arguments):
    output = io.StringIO()
    call_command("huunghi_links", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_lists_and_revokes(event, world):
    assert run("list") == "No link opens anything now.\n"
    made = share(event, world.a)
    one, first = make_link(event, [event.locale], share=made, most_uses=5)
    _two, second = make_link(event, [event.locale], purpose="preview")
    listed = run("list")
    assert listed.count("\n") == 2
    assert f"{one.public_id}\tview\topen\tuntil " in listed
    assert "0 of 5 uses\tnever opened\tvi\tKH-21\tLịch kín" in listed
    assert first not in listed
    assert run("revoke", str(one.public_id)) == "1 link is revoked.\n"
    assert run("revoke", str(one.public_id)) == "0 links are revoked.\n"
    assert find_link(first) is None
    assert run("revoke", "--page", str(event.translation_key)) == "1 link is revoked.\n"
    assert find_link(second) is None
    assert run("list", "--all").count("revoked") == 2
    assert PageLogEntry.objects.filter(page=event.pk, action="huunghi.link.revoke").count() == 2


@pytest.mark.parametrize("arguments", [["revoke"], ["revoke", "--all", "--page", "0" * 32], ["revoke", "0" * 32]])
def test_the_command_says_what_it_cannot_do(arguments, db):
    with pytest.raises(CommandError, match=r"--page|There is no link"):
        run(*arguments)


def test_a_deleted_page_keeps_its_links_in_the_list(event, world):
    link, _token = make_link(event, [event.locale])
    EventPage.objects.get(pk=event.pk).delete()
    page = world.client("superuser").get(reverse("huunghi_links:list")).content.decode()
    assert str(link.public_id) in page
    assert world.client("superuser").post(reverse("huunghi_links:revoke", args=[link.public_id])).status_code == 302
    link.refresh_from_db()
    assert link.revoked_at
