"""A message goes to public addresses only, and to the very address that was looked at."""

import socket

import pytest
from django.core.exceptions import ImproperlyConfigured

from huunghi.webhooks import sending
from huunghi.webhooks.conf import webhook_settings
from huunghi.webhooks.targets import RefusedAddressError, check_address, find_target, is_allowed


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "168.63.129.16", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1",
        "192.0.2.1", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
        "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "fe80::1", "fe80::1%lo",
        "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a00:1::1", "2001::1", "2001:db8::1", "100::1", "3fff::1", "5f00::1", "not an address",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(ip):
    assert not is_allowed(ip, webhook_settings())


@pytest.mark.parametrize("ip", ["8.8.8.8", "1.1.1.1", "203.171.20.1", "2606:4700:4700::1111", "2001:4860:4860::8888"])
def test_a_public_address_is_allowed(ip):
    assert is_allowed(ip, webhook_settings())


def test_a_network_of_ones_own_can_be_allowed_and_opens_no_other(settings):
    settings.HUUNGHI_WEBHOOKS = {"NETWORKS": ["10.20.0.0/16"]}
    assert is_allowed("10.20.3.4", webhook_settings())
    assert not is_allowed("10.21.3.4", webhook_settings())


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]"],
)
def test_a_name_that_leads_to_this_computer_is_refused_however_it_is_written(host):
    with pytest.raises(RefusedAddressError, match=r"not public|not known"):
        find_target(f"https://{host}/hook")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://example.com/", "https"),
        ("ftp://example.com/", "https"),
        ("file:///etc/passwd", "https"),
        ("//example.com/", "https"),
        ("https://", "host name"),
        ("https:///path", "host name"),
        ("https://name:word@example.com/", "user name"),
        ("https://name@example.com/", "user name"),
        ("https://example.com:8443/", "Port 8443"),
        ("https://example.com:22/", "Port 22"),
        ("https://example.com:99999/", "no address"),
        ("https://example.com:x/", "no address"),
        ("https://[::1/", "no address"),
        ("https://exa\u0000mple.com/ a", "characters"),
        (f"https://{'a' * 70}.com/", "no address"),
    ],
)
def test_an_address_of_another_kind_is_refused_before_any_name_is_asked_for(address, why):
    with pytest.raises(RefusedAddressError, match=why):
        check_address(address)


def test_a_name_of_another_script_is_asked_for_in_ascii():
    assert check_address("https://hữunghị.example/hook?a=1") == (True, "xn--hungh-u81b5j.example", 443, "/hook?a=1")


def answers(*addresses):
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers("8.8.8.8", "10.0.0.1"))
    with pytest.raises(RefusedAddressError, match=r"10\.0\.0\.1"):
        find_target("https://trap.example/")


def test_a_name_is_resolved_once_and_the_connection_goes_there(receiver, monkeypatch):
    """A name that leads elsewhere at the second look gets nothing."""
    asked = []

    def resolve(host, *args, **kwargs):
        asked.append(host)
        return answers("127.0.0.1" if len(asked) == 1 else "10.0.0.1")

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: resolve(host) if "example" in host else real(host, *a, **k)
    )
    answer = sending.post(f"http://moving.example:{receiver.port}/hook", {}, b"{}")
    assert (answer.code, asked) == (204, ["moving.example"])
    assert receiver.requests[0][0]["Host"] == f"moving.example:{receiver.port}"


def test_a_redirect_is_not_followed(receiver):
    receiver.codes, receiver.headers = [302], {"Location": receiver.address}
    answer = sending.post(receiver.address, {}, b"{}")
    assert (answer.code, answer.is_accepted, len(receiver.requests)) == (302, False, 1)


def test_of_a_long_answer_only_the_beginning_is_read(receiver, monkeypatch):
    read = []
    real = sending.http.client.HTTPResponse.read
    monkeypatch.setattr(
        sending.http.client.HTTPResponse, "read", lambda self, size: read.append(real(self, size)) or read[-1]
    )
    receiver.codes, receiver.content = [200], b"x" * 1_000_000
    answer = sending.post(receiver.address, {}, b"{}")
    assert (len(read[0]), len(answer.text)) == (64 * 1024, 500)


def test_an_answer_is_kept_as_plain_text_that_every_database_takes(receiver):
    receiver.codes, receiver.content = [500], b"bad\x00\x1b[31m \xff answer\n"
    assert sending.post(receiver.address, {}, b"{}").text == "bad  [31m � answer"


def test_a_receiver_that_answers_by_drops_is_cut_off(receiver, monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE", 0.3)

    def drip(handler):
        try:
            for _ in range(200):
                handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                handler.wfile.flush()
                handler.connection.settimeout(0.05)
                try:
                    if not handler.connection.recv(1):
                        return
                except TimeoutError:
                    pass
        except OSError:
            pass

    receiver.before_answer = drip
    answer = sending.post(receiver.address, {}, b"{}")
    assert answer.code is None and answer.problem


def test_a_server_whose_certificate_nobody_signed_gets_nothing(receiver, settings):
    settings.HUUNGHI_WEBHOOKS = {**settings.HUUNGHI_WEBHOOKS, "HTTP": False}
    answer = sending.post(receiver.address.replace("http:", "https:"), {}, b"{}")
    assert "SSL" in answer.problem and receiver.requests == []


@pytest.mark.parametrize(
    ("given", "named"),
    [({"PORT": 1}, "PORT"), ({"PORTS": "443"}, "PORTS"), ({"PORTS": [0]}, "PORTS"), ({"NETWORKS": ["x"]}, "NETWORKS")],
)
def test_a_setting_that_cannot_be_used_says_so(settings, given, named):
    settings.HUUNGHI_WEBHOOKS = given
    with pytest.raises(ImproperlyConfigured, match=named):
        webhook_settings()
