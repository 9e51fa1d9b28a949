from contextlib import contextmanager
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server
from xml.etree import ElementTree

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

# A title that would end an element, an attribute, a script and a line, with what no XML can hold.
HOSTILE = 'Hội </script><script>alert(1)</script> & "nghị" ]]> \x0b\x01\ufffe ខ្មែរ'


@pytest.fixture
def xml(client):
    """GET as parsed XML; it has to be well-formed."""

    def get(path, **parameters):
        response = client.get(path, parameters)
        assert response.status_code == 200, (path, response.status_code)
        return ElementTree.fromstring(response.content)

    return get


@pytest.fixture
def count_queries(client):
    """Number of SQL queries of a GET, once addresses of sites are known."""

    def count(path, **parameters):
        assert client.get(path, parameters).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path, parameters).status_code == 200
        return len(captured)

    return count


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@contextmanager
def serving():
    """The address of a server that shows what the test has made: it uses the test's own connection."""

    own = connections["default"]

    def serve():
        connections["default"] = own
        server.serve_forever(poll_interval=0.05)

    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    thread = Thread(target=serve, daemon=True)
    own.inc_thread_sharing()
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        own.dec_thread_sharing()
