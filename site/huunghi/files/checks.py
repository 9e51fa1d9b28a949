"""System checks: does every request for an uploaded file reach the view that asks who may have it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.core.files.storage import FileSystemStorage
from django.urls import Resolver404, resolve
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from .addresses import media_prefix

SENDFILE = ("stream", "nginx")


@register(Tags.urls)
def check_files(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """What anybody can fetch who knows an address is not for partners only."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    return [*_check_sendfile(), *_check_address(), *_check_storages(), *_check_referrer()]


@register(Tags.security, deploy=True)
def check_server(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Django cannot see what a web server in front does; whoever set it up says so once."""
    if getattr(settings, "HUUNGHI_SENDFILE", ""):
        return []
    return [
        checks.Warning(
            f"If the web server hands out {settings.MEDIA_URL} itself, everybody gets the files of restricted pages.",
            hint="Have it pass these requests to the site, then set HUUNGHI_SENDFILE; see docs/how-to/serve.md.",
            id="huunghi.W006",
        )
    ]


def _check_sendfile() -> Iterator[CheckMessage]:
    chosen = getattr(settings, "HUUNGHI_SENDFILE", "")
    if chosen and chosen not in SENDFILE:
        yield checks.Error(
            f"HUUNGHI_SENDFILE is {chosen!r}; it may be {' or '.join(map(repr, SENDFILE))}.",
            hint="See docs/reference/settings.md.",
            id="huunghi.E011",
        )


def _check_address() -> Iterator[CheckMessage]:
    if not _is_ours(f"/{media_prefix()}images/any.jpg"):
        yield checks.Warning(
            f"Files at {settings.MEDIA_URL or 'MEDIA_URL'} are handed out without asking who may read their pages.",
            hint='Set MEDIA_URL to a folder of this site, and put path("", include("huunghi.urls")) first.',
            id="huunghi.W005",
        )


def _check_storages() -> Iterator[CheckMessage]:
    image = get_image_model()
    for model in (image, image.get_rendition_model(), get_document_model()):
        storage = model._meta.get_field("file").storage
        if not isinstance(storage, FileSystemStorage):
            yield checks.Warning(
                f"Files of {model._meta.label} lie in {type(storage).__name__}, which may give addresses of its own.",
                hint="Make the bucket private and let the storage's url() begin with MEDIA_URL; see docs/explanation.",
                id="huunghi.W007",
            )


def _check_referrer() -> Iterator[CheckMessage]:
    if getattr(settings, "SECURE_REFERRER_POLICY", "same-origin") == "no-referrer":
        yield checks.Warning(
            "With SECURE_REFERRER_POLICY = 'no-referrer' the admin cannot show pictures of drafts.",
            hint="Set it to 'same-origin', which is Django's default.",
            id="huunghi.W008",
        )


def _is_ours(address: str) -> bool:
    from .views import media

    try:
        return bool(media_prefix()) and resolve(address).func is media
    except Resolver404:
        return False
