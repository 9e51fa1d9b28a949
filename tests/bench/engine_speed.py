"""How fast an engine answers: `python -m tests.bench.engine_speed FOLDER 10000 [elasticsearch address]`.

The index is made in the folder when it is not there. Every query asks for seven facets and highlights, as the public
pages do; the first round warms up, the second is measured.
"""

from __future__ import annotations

# ruff: noqa: E402  Django has to be set up before its models can be imported.
import os
import sys
import time
from pathlib import Path
from statistics import quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huunghi_site.settings.test")

import django

django.setup()

from huunghi.conf import fallback_languages
from huunghi.search.engines.base import Filters, SearchRequest
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.engines.embedded import EmbeddedEngine
from huunghi.search.planner import plan
from tests.bench.generated import documents
from tests.search import relevance

FACETS = ("type", "partner", "country", "kind", "field", "year", "language")
QUERY_FILES = ("queries-dev.jsonl", "queries-large-dev.jsonl", "queries-large-written.jsonl")
COMMON = ("", "hữu nghị", "giao lưu hữu nghị", "Campuchia", "đoàn", "2019", "tỉnh", "hợp tác", "friendship", "មិត្តភាព")


def built(engine, count, name):
    """Fill the engine unless it holds the documents."""
    live = engine.live_index()
    if live and engine.is_current(live) and engine.count() == count:
        return
    began = time.perf_counter()
    engine.rebuild(documents(count))
    seconds = time.perf_counter() - began
    print(f"{name}: {count} documents in {seconds:.0f} s, {count / seconds:.0f}/s, with generating them")


def requests(vocabulary, gazetteer, glossary):
    queries = [query for file in QUERY_FILES for query in relevance.judged_queries(relevance.DATA / file)]
    texts = [(query.text, query.language) for query in queries] + [(text, "vi") for text in COMMON]
    for number, (text, language) in enumerate(texts):
        made = plan(text, language, gazetteer, vocabulary, glossary)
        filters = Filters(years=[2018, 2019]) if number % 5 == 0 else Filters()
        yield text, SearchRequest(plan=made, filters=filters, language=language, facets=FACETS)


def measured(engine, asked, name):
    seconds = []
    for round_ in range(2):
        for text, request in asked:
            began = time.perf_counter()
            result = engine.search(request)
            if round_:
                seconds.append((time.perf_counter() - began, result.count, text))
    times = [spent * 1000 for spent, *_ in seconds]
    cuts = quantiles(times, n=20)
    print(f"{name}: {len(times)} queries, p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms, longest {max(times):.1f} ms")
    for spent, count, text in sorted(seconds, reverse=True)[:8]:
        print(f"   {spent * 1000:6.1f} ms {count:6} found  {text[:70]!r}")


def main():
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    gazetteer, glossary = relevance.gazetteer_from_csv(), relevance.glossary_from_csv()
    embedded = EmbeddedEngine(folder / f"index-{count}", gazetteer, fallback_languages)
    built(embedded, count, "embedded")
    began = time.perf_counter()
    asked = list(requests(embedded, gazetteer, glossary))
    print(f"planning: {(time.perf_counter() - began) * 1000 / len(asked):.1f} ms a query")
    measured(embedded, asked, "embedded")
    if len(sys.argv) > 3:
        prefix = f"huunghi-bench-{count}"
        elastic = ElasticEngine([sys.argv[3]], lambda: gazetteer, fallback_languages, prefix=prefix)
        built(elastic, count, "elasticsearch")
        elastic.refresh()
        measured(elastic, asked, "elasticsearch")


if __name__ == "__main__":
    main()
