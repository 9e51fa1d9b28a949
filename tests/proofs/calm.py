"""Prints what still differs between the tables and the indices, a line each; nothing when all is well.

python -m tests.proofs.calm
"""

from __future__ import annotations

from pathlib import Path


def unrest() -> list[str]:
    """By `verify`, and by reading both indices without the engines."""
    from django.conf import settings

    from huunghi.search.engines import configured_engines
    from huunghi.search.engines.base import EngineError
    from huunghi.search.feeding import verifying
    from huunghi.search.feeding.targets import targets_of
    from huunghi.search.models import IndexTarget, PendingChange

    from .truth import Truth, differences, expected, held_by_file, held_by_server

    found = []
    live = IndexTarget.State.LIVE
    if rows := PendingChange.objects.filter(target__state=live).count():
        found.append(f"{rows} rows pending")
    if rows := PendingChange.objects.filter(target=None).count():
        found.append(f"{rows} rows to be spelled out")
    wanted = expected(Truth.of_this_site().look())
    for engine in configured_engines():
        try:
            [target] = [each for each in targets_of(engine) if each.state == live]
            drift = verifying.compare(engine, target)
            if drift.total or drift.pending:
                found.append(f"{engine.name}: {drift}, {drift.pending} pending")
            if engine.live_index() != target.index:
                found.append(f"{engine.name}: readers use {engine.live_index()}, {target.index} is fed")
            if engine.name == "embedded":
                held = held_by_file(Path(settings.HUUNGHI_SEARCH["PATH"]))
            else:
                held = held_by_server(engine._writer, engine.alias)
        except (ValueError, EngineError) as error:
            found.append(f"{engine.name}: {error}")
            continue
        found += [f"{engine.name}: {each}" for each in differences(wanted, held)]
    return found


if __name__ == "__main__":
    import django

    django.setup()
    for line in unrest():
        print(line)
