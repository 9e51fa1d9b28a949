"""What the history of a page says of its shares."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogFormatter

from .changes import CHANGED, REVOKED, SHARED


def register(actions: Any) -> None:
    """Make the three actions known to Wagtail's registry of logged actions."""
    for action, formatter in ((SHARED, SharedFormatter), (CHANGED, ChangedFormatter), (REVOKED, RevokedFormatter)):
        actions.register_action(action)(formatter)


class ShareFormatter(LogFormatter):
    """A sentence, then the terms of the share."""

    sentence: Any = ""

    def format_message(self, log_entry: Any) -> str:
        data = log_entry.data
        return " ".join([self.sentence % {"partner": data.get("partner", "")}, terms_in_words(data)])


class SharedFormatter(ShareFormatter):
    label = gettext_lazy("Share with a partner")
    sentence = gettext_lazy("Shared with %(partner)s.")


class ChangedFormatter(ShareFormatter):
    label = gettext_lazy("Change a share")
    sentence = gettext_lazy("Changed the share with %(partner)s.")


class RevokedFormatter(ShareFormatter):
    label = gettext_lazy("Revoke a share")
    sentence = gettext_lazy("Revoked the share with %(partner)s.")


def terms_in_words(data: dict[str, Any]) -> str:
    """ "Languages: km, vi. From 01/11/2026 until 30/11/2026. Withheld: Photo: …" """
    parts = [
        _("Languages: %(languages)s.") % {"languages": ", ".join(data.get("languages", []))},
        dates_in_words(_day(data.get("since")), _day(data.get("until"))),
    ]
    if withheld := data.get("withheld"):
        parts.append(_("Withheld: %(withheld)s.") % {"withheld": "; ".join(withheld)})
    return " ".join(parts)


def dates_in_words(since: date | None, until: date | None) -> str:
    """A sentence; "" without a first day."""
    if since is None:
        return ""
    dates = {"since": date_format(since, "SHORT_DATE_FORMAT")}
    if until is None:
        return _("From %(since)s until revoked.") % dates
    return _("From %(since)s until %(until)s.") % {**dates, "until": date_format(until, "SHORT_DATE_FORMAT")}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
