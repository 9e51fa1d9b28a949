"""The admin: revisions, previews, and the doors by which editors look for pages."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from ..content import Canary
from ..readers import Answer
from ..table import Cell
from . import rules
from .rules import Scene

SIGN_IN = ("/admin/login/", "/_util/login/")
REFUSED = "/admin/"  # where Wagtail leads an editor to whom it says no


def revision_view(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    revision, *others = revision_addresses(canary)
    if cell.expect == "visible":
        yield from rules.shown(cell, canary, scene.ask(cell, revision))
        return
    for address in (revision, *others):
        yield from refused(cell, canary, scene.ask(cell, address, follow=canary.state == "deleted"))


def revision_addresses(canary: Canary) -> list[str]:
    page = canary.page
    return [
        reverse("wagtailadmin_pages:revisions_view", args=[page, canary.revision]),
        reverse("wagtailadmin_pages:revisions_compare", args=[page, "earliest", "latest"]),
        reverse("wagtailadmin_pages:history", args=[page]),
        reverse("wagtailadmin_pages:history_results", args=[page]),
        reverse("wagtailadmin_pages:usage", args=[page]),
        reverse("wagtailadmin_pages:edit", args=[page]),
    ]


def preview_admin(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    shown = reverse("wagtailadmin_pages:view_draft", args=[canary.page])
    if cell.expect == "visible":
        yield from rules.shown(cell, canary, scene.ask(cell, shown))
        return
    for address in (shown, reverse("wagtailadmin_pages:preview_on_edit", args=[canary.page])):
        yield from refused(cell, canary, scene.ask(cell, address, follow=canary.state == "deleted"))


def refused(cell: Cell, canary: Canary, answer: Answer) -> Iterator[str]:
    """A page that is gone is looked for below the language, too, so that its 404 comes after a redirect."""
    if answer.status == 200 and canary.state == "deleted" and 'name="password"' in answer.text:
        return
    yield from rules.shown(cell, canary, answer)
    where = answer.says("location")
    if answer.status == 302 and where != REFUSED and not any(door in where for door in SIGN_IN):
        yield f"{answer.address}: leads to {where}"


def admin_api_chooser(cell: Cell, scene: Scene) -> Iterator[str]:
    canary = scene.canary(cell)
    doors = door_addresses(canary, scene.content.section.pk)
    if cell.expect == "denied":
        for address in doors:
            yield from refused(cell, canary, scene.ask(cell, address))
        return
    found = False
    for address in doors:
        answer = scene.ask(cell, address, follow=True)
        yield from rules.headers(cell, answer)
        yield from rules.conceals(cell, canary, unechoed(answer, canary), address)
        found = found or any(canary.word(which) in unechoed(answer, canary) for which in cell.must_contain)
        if found and not cell.must_not_contain:
            return  # an editor of the page may see all of it: it is enough to find it once
    if cell.expect == "listed" and not found:
        yield f"{canary.state}: no door shows it"


def unechoed(answer: Answer, canary: Canary) -> str:
    """Without what was typed, which a search repeats."""
    echoes = (f"q={word}" for word in (canary.live, canary.draft))
    shown = (f'value="{word}"' for word in (canary.live, canary.draft))
    said = (f"<em>{word}</em>" for word in (canary.live, canary.draft))
    return answer.without(*echoes, *shown, *said)


def door_addresses(canary: Canary, section: int) -> list[str]:
    pages = reverse("wagtailadmin_api:pages:listing")
    return [
        f"{pages}?limit=100&child_of={canary.parent}",
        f"{pages}{canary.page}/",
        reverse("wagtailadmin_choose_page_child", args=[section]),
        reverse("wagtailadmin_choose_page_child", args=[canary.parent]),
        f"{reverse('wagtailadmin_choose_page_search')}?q={canary.live}",
        f"{reverse('wagtailadmin_choose_page_search')}?q={canary.draft}",
        f"{reverse('wagtailadmin_pages:search')}?q={canary.live}",
        reverse("wagtailadmin_explore", args=[canary.parent]),
        reverse("huunghi_events:index"),
        *by_id(canary),
    ]


def by_id(canary: Canary) -> list[str]:
    """Doors that show a page to whoever guesses its number."""
    return [
        reverse("wagtailadmin_choose_page_child", args=[canary.page]),
        f"{reverse('wagtailadmin_choose_page_chosen_multiple')}?id={canary.page}",
    ]


CHECKERS = {"revision_view": revision_view, "preview_admin": preview_admin, "admin_api_chooser": admin_api_chooser}
