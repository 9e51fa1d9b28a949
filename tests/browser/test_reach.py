"""Every page can be used with the keyboard alone, and read on a narrow screen at any text size."""

import re

import pytest

pytestmark = pytest.mark.browser

LANGUAGES = ("vi", "km", "en")
NARROW = 360
# An outline on the element or on the pseudo-element that spans a card; a bar of a chart has a line around it.
FOCUS_IS_VISIBLE = """
() => {
  const focused = document.activeElement, bar = focused.querySelector(".hit");
  const outlined = [null, "::after"].map((part) => getComputedStyle(focused, part))
    .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  return outlined || bar !== null && getComputedStyle(bar).stroke !== "none";
}
"""
# What sticks out to the right, except within something that scrolls by itself; empty when the page fits.
STICKING_OUT = """
() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .filter((element) => !element.closest(".wide, .menu ul"))
    .map((element) => element.outerHTML.slice(0, 120))
    .concat(`the page is ${document.documentElement.scrollWidth} wide`)
"""


def focused(page, selector):
    return page.evaluate("selector => document.activeElement.matches(selector)", selector)


def tab_to(page, selector, most=40):
    """Press Tab until an element has the focus; every stop on the way has to show where it is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate("document.activeElement.outerHTML")
        if focused(page, selector):
            return
    raise AssertionError(f"{selector} is not reached within {most} stops")


def test_with_the_keyboard_alone_a_reader_skips_the_header_searches_and_opens_a_card(visit):
    page = visit("/vi/")
    page.keyboard.press("Tab")
    assert focused(page, ".skip")
    assert page.locator(".skip").bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    assert focused(page, "#content")
    tab_to(page, ".card-title a", most=3)

    page.goto("/vi/")
    tab_to(page, "#q-top", most=8)
    page.keyboard.type("bong chuyen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?*")
    tab_to(page, ".hits .card-title a")
    address = page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(address)
    assert page.locator("main h1").count() == 1


def address_of(page, path):
    """Language -> address of what an address of the source language shows."""
    page.goto(path)
    links = page.locator("link[rel=alternate][hreflang]")
    found = {link.get_attribute("hreflang"): link.get_attribute("href") for link in links.all()}
    return {language: found[language] for language in LANGUAGES}


@pytest.fixture
def addresses(visit):
    """Language -> addresses of one page of each sort, among them the event with 53 venues."""
    page = visit("/vi/search/?q=toa+dam+truc+tuyen+53+diem+cau")
    event = page.locator(".hits .card-title a", has_text=re.compile("Tọa đàm trực tuyến")).first.get_attribute("href")
    page.goto("/vi/search/?q=mondulkiri&type=partner")
    partner = page.locator(".hits .card-title a").first.get_attribute("href")
    events, partners = address_of(page, event), address_of(page, partner)
    assert "53" in page.goto(events["vi"]).text()
    return {
        language: [
            f"/{language}/",
            f"/{language}/su-kien/",
            f"/{language}/search/?q=giao+luu",
            f"/{language}/search/?q=xyzzyq+bong+chuyen&year=1999",
            events[language],
            partners[language],
        ]
        for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways_on_a_narrow_phone(visit, addresses, language):
    """As it is, with the reader's largest text in high contrast, and at twice the browser's own text size."""
    page = visit(f"/{language}/", NARROW, 740)
    browser_settings = page.context.new_cdp_session(page)
    too_wide = []

    def measure(setting):
        for address in addresses[language]:
            page.goto(address)
            page.evaluate("document.fonts.ready")
            if found := page.evaluate(STICKING_OUT):
                too_wide.append((setting, address, found))

    measure("as it is")
    browser_settings.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
    page.goto(f"/{language}/")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 32
    measure("twice the size")
    browser_settings.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    page.locator("[data-size='135']").click()
    page.locator("[data-contrast]").click()
    measure("135 % in high contrast")
    assert page.locator("html").get_attribute("data-size") == "135"
    assert page.locator("html").get_attribute("data-contrast") == "high"
    assert not too_wide
