"""What the files of a dump look like, and how they come to their place."""

import csv
import gzip
import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huunghi.events.models import EventOrganiser, EventPhoto, Venue
from huunghi.exporting import DumpOptions, write_dump
from tests.factories import make_event, make_exchange, make_image

from .conftest import lines_of_the_manual, objects

pytestmark = pytest.mark.django_db


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_events_are_rows_of_a_table_with_every_language(dump):
    make_event("Gặp gỡ", translations={"km": "ជំនួប"}, start="2019-05-14", rows={"venues": [Venue(name="Nhà")]})
    (row,) = rows(dump()["events.csv"])
    assert (row["title vi"], row["title km"], row["start"], row["venues"]) == ("Gặp gỡ", "ជំនួប", "2019-05-14", "Nhà")
    assert row["address"].startswith("http")


@pytest.mark.parametrize("title", ["=1+1", "+84", "-x", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_no_cell_is_a_formula(dump, title):
    make_event(title, rows={"organisers": [EventOrganiser(name=title)]}, summary=title)
    text = dump()["events.csv"]
    for cell in (cell for row in csv.reader(io.StringIO(text)) for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝")) and cell[:1] not in ("\t", "\r", "\n")


def test_json_ld_is_one_document_of_events(dump, import_lines):
    import_lines(lines_of_the_manual())
    document = json.loads(dump()["events.jsonld"])
    (event,) = document["@graph"]
    assert document["@context"] == "https://schema.org" and event["@type"] == "Event"
    assert {name["@language"] for name in event["name"]} == {"vi", "km", "en"}
    assert len(event["location"]) == 2 and event["startDate"] == "2018-05-12"


def test_json_ld_without_events_is_json(dump):
    assert json.loads(dump()["events.jsonld"])["@graph"] == []


def test_pictures_are_named_by_their_addresses(dump):
    shown, withheld = make_image(), make_image()
    photos = [EventPhoto(image=shown, caption="Cổng"), EventPhoto(image=withheld, withheld=True)]
    make_event(rows={"photos": photos})
    files = dump()
    (row,) = rows(files["files.csv"])
    assert row["address"].startswith("http") and shown.file.name in row["address"] and row["title"] == "Cổng"
    assert not any(withheld.file.name in text for text in files.values())


def test_only_some_types_formats_and_languages_are_written(dump):
    make_event("Gặp gỡ", translations={"km": "ជំនួប"}, exchange=make_exchange("Giải"))
    assert set(dump("one", only=frozenset({"events"}), formats=frozenset({"jsonl"}))) == {
        "events.jsonl",
        "manifest.json",
    }
    files = dump("two", languages=frozenset({"km"}))
    (line,) = objects(files["events.jsonl"])
    assert list(line["texts"]) == ["km"] and not files["exchanges.jsonl"]
    assert "title vi" not in files["events.csv"]


def test_packed_files_are_the_same_every_time(tmp_path):
    make_event("Gặp gỡ")
    for name in ("one", "two"):
        write_dump(tmp_path / name, DumpOptions(gzip=True))
    first, second = ((tmp_path / name / "events.jsonl.gz").read_bytes() for name in ("one", "two"))
    assert first == second and objects(gzip.decompress(first).decode())[0]["type"] == "event"


def test_an_older_dump_is_replaced_as_a_whole(dump, tmp_path):
    make_event("Gặp gỡ")
    dump()
    (tmp_path / "dump" / "old.txt").write_text("of an older version")
    assert "old.txt" not in dump() and [path.name for path in tmp_path.iterdir() if "dump" in path.name] == ["dump"]


def test_a_dump_that_fails_leaves_the_older_one_and_nothing_else(dump, tmp_path, monkeypatch):
    make_event("Gặp gỡ")
    before = dump()

    def fail(*_arguments):
        raise OSError("No space left")

    monkeypatch.setattr("huunghi.exporting.dump.linked_event", fail)
    with pytest.raises(CommandError, match="No space left"):
        call_command("huunghi_export", str(tmp_path / "dump"))
    after = {path.name: path.read_text(encoding="utf-8-sig") for path in (tmp_path / "dump").iterdir()}
    assert after == before and [path.name for path in tmp_path.iterdir() if "dump" in path.name] == ["dump"]


def test_a_folder_with_other_files_is_not_touched(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(CommandError, match="other files"):
        call_command("huunghi_export", str(tmp_path), language="en")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["letter.txt"]


@pytest.mark.parametrize("option", [{"only": "evnts"}, {"formats": "xml"}, {"languages": "fr"}])
def test_an_unknown_choice_is_refused_by_name(tmp_path, option):
    with pytest.raises(CommandError, match=next(iter(option.values()))):
        call_command("huunghi_export", str(tmp_path / "dump"), **option)
    assert not (tmp_path / "dump").exists()


def test_the_number_of_queries_does_not_grow_with_the_events(tmp_path):
    def queries(name):
        with CaptureQueriesContext(connection) as counted:
            write_dump(tmp_path / name)
        return len(counted)

    make_event("Một", rows={"venues": [Venue(name="A")]}, translations={"km": "ក"})
    queries("warm")
    few = queries("few")
    for number in range(5):
        make_event(f"Hai {number}", rows={"venues": [Venue(name="A")]}, translations={"km": "ក"})
    assert queries("many") == few


def test_a_dump_says_how_far_it_is(tmp_path):
    make_event("Một")
    make_exchange("Hai")
    seen = []
    write_dump(tmp_path / "dump", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
