"""The edit form of pages that have translations."""

from __future__ import annotations

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from .translations import fact_columns


class SectionForm(WagtailAdminPageForm):
    """Who may read a section is decided on its page in the source language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "visibility" in self.fields and self.instance.pk and self.instance.source_section:
            self.fields["visibility"].disabled = True


class ArchivePageForm(WagtailAdminPageForm):
    """Facts are edited on the source page only: in a translation their inputs are shown, but cannot be changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._suggest_unit_of_section()
        if "slug" in self.fields:
            # Made on the server from the title, where the browser's own way loses đ and every Khmer letter.
            self.fields["slug"].required = False
        if self.instance.pk and not self.instance.is_source:
            self._lock_facts()

    def _suggest_unit_of_section(self) -> None:
        from .models.pages import unit_of_section

        if "unit" in self.fields and self.instance.unit_id is None and self.parent_page is not None:
            self.initial["unit"] = unit_of_section(self.parent_page)

    def _lock_facts(self) -> None:
        for name in self.instance.shared_fields:
            if name in self.fields:
                self.fields[name].disabled = True
        for name in self.instance.shared_rows:
            if name in self.formsets:
                _lock_rows(self.formsets[name])


def _lock_rows(formset: Any) -> None:
    """No row is added, removed or moved, and only texts can be typed.

    The inputs stay, because Wagtail's panel needs them; disabled ones ignore whatever a browser sends.
    """
    formset.max_num = formset.min_num = formset.initial_form_count()
    formset.validate_max = True
    formset.extra = 0
    for form in formset.forms:
        for name in (*fact_columns(form.instance), "DELETE", "ORDER"):
            if name in form.fields:
                form.fields[name].disabled = True
