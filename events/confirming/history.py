"""What the history of a page says of its confirmation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

from .deciding import ACCEPT_ACTION, REFUSE_ACTION, SHOW_ACTION


def register(actions: Any) -> None:
    """Make the actions known to Wagtail's registry of logged actions."""
    for action, formatter in (
        (ACCEPT_ACTION, AcceptedFormatter),
        (REFUSE_ACTION, RefusedFormatter),
        (SHOW_ACTION, ShownFormatter),
    ):
        actions.register_action(action)(formatter)


class AcceptedFormatter(LogFormatter):
    label = gettext_lazy("Accept a partner's value")

    def format_message(self, log_entry: Any) -> str:
        sentence = _("Accepted from the partner: %(label)s, from “%(from)s” to “%(to)s”.")
        return sentence % _values(log_entry)


class RefusedFormatter(LogFormatter):
    label = gettext_lazy("Refuse a partner's value")

    def format_message(self, log_entry: Any) -> str:
        sentence = _("Refused from the partner: %(label)s, “%(to)s” in place of “%(from)s”. %(reason)s")
        return sentence % _values(log_entry)


class ShownFormatter(LogFormatter):
    label = gettext_lazy("Show a confirmation")

    def format_message(self, log_entry: Any) -> str:
        if log_entry.data.get("shown"):
            return _("The page shows that both sides have confirmed it.")
        return _("The page shows no longer that both sides have confirmed it.")


def _values(log_entry: Any) -> dict[str, str]:
    return {name: log_entry.data.get(name, "") for name in ("label", "from", "to", "reason")}
