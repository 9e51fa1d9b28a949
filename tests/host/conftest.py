"""A site of somebody else, made by `wagtail start`, with content of its own before Hữu Nghị is installed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.fixtures import Environment, fresh_environment
from tests.project import ROOT

from .readme import Instructions, follow, instructions

# The same names as ours, on purpose: an app "events" with a page type EventPage, beside the template's own "search".
THEIR_MODELS = """
from django.db import models
from wagtail.models import Page


class EventPage(Page):
    place = models.CharField(max_length=100)
    content_panels = [*Page.content_panels, "place"]
    template = "events/event_page.html"
"""
THEIR_TEMPLATE = "<h1>{{ page.title }}</h1><p>Their event in {{ page.place }}</p>"

THEIR_CONTENT = """
from events.models import EventPage
from home.models import HomePage
page = HomePage.objects.get().add_child(instance=EventPage(title="Village fair", slug="fair", place="Reading"))
page.save_revision().publish()
"""


@dataclass(frozen=True)
class Host:
    folder: Path
    environment: Environment

    def manage(self, arguments: str) -> str:
        return self.environment.run(f"python manage.py {arguments}", cwd=self.folder)

    def python(self, script: str) -> str:
        """What a script prints that runs inside of the project, in a process of its own."""
        file = self.folder / "script.py"
        file.write_text(f"import django\ndjango.setup()\n{script}")
        return self.environment.run("python script.py", cwd=self.folder, DJANGO_SETTINGS_MODULE="theirs.settings.dev")

    def get(self, *addresses: str) -> list[tuple[int, str]]:
        """Status and text of each address, as a visitor without a session gets them."""
        script = (
            "import json\nfrom django.test import Client\n"
            f"answers = [Client().get(address, follow=True) for address in {addresses!r}]\n"
            "print(json.dumps([(answer.status_code, answer.content.decode()) for answer in answers]))"
        )
        return [tuple(answer) for answer in json.loads(self.python(script).splitlines()[-1])]


@pytest.fixture(scope="session")
def steps() -> Instructions:
    return instructions((ROOT / "README.md").read_text(), "Install in your own site")


@pytest.fixture(scope="session")
def host(distribution, steps, tmp_path_factory):
    """Their site after somebody followed README: the wheel is installed, the tables and root pages are made."""
    environment = fresh_environment(tmp_path_factory.mktemp("environment"), distribution.wheel.parent)
    site = Host(tmp_path_factory.mktemp("host"), environment)
    environment.run("python -m wagtail.bin.wagtail start theirs .", cwd=site.folder)
    site.manage("startapp events")
    (site.folder / "events/models.py").write_text(THEIR_MODELS)
    templates = site.folder / "events/templates/events"
    templates.mkdir(parents=True)
    (templates / "event_page.html").write_text(THEIR_TEMPLATE)
    settings = site.folder / "theirs/settings/base.py"
    settings.write_text(settings.read_text().replace('    "home",\n', '    "home",\n    "events",\n'))
    site.manage("makemigrations -v0 events")
    site.manage("migrate -v0")
    site.python(THEIR_CONTENT)

    environment.run(steps.install, cwd=site.folder)
    follow(steps, settings, site.folder / "theirs/urls.py")
    environment.run(steps.commands, cwd=site.folder)
    return site
