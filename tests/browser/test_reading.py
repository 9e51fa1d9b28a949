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


def test_a_search_without_results_says_what_was_not_found_and_offers_less(visit):
    page = visit("/vi/", 360, 740)
    ask(page, "xyzzyq bong chuyen")
    page.goto(f"{page.url}&year=1999")
    assert not found_titles(page).count()
    assert page.locator(".count").inner_text().startswith("0 ")
    assert "xyzzyq" in page.locator("[aria-live] .hint").first.inner_text()
    whole_list = page.locator(".no-hits > p:last-child a")
    assert whole_list.get_attribute("href").endswith("/vi/search/")

    page.locator(".no-hits li a", has_text="bong chuyen").click()
    page.wait_for_url(lambda address: "xyzzyq" not in address)
    if not found_titles(page).count():
        page.locator(".no-hits li a").first.click()
    found_titles(page).first.wait_for()
    assert "bóng chuyền" in page.locator(".hits").inner_text().lower()

    page.go_back()


def test_without_javascript_a_reader_searches_and_changes_the_language(visit):
    page = visit("/vi/", 360, 740, java_script_enabled=False)
    page.locator("#q-top").fill("bong chuyen mondulkiri")
    page.locator("form[role=search] button").click()
    found_titles(page).first.click()
    key = permanent_address(page)
    page.locator("[data-language=en]").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert permanent_address(page) == key
    page.locator("summary").first.click() if page.locator("summary").count() else None
