"""An editor enters an event through the real forms, and readers find it."""

import re
import time
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

TITLE = "Giao lưu hữu nghị thanh niên vùng biên tháng hai"
KHMER_TITLE = "ការផ្លាស់ប្តូរមិត្តភាពយុវជនតំបន់ព្រំដែន ខែកុម្ភៈ"
DAY = "03/02/2026"
SECONDS_UNTIL_FOUND = 10
PERMANENT = "main a[href^='/id/']"


def sign_in(page, name):
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(f"demo-{name}")
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/admin/")


def add_row(page, rows):
    """Add a row and return the beginning of the ids of its inputs; the panel is unfolded when it has to be."""
    button = page.locator(f"#id_{rows}-ADD")
    if not button.is_visible():
        page.locator("section[data-panel]", has=button).first.locator("[data-panel-toggle]").first.click()
    number = page.locator(f"#id_{rows}-TOTAL_FORMS").input_value()
    button.click()
    return f"#id_{rows}-{number}"


def choose(page, field, words, name):
    """Choose a record in the window that opens: search it, then click its name."""
    page.locator(f"{field}-chooser [data-chooser-action-choose]:visible").first.click()
    page.locator(".modal-content #id_q").fill(words)
    page.locator(".modal-content a[data-chooser-modal-choice]", has_text=name).first.click()
    page.locator(".modal-content").wait_for(state="detached")
    assert name in page.locator(f"{field}-title").inner_text()


def publish(page):
    """Publish the page of the form; returns the public address and the address of the form."""
    page.locator("footer .w-dropdown__toggle").click()
    page.locator("button[name=action-publish]").click()
    links = page.locator(".messages .success a")
    links.first.wait_for()
    addresses = [link.get_attribute("href") for link in links.all()]
    form = next(address for address in addresses if "/edit/" in address)
    return next(address for address in addresses if address != form), form


def found_within(page, words, title, search="/vi/search/"):
    """Seconds until a search has the title as its first result."""
    started = time.monotonic()
    while time.monotonic() < started + SECONDS_UNTIL_FOUND:
        page.goto(f"{search}?q={words}")
        titles = page.locator(".hits .card-title")
        if titles.count() and titles.first.inner_text() == title:
            return time.monotonic() - started
        page.wait_for_timeout(300)
    raise AssertionError(f"{title} is not found within {SECONDS_UNTIL_FOUND} s")


def test_an_editor_publishes_an_event_that_readers_find_and_makes_its_khmer_translation(visit):
    editor = visit("/admin/")
    sign_in(editor, "bientap")
    address, form = enter_event(editor)
    reader = visit(address, 360, 740)
    assert reader.locator("h1").inner_text() == TITLE
    assert DAY in reader.locator(".facts").inner_text()
    assert "Mondulkiri" in reader.locator(".facts").inner_text()
    venues = reader.locator("section[aria-labelledby=venues] tbody th")
    assert ["Nhà văn hóa thanh niên" in venues.nth(0).inner_text(), venues.count()] == [True, 2]
    found_within(reader, "giao luu huu nghi thanh nien vung bien", TITLE)

    editor.goto(form)
    assert editor.locator("#id_start_date").input_value() == DAY
    assert editor.locator("#id_venues-TOTAL_FORMS").input_value() == "2"
    assert not editor.locator(f"main a[href='{source_link(form)}']").count()
    translate(editor)
    assert editor.locator(f"main a[href='{source_link(form)}']").inner_text() == TITLE
    assert editor.locator("#id_start_date").input_value() == DAY
    for name in ("start_date", "kind", "status", "venues-0-role", "partner_sides-0-role"):
        assert editor.locator(f"#id_{name}").is_disabled(), name
    editor.locator("#id_title").fill(KHMER_TITLE)
    publish(editor)

    reader.goto(address)
    key = reader.locator(PERMANENT).get_attribute("href")
    reader.locator("[data-language=km]").click()
    reader.wait_for_url("**/km/**")
    assert reader.locator(PERMANENT).get_attribute("href") == key
    assert reader.locator("h1").inner_text() == KHMER_TITLE
    assert DAY in reader.locator(".facts").inner_text()

    editor.goto("/admin/huunghi_events/")
    assert editor.locator("main").get_by_text(TITLE, exact=True).count() == 1


def source_link(form):
    """How a form links to the form of the source page."""
    return urlsplit(form).path


def enter_event(page):
    """Fill in the form of a new event and publish it; returns its public address and that of the form."""
    page.goto("/admin/huunghi_events/")
    page.locator("header a[href*='choose_parent']").click()
    page.locator("#id_title").fill(TITLE)
    page.locator("#id_start_date").press_sequentially(DAY)
    page.locator("#id_kind").select_option(index=1)
    page.locator("#id_status").select_option("held")
    for words, place, name in (
        ("dak lak", "Đắk Lắk", "Nhà văn hóa thanh niên"),
        ("mondulkiri", "Mondulkiri", "Nhà thi đấu Sen Monorom"),
    ):
        row = add_row(page, "venues")
        choose(page, f"{row}-place", words, place)
        page.locator(f"{row}-name").fill(name)
    choose(page, f"{add_row(page, 'partner_sides')}-partner", "mondulkiri", "Mondulkiri")
    # The draft saves itself at the first pause. Who publishes within that second makes a second page.
    page.wait_for_url("**/edit/")
    return publish(page)


def translate(page):
    """Make the Khmer translation with the action of the form's header; ends in the form of the translation."""
    source = page.url
    link = page.locator("a[href*='/translation/submit/page/']").first
    if not link.is_visible():
        page.locator("header .w-dropdown__toggle").last.click()
    link.click()
    page.locator("label", has_text=re.compile("ភាសាខ្មែរ")).locator("input").check()
    page.locator("main form button[type=submit], main form input[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"))
    assert page.url != source
