"""Files and lines that are wrong: one sentence each, the right exit code, nothing half imported."""

import json

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Revision

from huunghi.events.models import EventPage
from huunghi.importing import reader
from huunghi.models import ImportedItem
from huunghi.partners.models import Organisation

from .conftest import KANDAL, UNIT


def run(capsys, *paths, **options):
    """Exit code and everything that was written."""
    try:
        call_command("huunghi_import", *map(str, paths), language="en", **options)
        code = 0
    except SystemExit as exit_:
        code = exit_.code
    except CommandError as error:
        print(error)
        code = error.returncode
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_a_good_file_ends_with_0(db, write, event, capsys):
    code, text = run(capsys, write(event(), UNIT))
    assert code == 0 and "2 created, 0 changed, 0 unchanged, 0 with errors." in text


@pytest.mark.parametrize(
    ("line", "field", "words"),
    [
        ("{not json", "", "not JSON"),
        ("[1, 2]", "", "one object"),
        ('{"source_id": "x", "type": "event", "n": NaN}', "", "not JSON"),
        ("[" * 100_000, "", "not JSON"),
        ({"type": "event", "texts": {"vi": {"title": "A"}}}, "source_id", "needed"),
        ({"source_id": "x", "type": "evnt"}, "type", "event"),
        ({"source_id": "x", "type": "event"}, "texts", "needed"),
        ({"source_id": "x", "type": "event", "texts": {"vi": {"title": ""}}}, "texts.vi.title", "empty"),
        ({"source_id": "x", "type": "event", "texts": {"vi": {"titel": "A"}}}, "texts.vi.titel", "title"),
    ],
)
def test_a_line_that_cannot_be_read_is_one_error_and_the_others_are_imported(
    db, write, event, capsys, line, field, words
):
    path = write(event(), line, UNIT)
    code, text = run(capsys, path)
    assert code == 1 and EventPage.objects.count() == 1
    assert f"{path}:2{' ' + field if field else ''}: " in text and words in text


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"knd": "meeting"}, "knd", "kind"),
        ({"kind": "meting"}, "kind", "meeting"),
        ({"status": "done"}, "status", "planned"),
        ({"partners": ["KH-8", "KH-80"]}, "partners[2].code", "KH-8"),
        ({"places": ["VN-450"]}, "places[1]", "VN-45"),
        ({"figures": [{"quantity": 1, "unit": "persn"}]}, "figures[1].unit", "person"),
        ({"figures": [{"quantity": "2.063", "unit": "person"}]}, "figures[1].quantity", "number"),
        ({"figures": [{"quantity": 1e30, "unit": "person"}]}, "figures[1].quantity", "digits"),
        ({"venues": [{"place": "VN-45", "atendance": 3}]}, "venues[1].atendance", "attendance"),
        ({"venues": [{"attendance": 10**30}]}, "venues[1].attendance", ""),
        ({"venues": [7]}, "venues[1]", "text"),
        ({"fields": ["bordr"]}, "fields[1]", "border"),
        ({"exchange": "nothing"}, "exchange", "not known"),
        ({"unit": "nobody"}, "unit", "not known"),
        ({"kind": None}, "kind", ""),
        ({"source": {"date": "2019-05"}}, "source.date", "day"),
        ({"source": {"address": "javascript:x"}}, "source.address", "web address"),
        ({"texts": {"xx": {"title": "A"}}}, "texts.xx", "vi"),
        ({"texts": {"vi": {"title": "A" * 300}}}, "texts.vi.title", "255"),
        ({"organisers": [{"role": "organiser"}]}, "organisers[1]", "Name"),
        ({"status_reason": {"km": "X"}}, "status_reason", "km"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_closest(db, write, event, capsys, change, field, words):
    path = write(event(**change), event("good"), UNIT, KANDAL)
    code, text = run(capsys, path)
    assert code == 1
    assert f"{path}:1 {field}: " in text and words in text
    assert ImportedItem.objects.filter(type="event").count() == EventPage.objects.count() == 1


def test_a_line_over_five_megabytes_is_an_error_and_is_never_read_whole(db, write, event, capsys, monkeypatch):
    monkeypatch.setattr(reader, "MAX_LINE_BYTES", 10_000)
    huge = event("huge", texts={"vi": {"title": "A", "body": "ơ" * 200_000}})
    path = write(event(), huge, event("after", start="2020"), UNIT)
    lengths = [len(line.data or b"") for line in reader.read_lines(path)]
    assert max(lengths) <= 10_001 and lengths[1] == 0
    code, text = run(capsys, path)
    assert code == 1 and f"{path}:2: " in text and EventPage.objects.count() == 2


@pytest.mark.parametrize(
    "content", [b"", b"\n\n  \n", b"no json\nat all\n", "Gặp gỡ".encode("utf-16"), b'{"source_id": "\xe9"}\n']
)
def test_a_file_without_anything_to_read_ends_with_2_and_writes_nothing(db, tmp_path, capsys, content):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    assert run(capsys, path)[0] == 2
    assert not ImportedItem.objects.exists()


def test_one_file_that_is_not_utf8_stops_the_others_too(db, write, event, capsys):
    good = write(event(), UNIT)
    bad = write(json.dumps(event("x")).encode("utf-16"), name="bad.jsonl")
    assert run(capsys, good, bad)[0] == 2
    assert not EventPage.objects.exists()


def test_a_file_that_does_not_exist_ends_with_2(db, capsys, tmp_path):
    code, text = run(capsys, tmp_path / "none.jsonl")
    assert code == 2 and "none.jsonl" in text


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(db, tmp_path, event, capsys):
    path = tmp_path / "bom.jsonl"
    path.write_bytes("\ufeff".encode() + "\r\n".join(map(json.dumps, [event(), UNIT])).encode())
    assert run(capsys, path)[0] == 0 and EventPage.objects.count() == 1


def test_strict_writes_nothing_when_a_line_has_an_error(db, write, event, capsys):
    before = (Page.objects.count(), Revision.objects.count(), Organisation.objects.count())
    code, text = run(capsys, write(event(), event("bad", kind="nonsense"), UNIT), strict=True)
    assert code == 2 and " kind: " in text
    assert (Page.objects.count(), Revision.objects.count(), Organisation.objects.count()) == before
    assert not ImportedItem.objects.exists()


def test_a_dry_run_writes_nothing_and_says_what_it_would_do(db, write, event, capsys, tmp_path, settings):
    from PIL import Image

    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    path = write(event(photos=[{"file": "a.png"}]), UNIT)
    code, text = run(capsys, path, dry_run=True)
    assert code == 0 and "2 created" in text and "dry run" in text
    assert not ImportedItem.objects.exists() and not EventPage.objects.exists()
    assert not [file for file in tmp_path.joinpath("media").rglob("*") if file.is_file()]


def test_a_line_that_refers_to_a_bad_line_is_refused_too(load, event):
    report = load(
        event(exchange="ex"), {"source_id": "ex", "type": "exchange", "unit": "nobody", "texts": {"vi": {"title": "A"}}}
    )
    assert any(" unit:" in sentence for sentence in report.said)
    assert any(" exchange:" in sentence for sentence in report.said) and not EventPage.objects.exists()


def test_a_source_id_used_twice_is_an_error_that_names_the_first_line(load, event):
    report = load(event(), event())
    assert ":2 source_id: " in report.said[0] and ":1" in report.said[0].split(":2 source_id")[1]


def test_a_source_id_keeps_its_type(load, event):
    load(event())
    report = load({"source_id": "event-1", "type": "person", "names": {"vi": "A"}})
    assert " type:" in report.said[0]


def test_a_key_never_changes(load):
    place = {"source_id": "p", "type": "place", "key": "one", "kind": "venue", "names": {"vi": "A"}}
    load(place)
    assert " key:" in load({**place, "key": "two"}).said[0]
    assert " key:" in load({**place, "source_id": "q"}).said[0]


def test_a_live_page_without_a_unit_says_what_to_do(load, event):
    line = event()
    del line["unit"]
    report = load(line)
    assert " unit:" in report.said[0] and "--unit" in report.said[0]
    assert load(line, unit="org-union").said == [] and EventPage.objects.get().unit.key == "org-union"
