"""Panels that the edit forms of all pages share."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import FieldPanel, HelpPanel


class TranslationNotice(HelpPanel):
    """Says in a translation why most inputs are locked, with a way to the page in which they are edited."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"template": "huunghi_partners/panels/translation_notice.html", **kwargs})

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk) and not self.instance.is_source


class TranslationField(FieldPanel):
    """A field that only translations have a use for."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.instance.pk) and not self.instance.is_source
