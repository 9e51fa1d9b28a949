"""Facts that a partner confirms: the snapshot, the mail, and what the editors decide."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import PageLogEntry

from huunghi.events.confirming import asking
from huunghi.events.confirming.deciding import compare, decide, targets_of
from huunghi.events.confirming.facts import facts_of
from huunghi.events.confirming.signals import confirmed
from huunghi.events.models import Confirmation, ConfirmationField, EventPage, Figure, Venue
from tests.access.conftest import share
from tests.factories import make_event, make_measure, publish

from .confirming import (
    KHMER_HALL,
    KHMER_TITLE,
    WITHHELD,
    accept,
    answered,
    asked,
    by_key,
    draft_of,
    in_khmer,
    link_to,
    make_programme,
    partner_client,
    rulings,
)

pytestmark = pytest.mark.django_db


def test_the_snapshot_holds_names_dates_places_and_numbers_in_khmer(round_):
    confirmation, _client = round_
    fields = by_key(confirmation)
    assert (confirmation.language, confirmation.text_language) == ("km", "km")
    shown = {key: row.shown for key, row in fields.items()}
    assert shown["title"] == KHMER_TITLE
    assert shown["venues.name"] == KHMER_HALL
    assert shown["venues.place"] == "តាកែវ"
    assert shown["organisers.organisation"] == "សហភាពមិត្តភាព"
    assert shown["appearances.person"] == "សុខ សម្បត្តិ"
    assert (shown["start"], fields["start"].value) == ("12/04/2024", "2024-04-12")
    assert (shown["end"], fields["end"].value) == ("14/04/2024", "2024-04-14")
    assert (shown["figures.quantity"], fields["figures.quantity"].value) == ("2.063", "2063")
    assert (shown["venues.attendance"], shown["stated_venues"]) == ("410", "3")
    assert [row.position for row in confirmation.fields.all()] == list(range(1, confirmation.fields.count() + 1))


def test_without_a_translation_the_texts_are_in_the_language_that_there_is(event):
    confirmation, _token = asked(event, language="en")
    assert (confirmation.language, confirmation.text_language) == ("en", "vi")
    assert by_key(confirmation)["title"].shown == event.title
    assert by_key(confirmation)["title"].label == "Title"


def test_a_translation_that_the_link_does_not_open_is_not_in_the_snapshot(event):
    confirmation, _token = asked(event, languages=("vi",))
    assert (confirmation.language, confirmation.text_language) == ("km", "vi")
    assert KHMER_TITLE not in [row.shown for row in confirmation.fields.all()]


@pytest.mark.parametrize("visibility", ["partners", "public"])
def test_a_row_that_is_withheld_from_the_partner_is_not_asked(world, section, visibility):
    event = make_programme(world.own, parent=section, partner=world.a, visibility=visibility)
    given = share(event, world.a, withheld=[event.venues.get(name=WITHHELD)])
    confirmation, _token = asked(event, given, language="vi")
    assert confirmation.partner == world.a
    everything = [text for row in confirmation.fields.all() for text in (row.label, row.shown, row.value)]
    assert not any(WITHHELD in text for text in everything)
    assert "77" not in everything
    assert "Nhà thi đấu" in everything
    assert not any("2" in row.label for row in confirmation.fields.all() if row.key.startswith("venues"))


def test_a_date_of_one_day_is_one_field_and_an_unknown_one_is_none(world):
    one = make_event(start="2024-04-12", unit=world.own)
    assert {"day"} == {fact.key for fact in facts_of(one, "vi")} & {"day", "start", "end"}
    month = make_event(start="2024-04-12", precision="month", unit=world.own)
    assert {fact.key: fact.value for fact in facts_of(month, "vi")}["day"] == "2024-04"
    unknown = make_event(start=None, precision="unknown", unit=world.own)
    assert not {fact.key for fact in facts_of(unknown, "vi")} & {"day", "start", "end"}


def test_hours_are_asked_when_they_are_known(world):
    event = make_event(start="2024-04-12", precision="minute", start_time=time(8), unit=world.own)
    assert {fact.key: fact.value for fact in facts_of(event, "vi")}["start_time"] == "08:00"


def test_a_draft_is_not_asked_about(world):
    event = make_event(unit=world.own, live=False)
    link, _token = link_to(event)
    with pytest.raises(asking.NothingToAskError):
        asking.ask(link, "vi", date.today())
    assert not Confirmation.objects.exists()


def test_more_facts_than_a_form_can_hold_are_not_asked(world, monkeypatch, event):
    monkeypatch.setattr(asking, "MOST_FACTS", 3)
    with pytest.raises(asking.TooMuchToAskError):
        asked(event)


def test_asking_again_through_the_same_link_withdraws_what_was_open(event):
    first, _token = asked(event)
    second = asking.ask(first.link, "vi", first.until)
    first.refresh_from_db()
    assert (first.state, second.state) == ("withdrawn", "asked")
    assert asking.current_round(first.link) == second


def snapshot_queries(event):
    page = EventPage.objects.get(pk=event.pk)
    with CaptureQueriesContext(connection) as queries:
        facts_of(page, "km")
    return len(queries)


def test_the_number_of_queries_does_not_depend_on_the_number_of_facts(event):
    before = snapshot_queries(event)
    event.venues = [*event.venues.all(), *(Venue(name=f"Hội trường {n}", locale=event.locale) for n in range(20))]
    event.figures = [
        *event.figures.all(),
        *(Figure(quantity=n, unit=make_measure(), locale=event.locale) for n in range(20)),
    ]
    publish(event)
    assert snapshot_queries(event) == before
    confirmation, _token = asked(event, language="vi")
    rows = list(confirmation.fields.all())
    with CaptureQueriesContext(connection) as queries:
        assert len(compare(confirmation, rows, targets_of(confirmation))) > 50
    assert len(queries) < 40


def test_an_accepted_text_goes_into_a_draft_of_its_translation_only(round_, event, editor):
    khmer = in_khmer(event)
    confirmation = answered(round_, {"title": "ចំណងជើងថ្មី", "venues.name": "សាលធំ"})
    outcome = accept(confirmation, editor)
    assert [page.pk for page in outcome.pages] == [khmer.pk]
    khmer.refresh_from_db()
    assert (khmer.title, khmer.has_unpublished_changes) == (KHMER_TITLE, True)
    draft = draft_of(khmer)
    assert draft.title == "ចំណងជើងថ្មី"
    assert next(venue.name for venue in draft.venues.all()) == "សាលធំ"
    assert khmer.venues.first().name == KHMER_HALL
    assert draft_of(event).title == event.title
    assert not EventPage.objects.get(pk=event.pk).has_unpublished_changes


def test_an_accepted_fact_goes_into_a_draft_of_the_source_page(round_, event, editor):
    confirmation = answered(round_, {"figures.quantity": "2.064", "start": "11/04/2024", "venues.attendance": "411"})
    outcome = accept(confirmation, editor)
    assert [page.pk for page in outcome.pages] == [event.pk]
    draft = draft_of(event)
    assert draft.figures.all()[0].quantity == 2064
    assert (draft.start_date, draft.end_date) == (date(2024, 4, 11), date(2024, 4, 14))
    assert draft.venues.all()[0].attendance == 411
    live = EventPage.objects.get(pk=event.pk)
    assert (live.start_date, live.figures.get().quantity, live.live) == (date(2024, 4, 12), 2063, True)
    assert in_khmer(event).figures.get().quantity == 2063


def test_save_and_publish_brings_facts_and_texts_to_every_language(round_, event, editor):
    confirmation = answered(round_, {"figures.quantity": "2064", "title": "ចំណងជើងថ្មី"})
    outcome = accept(confirmation, editor, publish=True)
    assert outcome.published and outcome.closed
    khmer = in_khmer(event)
    assert (khmer.title, khmer.figures.get().quantity) == ("ចំណងជើងថ្មី", 2064)
    assert EventPage.objects.get(pk=event.pk).figures.get().quantity == 2064


def test_a_date_without_its_day_changes_the_precision(world, section, editor):
    event = make_programme(world.own, parent=section, partner=world.a)
    confirmation, token = asked(event)
    both = {"start": "04/2024", "end": "05/2024"}
    answered((confirmation, partner_client(token)), both)
    confirmation.refresh_from_db()
    accept(confirmation, editor, publish=True)
    live = EventPage.objects.get(pk=event.pk)
    assert (live.precision, live.start_date, live.end_date) == ("month", date(2024, 4, 1), date(2024, 5, 31))


def test_the_name_of_a_record_is_never_changed_in_passing(round_, event, editor):
    confirmation = answered(round_, {"organisers.organisation": "សហភាពថ្មី"})
    outcome = accept(confirmation, editor)
    assert list(outcome.problems.values()) == [
        "This name belongs to a record that other pages use too. Change the record first, then accept."
    ]
    organisation = event.organisers.exclude(organisation=None).get().organisation
    assert organisation.name_in("km") == "សហភាពមិត្តភាព"
    row = organisation.name_rows.get(language="km")
    row.text = "សហភាពថ្មី"
    row.save()
    outcome = accept(confirmation, editor)
    assert (outcome.taken, outcome.pages, outcome.closed) == (1, [], True)


def test_accepting_and_refusing_are_written_into_the_history(round_, event, editor):
    confirmation = answered(round_, {"figures.quantity": "2064", "stated_venues": "4"})
    first, second = rulings(confirmation)
    by_kind = {ruling.row.key: ruling for ruling in (first, second)}
    by_kind["stated_venues"].decision, by_kind["stated_venues"].reason = "refused", "Biên bản ghi 3"
    decide(confirmation, confirmation.edition, [first, second], editor)
    entries = PageLogEntry.objects.filter(page=event.pk, action__startswith="huunghi.confirmation").order_by("pk")
    found = {(entry.action, entry.data["from"], entry.data["to"], entry.data["reason"]) for entry in entries}
    assert found == {
        ("huunghi.confirmation.accept", "2063", "2064", ""),
        ("huunghi.confirmation.refuse", "3", "4", "Biên bản ghi 3"),
    }
    assert all(entry.user == editor for entry in entries)
    assert "2064" in entries[0].message + entries[1].message


def test_a_refusal_needs_a_reason(round_, editor):
    confirmation = answered(round_, {"stated_venues": "4"})
    outcome = decide(confirmation, confirmation.edition, rulings(confirmation, "refused"), editor)
    assert (outcome.taken, outcome.closed, len(outcome.problems)) == (0, False, 1)


def test_a_value_that_changed_meanwhile_has_to_be_decided_again(round_, event, editor):
    confirmation = answered(round_, {"figures.quantity": "2064"})
    stale = rulings(confirmation)
    draft = draft_of(event)
    figures = list(draft.figures.all())
    figures[0].quantity = 2070
    draft.figures = figures
    draft.save_revision()
    with override("en"):
        outcome = decide(confirmation, confirmation.edition, stale, editor)
    assert list(outcome.problems.values()) == ["Our value has changed since you looked. Decide again."]
    assert draft_of(event).figures.all()[0].quantity == 2070
    accept(confirmation, editor)
    assert draft_of(event).figures.all()[0].quantity == 2064


def test_a_row_that_was_removed_takes_no_value(round_, event, editor):
    confirmation = answered(round_, {"figures.quantity": "2064"})
    draft = draft_of(event)
    draft.figures = []
    draft.save_revision()
    outcome = accept(confirmation, editor)
    assert ["removed from the page" in text for text in outcome.problems.values()] == [True]


def test_what_somebody_else_decided_stays_decided(round_, editor, world):
    confirmation = answered(round_, {"stated_venues": "4", "figures.quantity": "2064"})
    both = rulings(confirmation)
    decide(confirmation, confirmation.edition, both[:1], editor)
    both[0].decision, both[0].reason = "refused", "Không"
    with override("en"):
        outcome = decide(confirmation, confirmation.edition, both[:1], world.users["superuser"])
    assert list(outcome.problems.values()) == ["Somebody else has decided this meanwhile."]
    assert confirmation.fields.get(pk=both[0].row.pk).decision == "accepted"


def test_an_answer_that_was_corrected_while_the_editor_looked_is_not_decided(round_, editor):
    confirmation = answered(round_, {"stated_venues": "4"})
    old = rulings(confirmation)
    edition = confirmation.edition
    answered(round_, {"stated_venues": "5"})
    with pytest.raises(ValidationError):
        decide(confirmation, edition, old, editor)
    assert not ConfirmationField.objects.exclude(decision="").exists()


def test_dates_that_do_not_fit_together_are_not_written(round_, event, editor):
    confirmation = answered(round_, {"start": "13/04/2024"})
    draft = draft_of(event)
    draft.end_date = date(2024, 4, 12)
    draft.save_revision(clean=False)
    with pytest.raises(ValidationError) as error:
        accept(confirmation, editor)
    assert list(error.value.message_dict) == ["end_date"]
    assert confirmation.fields.get(key="start").decision == ""


def test_a_locked_page_takes_nothing_and_says_so(round_, event, editor, world):
    confirmation = answered(round_, {"stated_venues": "4"})
    EventPage.objects.filter(pk=event.pk).update(locked=True, locked_by=world.users["superuser"])
    with pytest.raises(ValidationError, match="is locked"):
        accept(confirmation, editor)
    confirmation.refresh_from_db()
    assert confirmation.state == "answered"


def test_whoever_may_not_edit_the_page_decides_nothing(round_, world):
    confirmation = answered(round_, {"stated_venues": "4"})
    outcome = accept(confirmation, world.users["editor_other"])
    assert outcome.taken == 0
    assert list(outcome.problems.values()) == ["You may not edit the page that this belongs to."]


def test_listeners_are_told_once_when_everything_is_decided(round_, editor, django_capture_on_commit_callbacks):
    told = []

    def listen(sender, confirmation, **kwargs):
        told.append(confirmation.pk)

    confirmed.connect(listen)
    try:
        confirmation = answered(round_, {"stated_venues": "4", "figures.quantity": "2064"})
        first, second = rulings(confirmation)
        with django_capture_on_commit_callbacks(execute=True):
            assert not decide(confirmation, confirmation.edition, [first], editor).closed
        assert told == []
        assert confirmation.state == "part"
        with django_capture_on_commit_callbacks(execute=True):
            assert decide(confirmation, confirmation.edition, [second], editor).closed
        assert told == [confirmation.pk]
        with pytest.raises(ValidationError):
            decide(confirmation, confirmation.edition, [], editor)
    finally:
        confirmed.disconnect(listen)


def test_the_state_and_the_filter_of_the_list_say_the_same(event, editor, world):
    def new(days=14):
        confirmation, token = asked(event, days=days)
        return confirmation, partner_client(token)

    made = {"asked": new()[0], "expired": new()[0], "withdrawn": new()[0]}
    Confirmation.objects.filter(pk=made["expired"].pk).update(until=timezone.localdate() - timedelta(days=1))
    asking.withdraw(Confirmation.objects.filter(pk=made["withdrawn"].pk))
    made["answered"] = answered(new(), {"stated_venues": "4"})
    made["part"] = answered(new(), {"stated_venues": "5", "figures.quantity": "1"})
    decide(made["part"], 1, rulings(made["part"])[:1], editor)
    made["done"] = answered(new())
    decide(made["done"], 1, [], editor)
    for state, confirmation in made.items():
        confirmation.refresh_from_db()
        assert confirmation.state == state
        assert list(Confirmation.objects.in_state(state)) == [confirmation]


def test_the_editor_who_asked_gets_a_mail_without_a_secret(event, editor, settings, django_capture_on_commit_callbacks):
    settings.WAGTAILADMIN_NOTIFICATION_FROM_EMAIL = "archive@example.org"
    editor.email = "editor@example.org"
    editor.save()
    confirmation, token = asked(event, user=editor)
    with django_capture_on_commit_callbacks(execute=True):
        answered((confirmation, partner_client(token)), {"stated_venues": "4"})
    (sent,) = mail.outbox
    assert (sent.to, sent.from_email) == (["editor@example.org"], "archive@example.org")
    assert reverse("huunghi_confirmations:compare", args=[confirmation.pk]) in sent.body
    assert "Chan Dara" in sent.body
    assert token not in sent.body


def test_without_an_address_for_notifications_nothing_is_sent(round_, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answered(round_)
    assert mail.outbox == []


def test_a_mail_that_fails_loses_no_answer(event, editor, settings, django_capture_on_commit_callbacks):
    settings.WAGTAILADMIN_NOTIFICATION_FROM_EMAIL = "archive@example.org"
    settings.EMAIL_BACKEND = "no.such.Backend"
    editor.email = "editor@example.org"
    editor.save()
    confirmation, token = asked(event, user=editor)
    with django_capture_on_commit_callbacks(execute=True):
        confirmation = answered((confirmation, partner_client(token)))
    assert confirmation.state == "answered"
