"""HUUNGHI_WEBHOOKS, checked."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KNOWN = ("PORTS", "HTTP", "NETWORKS")


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where messages may go. The default: HTTPS at port 443 of public addresses."""

    ports: frozenset[int]
    http: bool
    networks: tuple[IPv4Network | IPv6Network, ...]  # allowed although they are not public


def webhook_settings() -> WebhookSettings:
    """Raises ImproperlyConfigured, naming the key, for what cannot be used."""
    given: dict[str, Any] = getattr(settings, "HUUNGHI_WEBHOOKS", {})
    if unknown := sorted(set(given) - set(KNOWN)):
        raise ImproperlyConfigured(f"HUUNGHI_WEBHOOKS has unknown keys: {', '.join(unknown)}.")
    ports = given.get("PORTS", [443])
    if isinstance(ports, str) or not all(isinstance(port, int) and 0 < port < 65536 for port in ports):
        raise ImproperlyConfigured(f"HUUNGHI_WEBHOOKS['PORTS'] is {ports!r}; it is a list of numbers such as [443].")
    networks = given.get("NETWORKS", [])
    try:
        if isinstance(networks, str):
            raise ValueError("it is a list of networks")
        allowed = tuple(ip_network(network) for network in networks)
    except ValueError as error:
        raise ImproperlyConfigured(f"HUUNGHI_WEBHOOKS['NETWORKS'] is {networks!r}: {error}.") from error
    return WebhookSettings(frozenset(ports), bool(given.get("HTTP", False)), allowed)
