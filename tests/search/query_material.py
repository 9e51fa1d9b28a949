"""What generated queries are made of: the large collection by topic and place, and the ways readers type."""

from __future__ import annotations

import csv
import gzip
import json
import unicodedata
from collections import defaultdict
from pathlib import Path

from huunghi.search.text.normalise import fold

DATA = Path(__file__).resolve().parent.parent / "data" / "relevance"
_TELEX = {"\u0302": "{}{}", "\u0306": "{}w", "\u031b": "{}w"}
_TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_VNI = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_VNI_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}


class Collection:
    """The events by topic and partner, and the names that readers use."""

    def __init__(self):
        with (DATA / "topics.csv").open(encoding="utf-8") as file:
            self.topics = {row["topic"]: row for row in csv.DictReader(file)}
        with (DATA / "place-names.csv").open(encoding="utf-8") as file:
            self.names = {row["iso_code"]: row for row in csv.DictReader(file) if row["iso_code"]}
        with gzip.open(DATA / "events-large.jsonl.gz", "rt", encoding="utf-8") as file:
            self.events = {event["source_id"]: event for event in map(json.loads, file)}
        self.topic_of = {}
        for id_, event in self.events.items():
            scope = event["figures"][0]["scope"] if event["figures"] else ""
            if scope in self.topics:
                self.topic_of[id_] = scope
        for topic, row in self.topics.items():
            self.topic_of |= dict.fromkeys(filter(None, row["also"].split("|")), topic)
        self.by_pair = defaultdict(list)
        for id_, topic in self.topic_of.items():
            for code in self.places(id_):
                self.by_pair[topic, code].append(id_)

    def places(self, id_):
        event = self.events[id_]
        return {partner["code"] for partner in event["partners"]} | set(event["places"])

    def text(self, id_, language=None):
        return " ".join(
            part
            for code, text in self.events[id_]["texts"].items()
            if language in (None, code)
            for part in text.values()
            if isinstance(part, str)
        )

    def mentions(self, topic, code):
        """Events with this place that speak of the topic in passing."""
        asides = [fold(aside) for aside in self.topics[topic]["aside"].split("|") if aside]
        return [
            id_
            for id_ in self.events
            if asides
            and self.topic_of.get(id_) != topic
            and code in self.places(id_)
            and any(aside in fold(self.text(id_)) for aside in asides)
        ]

    def grades(self, ids, language, grade=3):
        """The grade, one less for an event without a page in the language of the query."""
        return {id_: grade if language in self.events[id_]["texts"] else grade - 1 for id_ in ids}

    def judged(self, topic, code, language):
        return {**dict.fromkeys(self.mentions(topic, code), 1), **self.grades(self.by_pair[topic, code], language)}

    def spelling(self, code, language, chance):
        row = self.names[code]
        return row[language] if language in ("km", "en") else chance.choice([row["vi"], row["en"]])

    def exonyms(self, code):
        """Spellings in Vietnamese letters other than the main ones."""
        row = self.names[code]
        return [name for name in row["aliases"].split("|") if "-" in name or fold(name) != name.lower()][:8]


def without_diacritics(text):
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def typed(word, marks, tones, d):
    """The raw keys of a word: bóng -> bongs, chuyền -> chuyeenf."""
    keys, tone = [], ""
    for char in unicodedata.normalize("NFD", word):
        if char in marks:
            template = marks[char]
            keys[-1] = template.format(*[keys[-1]] * template.count("{}")) if "{}" in template else keys[-1] + template
        elif char in tones:
            tone = tones[char]
        else:
            keys.append(d if char == "đ" else char)
    return "".join(keys) + tone


def telex(word):
    return typed(word, _TELEX, _TELEX_TONES, "dd")


def vni(word):
    return typed(word, _VNI, _VNI_TONES, "d9")


def slip(word, chance):
    """A letter left out, doubled or swapped with its neighbour, never the first."""
    position = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:position] + word[position + 1 :],
            word[: position + 1] + word[position:],
            word[:position] + word[position + 1] + word[position] + word[position + 2 :],
        ]
    )
