"""What is sent to break something, to every address of the API: refused by name, or answered with safe content."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from time import process_time
from urllib.parse import quote

import pytest
from django.test import Client

from huunghi.api import api as mounted_api
from huunghi.http import PROBLEM_JSON
from tests.api import specimens
from tests.api.specimens import archive, made  # noqa: F401  fixtures

LONGEST = 2.0  # seconds of the processor for one answer
ROOT = "/api/v1"
SPECIFICATION = mounted_api.get_openapi_schema()["paths"]
READING = {path: operations["get"] for path, operations in SPECIFICATION.items() if "get" in operations}
WRITING = [
    (method, path, operation)
    for path, operations in SPECIFICATION.items()
    for method, operation in operations.items()
    if "requestBody" in operation
]
LISTS = [path for path, operation in READING.items() if any(p["name"] == "cursor" for p in operation["parameters"])]
NFD = unicodedata.normalize("NFD", "Hữu nghị")

# As it stands in an address: some of it no program can write otherwise.
HOSTILE = {
    "NUL": "a%00b",
    "half a surrogate pair": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "bidi": quote("\u202eabc\u2066\u200b\ufeff"),
    "decomposed": quote(NFD),
    "100,000 characters": "x" * 100_000,
    "100,000 Khmer characters": quote("ក" * 100_000),
    "beyond 64 bits": str(10**30),
    "beyond what Python reads": "9" * 5000,
    "negative": "-1",
    "infinite": "1e999",
    "not a number": "NaN",
    "impossible date": "2019-02-30",
    "line break": "a%0D%0ASet-Cookie:%20stolen=1",
    "path": "..%2F..%2F..%2Fetc%2Fpasswd",
    "formula": quote("=HYPERLINK(0)"),
    "markup": quote("<script>alert(1)</script>"),
    "query": quote("' OR 1=1 --"),
    "nested": "%5B" * 1000,
    "empty": "",
}


def filled(path, **values):
    """The address of an operation; the names in it are those of the specimens unless others are given."""
    key = "specimen" if "publications" in path else specimens.VENUE
    known = {**specimens.IDS, "key": key, "name": "venues"} | values
    return ROOT + path.format(**known)


def problem_of(answer, *statuses):
    """The problem document, one of these statuses."""
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == PROBLEM_JSON
    return answer.json()


def in_time(ask, *arguments, **options):
    began = process_time()
    answer = ask(*arguments, **options)
    assert process_time() - began < LONGEST
    assert answer.status_code < 500, answer.content[:300]
    assert "stolen" not in answer.cookies
    return answer


def reader_of(path, archive):  # noqa: F811
    if path.startswith("/shared/"):
        return Client(headers={"Authorization": f"Bearer {archive.partner_key}"})
    if path.endswith("/draft/"):
        return Client(headers={"Authorization": f"Bearer {archive.staff_token}"})
    return Client()


@pytest.mark.parametrize("path", READING)
def test_a_hostile_value_is_refused_by_name_or_answered_safely(archive, path):  # noqa: F811
    client = reader_of(path, archive)
    for parameter in READING[path]["parameters"]:
        if parameter["in"] != "query":
            continue
        name = parameter["name"]
        needed = "" if name in ("q", "path") or not path.endswith("/find/") else "&path=/"
        for what, value in HOSTILE.items():
            answer = in_time(client.get, f"{filled(path)}?{name}={value}{needed}")
            if answer.status_code == 422:
                problem = problem_of(answer, 422)
                assert any(name in error["loc"] for error in problem["errors"]), (name, what, problem)
                assert name in problem["detail"]
            elif answer.status_code != 200:
                assert path == "/find/" and problem_of(answer, 404)


@pytest.mark.parametrize("path", READING)
def test_a_parameter_that_is_unknown_or_given_twice_is_refused_by_name(archive, path):  # noqa: F811
    client = reader_of(path, archive)
    address = filled(path) + ("?path=/" if path == "/find/" else "?q=a" if "suggest" in path else "?")
    for query, name in (("unknown%00=1", "unknown"), ("lang%5B%5D=vi", "lang[]"), ("lang=vi&lang=km", "lang")):
        if path == "/find/" and query.startswith("lang="):
            query, name = "path=/a", "path"
        problem = problem_of(client.get(f"{address}&{query}"), 422)
        assert name in problem["detail"] and name in str(problem["errors"])


@pytest.mark.parametrize("path", [path for path in READING if "{" in path])
def test_a_hostile_address_leads_nowhere(archive, path):  # noqa: F811
    client = reader_of(path, archive)
    for parameter in READING[path]["parameters"]:
        if parameter["in"] == "path":
            for value in filter(None, HOSTILE.values()):
                problem_of(in_time(client.get, filled(path, **{parameter["name"]: value})), 404)


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_was_altered_is_refused_or_leads_into_the_same_list(archive, path):  # noqa: F811
    client = reader_of(path, archive)
    first = client.get(f"{ROOT}{path}?limit=1").json()
    cursor = first["next"]
    assert cursor, "there is a second page"
    altered = {cursor[:at] + other + cursor[at + 1 :] for at in range(0, len(cursor), 3) for other in "A9_"}
    altered |= {cursor[: len(cursor) // 2], cursor * 2, cursor[::-1], cursor.swapcase(), f"{cursor}=", f" {cursor}"}
    for each in altered:
        answer = in_time(client.get, f"{ROOT}{path}", {"limit": 1, "cursor": each})
        if answer.status_code != 200:
            assert any("cursor" in error["loc"] for error in problem_of(answer, 422)["errors"])
    for other in set(LISTS) - {path}:
        if not other.startswith("/shared/"):
            in_time(client.get, f"{ROOT}{other}", {"limit": 1, "cursor": cursor})


BODIES = {
    "null": "null",
    "a list": "[]",
    "a text": '"text"',
    "a number": "1" + "0" * 4000,
    "more digits than Python reads": '{"revision": ' + "9" * 100_000 + "}",
    "a bomb of brackets": "[" * 100_000,
    "a bomb of braces": '{"a":' * 100_000,
    "a bomb that is closed": '{"revision":' + "[" * 5000 + "]" * 5000 + "}",
    "not a number": '{"revision": NaN}',
    "infinite": '{"revision": -Infinity}',
    "half a surrogate pair": '{"revision": "\\udfff"}',
    "NUL": '{"revision": "a\\u0000b"}',
    "a name with NUL": '{"\\u0000": 1}',
    "a name given twice": '{"revision": "a", "revision": "b"}',
    "no UTF-8": b'{"revision": "\xff"}',
    "UTF-16": '{"revision": "a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"revision": "a"}',
    "half of it": '{"revision": "a',
    "two of them": "{}{}",
    "a prototype": '{"__proto__": {"live": true}, "constructor": 1}',
    "markup": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "60,000 fields": json.dumps({f"a{number}": number for number in range(60_000)}),
}


@pytest.mark.parametrize(("method", "path", "operation"), WRITING, ids=[each["operationId"] for *_, each in WRITING])
def test_a_hostile_body_is_refused_everywhere(archive, method, path, operation):  # noqa: F811
    address = filled(path) + ("?lang=en" if path.endswith("/translations/") else "")
    headers = {"Authorization": f"Bearer {archive.staff_token}", "If-Match": "*"}
    for what, body in BODIES.items():
        sent = in_time(
            Client().generic, method.upper(), address, body, content_type="application/json", headers=headers
        )
        problem = problem_of(sent, 400, 422)
        assert sent.status_code == 400 or problem["errors"], (what, problem)
    for content_type in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonp", ""):
        sent = Client().generic(method.upper(), address, "{}", content_type=content_type, headers=headers)
        problem_of(sent, 415)


TEXTS = {
    "bidi": ("\u202eThế kỷ\u2066", 201),
    "decomposed": (NFD, 201),
    "a formula": ("=cmd|' /C calc'!A0", 201),
    "markup": ("<script>alert(1)</script>", 201),
    "a template": ("{{ 7*7 }}{% include 'a' %}", 201),
    "a path": ("../../../../etc/passwd", 201),
    "a line break": ("a\r\nATTENDEE:mailto:x@example.com", 422),
    "100,000 characters": ("ក" * 100_000, 422),
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_hostile_title_is_refused_or_harmless_wherever_it_is_shown(archive, what):  # noqa: F811
    title, status = TEXTS[what]
    staff = Client(headers={"Authorization": f"Bearer {archive.staff_token}", "If-Match": "*"})
    body = {"title": title, "kind": "meeting", "start": "2019-05-14", "venues": [{"name": title[:200]}]}
    sent = in_time(staff.post, f"{ROOT}/events/", body, content_type="application/json")
    assert sent.status_code == status, sent.content[:300]
    if status == 422:
        assert {error["field"] for error in problem_of(sent, 422)["errors"]} >= {"title"}
        return
    id_ = sent.json()["id"]
    assert in_time(staff.post, f"{ROOT}/events/{id_}/publish/", {}, content_type="application/json").status_code == 200
    assert in_time(Client().get, f"{ROOT}/events/{id_}/").json()["title"] == sent.json()["title"]
    calendar = in_time(Client().get, f"{ROOT}/events/{id_}.ics").content.decode()
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    table = in_time(Client().get, f"{ROOT}/events/export.csv").getvalue().decode("utf-8-sig")
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for row in csv.reader(io.StringIO(table)) for cell in row)
    for address in (sent.json()["url"] or f"/id/{id_}/", "/rss/vi/", "/oai?verb=ListRecords&metadataPrefix=oai_dc"):
        page = in_time(Client().get, address, follow=True).content
        assert b"<script>alert" not in page


@pytest.mark.parametrize(
    "address", ["/oai?verb=", "/oai?verb=ListRecords&resumptionToken=", "/oai?verb=GetRecord&identifier=",
                "/oai?verb=ListRecords&metadataPrefix=oai_dc&from=", "/rss/vi/?partner=", "/rss/vi/?kind=",
                "/oembed?url=", f"/oembed?url=http://testserver/id/{specimens.EVENT}/&maxwidth=",
                f"/embed/{specimens.EVENT}/?lang=", "/robots.txt?a="],
)  # fmt: skip
def test_a_hostile_value_breaks_no_feed(archive, address):  # noqa: F811
    for value in HOSTILE.values():
        in_time(Client().get, address + value)
