"""The editors' side: compares three values, and writes what is accepted into drafts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from huunghi.conf import source_language

from ..models import EventPage
from ..models.confirmations import Answer, Confirmation, ConfirmationField, Decision, FactHome
from .facts import facts_of, read_records, shown_value, values_of
from .signals import confirmed
from .writing import NoLongerThereError, write_value

ACCEPT_ACTION = "huunghi.confirmation.accept"
REFUSE_ACTION = "huunghi.confirmation.refuse"
SHOW_ACTION = "huunghi.confirmation.show"


@dataclass(slots=True)
class Targets:
    """The newest drafts that corrections go to: the page with the facts, and the one with the texts."""

    source: EventPage
    text: EventPage

    def of(self, row: ConfirmationField) -> EventPage:
        return self.text if row.home == FactHome.TEXT else self.source

    def pages(self) -> list[EventPage]:
        return [self.source] if self.text is self.source else [self.source, self.text]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line: our value then, our value now, theirs. `now` is a machine value; None when it is no longer there.

    `label` is in the editor's language where the fact is still there, else as the partner read it.
    """

    row: ConfirmationField
    label: str
    now: str | None
    now_shown: str
    proposal_shown: str
    record: Any = None

    @property
    def changed_since(self) -> bool:
        return self.now != self.row.value

    @property
    def is_settled(self) -> bool:
        """Whether our value is what they propose already."""
        return self.row.answer == Answer.PROPOSED and self.now == self.row.proposal


@dataclass(slots=True)
class Ruling:
    """What an editor decided of one field, having seen `now` as our value."""

    row: ConfirmationField
    decision: str
    now: str
    reason: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of the rulings. `problems` are sentences by pk of the field; those fields stay undecided."""

    taken: int = 0
    pages: list[EventPage] = field(default_factory=list)  # that have a new draft
    problems: dict[int, str] = field(default_factory=dict)
    closed: bool = False
    published: bool = False


def pages_with_facts(confirmation: Confirmation) -> tuple[EventPage, EventPage] | None:
    """The page with the facts and the page with the texts, as they are stored; None when the event was deleted."""
    versions = EventPage.objects.filter(translation_key=confirmation.page_key, alias_of=None).select_related("locale")
    pages = {page.locale.language_code: page for page in versions}
    if not pages:
        return None
    source = next(iter(pages.values())).source
    return source, pages.get(confirmation.text_language, source)


def targets_of(confirmation: Confirmation) -> Targets | None:
    pages = pages_with_facts(confirmation)
    if pages is None:
        return None
    source, text = pages
    draft = source.get_latest_revision_as_object()
    return Targets(draft, draft if text.pk == source.pk else text.get_latest_revision_as_object())


def compare(confirmation: Confirmation, rows: Iterable[ConfirmationField], targets: Targets) -> list[Comparison]:
    """The lines in the order of the snapshot; the number of queries does not depend on how many there are."""
    language = confirmation.language
    now = {page.pk: values_of(page, language) for page in targets.pages()}
    records = record_by_key(targets.source)
    labels = {fact.key: fact.label for fact in facts_of(targets.source, get_language() or source_language())}
    lines = []
    for row in rows:
        value = now[targets.of(row).pk].get(row.key)
        lines.append(
            Comparison(
                row,
                labels.get(row.key, row.label),
                value,
                shown_value(value, row.kind, language) if value else "",
                shown_value(row.proposal, row.kind, language) if row.proposal else "",
                records.get(row.key) if row.home == FactHome.RECORD else None,
            )
        )
    return lines


def record_by_key(page: EventPage) -> dict[str, Any]:
    """The records whose names are facts of the page, by the key of the fact."""
    read_records(page)
    columns = {
        "partner_sides": ("partner",),
        "organisers": ("organisation",),
        "appearances": ("person",),
        "venues": ("place", "host"),
    }
    found = {f"places:{place.key}": place for place in page.places.all()}
    for relation, names in columns.items():
        for row in getattr(page, relation).all():
            found |= {f"{relation}:{row.translation_key}:{name}": getattr(row, name) for name in names}
    return found


def decide(
    confirmation: Confirmation, edition: int, rulings: list[Ruling], user: Any, *, publish: bool = False
) -> Outcome:
    """Take the rulings whose field is still as the editor saw it, and write what is accepted into new drafts.

    `edition` is that of the answer which the editor saw. Nothing is published unless `publish`. When no proposal is
    left open, the round ends. Raises PermissionDenied when the user may not publish a page that is to be published,
    and ValidationError, with nothing done at all, when the answer was corrected meanwhile, a page is locked, or its
    dates would not fit together.
    """
    outcome = Outcome()
    with transaction.atomic():
        # One editor at a time, whichever page the corrections go to.
        list(Page.objects.select_for_update().filter(translation_key=confirmation.page_key).values_list("pk"))
        targets = targets_of(confirmation)
        if targets is None:
            raise ValidationError(_("The event has been deleted. Nothing can be accepted any more."))
        rows = list(confirmation.fields.all())
        lines = {line.row.pk: line for line in compare(confirmation, rows, targets)}
        taken = [ruling for ruling in rulings if _can_be_taken(ruling, lines[ruling.row.pk], targets, user, outcome)]
        _close_to_the_partner(confirmation, edition, bool(taken))
        _save_drafts(targets, taken, lines, user, publish, outcome)
        for ruling in taken:
            _write_down(ruling, lines[ruling.row.pk], targets, user)
        outcome.taken = len(taken)
        outcome.closed = _close_if_decided(confirmation, user)
    return outcome


def _close_to_the_partner(confirmation: Confirmation, edition: int, begins: bool) -> None:
    """From the first decision on the partner's answer stays as it is."""
    rounds = Confirmation.objects.filter(pk=confirmation.pk, edition=edition, withdrawn_at=None, closed_at=None)
    begun = Coalesce("begun_at", timezone.now()) if begins else F("begun_at")
    if not rounds.update(begun_at=begun):
        raise ValidationError(_("The answer has changed, or the round has ended, since you looked. Look again."))


def _can_be_taken(ruling: Ruling, line: Comparison, targets: Targets, user: Any, outcome: Outcome) -> bool:
    """Whether the ruling still speaks of what is there; else the editor is told why it has to be decided anew."""
    problem = ""
    if not line.row.is_open:
        problem = _("Somebody else has decided this meanwhile.")
    elif not targets.of(line.row).permissions_for_user(user).can_edit():
        problem = _("You may not edit the page that this belongs to.")
    elif (line.now or "") != ruling.now:
        problem = _("Our value has changed since you looked. Decide again.")
    elif ruling.decision == Decision.REFUSED:
        problem = "" if ruling.reason else _("Say why it is not taken.")
    elif line.row.home == FactHome.RECORD and not line.is_settled:
        problem = _("This name belongs to a record that other pages use too. Change the record first, then accept.")
    elif line.row.home != FactHome.RECORD and not line.is_settled:
        problem = _try_to_write(line.row, targets)
    if problem:
        outcome.problems[line.row.pk] = problem
    return not problem


def _try_to_write(row: ConfirmationField, targets: Targets) -> str:
    try:
        write_value(targets.of(row), row.key, row.kind, row.proposal)
    except NoLongerThereError:
        return _("The row has been removed from the page. Refuse the value, or add the row again.")
    return ""


def _save_drafts(
    targets: Targets, accepted: list[Ruling], lines: dict[int, Comparison], user: Any, publish: bool, outcome: Outcome
) -> None:
    changed = {
        targets.of(ruling.row).pk
        for ruling in accepted
        if ruling.decision == Decision.ACCEPTED and not lines[ruling.row.pk].is_settled
    }
    for page in targets.pages():
        if page.pk in changed:
            _admit(page, user, publish)
            # A draft may lack what publishing asks for; its dates have to fit together in any case.
            page.full_clean() if publish else page.clean()
            page.save_revision(user=user, log_action=True, clean=False)
            outcome.pages.append(page)
    if publish:
        for page in outcome.pages:
            # The newest one: publishing the facts has put them into a revision of the translation.
            type(page).objects.get(pk=page.pk).get_latest_revision().publish(user=user)
        outcome.published = bool(outcome.pages)


def _admit(page: EventPage, user: Any, publish: bool) -> None:
    permissions = page.permissions_for_user(user)
    if publish and not permissions.can_publish():
        raise PermissionDenied
    if permissions.page_locked():
        raise ValidationError(
            _("“%(title)s” is locked, so nothing was accepted. Unlock it, or wait until it is released."),
            params={"title": page.get_admin_display_title()},
        )


def _write_down(ruling: Ruling, line: Comparison, targets: Targets, user: Any) -> None:
    row = line.row
    row.decision, row.reason = ruling.decision, ruling.reason if ruling.decision == Decision.REFUSED else ""
    row.decided_by, row.decided_at = user, timezone.now()
    row.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    log(
        instance=targets.of(row),
        action=ACCEPT_ACTION if row.decision == Decision.ACCEPTED else REFUSE_ACTION,
        user=user,
        data={"label": line.label, "from": line.now or "", "to": row.proposal, "reason": row.reason},
        content_changed=row.decision == Decision.ACCEPTED and not line.is_settled,
    )


def _close_if_decided(confirmation: Confirmation, user: Any) -> bool:
    """End the round when it was answered and every proposal is decided; tells whoever listens after the commit."""
    is_open = confirmation.fields.filter(answer=Answer.PROPOSED, decision="").exists()
    confirmation.refresh_from_db()
    if is_open or confirmation.answered_at is None:
        return False
    confirmation.closed_at, confirmation.closed_by = timezone.now(), user
    confirmation.save(update_fields=["closed_at", "closed_by"])
    transaction.on_commit(lambda: confirmed.send_robust(Confirmation, confirmation=confirmation), robust=True)
    return True


def show(confirmation: Confirmation, shown: bool, user: Any) -> None:
    """Tell readers of the event, or tell them no longer."""
    if confirmation.shown == shown:
        return
    confirmation.shown = shown
    confirmation.save(update_fields=["shown"])
    if pages := pages_with_facts(confirmation):
        log(instance=pages[0], action=SHOW_ACTION, user=user, data={"shown": shown})
