"""`manage.py huunghi_keys`"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from huunghi.partners.models import Partner, PartnerKey
from huunghi.partners.models.access_keys import USUAL_LIFE
from huunghi.partners.sharing.keys import new_key


class Command(BaseCommand):
    help = (
        "Lists, makes and revokes the keys with which programs of partners read what is shared with them.\n"
        "Example: manage.py huunghi_keys add KH-21 'Office server' --days 180"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="all keys, the newest first")
        listed.add_argument("partner", nargs="?", help="code of a partner")
        added = actions.add_parser("add", help="make a key; it is printed once")
        added.add_argument("partner", help="code of the partner")
        added.add_argument("name", help="which program uses it")
        added.add_argument("--days", type=int, default=USUAL_LIFE.days, help="how long it lasts (366 at most)")
        revoked = actions.add_parser("revoke", help="close a key at once")
        revoked.add_argument("number", type=int, help="its number in the list")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        getattr(self, f"_{action}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        keys = PartnerKey.objects.select_related("partner")
        if options["partner"]:
            keys = keys.filter(partner=_partner(options["partner"]))
        for key in keys:
            used = f"{key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never"
            ends = f"{key.expires_at:%Y-%m-%d}"
            line = f"{key.pk}\t{key.partner.code}\t{key.state}\tends {ends}\tused {used}\t{key.name}"
            self.stdout.write(line)

    def _add(self, options: dict[str, Any]) -> None:
        ends = timezone.now() + timedelta(days=options["days"])
        try:
            key, token = new_key(_partner(options["partner"]), options["name"], ends)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stderr.write(f"Key {key.pk}, until {ends:%Y-%m-%d}. It is shown this once:")
        self.stdout.write(token)

    def _revoke(self, options: dict[str, Any]) -> None:
        key = PartnerKey.objects.filter(pk=options["number"]).first()
        if key is None:
            raise CommandError(f"There is no key {options['number']}.")
        key.revoke()
        self.stdout.write(f"{key} is revoked.")


def _partner(code: str) -> Partner:
    partner = Partner.objects.filter(code=code).first()
    if partner is None:
        raise CommandError(f"There is no partner {code!r}.")
    return partner
