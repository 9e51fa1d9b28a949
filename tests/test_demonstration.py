"""The demonstration holds every fact of the five source articles, and loading it twice changes nothing."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from huunghi.events.models import EventKind, EventPage, Figure, ReportPage
from huunghi.models import ImportedItem
from huunghi.partners.models import Audience, CooperationField, Partner
from huunghi_site import selfcheck

pytestmark = pytest.mark.django_db

TESTS = Path(__file__).parent
DEMONSTRATION = TESTS.parent / "site" / "huunghi" / "data" / "demonstration"
VOCABULARIES = {"event-kind": EventKind, "field": CooperationField, "audience": Audience}
GENRES = {"press-release", "statement", "news", "feature", "guidance", "reportage"}


def seed_rows():
    with (TESTS / "data" / "seed-map.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def names_of_tests():
    """Names of all functions in the files of the suite."""
    names = set()
    for path in TESTS.rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return names


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration in the test database for the tests of this module, rolled back afterwards."""
    from django.db import transaction
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("demonstration")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=str(folder / "media")),
        transaction.atomic(),
    ):
        call_command("huunghi_import", str(DEMONSTRATION), verbosity=0)
        lines = {}
        for path in sorted(DEMONSTRATION.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                data = json.loads(line)
                lines[data["source_id"]] = data
        yield lines
        transaction.set_rollback(True)


def at(value, path):
    """The value at a path such as `figures[0].unit`."""
    for name, position in re.findall(r"([a-z_]+)|\[(\d+)\]", path):
        value = value[name] if name else value[int(position)]
    return value


def references(row):
    """(source id, path) of everything that a row of the table says it is held by."""
    if row["source_id"]:
        yield row["source_id"], row["path"]
    elif row["path"]:
        yield row["path"], ""
    for extra in row["also"].split():
        source_id, _, path = extra.partition("#")
        yield source_id, path


@pytest.mark.parametrize("row", seed_rows(), ids=lambda row: row["row"])
def test_every_fact_of_the_sources_is_held(row, demonstration):
    held = list(references(row))
    if not held:
        assert row["held_by_test"].startswith("later: ") or row["held_by_test"] in names_of_tests()
        return
    for source_id, path in held:
        vocabulary, _, code = source_id.partition(":")
        if vocabulary in VOCABULARIES:
            assert VOCABULARIES[vocabulary].objects.filter(code=code).exists(), source_id
        elif vocabulary == "genre":
            assert code in GENRES
        else:
            assert ImportedItem.objects.filter(source_id=source_id).exists(), source_id
            assert at(demonstration[source_id], path) not in (None, "", [])


def event(source_id):
    key = ImportedItem.objects.get(source_id=source_id).object_key
    return EventPage.objects.get(translation_key=key, locale__language_code="vi")


def test_the_round_table_has_53_stated_venues_of_which_two_are_known(demonstration):
    page = event("ev-vufo-round-table-2022-06-14")
    assert page.stated_venues == 53
    assert sorted(str(venue.place) for venue in page.venues.all()) == ["Bến Tre", "Hà Nội"]
    assert any(figure.quantity == 53 and figure.unit.code == "venue" for figure in page.figures.all())


def test_the_training_has_one_main_hall_and_eleven_connected_ones(demonstration):
    roles = [venue.role for venue in event("ev-an-giang-training-2019").venues.all()]
    assert (roles.count("main"), roles.count("connected")) == (1, 11)


def test_2063_attendances_are_attendances_and_not_persons(demonstration):
    report = ReportPage.objects.get(locale__language_code="vi")
    figures = {figure.unit.code: int(figure.quantity) for figure in report.figures.all()}
    assert figures == {"conference": 10, "session": 420, "attendance": 2063}


def test_two_archipelagos_are_no_figure(demonstration):
    assert not Figure.objects.filter(quantity=2).exists()


def test_what_concerns_a_partner_is_told_in_khmer_and_english(demonstration):
    for page in EventPage.objects.filter(locale__language_code="vi"):
        if page.partner_sides.exists():
            languages = {other.locale.language_code for other in page.get_translations()}
            assert languages == {"km", "en"}, page


def test_the_partners_of_the_sources_have_pages_in_three_languages(demonstration):
    for code in ("KH-8", "KH-21", "KH-11"):
        pages = Partner.objects.get(code=code).pages.filter(live=True)
        assert {page.locale.language_code for page in pages} == {"vi", "km", "en"}


def test_every_photo_has_a_credit_and_a_caption(demonstration):
    for page in EventPage.objects.filter(locale__language_code="vi"):
        for photo in page.photos.all():
            assert photo.credit
            assert photo.caption


def test_loading_it_again_changes_nothing(demonstration, capsys):
    revisions = {page.pk: page.latest_revision_id for page in EventPage.objects.all()}
    call_command("huunghi_import", str(DEMONSTRATION), language="en", verbosity=0)
    assert revisions == {page.pk: page.latest_revision_id for page in EventPage.objects.all()}
    assert "0 created, 0 changed" in capsys.readouterr().out


def test_the_self_check_passes(demonstration):
    from huunghi.search.engines import embedded_engine
    from huunghi.search.feeding import rebuild

    rebuild(embedded_engine())
    results = list(selfcheck.run())
    assert len(results) == 5
    assert all(passed for passed, _line in results), results


def test_the_reader_can_set_size_and_colours(demonstration):
    html = Client().get("/vi/").content.decode()
    for size in ("100", "115", "135"):
        assert f'data-size="{size}"' in html
    assert "data-contrast" in html


def test_a_malformed_time_is_refused(db, tmp_path, capsys):
    line = {
        "source_id": "ar-test",
        "type": "article",
        "published_at": "2024-10-03T12:00:0AM",
        "texts": {"vi": {"title": "Bài viết"}},
    }
    file = tmp_path / "article.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises((CommandError, SystemExit)):
        call_command("huunghi_import", str(file))
    output = capsys.readouterr()
    assert "published_at" in output.out + output.err
    assert not ImportedItem.objects.filter(source_id="ar-test").exists()
