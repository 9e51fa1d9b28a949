"""What the tests of links have in common: to make, to open, and to compare answers."""

import re

from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Locale

from huunghi.partners.models import Attempts
from huunghi.partners.sharing.links import make_link
from tests.factories import make_event


def locales(*codes):
    return Locale.objects.filter(language_code__in=codes)


def link_to(page, *codes, **fields):
    return make_link(page, locales(*(codes or ("vi", "km", "en"))), **fields)


def closed_event(world, title="Lịch làm việc kín", **fields):
    return make_event(title, visibility="partners", unit=world.own, **fields)


def make_document(title="Biên bản", name="bien-ban.pdf", content=b"%PDF-1.4 " + b"0123456789" * 10):
    document = get_document_model()(title=title)
    document.file.save(name, ContentFile(content))
    document.file_size = len(content)
    document.save()
    return document


def answer_of(response):
    """What an answer tells: everything but the moment and the name of the request."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {name: value for name, value in response.items() if name not in ("Date", "X-Request-ID")}
    return response.status_code, headers, body, sorted(response.cookies)


def opened(client, token):
    """The answer behind the exchange; the client keeps the cookie."""
    response = client.get(f"/s/{token}")
    assert response.status_code == 303, response.status_code
    return client.get(response["Location"])


def nonsense(client=None):
    Attempts.objects.all().delete()
    return (client or Client()).get("/s/khong-co-gi")


def is_closed(response):
    return answer_of(response) == answer_of(nonsense())


def picture_addresses(html):
    return re.findall(r"/s/v/[0-9a-f-]+/files/[0-9]+(?:\?as=[^\s\"&]+)?", html)
