"""Asks a partner to confirm an event: takes the snapshot."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from huunghi.conf import content_languages, fallback_languages
from huunghi.partners.access import Reader
from huunghi.partners.models import Partner, ShareLink
from huunghi.partners.sharing.links import pages_of, reader_by
from huunghi.partners.withholding import withhold

from ..models import EventPage
from ..models.confirmations import Confirmation, ConfirmationField
from .facts import Fact, facts_of

# Two inputs for each fact, and Django reads a thousand inputs of a form.
MOST_FACTS = 400
LANGUAGE_OF_COUNTRY = {"KH": "km", "LA": "lo", "CN": "zh-hans", "VN": "vi"}


class TooMuchToAskError(Exception):
    """The event has more facts than one form can hold."""


class NothingToAskError(Exception):
    """No published text of the event is opened by the link."""


def language_of(partner: Partner | None) -> str:
    """The language that the partner is most likely to read; English when nothing is known of it."""
    code = LANGUAGE_OF_COUNTRY.get(partner.country_key, "en") if partner else "en"
    return code if code in content_languages() else content_languages()[0]


def page_for(link: ShareLink, reader: Reader, language: str) -> EventPage:
    """The published text that the link opens, in the language asked for or the nearest one; NothingToAskError."""
    pages = {page.locale.language_code: page for page in pages_of(link, reader) if isinstance(page, EventPage)}
    for code in fallback_languages(language):
        if code in pages:
            return pages[code]
    raise NothingToAskError


def snapshot(page: EventPage, reader: Reader, language: str) -> list[Fact]:
    """What the reader gets to see of the facts of a page. Nothing of what is withheld from it is among them."""
    # Also where the page is open to all: nobody is asked about a row that a share of theirs leaves out.
    withhold(page, reader.withheld_rows, reader.withheld_images)
    return facts_of(page, language)


def ask(link: ShareLink, language: str, until: date, user: Any = None) -> Confirmation:
    """Begin a round through a link; rounds that were asked before through the same link are withdrawn.

    Raises NothingToAskError or TooMuchToAskError.
    """
    reader = reader_by(link)
    page = page_for(link, reader, language)
    found = snapshot(page, reader, language)
    if len(found) > MOST_FACTS:
        raise TooMuchToAskError
    with transaction.atomic():
        withdraw(Confirmation.objects.filter(link=link))
        confirmation = Confirmation.objects.create(
            page_key=page.translation_key,
            page_title=page.source.title,
            link=link,
            partner=link.share.partner if link.share else None,
            language=language,
            text_language=page.locale.language_code,
            until=until,
            asked_by=user,
        )
        ConfirmationField.objects.bulk_create(
            ConfirmationField(
                confirmation=confirmation,
                position=position,
                **{name: getattr(fact, name) for name in Fact.__dataclass_fields__},
            )
            for position, fact in enumerate(found, start=1)
        )
    return confirmation


def withdraw(rounds: Any) -> int:
    """End rounds that are not done; what is done stays as it was agreed. Returns how many."""
    return rounds.filter(closed_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())


def current_round(link: ShareLink) -> Confirmation | None:
    """The round that the holder of the link takes part in, done or not."""
    rounds = Confirmation.objects.filter(link=link, withdrawn_at__isnull=True)
    return rounds.select_related("partner__place").order_by("-asked_at", "-pk").first()


def usual_last_day() -> date:
    return timezone.localdate() + timedelta(days=14)
