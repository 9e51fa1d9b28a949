"""Judged queries made from the facts of the large collection: `python -m tests.search.generated_queries`.

What is relevant follows from the records' structured data (topic, partner, place, period, organiser, numbers), never
from what a search finds. Grades: 3 = everything asked for, with a page in the language of the query; 2 = the same
without such a page, or the nearest kin; 1 = the same topic with another fact, or the topic mentioned in passing. The
seed is fixed, so the file comes out the same each time.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict

from huunghi.search.text.normalise import fold

from .query_material import DATA, Collection, slip, telex, vni, without_diacritics

SEED = 20251107
OUTPUT = DATA / "queries-large-generated.jsonl"
MOST_RELEVANT = 24
_KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
_ABSENT = ("KH-24", "KH-22", "KH-9", "KH-13", "KH-1", "KH-6")  # provinces with no event of any topic
_ENGLISH_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_ABBREVIATIONS = (("LHCTCHN", "Liên hiệp các tổ chức hữu nghị"), ("UBND", "Ủy ban nhân dân"))
_TITLES = ("Phó Tỉnh trưởng", "Tổng Lãnh sự", "Giám đốc Sở Ngoại vụ", "Hòa thượng", "Phó Chủ tịch UBND tỉnh")
_VENUE = re.compile("^(nhà văn hóa|hội trường|trung tâm|khu vực) ")


class Generator:
    def __init__(self):
        self.collection = Collection()
        self.chance = random.Random(SEED)
        self.queries = []
        pairs = [
            key for key, ids in self.collection.by_pair.items() if 3 <= len(ids) <= 12 and not key[1].startswith("VN")
        ]
        self.pairs = sorted(pairs)
        self.chance.shuffle(self.pairs)

    def add(self, tests, language, text, relevant):
        relevant = {id_: grade for id_, grade in sorted(relevant.items()) if grade > 0}
        known = any(query["text"] == text for query in self.queries)
        if known or len(relevant) > MOST_RELEVANT or (relevant and max(relevant.values()) < 3):
            return False
        number = sum(query["tests"] == tests for query in self.queries) + 1
        self.queries.append(
            {"id": f"{tests}-{number:02}", "lang": language, "text": text, "relevant": relevant, "tests": tests}
        )
        return True

    def repeat(self, count, make):
        """`make` until it has added `count` queries, each time with the next topic and partner."""
        added = 0
        while added < count:
            topic, code = self.pairs.pop()
            added += bool(make(topic, code))
            self.pairs.insert(0, (topic, code))

    def words(self, topic, language, other=0.4):
        row = self.collection.topics[topic]
        return row[f"{language}_other"] if self.chance.random() < other else row[language]

    def topical(self, tests, language, change=lambda text: text, exonym=False):
        def make(topic, code):
            names = self.collection.exonyms(code) if exonym else []
            if exonym and not names:
                return False
            name = self.chance.choice(names) if exonym else self.collection.spelling(code, language, self.chance)
            text = f"{self.words(topic, language)} {name}"
            if language == "km":
                text = text.replace(" ", "")
            return self.add(tests, language, change(text), self.collection.judged(topic, code, language))

        return make

    def dated(self, tests, language, precision):
        """One event by topic, partner and date; the others of the topic and partner are the near misses."""

        def make(topic, code):
            ids = [
                id_
                for id_ in self.collection.by_pair[topic, code]
                if id_.startswith("h2-b") and len(self.collection.events[id_]["start"]) >= len("2020-01")
            ]
            if not ids:
                return False
            start = self.collection.events[self.chance.choice(ids)]["start"]
            if precision == "day" and len(start) < len("2020-01-01"):
                return False
            period = start[: {"year": 4, "month": 7, "day": 10}[precision]]
            wanted = [
                id_
                for id_ in self.collection.by_pair[topic, code]
                if self.collection.events[id_]["start"].startswith(period)
            ]
            name = self.collection.spelling(code, language, self.chance)
            space = "" if language == "km" else " "
            text = f"{self.words(topic, language, 0.2)}{space}{name} {self.date(period, language)}"
            others = dict.fromkeys(self.collection.by_pair[topic, code], 1)
            return self.add(tests, language, text, others | self.collection.grades(wanted, language))

        return make

    def date(self, period, language):
        year, month, day = [*map(int, period.split("-")), 0, 0][:3]
        if language == "km":
            text = f"ឆ្នាំ{year}" if not month else f"{month}/{year}" if not day else f"{day}/{month}/{year}"
            return text.translate(_KHMER_DIGITS) if self.chance.random() < 0.6 else text
        if language == "en":
            return f"{day or ''} {_ENGLISH_MONTHS[month - 1]} {year}".strip() if month else str(year)
        if day:
            written = [f"ngày {day}/{month}/{year}", f"{day}-{month}-{year}", f"{day} tháng {month} năm {year}"]
            return self.chance.choice(written)
        if month:
            return self.chance.choice([f"tháng {month} năm {year}", f"{month}/{year}", f"thang {month} {year}"])
        return self.chance.choice([str(year), f"năm {year}"])

    def misspelt(self, language, how):
        def change(text):
            words = text.split()
            long = [index for index, word in enumerate(words) if len(word) >= 4 and word.islower()]
            if how in (telex, vni):
                small = [index for index, word in enumerate(words) if word.islower()]
                marked = [index for index in small if words[index] != without_diacritics(words[index])]
                for index in self.chance.sample(marked, min(2, len(marked))):
                    words[index] = how(words[index])
            elif long:
                index = self.chance.choice(long)
                words[index] = slip(words[index], self.chance)
            return " ".join(words)

        name = {telex: "telex", vni: "vni"}.get(how, "misspelt")
        return self.topical(name, language, change)

    def old_province(self, topic, code):
        """The host province of before a merger; the events of another province with the topic are not meant."""
        hosts = [host for host in self.hosts(topic, code) if self.collection.names[host]["kind"] == "province_former"]
        if not hosts:
            return False
        wanted = [id_ for id_ in self.collection.by_pair[topic, code] if hosts[0] in self.collection.places(id_)]
        text = f"{self.words(topic, 'vi')} {self.collection.names[hosts[0]]['vi']} {self.collection.names[code]['vi']}"
        others = dict.fromkeys(self.collection.by_pair[topic, code], 1)
        return self.add("old-new-province", "vi", text, others | dict.fromkeys(wanted, 3))

    def hosts(self, topic, code):
        ids = self.collection.by_pair[topic, code]
        return sorted({place for id_ in ids for place in self.collection.places(id_) if place.startswith("VN-")})

    def abbreviation(self, topic, code):
        """The organiser by its short name. Any way to write the organiser is the same one."""
        host = self.chance.choice(self.hosts(topic, code) or [""])
        if not host or host not in self.collection.names:
            return False
        short, long = self.chance.choice(_ABBREVIATIONS)
        pair = [id_ for id_ in self.collection.by_pair[topic, code] if host in self.collection.places(id_)]
        wanted = [
            id_
            for id_ in pair
            if any(name.startswith((short, long)) for name in self.collection.events[id_]["organisers"])
        ]
        name, partner = (self.collection.names[place]["vi"] for place in (host, code))
        text = f"{short} {name} {self.words(topic, 'vi')} {partner}"
        return bool(wanted) and self.add("abbreviation", "vi", text, dict.fromkeys(pair, 2) | dict.fromkeys(wanted, 3))

    def person(self, topic, code):
        for title in _TITLES:
            pair = self.collection.by_pair[topic, code]
            wanted = [id_ for id_ in pair if title in self.collection.text(id_, "vi")]
            if 0 < len(wanted) < len(pair) and self.chance.random() < 0.6:
                text = f"{title} {self.words(topic, 'vi')} {self.collection.names[code]['vi']}"
                text = without_diacritics(text).lower() if self.chance.random() < 0.4 else text
                return self.add("person-title", "vi", text, dict.fromkeys(pair, 1) | dict.fromkeys(wanted, 3))
        return False

    def question(self, language):
        frames = {
            "vi": [
                "cho hỏi {topic} với {name} được tổ chức năm nào",
                "{topic} {name} diễn ra ở đâu vậy",
                "có bao nhiêu người tham gia {topic} với {name}?",
                "tim giup thong tin ve {topic} {name}",
            ],
            "en": ["when was the {topic} with {name}?", "how many people took part in {topic} of {name}",
                   "please tell me about {topic} in {name}"],
            "km": ["តើ{topic}{name}ធ្វើនៅពេលណា", "{topic}{name}មានប៉ុន្មាននាក់"],
        }[language]  # fmt: skip

        def make(topic, code):
            frame = self.chance.choice(frames)
            name = self.collection.spelling(code, language, self.chance)
            text = frame.format(topic=self.words(topic, language, 0.2), name=name)
            if frame.startswith("tim giup"):
                text = without_diacritics(text)
            return self.add("long-question", language, text, self.collection.judged(topic, code, language))

        return make

    def venue(self, topic, code):
        pair = self.collection.by_pair[topic, code]
        venues = sorted({venue for id_ in pair for venue in self.collection.events[id_]["venues"]})
        venues = [venue for venue in venues if _VENUE.match(venue)]
        if not venues:
            return False
        town = _VENUE.sub("", self.chance.choice(venues))
        same = [id_ for id_, known in self.collection.topic_of.items() if known == topic]
        wanted = [id_ for id_ in same if town in self.collection.text(id_, "vi")]
        text = f"{self.words(topic, 'vi', 0.2)} {town}"
        text = without_diacritics(text).lower() if self.chance.random() < 0.3 else text
        return self.add("venue", "vi", text, dict.fromkeys(wanted, 3))

    def without(self, topic, code):
        """A word with a minus: the host province that is not wanted."""
        hosts = [host for host in self.hosts(topic, code) if host in self.collection.names]
        if len(hosts) < 2:
            return False
        name = self.collection.names[hosts[0]]["vi"]
        wanted = [id_ for id_ in self.collection.by_pair[topic, code] if not self.speaks_of(id_, hosts[0])]
        aside = [id_ for id_ in self.collection.mentions(topic, code) if not self.speaks_of(id_, hosts[0])]
        text = f'{self.words(topic, "vi", 0)} {self.collection.names[code]["vi"]} -"{name}"'
        return bool(wanted) and self.add("exclusion", "vi", text, dict.fromkeys(aside, 1) | dict.fromkeys(wanted, 3))

    def speaks_of(self, id_, code):
        row = self.collection.names[code]
        names = [row["vi"], row["en"], *row["aliases"].split("|")]
        return code in self.collection.places(id_) or any(
            fold(name) in fold(self.collection.text(id_)) for name in names if name
        )

    def phrase(self, topic, code):
        words = self.collection.topics[topic]["vi"]

        def holding(ids):
            return [id_ for id_ in ids if fold(words) in fold(self.collection.text(id_, "vi"))]

        pair = holding(self.collection.by_pair[topic, code])
        aside = holding(self.collection.mentions(topic, code))
        text = f'"{words}" {self.collection.names[code]["vi"]}'
        return bool(pair) and self.add("phrase", "vi", text, dict.fromkeys(aside, 1) | dict.fromkeys(pair, 3))

    def numbers(self, count):
        found = defaultdict(set)
        for id_ in self.collection.events:
            for number in re.findall(r"\d+/KH-UBND", self.collection.text(id_)):
                found[number].add(id_)
        for number in self.chance.sample(sorted(found), count):
            frame = self.chance.choice(["Kế hoạch số {}", "ke hoach {}", "{}"])
            text = frame.format(number.lower() if frame.startswith("ke") else number)
            self.add("document-number", "vi", text, dict.fromkeys(found[number], 3))

    def absent(self, language, count):
        """A topic with a partner that no event brings together, and partners that no event has."""
        topics = sorted(self.collection.topics)
        names = {code: self.collection.names[code] for code in self.collection.names}
        while count:
            code = self.chance.choice(_ABSENT)
            topic = self.chance.choice(topics)
            name = names[code]["km" if language == "km" else "en"]
            if any(self.speaks_of(id_, code) for id_, known in self.collection.topic_of.items() if known == topic):
                continue
            count -= self.add("no-answer", language, f"{self.words(topic, language, 0)} {name}", {})

    def make(self):
        plain = without_diacritics
        for count, make in [
            (14, self.topical("topical", "vi")),
            (8, self.topical("no-diacritics", "vi", lambda text: plain(text).lower())),
            (16, self.topical("topical", "en")),
            (16, self.topical("topical", "km")),
            (8, self.topical("exonym", "vi", exonym=True)),
            (5, self.topical("zero-width-space", "km", lambda text: text.replace("ការ", "ការ\u200b") + "\u200b")),
            (4, self.misspelt("vi", telex)),
            (3, self.misspelt("vi", vni)),
            (5, self.misspelt("vi", slip)),
            (5, self.misspelt("en", slip)),
            (7, self.dated("near-miss", "vi", "year")),
            (5, self.dated("near-miss", "en", "year")),
            (5, self.dated("digits", "km", "year")),
            (5, self.dated("year-month", "vi", "month")),
            (3, self.dated("year-month", "en", "month")),
            (2, self.dated("year-month", "km", "month")),
            (3, self.dated("day", "vi", "day")),
            (2, self.dated("day", "en", "day")),
            (6, self.old_province),
            (6, self.abbreviation),
            (6, self.person),
            (6, self.question("vi")),
            (5, self.question("en")),
            (4, self.question("km")),
            (5, self.venue),
            (4, self.without),
            (4, self.phrase),
        ]:
            self.repeat(count, make)
        self.numbers(5)
        for language, count in (("vi", 4), ("en", 3), ("km", 3)):
            self.absent(language, count)
        return self.queries


def main():
    queries = Generator().make()
    with OUTPUT.open("w", encoding="utf-8") as file:
        for query in queries:
            file.write(json.dumps(query, ensure_ascii=False) + "\n")
    print(f"{len(queries)} queries written to {OUTPUT.name}")


if __name__ == "__main__":
    main()
