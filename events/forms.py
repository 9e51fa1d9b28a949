"""The edit form of an event."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from huunghi.partners.forms import ArchivePageForm

DATE_MISSING = _("Fill in the first day, or say that the date is not known.")


class EventPageForm(ArchivePageForm):
    """A draft may lack a date; publishing asks for one before it is too late to show the form again."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start_is_fine = "start_date" not in self.errors and "start_date" in self.fields
        if not self.is_deferred_validation and start_is_fine:
            known = cleaned.get("precision") != "unknown"
            if known and not cleaned.get("start_date"):
                self.add_error("start_date", DATE_MISSING)
        return cleaned
