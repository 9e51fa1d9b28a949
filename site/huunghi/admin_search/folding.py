"""Texts and queries as plain words of ASCII letters and digits, so that every database cuts and finds them alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import lru_cache
from typing import Any

from django.db.models import F, Model
from django.db.models.functions import Length
from django.utils.encoding import force_str
from wagtail.search import index
from wagtail.search.query import And, Boost, Fuzzy, Not, Or, Phrase, PlainText, SearchQuery
from wagtail.search.utils import get_content_type_pk

from huunghi.search.text.normalise import prepare, without_diacritics
from huunghi.search.text.tokens import pairs, scan

_folded_word = lru_cache(maxsize=100_000)(lambda word: word if word.isascii() else without_diacritics(word))


def folded(text: str) -> str:
    """ "Lễ hội Đồng Tháp" as "le hoi dong thap"; every Khmer, Lao or Chinese cluster as a word, and every pair."""
    return " ".join(word for clusters in _units(text) for word in _indexed(clusters))


def folded_question(text: str) -> str:
    """The words that have to be found: of a Khmer, Lao or Chinese run its pairs, so that clusters must be neighbours.

    The last one may be unfinished: it is the beginning of what is stored.
    """
    return " ".join(word for clusters in _units(text) for word in pairs(clusters))


def _units(text: str) -> Iterator[Sequence[str]]:
    """Each word of a spaced script by itself, each run of another as its clusters."""
    for _script, exact, _folded, _start, _end, clusters in scan(prepare(text).text):
        yield [_as_word(cluster) for cluster in clusters] or [_folded_word(exact)]


@lru_cache(maxsize=50_000)
def _as_word(cluster: str) -> str:
    """The numbers of its letters: both databases cut words at Khmer vowels. An unfinished cluster stays a prefix."""
    return "".join(f"{ord(char):04x}" for char in cluster)


def _indexed(clusters: Sequence[str]) -> Iterable[str]:
    """Each cluster followed by its pair with the next, so that a phrase of some of them is a phrase of the whole."""
    for number, cluster in enumerate(clusters):
        yield cluster
        if number + 1 < len(clusters):
            yield cluster + clusters[number + 1]


def folded_query(query: SearchQuery | str) -> SearchQuery | str:
    """The query with all its texts folded; "" when nothing is left, which finds nothing."""
    if isinstance(query, str):
        return folded_question(query)
    if isinstance(query, PlainText | Phrase | Fuzzy):
        fold = folded if isinstance(query, Phrase) else folded_question
        text = fold(query.query_string)
        return _with(query, query_string=text) if text else ""
    if isinstance(query, And | Or):
        parts = [part for part in map(folded_query, query.subqueries) if part]
        return _with(query, subqueries=parts) if len(parts) > 1 else parts[0] if parts else ""
    if isinstance(query, Not | Boost):
        part = folded_query(query.subquery)
        return _with(query, subquery=part) if part else ""
    return query


def _with(query: SearchQuery, **changes: Any) -> SearchQuery:
    changed = copy(query)
    vars(changed).update(changes)
    return changed


class FoldedObject:
    """Stands for an object while it is indexed: the same but for its texts."""

    def __init__(self, item: Model) -> None:
        self._item = item

    @property
    def __class__(self) -> type:  # search fields look up the model's fields by the object's class
        return type(self._item)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._item, name)

    def get_search_fields(self) -> list[index.BaseField]:
        return _folded_fields(type(self._item))


@lru_cache(maxsize=500)
def _folded_fields(model: type[Model]) -> list[index.BaseField]:
    return [_folded_field(field) for field in model.get_search_fields()]


def _folded_field(field: index.BaseField) -> index.BaseField:
    changed = copy(field)
    if isinstance(field, index.RelatedFields):
        changed.fields = [_folded_field(part) for part in field.fields]
    elif isinstance(field, index.SearchField | index.AutocompleteField):
        changed.get_value = lambda item: folded(_joined(field.get_value(item)))
    return changed


def _joined(value: Any) -> str:
    """The text of a value that a search field gives: a text, a list or dictionary of values, or anything else."""
    if isinstance(value, list | tuple):
        return "\n".join(map(_joined, value))
    if isinstance(value, dict):
        return _joined(list(value.values()))
    return force_str(value)


class FoldedIndex:
    """Mixed into an index: stores folded texts."""

    def add_items(self, model: type[Model], items: Iterable[Model]) -> None:
        items = list(items)
        super().add_items(model, [FoldedObject(item) for item in items])
        self._weigh_titles(get_content_type_pk(model), [str(item.pk) for item in items])

    def _refresh_title_norms(self, full: bool = False) -> None:
        """The stock index reads all its entries whenever one is added, to know how long a title is on the average."""
        if full:
            super()._refresh_title_norms(full=True)

    def _weigh_titles(self, content_type: int, keys: Sequence[str]) -> None:
        """A short title weighs more than a long one, by the average that was known when the whole index was made."""
        titles = self.entries.annotate(length=Length("title")).filter(length__gt=0)
        weighed = titles.exclude(title_norm=1.0).values_list("title_norm", "length").first()
        if weighed is None:
            super()._refresh_title_norms()
            return
        norm, length = weighed
        own = titles.filter(content_type_id=content_type, object_id__in=keys)
        own.update(title_norm=norm * length / F("length"))


class FoldedBackend:
    """Mixed into a backend: asks for folded texts."""

    fields_are_folded = True

    def search(self, query: SearchQuery | str, objects: Any, fields: list[str] | None = None, **options: Any) -> Any:
        return super().search(self._folded(query, fields), objects, fields=fields, **options)

    def autocomplete(
        self, query: SearchQuery | str, objects: Any, fields: list[str] | None = None, **options: Any
    ) -> Any:
        return super().autocomplete(self._folded(query, fields), objects, fields=fields, **options)

    def _folded(self, query: SearchQuery | str, fields: list[str] | None) -> SearchQuery | str:
        return folded_query(query) if fields is None or self.fields_are_folded else query
