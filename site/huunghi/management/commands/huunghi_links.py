"""`manage.py huunghi_links`"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max
from django.utils import timezone, translation

from huunghi.partners.models import ShareLink
from huunghi.sharing.managing import revoke


class Command(BaseCommand):
    help = (
        "Lists and revokes the links by which pages are read without an account.\n"
        "Example: manage.py huunghi_links revoke 3f0c2f7e-6f0e-4f43-9d6c-0c1d3a0f5a7b"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listed = actions.add_parser("list", help="links that open something now, the newest first")
        listed.add_argument("--all", action="store_true", help="those that have ended too")
        revoked = actions.add_parser("revoke", help="close links at once")
        revoked.add_argument("links", nargs="*", type=UUID, metavar="LINK", help="public id, as the list shows it")
        revoked.add_argument("--page", type=UUID, help="all links to the page with this id (the one in /id/…/)")
        revoked.add_argument("--all", action="store_true", help="every link there is")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        with translation.override("en"):
            getattr(self, f"_{action}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        links = ShareLink.objects.all() if options["all"] else ShareLink.objects.live()
        links = links.select_related("share__partner").prefetch_related("languages")
        for link in links.annotate(opened_at=Max("openings__last_at")).order_by("-created_at", "-pk"):
            self.stdout.write(line_of(link))
        if not links:
            self.stdout.write("There is no link." if options["all"] else "No link opens anything now.")

    def _revoke(self, options: dict[str, Any]) -> None:
        if sum(map(bool, (options["links"], options["page"], options["all"]))) != 1:
            raise CommandError("Name links, or a page with --page, or all with --all.", returncode=2)
        links = ShareLink.objects.filter(revoked_at__isnull=True)
        if options["page"]:
            links = links.filter(page_key=options["page"])
        if options["links"]:
            known = set(ShareLink.objects.filter(public_id__in=options["links"]).values_list("public_id", flat=True))
            if unknown := [str(name) for name in options["links"] if name not in known]:
                raise CommandError(f"There is no link {', '.join(unknown)}. `huunghi_links list --all` names them.")
            links = links.filter(public_id__in=options["links"])
        count = 0
        for link in links:
            revoke(link)
            count += 1
        self.stdout.write(f"{count} {'link is' if count == 1 else 'links are'} revoked.")


def line_of(link: Any) -> str:
    """One link: public id, state, end, uses, last opening, languages, partner, title; separated by tabs."""
    opened = f"opened {_moment(link.opened_at)}" if link.opened_at else "never opened"
    uses = f"{link.uses} of {link.most_uses} uses" if link.most_uses else "uses not limited"
    languages = ",".join(sorted(locale.language_code for locale in link.languages.all()))
    parts = [link.public_id, link.purpose, link.state.value, f"until {_moment(link.expires_at)}", uses, opened]
    return "\t".join(map(str, [*parts, languages, link.share.partner.code if link.share else "-", link.page_title]))


def _moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
