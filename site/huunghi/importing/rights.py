"""What a person may import: what that person may do by hand."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.utils.translation import gettext as _

from huunghi.partners.access import reader_for

from .errors import LineError


class ImportRights:
    """Pages of the person's own units, where the person may edit them; records as the admin allows."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.units = reader_for(user).units

    def require_page(self, page: Any, publish: bool) -> None:
        """Raises LineError. `page` stands in the tree already, where permissions are given."""
        if not self.user.is_superuser and page.unit_id not in self.units:
            raise LineError.of("unit", _("You may import pages of your own unit only."))
        allowed = page.permissions_for_user(self.user)
        if not allowed.can_edit():
            raise LineError.of("", _("You may not edit this page."))
        if publish and not allowed.can_publish():
            raise LineError.of("live", _("You may not publish this page."))

    def require_record(self, record: Any, is_new: bool) -> None:
        """Raises LineError when the person may not add or change records of this kind."""
        options = record._meta
        codename = get_permission_codename("add" if is_new else "change", options)
        if not self.user.has_perm(f"{options.app_label}.{codename}"):
            sentence = _("You may not change records of this kind: %(name)s.")
            raise LineError.of("", sentence % {"name": options.verbose_name})
