"""The admin's list of the glossary."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Concept


class ConceptViewSet(SnippetViewSet):
    model = Concept
    icon = "openquote"
    menu_label = _("Glossary")
    list_display = ["code", "kind", "uncertain"]
    list_filter = ["kind", "uncertain"]
    list_per_page = 50
