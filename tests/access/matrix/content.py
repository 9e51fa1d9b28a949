"""One page for each state of the table. What stands on it carries a word that stands nowhere else.

All pages begin public, with their live word. Then each is brought into its state; where the state has a newer draft,
the draft carries another word. An index that was fed in between knows every page as public.
"""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as PillowImage
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction, Workflow

from huunghi.events.models import (
    ArticleIndexPage,
    ArticlePage,
    EventDocument,
    EventIndexPage,
    EventPage,
    EventPartnerSide,
    EventPhoto,
    Venue,
)
from huunghi.partners.api.pictures import KINDS, WIDTHS, specification
from huunghi.partners.sharing.links import make_link
from tests.access.conftest import lock, restrict, share
from tests.factories import add_translation, index_page, make_event, make_exchange, make_page, make_partner, publish

from .readers import Readers, make_readers, section_of
from .table import STATES

NEVER_LIVE = {"draft", "in_moderation", "scheduled"}
NARROWED = {"shared_a", "login", "child_of_shared_a", "moved_to_shared_a"}  # some who read them still do
EVERYWHERE = "vunakimorelo"  # stands on every page of the table


@dataclass
class Files:
    """A picture and a document that only one version of one page uses; their names and bytes are its own."""

    image: Any
    rendition: Any
    of_the_api: Any  # another rendition: one of the sizes that the API names
    document: Any


@dataclass
class Canary:
    """The page of a state, and all that would betray it."""

    state: str
    live: str
    draft: str
    page: int
    parent: int
    key: str  # of the record that stands or falls with the page
    slug: str
    address: str  # of the page; where it stood last, if it is gone
    revision: int
    live_files: Files | None
    draft_files: Files | None
    source_key: str  # of the record whose page it is; not the same if the page is a translation of another one
    addresses: list[str]  # all under which the page ever was
    view_token: str = ""
    token_for_a: str = ""  # of a link that belongs to what is shared with partner A
    preview_token: str = ""
    bad_tokens: dict[str, str] = field(default_factory=dict)  # why it opens nothing -> token

    @property
    def traces(self) -> list[str]:
        """What stands nowhere else. A translation has the slug of its source."""
        return [self.live, self.draft, self.key, self.address if self.key != self.source_key else self.slug]

    @property
    def partner(self) -> str:
        """The value of a facet that only this page has."""
        return partner_of(self.state, "live")

    @property
    def draft_partner(self) -> str:
        return partner_of(self.state, "draft")

    def word(self, which: str) -> str:
        return {"live": self.live, "draft": self.draft}[which]


@dataclass
class Content:
    readers: Readers
    canaries: dict[str, Canary]
    section: Any  # in which most of the pages stand
    referring: list[Any]  # public pages that refer to all of them


def words() -> Callable[[], str]:
    """Gives words of ten letters that have nothing in common; the same ones at every run."""
    chance = random.Random(2790)
    used: set[str] = set()

    def word() -> str:
        while True:
            made = "".join(chance.choice("bdfghklmnprstvz" if at % 2 == 0 else "aeiou") for at in range(10))
            if made[:4] not in used and made[::-1] != made:
                used.add(made[:4])
                return made

    return word


def partner_of(state: str, which: str) -> str:
    return f"{which}-{STATES.index(state):02}"


def make_files(word: str) -> Files:
    colour = tuple(ord(letter) * 37 % 256 for letter in word[:3])
    drawn = io.BytesIO()
    PillowImage.new("RGB", (48, 32), colour).save(drawn, "JPEG")
    drawn.seek(0)
    image = get_image_model().objects.create(title=f"Ảnh {word}", file=ImageFile(drawn, name=f"anh-{word}.jpg"))
    text = ContentFile(f"%PDF-1.4\n% {word}\n%%EOF\n".encode(), name=f"tep-{word}.pdf")
    document = get_document_model().objects.create(title=f"Tệp {word}", file=text)
    of_the_api = image.get_rendition(specification(WIDTHS[0], KINDS[-1]))
    return Files(image, image.get_rendition("width-16"), of_the_api, document)


def rows_with(word: str, files: Files, partner: str) -> dict[str, list[Any]]:
    return {
        "venues": [Venue(name=f"Hội trường {word}")],
        "photos": [EventPhoto(image=files.image, caption=f"Chú thích {word}")],
        "documents": [EventDocument(file=files.document, title=f"Tài liệu {word}")],
        "partner_sides": [EventPartnerSide(partner=make_partner(partner, active=False))],
    }


def texts_with(word: str) -> dict[str, str]:
    return {
        "title": f"Sự kiện {word} {EVERYWHERE}",
        "summary": f"Tóm tắt {word}",
        "body": f'[{{"type": "text", "value": "<p>Nội dung {word}</p>", "id": "{uuid4()}"}}]',
    }


class Maker:
    """Makes the pages, and brings about their states."""

    def __init__(self, *, all_public: bool) -> None:
        """`all_public`: also those that never are, so that an index can be fed while everything is."""
        self.all_public = all_public
        self.readers = make_readers()
        self.section = section_of(self.readers)
        self.shared = self._section("Mục chia sẻ")
        self.target = self._section("Mục nhận")
        self.moving = self._section("Mục chuyển")
        lock(self.target, "partners")
        share(self.target, self.readers.a)
        self.word = words()
        self.exchange = make_exchange("Giải", unit=self.readers.own)
        self.canaries = {state: self._make(state) for state in STATES}
        self.referring = [self.exchange, *self._make_referring()]

    def _section(self, title: str) -> Any:
        return make_page(EventIndexPage, title, self.section, unit=self.readers.own)

    def _make_referring(self) -> list[Any]:
        """Public pages that name all the others: an article that reports on them, and an event with links to them."""
        numbers = [canary.page for canary in self.canaries.values()]
        links = "".join(f'<p><a linktype="page" id="{number}">trang này</a></p>' for number in numbers)
        body = json.dumps([{"type": "text", "value": links, "id": str(uuid4())}])
        events = list(EventPage.objects.filter(pk__in=numbers))
        index = index_page(ArticleIndexPage)
        unit = self.readers.own
        article = make_page(ArticlePage, "Bài", index, unit=unit, published_on="2019", events=events)
        return [article, make_event("Bên cạnh", exchange=self.exchange, unit=unit, parent=self.section, body=body)]

    def _make(self, state: str) -> Canary:
        live, draft = self.word(), self.word()
        files, draft_files = make_files(live), make_files(draft)
        parents = {"child_of_shared_a": self.shared, "moved_to_shared_a": self.moving}
        parent = parents.get(state, self.section)
        event = self._event(state, live, files, parent)
        page = event
        if state == "translation_draft":
            source = make_event("Bản gốc", unit=self.readers.own, parent=parent, start="2019-05-14")
            page = add_translation(source, "km", texts_with(live), live=self.all_public)
        return Canary(
            state,
            live,
            draft,
            page=page.pk,
            parent=page.get_parent().pk,
            key=str(event.translation_key),
            source_key=str(page.translation_key),
            slug=page.slug,
            address=page.get_url(),
            addresses=[page.get_url()],
            revision=page.latest_revision_id,
            live_files=files if self.all_public or state not in NEVER_LIVE else None,
            draft_files=draft_files,
        )

    def _event(self, state: str, live: str, files: Files, parent: Any) -> Any:
        return make_event(
            **texts_with(live),
            unit=self.readers.own,
            parent=parent,
            exchange=self.exchange,
            start="2019-05-14",
            rows=rows_with(live, files, partner_of(state, "live")),
            live=self.all_public or state not in {*NEVER_LIVE, "translation_draft"},
        )

    def bring_about(self) -> Content:
        for state, canary in self.canaries.items():
            self._make_links(canary)
            if change := getattr(self, f"_{state}", None):
                change(canary)
        for canary in self.canaries.values():
            page = Page.objects.filter(pk=canary.page).first()
            if page is not None:
                canary.parent = page.get_parent().pk
                canary.address = page.get_url()
                canary.addresses = list(dict.fromkeys([*canary.addresses, canary.address]))
        self.readers.forget()
        return Content(self.readers, self.canaries, self.section, self.referring)

    def _make_links(self, canary: Canary) -> None:
        page = page_of(canary)
        languages = [page.locale]
        canary.view_token = make_link(page, languages)[1]
        canary.preview_token = make_link(page, purpose="preview")[1]
        gone = make_partner("gone", active=False)
        revoked, revoked_token = make_link(page, languages)
        revoked.revoke()
        expired, expired_token = make_link(page, languages)
        expired.expires_at = timezone.now() - timedelta(seconds=1)
        expired.save()
        canary.bad_tokens = {
            "revoked": revoked_token,
            "expired": expired_token,
            "of a disabled partner": make_link(page, languages, share=share(page, gone))[1],
            "garbled": canary.view_token[:-1] + ("A" if canary.view_token[-1] != "A" else "B"),
            "cut": canary.view_token[:-8],
            "of the other kind": canary.preview_token[:4] + canary.view_token[4:],
        }

    def _write_draft(self, canary: Canary, page: Any = None) -> None:
        page = page or page_of(canary)
        for name, text in texts_with(canary.draft).items():
            setattr(page, name, text)
        for name, rows in rows_with(canary.draft, canary.draft_files, canary.draft_partner).items():
            for row in rows:
                row.locale = page.locale
            setattr(page, name, rows)
        canary.revision = page.save_revision(clean=False).pk

    def _draft(self, canary: Canary) -> None:
        if page_of(canary).live:
            page_of(canary).unpublish()
        self._write_draft(canary)

    def _live_newer_draft(self, canary: Canary) -> None:
        self._write_draft(canary)

    def _in_moderation(self, canary: Canary) -> None:
        self._draft(canary)
        Workflow.objects.first().start(page_of(canary), self.readers.users["editor_own_province"])

    def _scheduled(self, canary: Canary) -> None:
        self._draft(canary)
        page = page_of(canary).get_latest_revision_as_object()
        page.go_live_at = timezone.now() + timedelta(days=1)
        revision = page.save_revision(clean=False)
        revision.publish()
        canary.revision = revision.pk

    def _shared_a(self, canary: Canary) -> None:
        page = page_of(canary)
        page.visibility = "partners"
        publish(page)
        own_share = share(page, self.readers.a)
        canary.token_for_a = make_link(page, [page.locale], share=own_share)[1]

    def _password(self, canary: Canary) -> None:
        restrict(page_of(canary), PageViewRestriction.PASSWORD, password="mật khẩu")

    def _login(self, canary: Canary) -> None:
        page = page_of(canary)
        page.visibility = "signed-in"
        publish(page)

    def _child_of_shared_a(self, canary: Canary) -> None:
        lock(self.shared, "partners")
        share(self.shared, self.readers.a)

    def _expired_job_pending(self, canary: Canary) -> None:
        page = page_of(canary)
        page.expire_at = timezone.now() - timedelta(seconds=1)
        publish(page)
        self._write_draft(canary)

    def _expired(self, canary: Canary) -> None:
        page_of(canary).unpublish(set_expired=True)
        self._write_draft(canary)

    def _unpublished(self, canary: Canary) -> None:
        page_of(canary).unpublish()
        self._write_draft(canary)

    def _deleted(self, canary: Canary) -> None:
        page_of(canary).delete()

    def _translation_draft(self, canary: Canary) -> None:
        """The page is the draft of a translation; the record beside it is a draft in every language."""
        for page in EventPage.objects.filter(translation_key=canary.key, live=True):
            page.unpublish()
        self._draft(canary)

    def _moved_to_shared_a(self, canary: Canary) -> None:
        moving = EventIndexPage.objects.get(pk=self.moving.pk)
        moving.move(EventIndexPage.objects.get(pk=self.target.pk), "last-child")


def page_of(canary: Canary) -> EventPage:
    return EventPage.objects.get(pk=canary.page)
