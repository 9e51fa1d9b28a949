"""Looking at the archive as a stranger does, whichever engine answers: hidden pages must leave no trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .truth import OPEN, Fact, View, canary_of, group_of


@contextmanager
def answered_by(engine: str) -> Iterator[None]:
    """Within the block readers ask this engine; for processes in which nobody feeds meanwhile."""
    from django.conf import settings
    from django.test import override_settings

    with override_settings(HUUNGHI_SEARCH={**settings.HUUNGHI_SEARCH, "ENGINE": engine}):
        yield


def traces(fact: Fact) -> list[str]:
    """Everything that an anonymous search tells of a page by its canary; empty when it tells nothing."""
    from huunghi.search.service import search_archive, suggest

    word = canary_of(fact.title)
    answer = search_archive(word, fact.language)
    found = [f"hit {item.page.title}" for item in answer.items]
    found += [f"count {answer.count}"] if answer.count else []
    found += [f"facet {name}" for name, values in answer.facets.items() if any(value.count for value in values)]
    found += [f"timeline {answer.timeline}"] if any(count for _, count in answer.timeline) else []
    found += [f"suggested {record.title}" for record in suggest(word[:10], fact.language)]
    return [f"{answer.engine}: {trace}" for trace in found]


def unfound(facts: Iterable[Fact]) -> list[str]:
    """Titles that an anonymous search by canary does not give, once and in their language."""
    from huunghi.search.service import search_archive

    missing = []
    for fact in facts:
        answer = search_archive(canary_of(fact.title), fact.language)
        if [item.page.title for item in answer.items] != [fact.title] or answer.count != 1:
            missing.append(f"{answer.engine}: {fact.title}: {[item.page.title for item in answer.items]}")
    return missing


def group_counts(view: View) -> dict[str, int]:
    """Word that several pages share -> number of records that a stranger may read with it."""
    records: dict[str, set[str]] = {}
    for fact in view.facts.values():
        if fact.level == OPEN:
            records.setdefault(group_of(fact.title), set()).add(fact.key)
    return {word: len(keys) for word, keys in records.items()}


def miscounted(view: View) -> list[str]:
    from huunghi.search.service import search_archive

    wrong = []
    for word, count in group_counts(view).items():
        answer: Any = search_archive(word, "vi")
        if answer.count != count:
            wrong.append(f"{answer.engine}: {word}: {answer.count} instead of {count}")
    return wrong
