"""Concepts of the glossary in the embedded index: what finds them, and what they add to a record's score."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..planning.plan import RunClause, Topic
from ..text.english import stem
from ..text.tokens import pairs
from .embedded_sets import EMPTY, RecordSet

TOPICS = 50.0  # every concept, each with every place; a part of them counts in part

Find = Callable[[str], RecordSet]  # an FTS5 expression -> the records that match it


def with_topics(clause: RunClause, matching: RecordSet, find: Find) -> RecordSet:
    """A concept is what a run is about: most pairs of the rest do not make up for it."""
    for topic in clause.topics:
        matching = matching & find(_every_pair(topic))
    return matching


def translated_run(clause: RunClause, find: Find) -> RecordSet:
    """In a run only all of its concepts together can stand for the words."""
    if not clause.topics or not clause.is_mostly_topics:
        return EMPTY
    first, *others = (about(topic, find) for topic in clause.topics)
    for records in others:
        first = first & records
    return first


def about(topic: Topic, find: Find) -> RecordSet:
    """Records with any term of the concept, as a phrase."""
    own = {" ".join(topic.words), " ".join(map(stem, topic.words))} - {""}
    phrases = dict.fromkeys([*topic.phrases, *sorted(own)])
    found = find(" OR ".join(f'"{phrase}"' for phrase in phrases)) if phrases else EMPTY
    return found | find(_every_pair(topic)) if topic.clusters else found


def topic_levels(topics: list[Topic], places: list[RecordSet], find: Find) -> Iterator[tuple[RecordSet, float]]:
    """(records, what each adds): what the query is about, also where the record lacks its other words."""
    for topic in topics:
        records = about(topic, find)
        for place in places or [records]:
            yield records & place, TOPICS * topic.share / max(1, len(places))


def _every_pair(topic: Topic) -> str:
    return " AND ".join(f'"{pair}"' for pair in dict.fromkeys(pairs(topic.clusters)))
