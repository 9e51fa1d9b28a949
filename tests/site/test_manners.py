"""Request ids, compressed answers, other origins: what every answer has, whoever asked."""

import gzip
import logging
import re

import brotli
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import FileResponse, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.test import Client, override_settings
from django.urls import path

from huunghi.middleware import RequestIdFilter, best_encoding
from huunghi.search.feeding import feed_pending
from huunghi_site.cors import cors_settings
from tests.factories import make_event

LONG = {"text": "Hữu nghị " * 200}
TAG = '"0123"'


def conditional(request):
    has_it = TAG in request.headers.get("If-None-Match", "")
    response = HttpResponse(status=304) if has_it else JsonResponse(LONG)
    response["ETag"], response["Cache-Control"] = TAG, "public, max-age=0, must-revalidate"
    return response


def of_type(request, kind):
    return HttpResponse("x" * 1000, content_type=kind)


def personal(request):
    response = JsonResponse(LONG)
    response["Cache-Control"] = "private, no-store"
    return response


def with_form(request):
    return HttpResponse(get_token(request) + "x" * 1000)


def failing(request):
    logging.getLogger("huunghi.test").warning("on its way")
    return HttpResponse("x" * 1000, status=500)


def of_file(request):
    return FileResponse(iter([b"x" * 1000]), content_type="text/plain")


urlpatterns = [
    path("conditional/", conditional),
    path("type/<path:kind>", of_type),
    path("personal/", personal),
    path("form/", with_form),
    path("failing/", failing),
    path("file/", of_file),
    path("short/", lambda request: HttpResponse("x")),
    path("done/", lambda request: HttpResponse(b"x" * 1000, headers={"Content-Encoding": "gzip"})),
    path("kept/", lambda request: HttpResponse("x" * 1000, headers={"Cache-Control": "no-transform"})),
]


@pytest.fixture
def views(settings):
    settings.ROOT_URLCONF = __name__
    return Client()


# --- request ids


def test_every_answer_has_an_id_of_its_own(views):
    first, second = views.get("/short/")["X-Request-ID"], views.get("/failing/")["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", first) and re.fullmatch(r"[0-9a-f]{32}", second)
    assert first != second


def test_the_id_of_a_proxy_is_kept(views):
    assert views.get("/short/", headers={"X-Request-ID": "edge-7.a_B"})["X-Request-ID"] == "edge-7.a_B"


@pytest.mark.parametrize("given", ["", "a b", "a\r\nSet-Cookie: x=1", "a" * 65, "é", "-a", "<script>", "\u0661", "a\n"])
def test_an_id_that_could_do_harm_is_replaced(views, given):
    assert re.fullmatch(r"[0-9a-f]{32}", views.get("/short/", headers={"X-Request-ID": given})["X-Request-ID"])


def test_log_lines_have_the_id_also_those_that_django_writes_at_the_end(views, caplog):
    caplog.handler.addFilter(RequestIdFilter())
    views.get("/failing/", headers={"X-Request-ID": "log-1"})
    logging.getLogger("huunghi.test").warning("no request")
    ids = {record.name: record.request_id for record in caplog.records}
    assert ids == {"huunghi.test": "-", "django.request": "log-1"}
    assert [r.request_id for r in caplog.records if r.getMessage() == "on its way"] == ["log-1"]


# --- compression


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("GZIP;q=0.5, identity", "gzip"), ("br;q=0.1, gzip", "gzip"),
        ("*", "gzip"), ("br;q=0, gzip;q=0", ""), ("", ""), ("identity", ""), ("gzip;q=x", ""), (",,;", ""),
        ("br;q=0.5,*;q=0.1", "br"), ("zstd", ""), ("gzip;q=0, *", ""), ("br ; q=1.000", "br"),
    ],
)  # fmt: skip
def test_the_encoding_that_the_reader_likes_best_is_chosen(accepted, chosen):
    assert best_encoding(accepted) == chosen


@pytest.mark.parametrize(("encoding", "decode"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_an_answer_is_compressed_and_says_so(views, encoding, decode):
    plain = views.get("/conditional/")
    small = views.get("/conditional/", headers={"Accept-Encoding": encoding})
    assert decode(small.content) == plain.content
    assert (small["Content-Encoding"], small["Content-Length"]) == (encoding, str(len(small.content)))
    assert len(small.content) < len(plain.content) / 10
    assert "Content-Encoding" not in plain
    assert plain["Vary"] == small["Vary"] and "Accept-Encoding" in small["Vary"] and "Cookie" not in small["Vary"]
    assert views.get("/conditional/", headers={"Accept-Encoding": encoding}).content == small.content


@pytest.mark.parametrize(
    ("kind", "compressed"),
    [
        ("text/html; charset=utf-8", True), ("application/json", True), ("application/problem+json", True),
        ("application/ld+json", True), ("application/xml", True), ("application/rss+xml; charset=utf-8", True),
        ("text/calendar; charset=utf-8", True), ("text/csv", True), ("image/svg+xml", True),
        ("application/x-ndjson", True), ("image/jpeg", False), ("application/pdf", False), ("application/zip", False),
        ("text/event-stream", False), ("application/jsonx", False),
    ],
)  # fmt: skip
def test_texts_are_compressed_and_what_is_small_already_is_not(views, kind, compressed):
    answer = views.get(f"/type/{kind}", headers={"Accept-Encoding": "br"})
    assert ("Content-Encoding" in answer) is compressed


@pytest.mark.parametrize("address", ["/short/", "/file/", "/kept/", "/failing/", "/personal/", "/form/"])
def test_some_answers_are_never_compressed(views, address):
    assert "Content-Encoding" not in views.get(address, headers={"Accept-Encoding": "br, gzip"})


def test_what_is_compressed_already_is_left_alone(views):
    assert views.get("/done/", headers={"Accept-Encoding": "br"}).content == b"x" * 1000


def test_nothing_is_compressed_for_a_session_because_its_length_would_tell_of_secrets(views):
    views.cookies["sessionid"] = "anything"
    assert "Content-Encoding" not in views.get("/conditional/", headers={"Accept-Encoding": "br"})


def test_a_personal_answer_to_a_key_is_compressed_because_no_stranger_can_ask_for_it(views):
    answer = views.get("/personal/", headers={"Accept-Encoding": "br", "Authorization": "Bearer hhk_1"})
    assert answer["Content-Encoding"] == "br"
    basic = views.get("/personal/", headers={"Accept-Encoding": "br", "Authorization": "Basic YTpi"})
    assert "Content-Encoding" not in basic


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
def test_a_strong_tag_stays_strong_and_names_these_very_bytes(views, encoding):
    first = views.get("/conditional/", headers={"Accept-Encoding": encoding})
    tag = first["ETag"]
    assert tag == (f'"0123-{encoding}"' if encoding else TAG)
    again = views.get("/conditional/", headers={"Accept-Encoding": encoding, "If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again["ETag"], again["Vary"], again.content) == (304, tag, first["Vary"], b"")


def test_another_tag_gets_the_whole_answer(views):
    answer = views.get("/conditional/", headers={"Accept-Encoding": "br", "If-None-Match": '"0124-br"'})
    assert answer.status_code == 200


@pytest.mark.django_db
def test_the_api_answers_304_to_the_tag_of_a_compressed_list():
    for number in range(5):
        make_event(f"Hội nghị {number}")
    feed_pending()
    client = Client(headers={"Accept-Encoding": "br"})
    first = client.get("/api/v1/events/")
    assert first["Content-Encoding"] == "br" and first["ETag"].endswith('-br"')
    assert client.get("/api/v1/events/", headers={"If-None-Match": first["ETag"]}).status_code == 304


# --- other origins

CORS = ["huunghi.middleware.RequestIdMiddleware", "corsheaders.middleware.CorsMiddleware"]
OURS, THEIRS = "https://front.example", "https://other.example"
PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization, if-none-match"}


@pytest.fixture
def with_cors(settings):
    settings.MIDDLEWARE = [*CORS, *settings.MIDDLEWARE[1:]]

    def allow(*origins):
        for name, value in cors_settings(origins).items():
            setattr(settings, name, value)
        return Client()

    return allow


def test_without_the_setting_no_other_origin_reads_anything(db):
    answer = Client().get("/api/v1/events/", headers={"Origin": THEIRS})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    assert "Origin" not in answer.get("Vary", "")


def test_a_listed_origin_may_read_and_no_other(db, with_cors):
    client = with_cors(OURS)
    ours = client.get("/api/v1/events/", headers={"Origin": OURS})
    assert ours["Access-Control-Allow-Origin"] == OURS
    assert "ETag" in ours["Access-Control-Expose-Headers"]
    assert "origin" in ours["Vary"].lower()
    theirs = client.get("/api/v1/events/", headers={"Origin": THEIRS})
    assert "Access-Control-Allow-Origin" not in theirs and "origin" in theirs["Vary"].lower()


def test_errors_can_be_read_from_a_listed_origin_too(db, with_cors):
    answer = with_cors(OURS).get("/api/v1/events/?nothing=1", headers={"Origin": OURS})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (422, OURS)


def test_a_preflight_is_answered_for_a_listed_origin_and_nothing_is_run(db, with_cors, django_assert_num_queries):
    client = with_cors(OURS)
    with django_assert_num_queries(0):
        answer = client.options("/api/v1/events/", headers={"Origin": OURS, **PREFLIGHT})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Access-Control-Allow-Origin"] == OURS
    assert {"GET", "PATCH"} <= set(answer["Access-Control-Allow-Methods"].split(", "))
    assert {"authorization", "if-none-match"} <= set(answer["Access-Control-Allow-Headers"].split(", "))
    refused = client.options("/api/v1/events/", headers={"Origin": THEIRS, **PREFLIGHT})
    assert "Access-Control-Allow-Origin" not in refused


@pytest.mark.parametrize("origins", [[OURS], ["*"]])
def test_credentials_are_never_allowed(db, with_cors, origins):
    client = with_cors(*origins)
    for answer in (
        client.get("/api/v1/events/", headers={"Origin": OURS}),
        client.options("/api/v1/events/", headers={"Origin": OURS, **PREFLIGHT}),
    ):
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer["Access-Control-Allow-Origin"] == ("*" if origins == ["*"] else OURS)


@pytest.mark.parametrize("address", ["/vi/", "/admin/login/", "/apiary/", "/media/x"])
def test_pages_are_not_for_other_origins(db, with_cors, address):
    answer = with_cors("*").get(address, headers={"Origin": OURS})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_feeds_and_embedding_are_for_listed_origins(db, with_cors):
    client = with_cors(OURS)
    for address in ("/rss/vi/", "/oembed"):
        assert client.get(address, headers={"Origin": OURS})["Access-Control-Allow-Origin"] == OURS


@pytest.mark.parametrize("origin", ["front.example", "https://front.example/", "https://a.example/path", "null", "**"])
def test_what_is_no_origin_is_refused_at_start(origin):
    with pytest.raises(ImproperlyConfigured, match="HUUNGHI_API_ORIGINS"):
        cors_settings([origin])


def test_the_settings_are_those_of_the_library(settings):
    """A misspelt name would be ignored."""
    from corsheaders.conf import conf

    with override_settings(**cors_settings([OURS])):
        for name, value in cors_settings([OURS]).items():
            assert getattr(conf, name) == value
