"""Takes what is withheld from a partner out of a page object, before anything is made of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID


def withhold(page: Any, rows: Collection[UUID], images: Collection[int] = ()) -> None:
    """Leave those rows and pictures out of the page in memory. Never save such a page.

    After that no surface can show them: they read the page's rows, and the rows are not there. Prefetch relations
    before, not after.
    """
    for name in page.shared_rows:
        kept = getattr(page, name).all()
        setattr(
            page,
            name,
            [row for row in kept if row.translation_key not in rows and getattr(row, "image_id", None) not in images],
        )
