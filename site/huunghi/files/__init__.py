"""Uploaded files: who may have one, how it is handed out, and what is taken out of it when it comes in.

    answer(file, request, public=False) -> HttpResponse

hands out a stored file that the caller has found the reader may have: with the type that its content confirms, shown in
the browser or saved, with ranges, HEAD and If-None-Match, by the web server where one is set to do it. Without `public`
nobody may keep the answer. Raises Http404 when the storage has no such file. It asks nobody for permission; the two
addresses that do are `views.media` (everything under MEDIA_URL) and Wagtail's own `/documents/`, through `hooks`.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate

from .answering import answer

__all__ = ["answer", "install"]


def install(app: Any) -> None:
    """Guard what comes in and the passwords that Wagtail keeps; called once from AppConfig.ready()."""
    from wagtail.documents import urls as document_urls

    from . import checks, indexes, passwords, uploads, views  # noqa: F401  checks register themselves
    from .addresses import wrap_view

    uploads.connect()
    passwords.install()
    wrap_view(document_urls.urlpatterns, "wagtaildocs_serve", lambda view: views.document)
    post_migrate.connect(indexes.make_indexes, sender=app)
