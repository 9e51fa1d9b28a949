"""Terms that a cell calls by their names instead of their codes: "hội nghị" for meeting."""

from __future__ import annotations

from typing import Any

from django.db import models

from huunghi.events.models import EventKind, MeasureUnit
from huunghi.partners.models import Audience, CooperationField
from huunghi.search.text.normalise import fold

# (sheet, column); "" stands for every sheet
_COLUMNS: dict[tuple[str, str], type[models.Model]] = {
    ("events", "kind"): EventKind,
    ("figures", "unit"): MeasureUnit,
    ("plan_items", "quantity_unit"): MeasureUnit,
    ("", "fields"): CooperationField,
    ("", "audiences"): Audience,
}


class Terms:
    """The terms of one import by their folded names."""

    def __init__(self) -> None:
        self._codes: dict[type[models.Model], dict[str, str]] = {}

    def coded(self, value: Any, sheet: str, column: str) -> Any:
        """The code of a name, of each in a list; what is not known stays, so that the import can say so."""
        model = _COLUMNS.get((sheet, column)) or _COLUMNS.get(("", column))
        if model is None:
            return value
        codes = self._codes_of(model)
        if isinstance(value, list):
            return [codes.get(fold(item), item) for item in value]
        return codes.get(fold(value), value)

    def _codes_of(self, model: type[models.Model]) -> dict[str, str]:
        if model not in self._codes:
            terms = model.objects.values_list("code", "names")
            by_name = {fold(name): code for code, names in terms for name in names.values() if name}
            self._codes[model] = by_name | {fold(code): code for code, _names in terms}
        return self._codes[model]
