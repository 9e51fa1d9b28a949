"""`manage.py huunghi_second_factor`"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huunghi.partners.second_factor import find_user, switch_off


class Command(BaseCommand):
    help = (
        "Switches off the second factor of somebody who has lost telephone and recovery codes. Make sure who asks.\n"
        "Example: manage.py huunghi_second_factor off takeo.reader"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["off"])
        parser.add_argument("user", help="name for signing in")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_user(options["user"])
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        if not switch_off(user):
            raise CommandError(f"{user} has no second factor.")
        self.stdout.write(f"The second factor of {user} is switched off.")
