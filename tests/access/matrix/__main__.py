"""`make matrix`: every cell in every condition, as a table of cells that are right.

python -m tests.access.matrix [--pairs 200] [--surface html_page] [--condition fresh]
"""

from __future__ import annotations

# ruff: noqa: E402  Django has to be set up before its models can be imported.
import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "site"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huunghi_site.settings.test")

import django

django.setup()

import logging

from django.core.management import call_command
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

from huunghi.search.models import IndexTarget

from .conditions import CONDITIONS, stage
from .judge import Verdict, judge
from .surfaces import Scene
from .table import SURFACES

WIDTH = 22


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200, help="measured by the surface `timing`")
    parser.add_argument("--surface", action="append", choices=SURFACES, help="only this one; may be repeated")
    parser.add_argument("--condition", action="append", choices=[*CONDITIONS], help="only this one; may be repeated")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        call_command("huunghi_setup", verbosity=0)
        IndexTarget.objects.all().delete()
        verdicts = judge_all(options.surface or SURFACES, options.condition or list(CONDITIONS), options.pairs)
    finally:
        teardown_databases(databases, verbosity=0)
    return report(verdicts)


def judge_all(surfaces: list[str], conditions: list[str], pairs: int) -> dict[tuple[str, str], Verdict]:
    verdicts = {}
    for kind in dict.fromkeys(CONDITIONS[condition] for condition in conditions):
        with stage(kind) as made:
            for condition in [name for name in conditions if CONDITIONS[name] == kind]:
                with made.in_condition(condition):
                    scene = Scene(made.content, condition, pairs)
                    for surface in surfaces:
                        began = time.monotonic()
                        verdicts[surface, condition] = verdict = judge(surface, scene)
                        print(line(surface, condition, verdict, time.monotonic() - began), flush=True)
    return verdicts


def line(surface: str, condition: str, verdict: Verdict, seconds: float) -> str:
    late = f", {len(verdict.late)} of them only once the index is fed" if verdict.late else ""
    right = verdict.right + len(verdict.late)
    return f"{surface:{WIDTH}}{condition:13}{right:4}/{verdict.total}{late} ({seconds:.1f} s)"


def report(verdicts: dict[tuple[str, str], Verdict]) -> int:
    for (_, condition), verdict in verdicts.items():
        if verdict.wrong:
            print(f"\n{condition}:\n{verdict}")
    print()
    for condition in dict.fromkeys(condition for _, condition in verdicts):
        own = [verdict for (_, name), verdict in verdicts.items() if name == condition]
        right = sum(verdict.right + len(verdict.late) for verdict in own)
        print(f"{condition:{WIDTH + 13}}{right:5}/{sum(verdict.total for verdict in own)}")
    return 1 if any(verdict.wrong for verdict in verdicts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
