"""After everything that works by a secret was used, nothing has kept one: no column, no log line, no address."""

import logging
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from huunghi.partners.sharing import calendars
from huunghi.partners.sharing.keys import new_key
from huunghi.partners.sharing.links import make_link
from huunghi.partners.sharing.tokens import TOKEN, Purpose, new_token
from tests.factories import make_event
from tests.project import ROOT

from .conftest import share


def columns_of_all_tables():
    """(table, everything that stands in it as one text)"""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            yield table, repr(cursor.fetchall())


def texts_of(record):
    """Whatever a handler could write of a record; an object may show more of itself than the message does."""
    formatted = logging.Formatter().format(record)
    return " ".join([formatted, repr(record.msg), repr(record.args), record.exc_text or ""])


def use(address, status=None, **headers):
    response = Client().get(address, headers=headers)
    assert status is None or response.status_code == status, (address, response.status_code)
    return response


def use_every_secret(world, caplog):
    """Every sort of secret, made and used once with success and once wrongly; and the answers."""
    event = make_event("Lịch kín", visibility="partners", unit=world.own)
    given = share(event, world.a)
    locales = Locale.objects.all()
    soon = timezone.now() + timedelta(days=3)
    answers = []
    with caplog.at_level(logging.DEBUG):
        _link, view = make_link(event, locales, share=given)
        _asked, guarded = make_link(event, locales, password="Sông Hậu", most_uses=3)
        _draft, preview = make_link(event, purpose="preview", pinned=True)
        revoked, dead = make_link(event, locales)
        revoked.revoke()
        calendar = calendars.renew(world.users["partner_a"])
        _key, program = new_key(world.a, "Máy văn phòng", soon)
        for token in (view, guarded, preview, dead):
            reader = Client()
            exchange = reader.get(f"/s/{token}")
            answers.append(exchange)
            if exchange.status_code == 303:
                answers.append(reader.get(exchange["Location"]))
                answers.append(reader.post(exchange["Location"], {"password": "Sông Hậu"}, follow=True))
        address = reverse("huunghi:portal_calendar_file", kwargs={"language": "vi", "token": calendar})
        answers.append(use(address, status=200))
        answers.append(use("/api/v1/shared/", status=200, authorization=f"Bearer {program}"))
        answers.append(world.client("partner_a").get(f"/s/{view}"))
        wrong = [new_token(purpose) for purpose in Purpose]
        for token in wrong:
            for path in (f"/s/{token}", f"/vi/cong-doi-tac/calendar/{token}.ics", f"/{token}/", f"/vi/?q={token}"):
                answers.append(use(path))
            answers.append(use("/api/v1/shared/", authorization=f"Bearer {token}"))
        editor = world.client("superuser").post(
            reverse("huunghi_links:add", query={"page": event.pk}),
            {
                "languages": [event.locale.pk],
                "expires_at": timezone.localtime(soon).strftime("%d/%m/%Y %H:%M"),
                "most_uses": "",
                "password": "",
                "note": "",
            },
        )
    minted = TOKEN.search(editor.content.decode())
    assert minted, "The admin showed no address."
    return [view, guarded, preview, dead, calendar, program, *wrong, minted[0]], answers


def test_no_secret_is_kept_anywhere(world, caplog):
    tokens, answers = use_every_secret(world, caplog)
    parts = {token[4:24] for token in tokens}  # a half would be too much as well
    held = {table: text for table, text in columns_of_all_tables() if any(part in text for part in parts)}
    assert list(held) == []
    assert [texts_of(record) for record in caplog.records if any(part in texts_of(record) for part in parts)] == []
    assert "/s/hhv_…" in caplog.text  # the addresses were logged: it is the secrets that are missing
    for response in answers:
        told = [
            response.get("Location", ""),
            response.get("Set-Cookie", ""),
            str(response.cookies),
            response.get("Link", ""),
        ]
        for hop, _status in getattr(response, "redirect_chain", []):
            told.append(hop)
        # Addresses that are none of ours are sent on to a language: that is what the guesser wrote, not a kept secret.
        if response.request["PATH_INFO"].startswith(("/s/", "/api/", "/vi/")):
            assert not any(part in text for part in parts for text in told), response.request["PATH_INFO"]
        if response.request["PATH_INFO"].startswith("/s/"):
            assert response["Referrer-Policy"] == "no-referrer"
            assert not any(part in response.content.decode() for part in parts)
    assert not any(part in str(message.message()) for part in parts for message in mail.outbox)
    assert not any(part in str(session.get_decoded()) for part in parts for session in Session.objects.all())


@pytest.fixture
def server(tmp_path):
    """The server as `make serve` runs it, with an access log, on a database without tables; its address and log."""
    log = tmp_path / "server.log"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "huunghi_site.settings.test",
        "HUUNGHI_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    }
    command = [sys.executable, "-m", "gunicorn", "huunghi_site.wsgi:application", "--pythonpath", str(ROOT / "site")]
    options = ["--bind", "127.0.0.1:0", "--workers", "1", "--access-logfile", "-", "--no-control-socket"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options, "--worker-tmp-dir", str(tmp_path)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process, log
    finally:
        process.terminate()
        process.wait(timeout=20)


def listening_at(process, log):
    """The server says on which port it listens; it does so before it can answer, and a connection waits till then."""
    for _ in range(600):
        if found := re.search(rb"Listening at: (http://127\.0\.0\.1:\d+)", log.read_bytes()):
            return found[1].decode()
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(log.read_text())


def test_the_real_server_writes_no_secret_not_even_when_it_fails(server):
    process, log = server
    address = listening_at(process, log)
    token = new_token(Purpose.VIEW)
    for spoiled in (token, token.swapcase(), token.replace("_", "%5F")):
        with pytest.raises(urllib.error.HTTPError) as failed:
            urllib.request.urlopen(f"{address}/s/{spoiled}?from=chat", timeout=60)
        assert failed.value.code == 500  # there is no table to look into
        assert failed.value.headers["Cache-Control"] == "private, no-store"
    process.terminate()
    process.wait(timeout=20)
    written = log.read_text()
    assert written.count("GET /s/") == 3  # the server's own lines
    assert "OperationalError" in written  # Django's
    assert token[4:24].lower() not in written.lower()
