"""Elasticsearch as it runs for others: the documented keys are enough and no more, and refusals say what to do."""

import base64
import http.server
import json
import re
import shutil
import threading
import uuid
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from elasticsearch import Elasticsearch

from huunghi.conf import get_search_settings
from huunghi.search.engines import embedded_engine, main_engine
from huunghi.search.engines.base import EngineError
from huunghi.search.feeding import feed_pending, rebuild
from huunghi.search.models import PendingChange
from huunghi.search.service import search_archive
from tests.factories import make_event
from tests.project import ROOT

from . import secured

pytestmark = [pytest.mark.secure, pytest.mark.django_db]

HOW_TO = (ROOT / "docs/how-to/elasticsearch.md").read_text()
CONSOLE = re.compile(r"^```console\n(\w+) (\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
CURL = re.compile(r"curl [^\n]* -X (\w+) https://search.example:9200(\S+) .*?-d '\n(.*?)'", re.DOTALL)


@pytest.fixture(scope="module")
def secured_server(request):
    if not shutil.which("openssl"):
        pytest.skip("The certificates are made with openssl.")
    with secured.secured_server() as started:
        yield started


@pytest.fixture(scope="module")
def admin(secured_server):
    credentials = (secured.ADMIN, secured_server.password)
    with Elasticsearch(secured_server.url, basic_auth=credentials, ca_certs=secured_server.ca) as client:
        yield client


@pytest.fixture
def send(admin):
    """Send a request of the console, and give the answer."""

    def send(method, path, body):
        headers = {"accept": "application/json", "content-type": "application/json"}
        return admin.perform_request(method, path, headers=headers, body=body).body

    return send


@pytest.fixture
def new_key(send):
    """Makes the documented key, with other privileges if they are given."""

    def new_key(name="huunghi", privileges=None, **more):
        body = documented_key(name)
        if privileges is not None:
            body["role_descriptors"]["archive"]["indices"][0]["privileges"] = privileges
        return send("POST", "/_security/api_key", {**body, **more})

    return new_key


def documented(method, path):
    return [json.loads(body) for found, where, body in CONSOLE.findall(HOW_TO) if (found, where) == (method, path)]


def documented_key(name):
    [body] = [body for body in documented("POST", "/_security/api_key") if body["name"] == name]
    return body


@pytest.fixture
def use(settings, secured_server):
    """Set what the site knows of the server; everything else is as documented."""

    def use(**config):
        # HUUNGHI_SEARCH of the test settings, whose file of the embedded index is this test's own
        settings.HUUNGHI_SEARCH = {
            **settings.HUUNGHI_SEARCH,
            "ENGINE": "elasticsearch",
            "URL": [secured_server.url],
            "CA_CERTS": str(secured_server.ca),
            "USER": "",
            "PASSWORD": "",
            "API_KEY": "",
            **config,
        }
        return main_engine()

    return use


@pytest.fixture
def no_indices(admin):
    yield
    names = list(admin.indices.get(index="huunghi-*"))
    if names:
        admin.indices.delete(index=",".join(names))


@pytest.fixture
def archive(new_key, use, no_indices):
    """One event in both indices, with the documented key."""
    make_event("Giải bóng chuyền")
    engine = use(API_KEY=new_key()["encoded"])
    rebuild(engine)
    rebuild(embedded_engine())
    return engine


def answered():
    """(count, engine, degraded) of a search for volleyball."""
    answer = search_archive("bóng chuyền", "vi")
    return answer.count, answer.engine, answer.degraded


def status():
    """What huunghi_index status prints when something is wrong."""
    printed = StringIO()
    with pytest.raises(CommandError):
        call_command("huunghi_index", "status", stdout=printed)
    return printed.getvalue()


# --- what the documentation says


def test_the_console_and_curl_say_the_same():
    for method, path, body in CURL.findall(HOW_TO):
        assert json.loads(body) in documented(method, path)
    assert CURL.findall(HOW_TO)


def test_the_documented_key_is_enough_for_everything(archive):
    assert answered() == (1, "elasticsearch", False)
    make_event("Bóng chuyền nữ")
    feed_pending()
    archive.refresh()
    assert answered() == (2, "elasticsearch", False)
    assert [hit.title for hit in archive.suggest("giải", "vi")]
    printed = StringIO()
    for action in (["verify"], ["rebuild"], ["work", "--once"], ["status"]):
        call_command("huunghi_index", *action, stdout=printed)
    assert answered() == (2, "elasticsearch", False)
    left_behind = archive.new_index()
    assert left_behind in archive.orphans(set(), older_than=-60)
    archive.drop_index(left_behind)
    assert left_behind not in archive.orphans(set(), older_than=-60)


def test_every_privilege_is_needed(archive, new_key, use):
    work = {
        "read": lambda engine: engine.count(),
        "index": lambda engine: engine.delete({"x": 1}),
        "manage": lambda engine: engine.new_index(),
    }
    assert documented_key("huunghi")["role_descriptors"]["archive"]["indices"][0]["privileges"] == list(work)
    for missing in work:
        engine = use(API_KEY=new_key(privileges=[name for name in work if name != missing])["encoded"])
        refused = [name for name in work if forbidden(engine, work[name])]
        assert refused == [missing]


def forbidden(engine, act):
    try:
        act(engine)
    except EngineError as error:
        assert "lacks a privilege" in str(error)
        return True
    return False


def test_a_web_server_that_only_reads_leaves_the_feeding_to_the_worker(archive, new_key, use):
    feeder = get_search_settings().api_key
    reader = use(API_KEY=new_key("huunghi-reader")["encoded"], FEED="worker")
    make_event("Bóng chuyền nữ")
    assert answered()[1:] == ("elasticsearch", False)
    with pytest.raises(EngineError, match="forbids indices:data/write/bulk"):
        reader.delete({"x": 1})
    assert PendingChange.objects.exists()

    worker = use(API_KEY=feeder, FEED="worker")
    call_command("huunghi_index", "work", "--once", stdout=StringIO())
    worker.refresh()
    assert answered() == (2, "elasticsearch", False)


def test_a_user_with_the_documented_role_may_do_the_same(archive, send, use):
    for method, path in (("PUT", "/_security/role/huunghi"), ("PUT", "/_security/user/huunghi")):
        [body] = documented(method, path)
        send(method, path, body)
    engine = use(USER="huunghi", PASSWORD=body["password"])
    assert rebuild(engine) == 1
    assert answered() == (1, "elasticsearch", False)


def test_the_role_in_the_containers_is_the_documented_one():
    [body] = documented("PUT", "/_security/role/huunghi")
    assert json.dumps(body) in (ROOT / "compose.yaml").read_text()


def test_a_key_opens_nothing_but_the_indices_of_the_archive(admin, new_key, secured_server):
    admin.index(index="accounts", document={"owner": "x"}, refresh=True)
    key = new_key()["encoded"]
    with Elasticsearch(secured_server.url, api_key=key, ca_certs=secured_server.ca) as client:
        status = client.options(ignore_status=403).search(index="accounts").meta.status
        cluster = client.options(ignore_status=403).cluster.health().meta.status
    admin.indices.delete(index="accounts")
    assert (status, cluster) == (403, 403)


def test_a_host_that_is_away_is_passed_over(archive, use, secured_server):
    use(URL=["https://127.0.0.1:1", secured_server.url], API_KEY=get_search_settings().api_key)
    assert [answered() for _ in range(3)] == [(1, "elasticsearch", False)] * 3


# --- refusals


@pytest.fixture
def wrong(archive, new_key, send, secured_server, tmp_path):
    """A configuration by the name of what is wrong with it."""
    key, port = get_search_settings().api_key, secured_server.url.rpartition(":")[2]

    def withdrawn():
        made = new_key("huunghi", metadata={"for": "a test"})
        send("DELETE", "/_security/api_key", {"ids": [made["id"]]})
        return made["encoded"]

    def another_ca():
        secured.make_certificates(tmp_path, tmp_path)
        return str(tmp_path / "ca.crt")

    def no_certificate():
        (tmp_path / "ca.crt").write_text("not PEM")
        return str(tmp_path / "ca.crt")

    return {
        "nothing": dict,
        "key": lambda: {"API_KEY": base64.b64encode(b"no:key").decode()},
        "withdrawn key": lambda: {"API_KEY": withdrawn()},
        "password": lambda: {"USER": secured.ADMIN, "PASSWORD": "wrong-" + uuid.uuid4().hex},
        "other indices": lambda: {"API_KEY": key, "PREFIX": "accounts"},
        "CA": lambda: {"API_KEY": key, "CA_CERTS": another_ca()},
        "no CA": lambda: {"API_KEY": key, "CA_CERTS": ""},
        "no certificate": lambda: {"API_KEY": key, "CA_CERTS": no_certificate()},
        "http": lambda: {"API_KEY": key, "CA_CERTS": "", "URL": [f"http://127.0.0.1:{port}"]},
        "host": lambda: {"API_KEY": key, "URL": ["https://search.invalid:9200"]},
        "port": lambda: {"API_KEY": key, "URL": ["https://127.0.0.1:1"]},
    }


REFUSED = {
    "nothing": "It asks for a key: set ELASTICSEARCH_API_KEY",
    "key": "The API key is wrong, has expired or was invalidated: set a new one in ELASTICSEARCH_API_KEY",
    "withdrawn key": "The API key is wrong, has expired or was invalidated: set a new one in ELASTICSEARCH_API_KEY",
    "password": "User or password is wrong: correct ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD",
    "other indices": "the key or user lacks a privilege on the indices of the archive",
    "CA": "certificate is not trusted: ELASTICSEARCH_CA_CERTS",
    "no CA": "certificate is not trusted: ELASTICSEARCH_CA_CERTS",
    "no certificate": "The file in ELASTICSEARCH_CA_CERTS (HUUNGHI_SEARCH['CA_CERTS']) holds no certificate",
    "http": "If it speaks TLS, ELASTICSEARCH_URL (HUUNGHI_SEARCH['URL']) must begin with https://",
    "host": "There is no host of this name: correct ELASTICSEARCH_URL",
    "port": "Nobody listens there: start the server or correct ELASTICSEARCH_URL",
}


def test_a_refusal_names_the_setting_and_readers_are_served(wrong, use, caplog):
    assert set(wrong) == set(REFUSED)
    for fault, words in REFUSED.items():
        config = wrong[fault]()
        caplog.clear()
        use(**config)
        for _ in range(4):
            assert answered() == (1, "embedded", True), fault
        for text in (status(), caplog.text):
            assert words in text, fault
            assert not any(secret and secret in text for secret in (config.get("API_KEY"), config.get("PASSWORD")))


def test_tls_towards_a_server_without_it_is_explained(use):
    """The other way round: an address with https:// of a server that speaks plain HTTP."""
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as plain:
        threading.Thread(target=plain.serve_forever, daemon=True).start()
        engine = use(API_KEY="eDp5", URL=[f"https://127.0.0.1:{plain.server_port}"])
        with pytest.raises(EngineError, match="must begin with http://"):
            engine.count()
        plain.shutdown()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"API_KEY": "x", "CA_CERTS": "/nowhere/ca.crt"}, "no file that this process can read"),
        ({"API_KEY": "x", "URL": ["search.example:9200"], "CA_CERTS": ""}, "an address looks like"),
        ({"API_KEY": "x", "URL": ["http://search.example:9200"]}, "does not begin with https://"),
        ({"API_KEY": "x", "USER": "huunghi"}, "choose one"),
        ({"USER": "huunghi"}, "PASSWORD'] is missing"),
        ({"API_KEY": "khóa"}, "is no API key"),
    ],
)
def test_what_cannot_work_with_any_server_is_said_without_asking_one(settings, tmp_path, config, words):
    ca = tmp_path / "ca.crt"
    ca.touch()
    settings.HUUNGHI_SEARCH = {
        "ENGINE": "elasticsearch", "URL": ["https://search.example:9200"], "CA_CERTS": str(ca), **config
    }  # fmt: skip
    with pytest.raises(ImproperlyConfigured, match=re.escape(words)):
        get_search_settings()
