"""Five searches that show the archive at work, and fail when it does not."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.html import strip_tags

from huunghi.search.service import search_archive

SEARCHES = (
    ("with accents", "vi", "tập huấn thông tin đối ngoại"),
    ("without accents", "vi", "giao luu van hoa nghe thuat"),
    ("in Khmer", "km", "បាល់ទះ មណ្ឌលគិរី"),
    ("a name in another script", "vi", "តាកែវ"),
    ("a phrase", "vi", '"Bài ca hữu nghị"'),
)


def run() -> Iterator[tuple[bool, str]]:
    """(passed, line to print) for each search; one passes when a record has all its words."""
    for what, language, query in SEARCHES:
        answer = search_archive(query, language, facets=(), limit=3)
        titles = "; ".join(
            f"{strip_tags(item.title)} [{item.language}]" for item in answer.items if item.match == "all"
        )
        yield answer.level == "all", f"{what}: {query} → {answer.count} ({titles or 'nothing found'})"
