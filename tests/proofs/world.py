"""The archive of a proof, and what editors do in it.

Every page has a canary: a word that stands nowhere else, so that whoever finds it has seen that page. One word of every
title is shared by many pages: what it counts is known, too.
"""

from __future__ import annotations

import random
import sys
from collections import Counter as Tally
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

SECTIONS = 3  # of one editor
EVENTS = 14
GROUPS = ("vunakimorelo", "dapositunewi", "kegularofimo")
LETTERS = ("bdfghklmnprstvz", "aeiou")


def canary(chance: random.Random) -> str:
    """Sixteen letters that no other word is near to."""
    return "".join(chance.choice(LETTERS[position % 2]) for position in range(16))


class Editor:
    """Works in a section of its own: nobody else moves pages there, which Wagtail's tree would not survive."""

    def __init__(self, number: int, seed: int = 0) -> None:
        self.number = number
        self.chance = random.Random(seed * 1000 + number)
        self.done: Tally[str] = Tally()
        self._edition = 0

    # --- the world

    def settle(self) -> None:
        """Make the section, three sections in it, and events in those."""
        from huunghi.events.models import EventIndexPage
        from tests.factories import index_page, make_page

        root = make_page(EventIndexPage, f"Editor {self.number}", index_page(EventIndexPage))
        for number in range(SECTIONS):
            make_page(EventIndexPage, f"Section {self.number} {number}", type(root).objects.get(pk=root.pk))
        for _ in range(EVENTS):
            self.write()

    def _root(self) -> Any:
        from huunghi.events.models import EventIndexPage

        return EventIndexPage.objects.get(title=f"Editor {self.number}", locale__language_code="vi")

    def _sections(self) -> list[Any]:
        from huunghi.events.models import EventIndexPage

        return list(EventIndexPage.objects.descendant_of(self._root()).order_by("path"))

    def _section(self) -> Any:
        return self.chance.choice(self._sections())

    def _events(self) -> list[Any]:
        from huunghi.events.models import EventPage

        return list(EventPage.objects.descendant_of(self._root()).order_by("pk"))

    def _event(self) -> Any:
        return self.chance.choice(self._events())

    def _any(self) -> Any:
        """Mostly an event, at times its translation, or a section."""
        throw = self.chance.random()
        if throw < 0.2:
            return self._section()
        event = self._event()
        others = list(event.get_translations().specific())
        return self.chance.choice(others) if others and throw < 0.4 else event

    # --- what editors do

    def write(self) -> None:
        from tests.factories import make_event

        word = self.chance.choice(GROUPS)
        translations = {"km": f"{canary(self.chance)} {word} ១"} if self.chance.random() < 0.3 else None
        title = f"{canary(self.chance)} {word} {self._next()}"
        make_event(title, parent=self._section(), translations=translations)

    def delete(self) -> None:
        if len(self._events()) > EVENTS // 2:
            event = self._event()
            for page in event.get_translations():
                page.specific.delete()
            event.delete()

    def rename(self) -> None:
        page = self._event()
        words = page.title.split()
        page.title = f"{words[0]} {words[1]} {self._next()}"
        self._publish(page, only_if_live=True)

    def unpublish(self) -> None:
        page = self._event()
        page.unpublish()

    def publish(self) -> None:
        for event in self._events():
            if not event.live:
                self._publish(event)
                return

    def move(self) -> None:
        event, section = self._event(), self._section()
        if event.get_parent().pk != section.pk:
            event.move(section, "last-child")

    def move_section(self) -> None:
        sections = self._sections()
        moved = sections[-1]
        target = self.chance.choice([self._root(), *sections[:-1]])
        if target.path.startswith(moved.path) or moved.get_parent().pk == target.pk:
            return
        moved.move(target, "last-child")

    def restrict(self) -> None:
        from wagtail.models import PageViewRestriction

        page = self._any()
        kind = self.chance.choice(["login", "password"])
        existing = PageViewRestriction.objects.filter(page_id=page.pk).first()
        restriction = existing or PageViewRestriction(page_id=page.pk)
        restriction.restriction_type, restriction.password = kind, "mật khẩu" if kind == "password" else ""
        restriction.save()

    def open(self) -> None:
        from wagtail.models import PageViewRestriction

        root = self._root()
        mine = list(PageViewRestriction.objects.filter(page__path__startswith=root.path).order_by("pk"))
        if mine:
            self.chance.choice(mine).delete()

    def narrow(self) -> None:
        page = self._event()
        page.visibility = self.chance.choice(["signed-in", "partners", "partners"])
        self._publish(page, only_if_live=True)

    def widen(self) -> None:
        for event in self._events():
            if event.visibility != "public":
                event.visibility = "public"
                self._publish(event, only_if_live=True)
                return

    def shut_section(self) -> None:
        section = self._section()
        section.visibility = self.chance.choice(["signed-in", "partners"])
        self._publish(section)

    def open_section(self) -> None:
        for section in self._sections():
            if section.visibility != "public":
                section.visibility = "public"
                self._publish(section)
                return

    def share(self) -> None:
        from django.db import transaction
        from django.utils import timezone
        from wagtail.models import Locale

        from huunghi.partners.models import Share
        from huunghi.search.feeding import share_changed
        from tests.factories import make_partner

        page = self._section() if self.chance.random() < 0.4 else self._event()
        with transaction.atomic():
            share = Share.objects.create(
                partner=make_partner("proof"),
                page_key=page.translation_key,
                page_title=page.title,
                since=timezone.localdate() - timezone.timedelta(days=1),
            )
            share.languages.set(Locale.objects.filter(language_code__in=["vi", "km"]))
            share_changed(share)

    def revoke(self) -> None:
        from django.db import transaction

        from huunghi.partners.models import Share
        from huunghi.search.feeding import share_changed

        keys = [page.translation_key for page in [*self._sections(), *self._events()]]
        shares = list(Share.objects.filter(revoked_at=None, page_key__in=keys).order_by("pk"))
        if shares:
            share = self.chance.choice(shares)
            with transaction.atomic():
                share.revoke()
                share_changed(share)

    def _publish(self, page: Any, only_if_live: bool = False) -> None:
        """As the admin does it: a revision, then its publishing. A page that is no longer live stays a draft."""
        revision = page.save_revision(clean=False)
        if page.live or not only_if_live:
            revision.publish()

    def _next(self) -> int:
        self._edition += 1
        return self._edition

    def change(self) -> str:
        """Do one of these things at random, in a transaction or without; returns which."""
        from django.db import transaction

        name = self.chance.choices(list(CHANGES), [weight for _, weight in CHANGES.values()])[0]
        with transaction.atomic() if self.chance.random() < 0.5 else nullcontext():
            CHANGES[name][0](self)
        self.done[name] += 1
        return name


CHANGES: dict[str, tuple[Callable[[Editor], None], int]] = {
    "write": (Editor.write, 3),
    "delete": (Editor.delete, 3),
    "rename": (Editor.rename, 4),
    "unpublish": (Editor.unpublish, 3),
    "publish": (Editor.publish, 5),
    "move": (Editor.move, 4),
    "move section": (Editor.move_section, 1),
    "restrict": (Editor.restrict, 3),
    "open": (Editor.open, 6),
    "narrow": (Editor.narrow, 3),
    "widen": (Editor.widen, 4),
    "shut section": (Editor.shut_section, 1),
    "open section": (Editor.open_section, 3),
    "share": (Editor.share, 2),
    "revoke": (Editor.revoke, 2),
}


def main(editors: int) -> None:
    """Fill the archive that `huunghi_setup` has made; nobody feeds it yet."""
    import django

    django.setup()
    from huunghi.search.models import IndexTarget, PendingChange
    from tests.factories import make_partner

    IndexTarget.objects.all().delete()
    make_partner("proof")
    for number in range(editors):
        Editor(number).settle()
    PendingChange.objects.all().delete()


if __name__ == "__main__":
    main(int(sys.argv[1]))
