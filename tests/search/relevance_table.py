"""`make relevance`: the judged queries on both engines, by language of the query."""

from __future__ import annotations

# ruff: noqa: E402  Django has to be set up before its models can be imported.
import os
import sys
import tempfile
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huunghi_site.settings.test")

import django

django.setup()

from huunghi.conf import fallback_languages
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.engines.embedded import EmbeddedEngine
from tests.engine import fixtures, server
from tests.search import relevance


def table(name, engine, vocabulary, gazetteer):
    queries = list(relevance.judged_queries())
    languages = sorted({query.language for query in queries})
    for label in ("all", *languages):
        chosen = [query for query in queries if label in ("all", query.language)]
        figures = relevance.evaluate(engine, vocabulary, chosen, gazetteer)
        print(
            f"{name:14} {label:4} {figures.queries:4}"
            f"   {figures.success:.3f}   {figures.ndcg:.3f}   {figures.recall:.3f}"
        )


def main():
    gazetteer = relevance.gazetteer_from_csv()
    print("engine         lang    n   s@1     nDCG@10 recall@20")
    with tempfile.TemporaryDirectory() as folder:
        embedded = EmbeddedEngine(Path(folder) / "index", gazetteer)
        embedded.rebuild(relevance.small_documents())
        table("embedded", embedded, embedded, gazetteer)
        os.environ[fixtures.RUN] = str(os.getpid())
        try:
            url = fixtures.start_or_join()
        except server.ServerUnavailableError as error:
            sys.exit(f"Elasticsearch is left out: {error}")
        try:
            prefix = f"huunghi-relevance-{uuid.uuid4().hex[:8]}"
            elastic = ElasticEngine([url], lambda: gazetteer, fallback_languages, prefix=prefix)
            elastic.rebuild(relevance.small_documents())
            elastic.refresh()
            table("elasticsearch", elastic, embedded, gazetteer)
        finally:
            if not os.environ.get("ELASTICSEARCH_TEST_URL"):
                server.stop(server.run_folder(os.environ[fixtures.RUN]))


if __name__ == "__main__":
    main()
