"""Inputs of the edit forms."""

from __future__ import annotations

from typing import Any

from django.forms import Media, SelectMultiple
from django.utils.translation import gettext as _


class FilteredSelectMultiple(SelectMultiple):
    """A list of many records with a box that narrows it while one types, with or without accents.

    What is chosen stands first and stays visible. Without JavaScript it is the browser's own list.
    """

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"size": 8, **(attrs or {})}, choices)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-huunghi-filter": _("Type to find …"),
            "data-huunghi-chosen": _("Chosen:"),
            "data-huunghi-remove": _("Remove"),
        }
        return context

    @property
    def media(self) -> Media:
        return Media(js=["huunghi/admin/filtered-select.js"])
