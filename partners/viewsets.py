"""The admin's lists and choosers of the records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import (
    Audience,
    CooperationField,
    OfficialDocument,
    Organisation,
    Partner,
    Partnership,
    Person,
    Place,
)


class PlaceViewSet(SnippetViewSet):
    model = Place
    icon = "site"
    menu_label = _("Places")
    list_display = ["__str__", "key", "kind", "parent", "valid_to"]
    list_filter = ["kind"]
    list_per_page = 50


class OrganisationViewSet(SnippetViewSet):
    model = Organisation
    icon = "group"
    menu_label = _("Organisations")
    list_display = ["__str__", "short_name", "kind", "place", "valid_to"]
    list_filter = ["kind", "is_group"]
    list_per_page = 50


class PersonViewSet(SnippetViewSet):
    model = Person
    icon = "user"
    menu_label = _("People")
    list_display = ["name", "own_script_name"]


class PartnerViewSet(SnippetViewSet):
    model = Partner
    icon = "globe"
    menu_label = _("Partners")
    list_display = ["__str__", "code", "counterpart", "active"]
    list_filter = ["active"]


class PartnershipViewSet(SnippetViewSet):
    model = Partnership
    icon = "link"
    menu_label = _("Partnerships")
    list_display = ["__str__", "level", "status"]
    list_filter = ["status", "level", "partner"]


class OfficialDocumentViewSet(SnippetViewSet):
    model = OfficialDocument
    icon = "doc-full"
    menu_label = _("Official documents")
    list_display = ["__str__", "type", "issuer", "date"]
    list_filter = ["type", "issuer"]


class CooperationFieldViewSet(SnippetViewSet):
    model = CooperationField
    icon = "tag"
    menu_label = _("Fields of cooperation")
    list_display = ["__str__", "code", "sensitive", "active"]
    list_filter = ["active", "sensitive"]


class AudienceViewSet(SnippetViewSet):
    model = Audience
    icon = "group"
    menu_label = _("Audiences")
    list_display = ["__str__", "code", "active"]
    list_filter = ["active"]
