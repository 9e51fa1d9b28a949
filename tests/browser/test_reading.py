"""A reader finds an event and reads it in another language."""

import re

import pytest

pytestmark = pytest.mark.browser

KHMER = re.compile(r"[\u1780-\u17ff]")
PERMANENT = "main a[href^='/id/']"


def permanent_address(page):
    return page.locator(PERMANENT).get_attribute("href")


def ask(page, words):
    """Type words into the search box and send them."""
    box = page.locator("form[role=search] input[name=q]")
    box.press_sequentially(words)
    box.press("Enter")
    page.wait_for_url("**/search/?*")


def found_titles(page):
    return page.locator(".hits .card-title a")


def test_a_reader_on_a_phone_finds_an_event_without_accents_and_reads_it_in_khmer(visit):
    page = visit("/vi/", 360, 740, is_mobile=True, has_touch=True, device_scale_factor=2)
    ask(page, "giao luu")
    marked = page.locator(".hits .card").first.locator("mark").all_inner_texts()
    assert {"giao", "lưu"} <= {word.lower() for word in marked}
    page.locator(".facets > summary").click()
    has_khmer = page.locator("a[href*='language=km']")
    page.locator(".facet", has=has_khmer).locator("summary").click()
    has_khmer.click()
    page.wait_for_url("**language=km**")

    title = found_titles(page).first.inner_text()
    found_titles(page).first.click()
    page.wait_for_selector(PERMANENT)
    assert page.locator("h1").inner_text() == title
    key = permanent_address(page)
    page.locator("[data-language=km]").click()
    page.wait_for_url("**/km/**")
    assert page.locator("html").get_attribute("lang") == "km"
    assert permanent_address(page) == key
    assert KHMER.search(page.locator("h1").inner_text())

    page.goto("/")
    page.wait_for_url("**/km/")


def test_a_suggestion_leads_to_its_page(visit):
    page = visit("/vi/")
    page.locator("#q-top").press_sequentially("mondul")
    first = page.locator(".suggestions li").first
    first.wait_for()
    title = first.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(PERMANENT)
    assert page.locator("h1").inner_text() == title


def test_a_search_for_a_word_found_nowhere_says_so_and_offers_the_rest_and_the_whole_list(visit):
    page = visit("/vi/", 360, 740)
    ask(page, "xyzzyq bong chuyen")
    assert page.locator(".count").inner_text().startswith("0 ")
    assert "xyzzyq" in page.locator("[aria-live] .hint").first.inner_text()
    empty_search = page.url

    page.locator(".no-hits li a", has_text="bong chuyen").click()
    page.wait_for_url(lambda address: "xyzzyq" not in address)
    assert "bóng chuyền" in found_titles(page).first.inner_text().lower()

    page.goto(empty_search)
    page.locator(".no-hits a[href$='/vi/search/']").click()
    page.wait_for_url("**/vi/search/")
    assert found_titles(page).count() > 10


def test_a_search_in_a_year_without_events_offers_to_leave_the_year_out_and_the_nearest_years(visit):
    page = visit("/vi/search/?q=bong+chuyen&year=1999", 360, 740)
    assert not found_titles(page).count()
    nearest = page.locator(".no-hits .pills a").first.get_attribute("href")
    page.locator(".no-hits li a").first.click()
    page.wait_for_url(lambda address: "1999" not in address)
    assert found_titles(page).count()
    page.goto(f"/vi/search/{nearest}")
    assert found_titles(page).count()


def test_without_javascript_a_reader_searches_and_changes_the_language(visit):
    page = visit("/vi/", 360, 740, java_script_enabled=False)
    page.locator("#q-top").fill("bong chuyen mondulkiri")
    page.locator("form[role=search] button").click()
    found_titles(page).first.click()
    key = permanent_address(page)
    page.locator("[data-language=en]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert permanent_address(page) == key
