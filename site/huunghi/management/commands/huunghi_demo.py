"""`huunghi_demo`: the demonstration content, through the same import that editors use."""

from __future__ import annotations

import argparse
import secrets
import sys
from importlib.resources import as_file, files
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from huunghi.importing import Options, UnreadableFileError, import_files
from huunghi.importing.console import NOTHING_DONE, files_of, progress_bar, summary
from huunghi.partners.models import Organisation
from huunghi.site_setup import set_up_unit

HELP = """Load the demonstration content: the events, partners and texts that come with Hữu Nghị.

Loading it again changes nothing.

Example:  python manage.py huunghi_demo --users
Exit codes:  0 done · 1 done, but some lines have errors · 2 nothing done
"""
DEMONSTRATION = "data/demonstration"
# The unit whose editor the demonstration signs in.
UNIT = "org-peoples-committee-an-giang"
EDITOR, LEADER, ADMINISTRATOR = "bientap", "lanhdao", "quantri"


class Command(BaseCommand):
    help = HELP

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, **kwargs, formatter_class=argparse.RawDescriptionHelpFormatter)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", action="store_true", help="make an editor, a leader and an administrator too")
        parser.add_argument("--password", metavar="PREFIX", help="passwords are PREFIX-name; without it, random ones")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = self._load()
        if options["users"]:
            self._make_users(options["password"])
        if failed:
            sys.exit(1)

    def _load(self) -> int:
        try:
            with as_file(files("huunghi").joinpath(DEMONSTRATION)) as folder, progress_bar() as (say, progress):
                report = import_files(files_of([str(folder)]), Options(), say, progress)
        except UnreadableFileError as error:
            raise CommandError(str(error), returncode=NOTHING_DONE) from error
        self.stdout.write(summary(report, dry_run=False))
        return report.failed

    def _make_users(self, prefix: str | None) -> None:
        unit = Organisation.objects.filter(key=UNIT).first()
        groups = {
            EDITOR: [set_up_unit(unit).editors] if unit else [],
            LEADER: list(Group.objects.filter(name="Moderators")),
            ADMINISTRATOR: [],
        }
        for name, memberships in groups.items():
            self._make_user(name, memberships, prefix)

    def _make_user(self, name: str, groups: list[Group], prefix: str | None) -> None:
        """An existing user keeps the password, unless one is given."""
        users = get_user_model()
        user = users.objects.filter(**{users.USERNAME_FIELD: name}).first()
        if user is None or prefix:
            user = user or users(**{users.USERNAME_FIELD: name})
            password = f"{prefix}-{name}" if prefix else secrets.token_urlsafe(9)
            user.set_password(password)
            user.is_superuser = user.is_staff = name == ADMINISTRATOR
            user.save()
            self.stdout.write(_("user %(name)s, password %(password)s") % {"name": name, "password": password})
        user.groups.add(*groups)
