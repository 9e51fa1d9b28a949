from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huunghi.partners.models import Organisation
from huunghi.search.engines.base import EngineError
from huunghi.search.feeding import feed_pending
from huunghi.site_setup import set_up, set_up_unit
from huunghi.sqlite import read_beside_writers


class Command(BaseCommand):
    help = (
        "Makes the languages, front pages, lists, vocabularies and gazetteer of the archive. Safe to repeat.\n"
        "Example: manage.py huunghi_setup --unit lhctchn-an-giang --name 'Liên hiệp các tổ chức hữu nghị tỉnh An Giang'"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", metavar="KEY", help="also make the editors, collection and sections of this unit")
        parser.add_argument("--name", help="Vietnamese name of the unit, when it has no record yet")
        parser.add_argument("--kind", default="friendship-union", help="kind of the unit, when it has no record yet")

    def handle(self, *args: Any, **options: Any) -> None:
        switched = read_beside_writers()
        report = set_up()
        if switched:
            report.done.append("write-ahead logging of the SQLite database")
        if options["unit"]:
            unit = set_up_unit(_organisation(options["unit"], options["name"], options["kind"]))
            report.done.append(f"unit {unit}")
        try:
            feed_pending()  # makes the search index of a new site, so that its search page works before the first event
        except EngineError as error:
            report.hints.append(str(error))
        for line in report.done:
            self.stdout.write(f"made: {line}")
        if not report.done:
            self.stdout.write("Everything is there already.")
        for hint in report.hints:
            self.stdout.write(self.style.WARNING(hint))


def _organisation(key: str, name: str | None, kind: str) -> Organisation:
    organisation = Organisation.objects.filter(key=key).first()
    if organisation is not None:
        return organisation
    if not name:
        raise CommandError(f"There is no organisation {key!r}. Give its Vietnamese name with --name to make it.")
    organisation = Organisation(key=key, kind=kind)
    organisation.name_rows.create(language="vi", text=name, preferred=True)
    organisation.full_clean()
    organisation.save()
    return organisation
