import json
import re

from tests.project import ROOT

from .readme import instructions

PUBLISH_OURS = """
from datetime import date
from huunghi.events.models import EventIndexPage, EventKind, EventPage
from huunghi.partners.models import Organisation
unit = Organisation(key="unit", kind="friendship-union")
unit.name_rows.create(language="vi", text="Liên hiệp hữu nghị", preferred=True)
unit.save()
index = EventIndexPage.objects.get(locale__language_code="vi", unit=None)
page = EventPage(
    title="Giao lưu bóng chuyền với Kandal", slug="giao-luu", start_date=date(2024, 4, 12), status="held",
    unit=unit, kind=EventKind.objects.first(), locale=index.locale,
)
page.full_clean(exclude=["path", "depth"])
index.add_child(instance=page)
page.save_revision().publish()
print(page.get_url())
"""


def test_the_instructions_are_at_most_six_lines_of_settings_and_one_include(steps):
    assert len(steps.settings.strip().splitlines()) <= 6
    assert max(map(len, steps.settings.splitlines())) <= 120
    assert re.fullmatch(r"\s*path\(.*include\(.*\)\),\n", steps.include)


def test_the_longer_page_gives_the_same_instructions(steps):
    page = (ROOT / "docs/how-to/install-in-your-own-site.md").read_text()
    assert instructions(page, "Steps") == steps


def test_the_project_uses_the_wheel_and_not_the_checkout(host):
    where = host.python(
        "import huunghi.events.models, huunghi.search\nprint(huunghi.events.models.__file__, huunghi.__file__)"
    )
    assert [path for path in where.split() if not path.startswith(str(host.environment.folder))] == []


def test_the_system_checks_find_nothing_and_no_migration_is_missing(host):
    assert "no issues" in host.manage("check --fail-level WARNING")
    assert "No changes detected" in host.manage("makemigrations --check --dry-run")


def test_setting_up_a_second_time_changes_nothing(host):
    assert "already" in host.manage("huunghi_setup")


def test_one_of_our_events_is_published_found_by_the_api_and_read_on_its_page(host):
    address = host.python(PUBLISH_OURS).strip().splitlines()[-1]
    found, page, search_page = host.get("/api/v1/archive/?q=giao luu", address, "/vi/search/?q=giao luu")
    assert found[0] == 200, found[1]
    titles = [item["title"] for item in json.loads(found[1])["items"]]
    assert any("Kandal" in title for title in titles)
    assert page[0] == 200
    assert "Giao lưu bóng chuyền với Kandal" in page[1]
    assert "12/04/2024" in page[1]
    assert search_page[0] == 200


def test_their_own_pages_types_and_search_work_as_before(host):
    fair, their_search, front = host.get("/fair/", "/search/?query=fair", "/")
    assert fair == (200, "<h1>Village fair</h1><p>Their event in Reading</p>")
    assert their_search[0] == 200
    assert "Village fair" in their_search[1]
    assert front[0] == 200


def test_both_kinds_of_event_page_live_in_one_tree(host):
    """Two page types of one name clash on Page's reverse relations unless ours names its parent link."""
    counts = host.python(
        "from wagtail.models import Page\nfrom events.models import EventPage as Theirs\n"
        "from huunghi.events.models import EventPage as Ours\n"
        "print(Theirs.objects.count(), Page.objects.exact_type(Ours).filter(eventpage__isnull=False).count())"
    )
    assert counts.split() == ["1", "0"]


TRANSLATE_THEIR_FRONT_PAGE = """
from home.models import HomePage
from wagtail.models import Locale
page = HomePage.objects.get().copy_for_translation(Locale.objects.get(language_code="km"))
page.save_revision().publish()
"""


def test_a_language_whose_front_page_they_translate_gets_its_archive_pages(host):
    """The last test: it changes the tree of the others' site."""
    assert "km: " in host.manage("huunghi_setup")
    host.python(TRANSLATE_THEIR_FRONT_PAGE)
    assert "su-kien km" in host.manage("huunghi_setup")
    assert "km: " not in host.manage("huunghi_setup")
