"""An editor makes a link, somebody without an account opens it, and the editor takes it back."""

import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

import pytest

from .test_editing import sign_in

pytestmark = pytest.mark.browser


def make_link(editor, uses):
    """The address of a new link to the first event of the list."""
    editor.goto("/admin/huunghi_events/")
    form = editor.locator("main a[href*='/admin/pages/'][href*='/edit/']").first.get_attribute("href")
    editor.goto(f"/admin/huunghi/links/add/?page={re.search(r'/pages/([0-9]+)/', form)[1]}")
    editor.locator("#id_most_uses").fill(str(uses))
    editor.locator("#w-editor-form button[type=submit]").first.click()
    return editor.locator("#link-address").input_value()


def look_like_a_chat_program(address):
    """Opens the address as a program does that shows a preview of it; it even keeps cookies."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    return opener.open(address, timeout=60).read().decode()


def test_a_link_for_one_use_outlives_a_chat_program_and_not_its_revocation(visit):
    editor = visit("/admin/")
    sign_in(editor, "bientap")
    address = make_link(editor, uses=1)
    assert "<article>" not in look_like_a_chat_program(address)

    reader = visit(urlsplit(address).path, 360, 740)
    assert re.search(r"/s/v/[0-9a-f-]{36}/$", reader.url)
    reader.locator("form button").click()
    reader.locator("article h1").wait_for()
    assert reader.context.request.get(reader.url).status == 200
    shared = reader.url
    with reader.expect_request("**/vi/") as leaving:
        reader.locator(".brand").click()
    assert "referer" not in leaving.value.all_headers()

    stranger = visit("/vi/")
    assert stranger.context.request.get(address).status == 404
    editor.goto("/admin/huunghi/links/")
    editor.locator("form[action*='/revoke/'] button").first.click()
    editor.locator(".messages .success").wait_for()
    assert reader.context.request.get(shared).status == 404
