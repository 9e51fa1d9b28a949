"""Database indexes over the names of files: each request for a file begins with its name, and Wagtail has none.

Made after `migrate` instead of by a migration: the tables belong to Wagtail or to the site, whose own migrations make
new ones on SQLite and forget foreign indexes.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from wagtail.documents import get_document_model
from wagtail.images import get_image_model


def make_indexes(using: str, **kwargs: Any) -> None:
    """For the post_migrate signal; does nothing where the indexes are."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return
    image = get_image_model()
    tables = set(connection.introspection.table_names())
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in (image, image.get_rendition_model(), get_document_model()):
            table, column = model._meta.db_table, model._meta.get_field("file").column
            if table in tables:
                name = quote(f"huunghi_{table}_file"[:60])
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {quote(table)} ({quote(column)})")
