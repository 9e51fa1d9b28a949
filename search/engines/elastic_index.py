"""The index of the archive on Elasticsearch: analysis, mapping, and what a document looks like in it.

Core analysis only, so that any server of version 8 or 9 will do without plug-ins. Decimal digits, case, diacritics and
Khmer spellings are folded by the server: what is stored stays the reader's own text.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

from elasticsearch import dsl

from ..documents.digests import digest
from ..documents.document import LanguagePart, SearchDocument
from ..documents.entries import base_language, indexed_text, structured_ids
from ..recognition.gazetteer import Gazetteer
from ..text.english import MORE_STOP_WORDS, STOP_WORDS
from ..text.normalise import TONE_POSITIONS

LANGUAGES = ("vi", "en", "km", "lo", "zh")  # keys of the fields that exist per language
KEYWORDS = (
    *("id", "digest", "type", "langs", "kind", "status", "fields", "unit", "exchange", "precision"),
    *("partner_ids", "country_ids", "place_ids", "organisation_ids", "ids_structured"),
)
SHARDS = 1
SOURCE_TEXTS = ("summary", "body", "people", "documents")
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # a page that does not expire; so that one range serves all

# --- characters

# The standard tokenizer glues 17.4.2019, 1,000, a_b and foo:bar; the planner cuts there. English keeps its apostrophe
# for the possessive filter. One char filter for each analyzer: they are what indexing costs.
_CUT_ENGLISH = [f"{char}=>\\u0020" for char in (".", ",", ":", ";", "_", "\\u00b7", "\\u200b")]
_CUT = [*_CUT_ENGLISH, "\\u0027=>\\u0020", "\\u2019=>\\u0020"]


def _tone_rules() -> list[str]:
    """hoà => hòa in lower case, with a capital, and in capitals."""
    cases = (str, str.capitalize, str.upper)
    return [f"{case(old)}=>{case(new)}" for old, new in TONE_POSITIONS.items() for case in cases]


def _escaped(text: str) -> str:
    """Letters beyond ASCII as escapes: combining Khmer signs cannot be read on their own."""
    return "".join(f"\\u{ord(char):04x}" if ord(char) > 126 else char for char in text)


cut_english = dsl.char_filter("cut_english", type="mapping", mappings=_CUT_ENGLISH)
cut = dsl.char_filter("cut", type="mapping", mappings=_CUT)
cut_tone = dsl.char_filter("cut_tone", type="mapping", mappings=[*_CUT, *_tone_rules()])

_KHMER_REPLACEMENTS = {
    **dict.fromkeys("\u200b\u200c\u200d\u00ad\u2060\ufeff\u17b4\u17b5", ""),  # invisible
    "\u17a3": "\u17a2",  # deprecated letters
    "\u17a4": "\u17a2\u17b6",
    "\u17a8": "\u17a7\u1780",
    "\u17b2": "\u17b1",
    "\u17d3": "\u17c6",
    "\u17d8": "\u17d4\u179b\u17d4",
    "\u17d2\u178a": "\u17d2\u178f",  # coeng da and coeng ta look the same
    **dict.fromkeys("\u17c8\u17c9\u17ca\u17cb\u17cc\u17cd\u17cf\u17d1\u17dd", ""),  # often left out
    "\u17b8\u17c1": "\u17be",  # vowels typed in two halves
    "\u17c1\u17b8": "\u17be",
    "\u17c1\u17b6": "\u17c4",
    "\u17b6\u17c1": "\u17c4",
    "\u17c1\u17c1": "\u17c2",
    "\u17b8": "\u17b7",  # taken for each other
    "\u17ba": "\u17b9",
    "\u0ecd\u0eb2": "\u0eb3",  # Lao am
}
_BASE = "\u1780-\u17b3"
khmer_letters = dsl.char_filter(
    "khmer_letters",
    type="mapping",
    mappings=[_escaped(f"{old}=>{new}") for old, new in _KHMER_REPLACEMENTS.items()],
)


def _khmer_rule(name: str, pattern: str, replacement: str) -> Any:
    # The server does not decode \uXXXX in a replacement: it must hold the letters themselves.
    return dsl.char_filter(name, type="pattern_replace", pattern=_escaped(pattern), replacement=replacement)


_KHMER = [
    khmer_letters,
    _khmer_rule("khmer_colon", f"(?<=[{_BASE}])[:\uff1a](?=[{_BASE}])", ""),
    _khmer_rule("khmer_subscripts", f"([\u17b6-\u17c7\u17ce\u17d0]+)((?:\u17d2[{_BASE}])+)", "$2$1"),
    _khmer_rule(
        "khmer_ro_last",
        "(?:\u17d2\u179a)+((?:\u17d2[\u1780-\u1799\u179b-\u17b3])*)(?:\u17d2\u179a)*",
        "$1\u17d2\u179a",
    ),
    _khmer_rule("khmer_signs", "([\u17c6\u17ce\u17d0]+|\u17c7)([\u17b6-\u17c5]+)", "$2$1"),
    _khmer_rule("khmer_doubled", "([\u17b6-\u17d1])\\1+", "$1"),
]

# --- tokens

_KHMER_CLUSTER = f"[{_BASE}](?:\u17d2[{_BASE}]|[\u17b6-\u17d1\u17dd])*"
_LAO_CLUSTER = (
    "[\u0ec0-\u0ec4]?[\u0e81-\u0eae\u0edc\u0edd][\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]*|[\u0eb0\u0eb2\u0eb3\u0ebd]"
)
clusters = dsl.tokenizer("clusters", type="pattern", group=0, pattern=_escaped(f"{_KHMER_CLUSTER}|{_LAO_CLUSTER}"))

_PAIR = {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 2}
final_y = dsl.token_filter("final_y", type="pattern_replace", pattern="^([hklmstv]|qu)y$", replacement="$1i")
word_pairs = dsl.token_filter("word_pairs", output_unigrams=False, **_PAIR)
clusters_and_pairs = dsl.token_filter("clusters_and_pairs", token_separator="", output_unigrams=True, **_PAIR)
cluster_pairs = dsl.token_filter(
    "cluster_pairs", token_separator="", output_unigrams=False, output_unigrams_if_no_shingles=True, **_PAIR
)
english_possessive = dsl.token_filter("english_possessive", type="stemmer", language="possessive_english")
# The stock list would take the An of An Giang.
english_stop = dsl.token_filter("english_stop", type="stop", stopwords=sorted(STOP_WORDS | MORE_STOP_WORDS))
_FOLDED = ["lowercase", "decimal_digit", "asciifolding", final_y]

vi_fold = dsl.analyzer("vi_fold", tokenizer="standard", char_filter=[cut], filter=_FOLDED)
vi_exact = dsl.analyzer("vi_exact", tokenizer="standard", char_filter=[cut_tone], filter=["lowercase", "decimal_digit"])
vi_pair = dsl.analyzer("vi_pair", tokenizer="standard", char_filter=[cut], filter=[*_FOLDED, word_pairs])
en_text = dsl.analyzer(
    "en_text",
    tokenizer="standard",
    char_filter=[cut_english],
    filter=[english_possessive, "lowercase", "decimal_digit", "asciifolding", english_stop, "kstem"],
)
sea_index = dsl.analyzer("sea_index", tokenizer=clusters, char_filter=_KHMER, filter=[clusters_and_pairs])
sea_search = dsl.analyzer("sea_search", tokenizer=clusters, char_filter=_KHMER, filter=[cluster_pairs])
zh_text = dsl.analyzer("zh_text", tokenizer="standard", filter=["cjk_width", "lowercase", "cjk_bigram"])
ANALYZERS = (vi_fold, vi_exact, vi_pair, en_text, sea_index, sea_search, zh_text)

# --- mapping


def _language_fields() -> dict[str, dsl.Text]:
    """A searchable text in every language. Khmer, Lao and Chinese texts also hold Latin names: their `fold`."""
    exact, fold = dsl.Text(analyzer=vi_exact), dsl.Text(analyzer=vi_fold)
    pair = dsl.Text(analyzer=vi_pair, index_options="docs")
    return {
        "vi": dsl.Text(analyzer=vi_fold, fields={"exact": exact, "pair": pair}),
        "en": dsl.Text(analyzer=en_text, fields={"exact": exact}),
        "km": dsl.Text(analyzer=sea_index, search_analyzer=sea_search, fields={"fold": fold}),
        "lo": dsl.Text(analyzer=sea_index, search_analyzer=sea_search, fields={"fold": fold}),
        "zh": dsl.Text(analyzer=zh_text, fields={"fold": fold}),
    }


def _per_language(fields: dict[str, Any]) -> dsl.Object:
    return dsl.Object(properties=fields, dynamic="strict")


def _mapping() -> dsl.Mapping:
    mapping = dsl.Mapping()
    mapping.meta("dynamic", "strict")
    for name in KEYWORDS:
        mapping.field(name, dsl.Keyword())
    for name in ("start", "end"):
        mapping.field(name, dsl.Date(format="strict_date"))
    mapping.field("years", dsl.Short())
    mapping.field("months", dsl.Keyword())
    mapping.field("geo", dsl.GeoPoint())
    mapping.field("quantities", dsl.Nested(properties={"unit": dsl.Keyword(), "value": dsl.Double()}, dynamic="strict"))
    mapping.field("held", dsl.Boolean())
    mapping.field("has_media", dsl.Boolean())
    mapping.field("version", dsl.Long())
    # What was recognised in a text is as restricted as the text.
    for name in ("audiences", "ids_title", "ids_text"):
        mapping.field(name, _per_language({language: dsl.Keyword() for language in LANGUAGES}))
    mapping.field("expiry", _per_language({language: dsl.Date() for language in LANGUAGES}))
    mapping.field("title", _per_language(_language_fields()))
    # All but the title is searched as one text: a query has two fields for each language instead of five.
    mapping.field("text", _per_language(_language_fields()))
    for name in SOURCE_TEXTS:
        parts = {language: dsl.Text(index=False, copy_to=f"text.{language}") for language in LANGUAGES}
        mapping.field(name, _per_language(parts))
    return mapping


def index_body() -> dict[str, Any]:
    """Settings and mappings with which an index is created."""
    index = dsl.Index("any")
    index.mapping(_mapping())
    index.settings(number_of_shards=SHARDS, auto_expand_replicas="0-1")
    for analyzer in ANALYZERS:
        index.analyzer(analyzer)
    return index.to_dict()


def mapping_hash() -> str:
    """Eight hexadecimal digits that change whenever an index has to be built anew."""
    canonical = json.dumps(index_body(), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]


# --- documents


def source_of(document: SearchDocument, gazetteer: Gazetteer) -> dict[str, Any]:
    """The document as the server gets it. A language that the index has no analysis for is left out."""
    source = _facts(document)
    source["ids_structured"] = sorted(structured_ids(document))
    for code, part in document.parts.items():
        language = base_language(code)
        if language in LANGUAGES:
            for name, value in _part(part, language, gazetteer).items():
                source.setdefault(name, {})[language] = value
    return source


def _facts(document: SearchDocument) -> dict[str, Any]:
    last = document.end or document.start
    return {
        "id": document.id,
        "type": document.type,
        "langs": document.languages,
        "kind": document.kind or None,
        "fields": document.fields,
        "partner_ids": document.partner_ids,
        "country_ids": document.country_ids,
        "place_ids": document.place_ids,
        "organisation_ids": document.organisation_ids,
        "unit": document.unit or None,
        "exchange": document.exchange or None,
        "start": document.start and document.start.isoformat(),
        "end": last and last.isoformat(),
        "years": document.years,
        "months": document.months,
        "precision": document.precision,
        "status": document.status or None,
        "held": document.status == "held",
        "geo": [{"lat": latitude, "lon": longitude} for latitude, longitude in document.geo],
        "quantities": [{"unit": unit, "value": value} for unit, value in document.quantities.items()],
        "has_media": document.has_media,
        "version": document.version,
        "digest": digest(document),
    }


def _part(part: LanguagePart, language: str, gazetteer: Gazetteer) -> dict[str, Any]:
    # The server does not fold decomposed letters.
    texts = {name: unicodedata.normalize("NFC", getattr(part, name)) for name in ("title", *SOURCE_TEXTS)}
    for text in texts.values():
        text.encode()  # half a character would spoil the whole request: better an error here
    indexed = indexed_text(part, language, gazetteer)
    return {
        **texts,
        "audiences": part.audiences,
        "expiry": (part.expiry or NEVER).isoformat(),
        "ids_title": sorted(indexed.title_ids),
        "ids_text": sorted(indexed.title_ids | indexed.body_ids),
    }


def tombstone(id_: str, version: int) -> dict[str, Any]:
    """What stays of a deleted record. A real delete would forget the version, and an older write would revive it."""
    return {"id": id_, "version": version}
