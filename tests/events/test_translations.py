"""Facts are edited on the source page and copied to the translations when it is published."""

from datetime import date
from unittest import mock

import pytest
from wagtail.actions.publish_page_revision import PublishPageRevisionAction

from huunghi.events.models import EventPage, Figure, Venue
from tests.factories import make_event, make_measure, make_partner

pytestmark = pytest.mark.django_db


def khmer_of(event):
    return event.get_translations().get(locale__language_code="km")


@pytest.fixture
def event():
    return make_event(
        "Giao lưu",
        rows={
            "venues": [Venue(name="Hội trường", attendance=100)],
            "figures": [Figure(quantity=2063, unit=make_measure("attendance"), scope="người dự")],
        },
        translations={"km": {"title": "ការជួប", "summary": "សេចក្តីសង្ខេប"}},
    )


def test_publishing_the_source_copies_dates_and_numbers_and_leaves_texts(event):
    khmer = khmer_of(event)
    venue = khmer.venues.get()
    venue.name = "សាល"
    khmer.venues = [venue]
    khmer.save_revision().publish()

    event = EventPage.objects.get(pk=event.pk)
    event.start_date, event.end_date = date(2020, 1, 2), date(2020, 1, 3)
    row = event.venues.get()
    row.attendance = 250
    event.venues = [row]
    event.save_revision().publish()

    khmer = khmer_of(event)
    assert (khmer.start_date, khmer.end_date) == (date(2020, 1, 2), date(2020, 1, 3))
    assert (khmer.title, khmer.summary) == ("ការជួប", "សេចក្តីសង្ខេប")
    assert (khmer.venues.get().name, khmer.venues.get().attendance) == ("សាល", 250)
    assert not khmer.has_unpublished_changes


def test_publishing_as_the_admin_does_copies_the_facts_too(event):
    event = EventPage.objects.get(pk=event.pk)
    row = event.venues.get()
    row.attendance = 250
    event.venues = [row]
    PublishPageRevisionAction(event.save_revision()).execute(skip_permission_checks=True)
    assert khmer_of(event).venues.get().attendance == 250


def test_a_translation_that_has_the_facts_already_gets_no_new_revision(event):
    before = khmer_of(event).latest_revision_id
    event = EventPage.objects.get(pk=event.pk)
    event.title = "Tiêu đề mới"
    event.save_revision().publish()
    assert khmer_of(event).latest_revision_id == before


def test_rows_added_to_and_removed_from_the_source_follow_in_the_translation(event):
    event = EventPage.objects.get(pk=event.pk)
    event.venues = [Venue(name="Điểm cầu 1", role="connected"), Venue(name="Điểm cầu 2", role="connected")]
    event.save_revision().publish()
    names = [venue.name for venue in khmer_of(event).venues.all()]
    assert names == ["Điểm cầu 1", "Điểm cầu 2"]
    assert {v.translation_key for v in khmer_of(event).venues.all()} == {
        v.translation_key for v in EventPage.objects.get(pk=event.pk).venues.all()
    }


def test_a_newer_draft_of_the_translation_is_kept_with_the_new_facts(event):
    khmer = khmer_of(event)
    khmer.title = "ព្រាងថ្មី"
    khmer.save_revision()

    event = EventPage.objects.get(pk=event.pk)
    event.status = "cancelled"
    event.save_revision().publish()

    khmer = khmer_of(event)
    draft = khmer.get_latest_revision_as_object()
    assert (khmer.title, khmer.status, khmer.has_unpublished_changes) == ("ការជួប", "cancelled", True)
    assert (draft.title, draft.status) == ("ព្រាងថ្មី", "cancelled")


def test_when_copying_fails_the_source_is_not_published_either(event):
    event = EventPage.objects.get(pk=event.pk)
    event.status = "cancelled"
    revision = event.save_revision()
    with (
        mock.patch("huunghi.partners.models.pages.copy_facts_to_translations", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        revision.publish()
    assert EventPage.objects.get(pk=event.pk).status != "cancelled"


def test_publishing_a_translation_changes_no_fact_of_the_source(event):
    khmer = khmer_of(event)
    khmer.status = "cancelled"
    khmer.save_revision().publish()
    assert EventPage.objects.get(pk=event.pk).status != "cancelled"


def test_a_partner_is_one_record_for_all_languages(event):
    partner = make_partner("KH-8")
    assert partner.name_in("km") == "កណ្ដាល"
    assert partner.name_in("vi") == "Kandal"
    assert partner.country_key == "KH"
