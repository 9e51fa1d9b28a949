"""One editor of the chaos, in a process of its own:

python -m tests.proofs.chaos_editor NUMBER
"""

from __future__ import annotations

import sys
import time

from .meeting import Meeting
from .world import Editor

PAUSE = (0.1, 0.6)  # seconds between two changes


def main(number: int) -> None:
    import django

    django.setup()
    from tests import factories  # noqa: F401  what takes long to import is imported now

    meeting = Meeting(f"editor-{number}")
    editor = Editor(number, seed=meeting.seed)
    errors: list[str] = []
    seconds: list[float] = []
    for _ in meeting.until_the_end():
        began = time.monotonic()
        try:
            editor.change()
        except Exception as error:
            errors.append(f"editor {number}: {type(error).__name__}: {error}")
        seconds.append(time.monotonic() - began)
        time.sleep(editor.chance.uniform(*PAUSE))
    meeting.report({"changes": dict(editor.done), "wrong": errors, "seconds": seconds})


if __name__ == "__main__":
    main(int(sys.argv[1]))
