"""The page of the tutorial "A small page from the API", served from an origin of its own as the tutorial says."""

from __future__ import annotations

import json
import re
import shutil
import threading
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest

from tests.project import ROOT

from .conftest import WAIT, free_port, serving

pytestmark = pytest.mark.browser

FILES = ROOT / "docs" / "tutorial" / "a-page-from-the-api"
SITE_OF_THE_TUTORIAL = "http://127.0.0.1:8000"
KHMER = re.compile(r"[\u1780-\u17ff]")
ONE_MORE = {"Access-Control-Allow-Origin": "*"}
# What the browser says of an answer that is an error, and of one that never came.
OF_THE_NETWORK = "Failed to load resource"


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Says nothing of each file."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("front")


@pytest.fixture(scope="module")
def front(folder):
    """Origin of a server that knows nothing but the files of the tutorial."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def archive(site, environment, folder, front):
    """Address of a site that lets the page's origin read its API; the page has that address in its one line."""
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    variables = environment | {"PORT": free_port(), "HUUNGHI_API_ORIGINS": front}
    with serving(variables) as base:
        index = folder / "index.html"
        text = index.read_text("utf-8")
        assert text.count(SITE_OF_THE_TUTORIAL) == 1
        index.write_text(text.replace(SITE_OF_THE_TUTORIAL, base), "utf-8")
        yield base


@pytest.fixture
def read(archive):
    """`read("events/", lang="km")`: what the API answers, without a browser."""

    def ask(path, **parameters):
        url = f"{archive}/api/v1/{path}?{urlencode(parameters, doseq=True)}"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)

    return ask


@pytest.fixture
def visit_front(browser, front, archive):
    """`visit_front(q="giao luu")` opens the page. No script on it may fail, nobody else may be asked for anything."""
    pages, troubles = [], []

    def note(message):
        if message.type == "error" and not message.text.startswith(OF_THE_NETWORK):
            troubles.append(message.text)

    def note_foreign(request):
        if not request.url.startswith((front, archive, "data:")):
            troubles.append(f"a request to somebody else: {request.url}")

    def open_(width=1280, before=None, **asked):
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.set_default_timeout(WAIT)
        page = context.new_page()
        pages.append(page)
        page.on("console", note)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request", lambda request: request.url.startswith((front, archive, "data:")) or troubles.append(request.url)
        )
        if before:
            before(page)
        page.goto(f"{front}/?{urlencode(asked, doseq=True)}")
        page.locator("main:not([aria-busy])").wait_for()
        return page

    yield open_
    for page in pages:
        page.context.close()
    assert not troubles


def titles(page):
    return page.locator(".cards h2 a").all_inner_texts()


def test_events_are_listed_and_more_of_them_follow_until_there_are_no_more(visit_front, read):
    page = visit_front(lang="en")
    assert len(titles(page)) == 6
    more = page.get_by_role("button", name="Show more")
    more.press("Enter")
    page.locator(".cards li:nth-child(7) a:focus").wait_for()
    assert page.locator("[role=status]").inner_text() == "6 more."
    while more.is_visible():
        shown = len(titles(page))
        more.click()
        page.locator(f".cards li:nth-child({shown + 1})").wait_for()
    assert titles(page) == [card["title"] for card in read("events/", lang="en", limit=100)["items"]]


@pytest.mark.parametrize(
    ("lang", "words", "marked"),
    [("vi", "giao luu", "giao lưu"), ("km", "បាល់ទះ", "បាល់ទះ"), ("en", "volleyball", "volleyball")],
)
def test_a_search_marks_what_it_found_in_three_scripts_and_a_facet_narrows_it(visit_front, read, lang, words, marked):
    page = visit_front(lang=lang)
    page.locator("#words").fill(words)
    page.locator("#words").press("Enter")
    page.locator(".cards mark").first.wait_for()
    found = " ".join(page.locator(".cards mark").all_inner_texts()).lower()
    assert set(marked.split()) <= set(found.split())
    count = read("archive/", lang=lang, q=words)["count"]
    assert f" {count}" in page.locator("h1").inner_text() or f"{count} " in page.locator("h1").inner_text()

    facet = page.locator("details a").last
    narrowed = re.search(r"\((\d+)\)$", facet.inner_text())[1]
    facet.click()
    page.locator("details a[aria-current=true]").wait_for()
    assert narrowed in re.findall(r"\d+", page.locator("h1").inner_text())
    assert page.locator("#words").input_value() == words


def test_a_picture_comes_in_three_widths_and_the_best_format_the_browser_knows(visit_front, read):
    event = with_photo(read, "km")
    page = visit_front(lang="km", event=event["id"])
    assert page.locator("h1").inner_text() == event["title"]
    image = page.locator("figure img").first
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    assert image.evaluate("image => image.currentSrc").endswith(".avif")
    assert image.get_attribute("alt") == event["photos"][0]["alt"]
    formats = page.locator("figure").first.locator("source, img").all()
    assert [each.get_attribute("srcset").count("w,") for each in formats] == [2, 2, 2]


def with_photo(read, lang):
    """An event that can be read in a language and shows something."""
    cards = read("events/", lang=lang, language=lang, limit=100)["items"]
    events = (read(f"events/{card['id']}/", lang=lang) for card in cards)
    return next(event for event in events if event["photos"])


def test_the_same_event_is_read_in_another_language_and_the_page_says_which_is_the_original(visit_front, read):
    event = with_photo(read, "km")
    page = visit_front(lang="vi", event=event["id"])
    assert page.locator(".note").inner_text() == "Bản gốc: Tiếng Việt."
    page.get_by_role("link", name="ភាសាខ្មែរ").click()
    page.locator("html[lang=km] main:not([aria-busy]) h1[lang=km]").wait_for()
    assert KHMER.search(page.locator("h1").inner_text())
    assert "ការបកប្រែ" in page.locator(".note").inner_text()
    assert page.locator("nav [aria-current=page]").inner_text() == "ភាសាខ្មែរ"
    page.go_back()
    page.locator("html[lang=vi] h1").wait_for()


def test_a_text_that_is_missing_is_shown_in_the_original_and_the_page_says_so(visit_front, read):
    missing = next(card for card in read("events/", lang="km", limit=100)["items"] if card["fallback"])
    page = visit_front(lang="km", event=missing["id"])
    assert page.locator("h1").get_attribute("lang") == "vi"
    assert page.locator(".note").inner_text().startswith("មិនទាន់មានអត្ថបទជា ភាសាខ្មែរ ទេ។ លោកអ្នកកំពុងអានជា Tiếng Việt។")


def changed(part, change):
    """A step before the visit: the archive's answers at an address, changed on their way."""

    def answer(route):
        response = route.fetch()
        content = response.json()
        change(content)
        route.fulfill(status=200, json=content, headers=ONE_MORE)

    return lambda page: page.route(re.compile(part), answer)


def test_a_translation_by_a_machine_that_is_out_of_date_is_called_both(visit_front, read):
    event = with_photo(read, "en")
    by_machine = changed(f"/events/{event['id']}/", lambda answer: answer.update(translation="machine", stale=True))
    note = visit_front(lang="en", event=event["id"], before=by_machine).locator(".note").inner_text()
    assert "translated by a machine" in note
    assert "The original has changed" in note


HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'


def test_text_of_the_archive_is_never_taken_for_html_of_the_page(visit_front, read):
    def in_hits(answer):
        answer["items"][0].update(title_html=f"<mark>one</mark>{HOSTILE}", snippet=f"&lt;b&gt; {HOSTILE}")

    page = visit_front(lang="en", q="volleyball", before=changed("/archive/", in_hits))
    first = page.locator(".cards li").first
    assert first.locator("mark").all_inner_texts() == ["one"]
    assert "<b>" in first.inner_text()
    assert not first.locator("img, script, b").count()

    event = with_photo(read, "en")

    def in_event(answer):
        answer.update(title=HOSTILE, summary=HOSTILE)
        link = '<p onclick="x()">One <a href="javascript:x()">two</a> <a href="/vi/">three</a></p>'
        answer["text"] = [{"type": "text", "html": link + HOSTILE}]

    page = visit_front(lang="en", event=event["id"], before=changed(f"/events/{event['id']}/", in_event))
    assert page.locator("h1").inner_text() == HOSTILE
    article = page.locator("article")
    assert not article.locator("script, [onclick], img:not(figure img)").count()
    assert article.locator("p a").evaluate_all("links => links.map(a => a.getAttribute('href'))")[0] is None
    assert article.locator("p a").last.get_attribute("href").endswith("/vi/")
    assert page.title().startswith("<img")


def test_what_is_not_there_and_what_is_not_understood_is_said_in_words(visit_front):
    page = visit_front(lang="en", event="00000000-0000-4000-8000-000000000000")
    assert page.get_by_role("alert").inner_text() == "The archive does not have this."
    page = visit_front(lang="en", year="last")
    assert page.get_by_role("alert").inner_text().startswith("The archive does not understand this question.")
    assert "year" in page.locator(".trouble [lang=en]").inner_text()
    assert not page.get_by_role("button", name="Try again").count()


def test_a_reader_who_has_no_connection_is_told_and_goes_on_when_it_is_back(visit_front):
    page = visit_front(lang="vi")
    page.context.set_offline(True)
    page.get_by_role("button", name="Xem thêm").click()
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text().startswith("Không kết nối được với kho tư liệu.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Thử lại").click()
    page.locator(".cards li:nth-child(7)").wait_for()
    assert not alert.count()


def test_a_busy_archive_says_when_to_come_back(visit_front):
    headers = ONE_MORE | {"Retry-After": "7", "Access-Control-Expose-Headers": "Retry-After"}
    problem = {"type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": "Wait."}

    def busy(page):
        page.route(re.compile("/api/"), lambda route: route.fulfill(status=429, json=problem, headers=headers))

    alert = visit_front(lang="en", before=busy).get_by_role("alert")
    assert "try again in 7 seconds" in alert.inner_text()


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_the_page_fits_a_phone_and_every_field_and_image_has_a_name(visit_front, read, lang):
    for asked in ({}, {"q": "2019"}, {"event": with_photo(read, "vi")["id"]}):
        page = visit_front(lang=lang, width=360, **asked)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.locator("h1").count() == 1
        for field in page.locator("input:not([type=hidden])").all():
            assert field.evaluate("field => field.labels[0].innerText")
        assert page.locator("img:not([alt])").count() == 0
        page.keyboard.press("Tab")
        assert page.locator(".skip:focus").bounding_box()["width"] > 50
