"""Pages put into the database many at a time. Signals are not sent."""

from __future__ import annotations

from collections.abc import Iterable

from wagtail.models import Page


def insert(model: type[Page], pages: Iterable[Page]) -> None:
    """Rows of pages that have a path already, in the table of all pages and in that of their model."""
    pages = list(pages)
    columns = [field.attname for field in Page._meta.concrete_fields if field.attname != "id"]
    parents = [Page(**{name: getattr(page, name) for name in columns}) for page in pages]
    Page.objects.bulk_create(parents)
    for parent, page in zip(parents, pages, strict=True):
        page.pk = page.page_ptr_id = parent.pk
    # Django's bulk_create refuses models with a parent of their own; the parents' rows are there already.
    model._base_manager.all()._batched_insert(pages, model._meta.local_concrete_fields, batch_size=None)
