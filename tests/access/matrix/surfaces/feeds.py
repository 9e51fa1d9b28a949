"""What machines read: feeds, site maps, harvests. They show everybody what the anonymous reader may read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

from ..content import NEVER_LIVE, Canary
from ..readers import Answer
from ..table import Cell
from . import rules
from .rules import Scene

OAI = "{http://www.openarchives.org/OAI/2.0/}"
LISTS = (
    "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    "/oai?verb=ListRecords&metadataPrefix=huunghi_event",
    "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
)
RECORD = "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=urn:uuid:{}"
MOMENT = re.compile(rb"<(responseDate|datestamp)>[^<]*</\1>")
SETS = re.compile(rb"<setSpec>[^<]*</setSpec>")


def rss_atom(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    for address in ("/rss/vi/", f"/rss/vi/?partner={canary.partner}"):
        yield from _in_list(cell, scene, address)
    answer = scene.ask(cell, "/rss/km/")
    if cell.expect == "absent":
        yield from _names_nothing(canary.traces, answer)


def sitemap(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    index = scene.ask(cell, "/sitemap.xml")
    yield from rules.status(cell, index)
    found = []
    for address in re.findall(r"<loc>http://testserver([^<]+)</loc>", index.text):
        answer = scene.ask(cell, address)
        yield from rules.status(cell, answer)
        yield from rules.conceals(cell, canary, answer.text, address)
        found += re.findall(r"<loc>http://testserver([^<]+)</loc>", answer.text)
        if cell.expect == "absent":
            yield from _names_nothing([*canary.traces, *canary.addresses], answer)
    if cell.expect == "listed" and canary.address not in found:
        yield f"{canary.address} stands in no file"


def oai_list(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    for address in LISTS:
        answer = scene.ask(cell, address)
        yield from rules.status(cell, answer)
        yield from rules.conceals(cell, canary, answer.text, address)
        told = _told(answer, canary)
        if cell.expect == "listed":
            if told != "shown":
                yield f"{address}: {told}"
            if "ListRecords" in address:
                yield from rules.contains(cell, canary, answer.text, address)
        else:
            yield from _names_nothing([trace for trace in canary.traces if trace != canary.key], answer)
            if told != ("nothing" if _never_public(canary, scene) else "deleted"):
                yield f"{address}: {told}"


def oai_get(cell: Cell, scene: Scene) -> Iterator[str]:
    """A record that was public once is told to be deleted, whatever became of it, and nothing else is told."""
    canary = scene.canary(cell)
    answer = scene.ask(cell, RECORD.format(canary.key))
    if cell.expect == "visible":
        yield from rules.shown(cell, canary, answer)
        return
    like = rules.NEVER_WAS if _never_public(canary, scene) else scene.content.canaries["deleted"].key
    other = scene.ask(cell, RECORD.format(like))
    yield from rules.hidden(cell, canary, _timeless(answer), _timeless(other), (canary.key, like))
    yield from _names_nothing([trace for trace in canary.traces if trace != canary.key], answer)


def _in_list(cell: Cell, scene: Scene, address: str) -> Iterator[str]:
    canary = scene.canary(cell)
    answer = scene.ask(cell, address)
    yield from rules.shown(cell, canary, answer)
    if cell.expect == "absent":
        yield from _names_nothing(canary.traces, answer)


def _names_nothing(traces: list[str], answer: Answer) -> Iterator[str]:
    yield from (f"{answer.address}: names {trace}" for trace in traces if trace in answer.text)


def _told(answer: Answer, canary: Canary) -> str:
    for header in ElementTree.fromstring(answer.body).iter(f"{OAI}header"):
        if header.findtext(f"{OAI}identifier") == f"urn:uuid:{canary.key}":
            return header.get("status", "shown")
    return "nothing"


def _never_public(canary: Canary, scene: Scene) -> bool:
    return scene.condition == "fresh" and canary.state in {*NEVER_LIVE, "translation_draft"}


def _timeless(answer: Answer) -> Answer:
    """Without what differs between two deleted records: when, and the sets they were in while they were public."""
    return replace(answer, body=SETS.sub(b"", MOMENT.sub(b"", answer.body)))


CHECKERS = {"rss_atom": rss_atom, "sitemap": sitemap, "oai_list": oai_list, "oai_get": oai_get}
