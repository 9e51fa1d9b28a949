"""Editors who have what `huunghi_setup --unit` gives them: the admin, and the sections of their unit."""

from django.contrib.auth.models import Permission
from wagtail.models import GroupPagePermission

from huunghi.events.models import EventPage
from huunghi.partners.models import EditorialUnit
from huunghi.site_setup import section_for

LANGUAGES = ("vi", "km")


def allow(group, *pages, actions=("add", "change", "publish")):
    """The group opens the admin and edits what stands at and below those pages."""
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for page in pages:
        for action in actions:
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{action}_page")
            GroupPagePermission.objects.create(group=group, page=page, permission=permission)


def give_sections(world):
    """Sections for events of both units in two languages, edited by their editors; by unit and language."""
    sections = {}
    for unit in (world.own, world.other):
        for language in LANGUAGES:
            section = sections[unit.pk, language] = section_for(EventPage, unit, language)
            allow(EditorialUnit.objects.get(organisation=unit).editors, section)
    return sections
