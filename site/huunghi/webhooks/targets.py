"""Which addresses messages may go to: none by which a message could reach what only this server can reach.

The name is resolved once, every address it has is looked at, and the connection is made to the one that was looked at:
a name that leads elsewhere a moment later changes nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from .conf import WebhookSettings, webhook_settings

# Python counts these as global, or not in every version, but nothing public answers there, or something else does:
# an IPv4 address inside of an IPv6 one (64:ff9b, 6to4, Teredo) may be a private one, 168.63.129.16 is the inner server
# of a cloud.
NOT_PUBLIC = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "100.64.0.0/10", "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
    )
]  # fmt: skip


class RefusedAddressError(Exception):
    """Nothing is sent to the address; the text says why, in English, for the log."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect, and what to ask for there."""

    secure: bool
    host: str
    port: int
    ip: str
    path: str


def check_address(address: str, config: WebhookSettings | None = None) -> tuple[bool, str, int, str]:
    """(secure, host, port, path) of an address that may be tried; asks no name server. Raises RefusedAddressError."""
    config = config or webhook_settings()
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise RefusedAddressError("It is no address.") from error
    if parts.scheme != "https" and not (parts.scheme == "http" and config.http):
        raise RefusedAddressError("It does not begin with https://.")
    if not host or parts.username is not None or parts.password is not None:
        raise RefusedAddressError("It has no host name, or a user name in it.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise RefusedAddressError("It holds characters that an address cannot have.")
    if port not in config.ports:
        raise RefusedAddressError(f"Port {port} is not among those that are allowed.")
    return parts.scheme == "https", host, port, path


def find_target(address: str) -> Target:
    """Where the address leads at this moment. Raises RefusedAddressError; takes as long as the name server takes."""
    config = webhook_settings()
    secure, host, port, path = check_address(address, config)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        raise RefusedAddressError(f"The name {host} is not known: {error}") from error
    addresses = list(dict.fromkeys(str(where[0]) for *_, where in found))
    # All of them: a name with one public and one private address is a trap.
    for text in addresses:
        if not is_allowed(text, config):
            raise RefusedAddressError(f"{host} leads to {text}, which is not public.")
    if not addresses:
        raise RefusedAddressError(f"The name {host} has no address.")
    return Target(secure, host, port, addresses[0], path)


def is_allowed(text: str, config: WebhookSettings) -> bool:
    """Whether an IP address is public, or in one of the networks that the settings allow."""
    try:
        ip = ip_address(text)
    except ValueError:  # one with a zone, such as fe80::1%eth0, is never public
        return False
    return any(ip in network for network in config.networks) or is_public(ip)


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    if any(ip in network for network in NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_loopback)
