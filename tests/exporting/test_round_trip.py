"""A dump, imported into an empty archive, gives the same dump."""

import hashlib
import json
from datetime import time

from huunghi.events.models import ArticlePage, Channel, EventPage, ExchangePage, PlanPage, Publication, ReportPage
from huunghi.importing import Options, import_files
from huunghi.models import ImportedItem
from huunghi.partners.models import OfficialDocument, Organisation, Partner, PartnerPage, Partnership, Person, Place
from huunghi.partners.models.pages import IndexPage
from tests.factories import make_event

from .conftest import lines_of_the_manual, objects

PAGES = (ReportPage, ArticlePage, EventPage, PlanPage, ExchangePage, PartnerPage)
MORE = [
    {
        "source_id": "imprecise", "type": "event", "kind": "festival", "start": "2019-05", "end": "2019-07",
        "live": True, "unit": "lhctchn-an-giang", "texts": {"vi": {"title": "Mùa lễ hội"}, "en": {"title": "Season"}},
        "status_reason": {"vi": "Dịch bệnh", "en": "Epidemic"}, "status": "postponed",
    },
    {
        "source_id": "evening", "type": "event", "kind": "performance", "start": "2019-05-14T19:00+07:00", "live": True,
        "end": "2019-05-14T21:30+07:00", "unit": "lhctchn-an-giang", "texts": {"km": {"title": "យប់"}},
        "documents": [{"number": "50", "symbol": "KH-UBND", "date": "2018-03-14", "issuer": "org-1", "title": "A"}],
    },
    {
        "source_id": "undated", "type": "event", "kind": "meeting", "precision": "unknown", "live": True,
        "unit": "lhctchn-an-giang", "texts": {"vi": {"title": "Không rõ", "body": "<h2>A</h2><p>B &amp; <b>C</b></p>"}},
        "figures": [{"quantity": 12.5, "unit": "item"}, {"quantity": 0, "unit": "person", "scope": {"en": "x"}}],
    },
]  # fmt: skip


def empty_the_archive():
    for model in PAGES:
        for page in model.objects.all():
            page.delete()
    for section in (s for model in IndexPage.__subclasses__() for s in model.objects.filter(unit__isnull=False)):
        section.delete()
    keys = dict(ImportedItem.objects.values_list("source_id", "object_key"))
    ImportedItem.objects.all().delete()
    for model in (Partnership, Channel, Publication, OfficialDocument, Partner, Person):
        model.objects.all().delete()
    Organisation.objects.filter(key__in=keys.values()).update(parent=None)
    Organisation.objects.filter(key__in=keys.values()).delete()
    Place.objects.filter(key="nha-van-hoa-chau-doc").delete()


def lines(files):
    return {name: text for name, text in files.items() if name.endswith(".jsonl")}


def test_a_dump_imported_into_an_empty_archive_gives_the_same_dump(import_lines, dump, tmp_path):
    import_lines([*lines_of_the_manual(), *MORE])
    first = dump("first")
    assert {name for name, text in first.items() if name.endswith(".jsonl") and text} == {
        "articles.jsonl", "channels.jsonl", "documents.jsonl", "events.jsonl", "exchanges.jsonl", "organisations.jsonl",
        "partners.jsonl", "people.jsonl", "places.jsonl", "plans.jsonl", "publications.jsonl", "reports.jsonl",
    }  # fmt: skip
    empty_the_archive()
    assert not EventPage.objects.exists() and not lines(dump("empty"))["events.jsonl"]
    said = []
    import_files(sorted((tmp_path / "first").glob("*.jsonl")), Options(), said.append)
    assert not [sentence for sentence in said if "places.jsonl" not in sentence]  # names that the gazetteer has noted
    second = dump("second")
    assert lines(second) == lines(first)
    ids = {line["source_id"] for line in objects(first["events.jsonl"])}
    assert ids == {str(key) for key in EventPage.objects.values_list("translation_key", flat=True)}


def test_a_dump_imported_where_it_came_from_changes_nothing(import_lines, dump, tmp_path):
    import_lines(lines_of_the_manual())
    ImportedItem.objects.all().delete()
    dump("first")
    said = []
    report = import_files(sorted((tmp_path / "first").glob("*.jsonl")), Options(), said.append)
    assert not [sentence for sentence in said if "places.jsonl" not in sentence]  # names that the gazetteer has noted
    assert report.counts["created"] == report.counts["changed"] == 0 and EventPage.objects.count() == 3


def test_the_same_archive_gives_the_same_bytes(import_lines, dump):
    import_lines([*lines_of_the_manual(), *MORE])
    first, second = dump("first"), dump("second")
    del first["manifest.json"], second["manifest.json"]
    assert first == second


def test_an_hour_without_an_end_stays_without_one(db, dump):
    make_event(precision="minute", start="2019-05-14", start_time=time(8, 0), title="Sáng")
    (line,) = objects(dump()["events.jsonl"])
    assert line["start"] == "2019-05-14T08:00+07:00" and "end" not in line


def test_the_manifest_counts_and_sums_up_every_file(import_lines, dump, tmp_path, settings):
    settings.HUUNGHI_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
    import_lines(lines_of_the_manual())
    manifest = json.loads(dump()["manifest.json"])
    assert manifest["licence"] == settings.HUUNGHI_LICENCE and manifest["counts"]["events"] == 1
    assert {entry["name"] for entry in manifest["files"]} == {
        path.name for path in (tmp_path / "dump").iterdir() if path.name != "manifest.json"
    }
    for entry in manifest["files"]:
        content = (tmp_path / "dump" / entry["name"]).read_bytes()
        assert entry["bytes"] == len(content) and entry["sha256"] == hashlib.sha256(content).hexdigest()
        if entry["name"].endswith(".jsonl"):
            assert entry["records"] == len(content.splitlines())
