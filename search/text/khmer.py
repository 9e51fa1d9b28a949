"""Khmer and Lao: orthographic clusters in one normal form.

Khmer looks the same however its signs were typed, and several spellings of one word are in use. Each cluster (a base
letter with its subscripts, vowels and signs) is put into canonical order; the form for matching also drops the signs
that writers leave out. No word segmentation: pairs of clusters find more.
"""

from __future__ import annotations

import re
from functools import lru_cache

COENG = "\u17d2"
_BASE = "\u1780-\u17b3"
_COLON = f"(?<=[{_BASE}])[:\uff1a](?=[{_BASE}])"  # typed in place of ៈ
RUN = f"[\u1780-\u17b3\u17b6-\u17d3\u17dd]+(?:{_COLON}[\u1780-\u17b3\u17b6-\u17d3\u17dd]+)*"
_TYPED_CLUSTER = re.compile(f"[{_BASE}](?:{COENG}[{_BASE}]|[\u17b6-\u17d1\u17d3\u17dd])*(?:[:\uff1a])?", re.DOTALL)
_CLUSTER = re.compile(f"[{_BASE}](?:{COENG}[{_BASE}]|[\u17b6-\u17d1\u17dd])*")

_REPLACEMENTS = (
    ("\u17c1\u17b8", "\u17be"),
    ("\u17b8\u17c1", "\u17be"),
    ("\u17c1\u17b6", "\u17c4"),
    ("\u17b6\u17c1", "\u17c4"),
    ("\u17c1\u17c1", "\u17c2"),
    ("\u17a3", "\u17a2"),
    ("\u17a4", "\u17a2\u17b6"),
    ("\u17b2", "\u17b1"),
    ("\u17d3", "\u17c6"),
    ("\u17a8", "\u17a7\u1780"),
    ("\u17dd", "\u17d1"),
    (":", "\u17c8"),
    ("\uff1a", "\u17c8"),
)
# ៈ ៉ ៊ ់ ៌ ៍ ៏ ៑ are often left out; ី and ិ, ឺ and ឹ are often taken for each other.
_MATCHING = str.maketrans(
    {**dict.fromkeys("\u17c8\u17c9\u17ca\u17cb\u17cc\u17cd\u17cf\u17d1"), "\u17b8": "\u17b7", "\u17ba": "\u17b9"}
)

LAO_RUN = "[\u0e80-\u0ecf\u0edc-\u0eff]+"
LAO_CLUSTER = re.compile(
    "[\u0ec0-\u0ec4]?[\u0e81-\u0eae\u0edc\u0edd][\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd]*|[\u0eb0\u0eb2\u0eb3\u0ebd]"
)


def _rank(sign: str) -> int:
    """Order inside a cluster, after the subscripts: shifters go before them."""
    code = ord(sign)
    if code == 0x17CC:
        return 0
    if code in (0x17C9, 0x17CA):
        return 1
    if 0x17B6 <= code <= 0x17C5:
        return 3
    return 5 if code in (0x17C7, 0x17C8) else 4


def _in_order(match: re.Match[str]) -> str:
    cluster = match.group()
    subscripts: list[str] = []
    signs: list[str] = []
    position = 1
    while position < len(cluster):
        if cluster[position] == COENG:
            letter = cluster[position + 1]
            # Coeng da and coeng ta look the same and both are in use (កណ្ដាល, កណ្តាល).
            subscripts.append(COENG + ("\u178f" if letter == "\u178a" else letter))
            position += 2
        else:
            signs.append(cluster[position])
            position += 1
    ro = [subscript for subscript in subscripts if subscript[1] == "\u179a"]
    others = [subscript for subscript in subscripts if subscript[1] != "\u179a"]
    ordered = sorted(dict.fromkeys(signs), key=_rank)
    shifters = [sign for sign in ordered if _rank(sign) <= 1]
    rest = [sign for sign in ordered if _rank(sign) > 1]
    return "".join([cluster[0], *shifters, *others, *ro[:1], *rest])


@lru_cache(maxsize=50_000)
def cluster_forms(typed: str) -> tuple[str, tuple[str, ...]]:
    """(exact, matching clusters) of one cluster as typed. A deprecated letter may stand for two clusters."""
    for old, new in _REPLACEMENTS:
        typed = typed.replace(old, new)
    exact = _CLUSTER.sub(_in_order, typed)
    matching = _CLUSTER.sub(_in_order, exact.translate(_MATCHING))
    return exact, tuple(_CLUSTER.findall(matching))


def typed_clusters(run: str) -> list[re.Match[str]]:
    """The clusters of a prepared Khmer run as they were typed."""
    return list(_TYPED_CLUSTER.finditer(run))


def run_forms(run: str) -> tuple[str, tuple[str, ...]]:
    """(exact, matching clusters) of a prepared Khmer run."""
    exact: list[str] = []
    clusters: list[str] = []
    done = 0
    for match in _TYPED_CLUSTER.finditer(run):
        cluster_exact, cluster_matching = cluster_forms(match.group())
        exact += [run[done : match.start()], cluster_exact]
        clusters += cluster_matching
        done = match.end()
    return "".join(exact) + run[done:], tuple(clusters)


def normalise(text: str) -> str:
    """Prepared Khmer in canonical order, everything else as it is."""
    return re.sub(RUN, lambda match: run_forms(match.group())[0], text)


def lao_clusters(run: str) -> tuple[str, ...]:
    return tuple(LAO_CLUSTER.findall(run))
