"""`make relevance`: the judged queries on both engines, by language and by what they test.

python -m tests.search.relevance_table            imports both collections and asks the API; takes some minutes
python -m tests.search.relevance_table --direct   asks the engines themselves, without pages; half a minute
"""

from __future__ import annotations

# ruff: noqa: E402  Django has to be set up before its models can be imported.
import argparse
import json
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "site"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huunghi_site.settings.test")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings

from huunghi.conf import fallback_languages
from huunghi.importing import Options, import_files
from huunghi.models import ImportedItem
from huunghi.search.engines.elastic import ElasticEngine
from huunghi.search.engines.embedded import EmbeddedEngine
from tests.engine import fixtures, server
from tests.search import relevance

DOCUMENTS = {"small": relevance.small_documents, "large": relevance.imported_documents}
LINES = {"small": relevance.small_lines, "large": relevance.large_events}
QUERIES = {"small": (relevance.DATA / "queries-dev.jsonl",), "large": relevance.LARGE_QUERIES}
ELASTICSEARCH_URL = "ELASTICSEARCH_TEST_URL"


def print_tables(name, collection, ask):
    """One table for each file of queries: all of them, each language, each thing tested."""
    for path in QUERIES[collection]:
        queries = list(relevance.judged_queries(path))
        answers = {query.id: ask(query) for query in queries}
        groups = {"all": queries}
        for kind in ("language", "tests"):
            for value in sorted({getattr(query, kind) for query in queries}):
                groups[f"{kind} {value}"] = [query for query in queries if getattr(query, kind) == value]
        print(f"\n{name}, {collection} collection, {path.name}")
        print(f"{'':64}{'n':>4}   s@1    nDCG@10  recall@20")
        for label, chosen in groups.items():
            figures = relevance.evaluate(lambda query, answers=answers: answers[query.id], chosen)
            if figures.queries:
                row = f"{figures.success:.3f}  {figures.ndcg:.3f}    {figures.recall:.3f}"
                print(f"{label:64}{figures.queries:4}   {row}")
            if len(chosen) > figures.queries:
                without = len(chosen) - figures.queries
                print(f"{label}: of {without} without an answer {figures.wrongly_strict} have a strict hit")
        sys.stdout.flush()


def ask_engines(collection, folder):
    gazetteer = relevance.gazetteer_from_csv()
    embedded = EmbeddedEngine(folder / "index", gazetteer)
    embedded.rebuild(DOCUMENTS[collection]())
    print_tables("embedded", collection, relevance.asking(embedded, embedded, gazetteer))
    if url := os.environ.get(ELASTICSEARCH_URL):
        prefix = f"huunghi-relevance-{uuid.uuid4().hex[:8]}"
        elastic = ElasticEngine([url], lambda: gazetteer, fallback_languages, prefix=prefix)
        elastic.rebuild(DOCUMENTS[collection]())
        elastic.refresh()
        print_tables("elasticsearch", collection, relevance.asking(elastic, embedded, gazetteer))


def ask_api(collection, folder):
    """Import the collection into a new archive, fill each engine, and ask as anybody may."""
    call_command("migrate", verbosity=0)
    call_command("huunghi_setup", verbosity=0)
    lines = folder / "lines.jsonl"
    lines.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in LINES[collection]()), encoding="utf-8")
    report = import_files([lines], Options(create_missing=True), print)
    print(f"{collection} collection imported: {report.counts}", flush=True)
    source_ids = dict(ImportedItem.objects.filter(type="event").values_list("object_key", "source_id"))
    engines = [{"ENGINE": "embedded"}]
    if url := os.environ.get(ELASTICSEARCH_URL):
        engines.append({"ENGINE": "elasticsearch", "URL": [url], "PREFIX": f"huunghi-relevance-{uuid.uuid4().hex[:8]}"})
    for engine in engines:
        with override_settings(HUUNGHI_SEARCH={**settings.HUUNGHI_SEARCH, **engine}):
            call_command("huunghi_index", "rebuild", verbosity=0)
            print_tables(engine["ENGINE"], collection, relevance.asking_api(Client(), source_ids))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--collection", choices=sorted(DOCUMENTS), help="only this one")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        ask = ask_engines if options.direct else ask_api
        ask(options.collection, Path(os.environ["HUUNGHI_VAR"]))
        return
    given = os.environ.get(ELASTICSEARCH_URL)
    os.environ[fixtures.RUN] = str(os.getpid())
    try:
        os.environ[ELASTICSEARCH_URL] = fixtures.start_or_join()
    except server.ServerUnavailableError as error:
        print(f"Elasticsearch is left out: {error}")
    command = [sys.executable, "-m", "tests.search.relevance_table", "--inside", *["--direct"] * options.direct]
    try:
        for collection in [options.collection] if options.collection else ("small", "large"):
            with tempfile.TemporaryDirectory(prefix="huunghi-relevance-") as folder:
                environment = {**os.environ, "HUUNGHI_VAR": folder}
                subprocess.run([*command, "--collection", collection], env=environment, check=True)
    finally:
        if not given:
            server.stop(server.run_folder(os.environ[fixtures.RUN]))


if __name__ == "__main__":
    main()
