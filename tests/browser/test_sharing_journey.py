"""From the editor who shares a programme to the partner who reads it, opens a link to it, and corrects it."""

import json
import re
import urllib.request
from datetime import datetime
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from .programmes import ATTENDANCE, HALL, KHMER_HALL, PASSWORD, TEXTS
from .test_editing import found_within, publish, sign_in

pytestmark = pytest.mark.browser

PORTAL = "/km/cong-doi-tac/"
PHONE = {"width": 360, "height": 740, "is_mobile": True, "has_touch": True, "locale": "km-KH"}
PHOTOS = "article .gallery figure"
NONSENSE = "Nhảmnhívôcùng"
CORRECT_HALL, CORRECT_ATTENDANCE = "សាលមហោស្រពខេត្តតាកែវ", "1.208"


@pytest.fixture(scope="module")
def made(site, manage):
    """What `programmes` has made: the number of Takeo, and the pages by name."""
    told = json.loads(manage("shell", "--no-imports", "-c", "from tests.browser import programmes; programmes.make()"))
    pages = {}
    for name, page in told["pages"].items():
        title, khmer_title, kept, withheld = TEXTS[name]
        texts = {"title": title, "khmer_title": khmer_title, "kept": kept, "withheld": withheld}
        pages[name] = SimpleNamespace(**page, **texts)
    return SimpleNamespace(takeo=str(told["takeo"]), **pages)


# --- the editor


def choose_in_header(editor, address):
    """Follow the entry of the page's menu whose address contains this."""
    editor.locator("header .w-dropdown__toggle").last.click()
    editor.locator(f"a[href*='{address}']:visible").first.click()
    editor.wait_for_url(f"**{address}**")


def publish_for_partners(editor, page):
    """Publish the draft in Vietnamese, for partners only, then its translation; returns both addresses."""
    editor.goto(page.forms["vi"])
    assert editor.locator("#id_visibility").input_value() == "public"
    editor.locator("#id_visibility").select_option("partners")
    vietnamese, _form = publish(editor)
    editor.goto(page.forms["km"])
    assert editor.locator("#id_visibility").input_value() == "partners"
    khmer, _form = publish(editor)
    return urlsplit(vietnamese).path, urlsplit(khmer).path


def share_without_the_second_photo(editor, page, partner):
    editor.goto(page.forms["vi"])
    choose_in_header(editor, "/huunghi/shares/page/")
    editor.locator("select[name=partners]").select_option(partner)
    photos = editor.locator("label:has(img)", has=editor.locator("input[name=withheld]"))
    assert photos.count() == 2
    photos.filter(has_text=page.withheld).locator("input").check()
    editor.locator("#w-editor-form button[type=submit]").first.click()
    editor.locator(".messages .success").wait_for()
    given = editor.locator(".huunghi-shares li").all_inner_texts()
    assert [page.withheld in text and page.kept not in text for text in given] == [True]


def make_link(editor, page, uses=""):
    """The address of a link that belongs to the share with Takeo."""
    editor.goto(page.forms["vi"])
    choose_in_header(editor, "/huunghi/shares/page/")
    editor.locator(".huunghi-shares a[href*='/huunghi/links/add/'][href*='share=']").click()
    editor.locator("#id_most_uses").fill(uses)
    editor.locator("#w-editor-form button[type=submit]").first.click()
    return editor.locator("#link-address").input_value()


def revoke_link(editor, public_id):
    editor.goto("/admin/huunghi/links/")
    editor.locator(f"form[action*='{public_id}/revoke/'] button").click()
    editor.locator(".messages .success").wait_for()


def revoke_share(editor, page):
    editor.goto(page.forms["vi"])
    choose_in_header(editor, "/huunghi/shares/page/")
    editor.locator(".huunghi-shares a[href$='/revoke/']").click()
    editor.locator("form[method=post] button.serious").click()
    editor.locator(".messages .success").wait_for()


# --- the readers


def enter_portal(page, name):
    page.wait_for_url(f"**{PORTAL}sign-in/**")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.fields button").click()
    page.wait_for_url(lambda address: urlsplit(address).path == PORTAL)


def photos_on(page):
    """Addresses of the photos, each of which has pixels on the screen."""
    addresses = []
    for photo in page.locator(f"{PHOTOS} img").all():
        photo.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 99", arg=photo.element_handle())
        addresses.append(photo.evaluate("image => image.currentSrc"))
    return addresses


def status(page, address):
    """What the page's reader is answered at another address."""
    return page.context.request.get(address).status


def answer(page, address):
    response = page.context.request.get(address)
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("date", "content-length", "x-request-id")
    }
    return response.status, response.text(), headers


def search(page, address, words):
    """Titles of what is found, and the sentence that counts it."""
    page.goto(f"{address}?q={words}")
    counted = page.locator(".count").inner_text()
    return page.locator(".hits .card-title").all_inner_texts(), counted.replace(words, "…") if words else counted


def make_calendar(page):
    """The calendar behind a new private address, as a program reads it that knows no cookie."""
    page.goto(f"{PORTAL}calendar/")
    page.locator("form.fields button").first.click()
    with urllib.request.urlopen(page.locator("code.secret").inner_text(), timeout=60) as calendar:
        assert calendar.headers["Content-Type"].startswith("text/calendar")
        return calendar.read().decode().replace("\r\n ", "")


def test_a_programme_for_partners_reaches_the_partner_that_it_is_shared_with_and_nobody_else(visit, made):
    page, editor = made.draft, visit("/admin/")
    sign_in(editor, "bientap")
    vietnamese, khmer = publish_for_partners(editor, page)
    share_without_the_second_photo(editor, page, made.takeo)
    editor.goto(khmer)
    photos = photos_on(editor)
    assert len(photos) == 2

    takeo = visit(PORTAL, **PHONE)
    enter_portal(takeo, "takeo.reader")
    takeo.locator(f".card-title a[href$='{khmer}']").first.click()
    takeo.wait_for_url(f"**{khmer}")
    assert takeo.locator("html").get_attribute("lang") == "km"
    assert takeo.locator("article h1").inner_text() == page.khmer_title
    assert takeo.locator(f"{PHOTOS} figcaption").all_inner_texts() == [page.kept]
    assert photos_on(takeo) == photos[:1]
    assert page.withheld not in takeo.content()
    assert page.withheld not in takeo.context.request.get(vietnamese).text()
    kept, withheld = ([photo, file] for photo, file in zip(photos, page.files, strict=True))
    assert [status(takeo, address) for address in kept + withheld] == [200, 200, 404, 404]
    assert [status(editor, address) for address in withheld] == [200, 200]

    found_within(editor, page.withheld, page.title)
    found_within(takeo, page.kept, page.khmer_title, f"{PORTAL}search/")
    assert search(takeo, f"{PORTAL}search/", page.withheld)[0] == []
    assert re.search(f"^SUMMARY[^:]*:{page.khmer_title}\r$", make_calendar(takeo), re.MULTILINE)

    kandal = visit(PORTAL, **PHONE)
    enter_portal(kandal, "kandal.reader")
    assert not kandal.locator(".card").count()
    for address in (vietnamese, khmer):
        assert answer(kandal, address) == answer(kandal, f"{address[:-2]}-/")
    hidden = [vietnamese, khmer, f"/id/{page.key}", f"/api/v1/events/{page.key}/", *kept]
    assert {status(takeo, address) for address in hidden} == {200}
    assert {status(kandal, address) for address in (*hidden, *withheld)} == {404}
    for address in (f"{PORTAL}search/", "/vi/search/"):
        found = search(kandal, address, page.kept)
        assert found == search(kandal, address, NONSENSE)
        assert found[0] == []
    assert "BEGIN:VEVENT" not in make_calendar(kandal)
    stranger = visit("/vi/search/")
    assert search(kandal, "/vi/search/", "") == search(stranger, "/vi/search/", "")
    assert search(takeo, "/vi/search/", "")[1] != search(stranger, "/vi/search/", "")[1]


def look_like_chat_programs(address):
    """What programs get that look at every address in a chat: with HEAD and GET, with cookies and without."""
    for handlers in ([], [urllib.request.HTTPCookieProcessor(CookieJar())]):
        opener = urllib.request.build_opener(*handlers)
        for method in ("HEAD", "GET", "GET"):
            request = urllib.request.Request(address, method=method)
            try:
                with opener.open(request, timeout=60) as response:
                    yield response.read().decode()
            except urllib.error.HTTPError as error:
                yield error.read().decode()


def test_a_link_of_a_share_withholds_what_the_share_does_and_ends_with_either(visit, made):
    page, editor = made.linked, visit("/admin/")
    sign_in(editor, "bientap")
    once = make_link(editor, page, uses="1")
    seen = list(look_like_chat_programs(once))
    assert len(seen) == 6
    assert not [text for text in seen if page.khmer_title in text or page.title in text]

    reader = visit(urlsplit(once).path, **PHONE)
    reader.locator("form button").click()
    reader.locator("article h1").wait_for()
    opened = reader.url
    assert reader.locator("article h1").inner_text() == page.khmer_title
    assert reader.locator(f"{PHOTOS} figcaption").all_inner_texts() == [page.kept]
    photos = photos_on(reader)
    addresses = [opened, *photos]
    assert [status(reader, address) for address in addresses] == [200, 200]
    assert page.withheld not in reader.content()
    assert [status(reader, address) for address in page.files] == [404, 404]
    revoke_link(editor, opened.rstrip("/").rpartition("/")[2])
    assert [status(reader, address) for address in (*addresses, once)] == [404, 404, 404]

    second = make_link(editor, page)
    reader.goto(second)
    reader.locator("article h1").wait_for()
    assert [status(reader, address) for address in (reader.url, second)] == [200, 200]
    revoke_share(editor, page)
    assert [status(reader, address) for address in (reader.url, second)] == [404, 404]


# --- the confirmation


def ask(editor, page):
    """Ask Takeo to confirm the programme in Khmer; returns the address in the letter."""
    editor.goto(page.forms["vi"])
    choose_in_header(editor, "/huunghi/confirmations/ask/")
    assert editor.locator("input[name=through]:checked").get_attribute("value").startswith("share-")
    editor.locator("select[name=language]").select_option("km")
    editor.locator("#w-editor-form button[type=submit]").first.click()
    letter = editor.locator("#huunghi-letter").input_value()
    assert page.khmer_title in letter
    return re.search(r"http\S+/s/\S+", letter)[0]


def correct(partner, shown, value):
    """Say of a fact that it is not correct, and what is."""
    fact = partner.locator("fieldset.fact", has=partner.get_by_text(shown, exact=True))
    fact.locator("input[value=proposed]").check()
    fact.locator("input[type=text]").fill(value)


def answer_as_partner(partner):
    partner.locator("a[href$='/confirm/']").click()
    partner.wait_for_url("**/confirm/")
    assert partner.locator("html").get_attribute("lang") == "km"
    assert partner.evaluate("document.documentElement.scrollWidth") == 360
    assert not partner.get_by_text(HALL).count()
    correct(partner, KHMER_HALL, CORRECT_HALL)
    correct(partner, str(ATTENDANCE), CORRECT_ATTENDANCE)
    partner.locator("#by").fill("សុខ ដារ៉ា")
    with partner.expect_navigation():
        partner.locator(".fact-buttons button").first.click()
    typed = partner.locator("fieldset.fact:has(input[value=proposed]:checked) input[type=text]")
    assert [each.input_value() for each in typed.all()] == [CORRECT_HALL, CORRECT_ATTENDANCE]


def accept_and_publish(editor, page):
    """From the notice above the form to the comparison, where both corrections are accepted."""
    editor.goto(page.forms["vi"])
    editor.locator(".messages a[href*='/huunghi/confirmations/']").first.click()
    proposed = editor.locator("tr.huunghi-proposed")
    proposed.first.wait_for()
    assert proposed.count() == 2
    for value in (CORRECT_HALL, CORRECT_ATTENDANCE):
        proposed.filter(has_text=value).locator("input[value=accepted]").check()
    editor.locator("button[name=publish]").click()
    editor.locator(".messages .success").first.wait_for()
    assert not proposed.count()


def allow_the_statement(editor):
    editor.locator("input[name=shown]").check()
    with editor.expect_navigation():
        editor.locator("#decisions button[type=submit]").first.click()
    assert editor.locator("input[name=shown]").is_checked()


def facts_on(page):
    """The hall and the attendance that a reader sees, and what is said of the confirmation."""
    cells = page.locator("section[aria-labelledby=venues] tbody tr").first
    hall, attendance = cells.locator("th").inner_text(), cells.locator("td.num").inner_text()
    today = f"{datetime.now(ZoneInfo('Asia/Ho_Chi_Minh')):%d/%m/%Y}"
    statements = page.locator("article > .source", has_text=today).count()
    return hall.split(",")[0], attendance, statements


def test_a_partner_corrects_a_name_and_a_number_by_telephone_and_both_sides_confirm_the_event(visit, made):
    page, editor = made.asked, visit("/admin/")
    sign_in(editor, "bientap")
    partner = visit(urlsplit(ask(editor, page)).path, **PHONE)
    reader = visit(PORTAL, **PHONE)
    enter_portal(reader, "takeo.reader")

    answer_as_partner(partner)
    reader.goto(page.urls["km"])
    assert facts_on(reader) == (KHMER_HALL, str(ATTENDANCE), 0)
    accept_and_publish(editor, page)
    reader.reload()
    assert facts_on(reader) == (CORRECT_HALL, CORRECT_ATTENDANCE, 0)
    allow_the_statement(editor)
    reader.reload()
    assert facts_on(reader) == (CORRECT_HALL, CORRECT_ATTENDANCE, 1)
