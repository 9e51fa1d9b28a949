"""What an editor types, in the forms that the admin really uses."""

from datetime import date

import pytest
from django.forms import DateInput, TimeInput
from django.utils.translation import override

from huunghi.events.models import EventIndexPage, EventPage, EventStatus, Venue
from tests.factories import index_page, make_event, make_unit

pytestmark = pytest.mark.django_db


def form_class():
    return EventPage.get_edit_handler().get_form_class()


def posted(form, **changes):
    """What a browser would send back for a form, with changes."""
    data = {}
    for bound in form:
        value = bound.value()
        if value is not None and value is not False:
            widget = bound.field.widget
            shown = widget.format_value(value) if isinstance(widget, DateInput | TimeInput) else value
            data[bound.html_name] = getattr(shown, "pk", shown)
    for formset in form.formsets.values():
        for bound in formset.management_form:
            data[bound.html_name] = bound.value()
        for row in formset.forms:
            for bound in row:
                value = bound.value()
                if value not in (None, False):
                    data[bound.html_name] = getattr(value, "pk", value)
    data["body-count"] = 0
    return {**data, **changes}


def submit(page, **changes):
    parent = page.get_parent() if page.pk else index_page(EventIndexPage)
    page = EventPage.objects.get(pk=page.pk) if page.pk else page
    unbound = form_class()(instance=page, parent_page=parent)
    return form_class()(posted(unbound, **changes), instance=page, parent_page=parent)


@pytest.mark.parametrize("language", ["vi", "km", "en"])
def test_3_february_typed_day_first_stays_3_february_however_often_it_is_saved(language):
    event = make_event(start=date(2026, 2, 3), live=False)
    with override(language):
        for _round in range(3):
            unbound = form_class()(instance=event, parent_page=event.get_parent())
            shown = unbound["start_date"].field.widget.format_value(unbound["start_date"].value())
            assert shown == "03/02/2026"
            form = submit(event, start_date=shown, end_date=shown)
            assert "start_date" not in form.errors, form.errors
            assert form.cleaned_data["start_date"] == date(2026, 2, 3)
            event.start_date = form.cleaned_data["start_date"]
            event.save()
    event.refresh_from_db()
    assert event.start_date == date(2026, 2, 3)


@pytest.mark.parametrize("language", ["vi", "km", "en"])
def test_25_february_is_accepted_and_month_first_is_refused(language):
    event = make_event(live=False)
    with override(language):
        accepted = submit(event, start_date="25/02/2026", end_date="")
        assert accepted.is_valid(), accepted.errors
        assert "start_date" in submit(event, start_date="02/25/2026").errors


def test_the_last_day_may_not_lie_before_the_first():
    form = submit(make_event(live=False), start_date="14/05/2019", end_date="13/05/2019")
    assert not form.is_valid()
    assert list(form.errors) == ["end_date"]


def test_a_draft_needs_a_title_only():
    event = EventPage(title="Nháp", live=False)
    index_page(EventIndexPage).add_child(instance=event)
    form = submit(event, title="Nháp", kind="", unit="", start_date="", end_date="")
    form.defer_required_fields()
    assert form.is_valid(), form.errors


def test_an_editor_need_not_type_the_address_of_a_page():
    form = submit(make_event(live=False), slug="")
    assert "slug" not in form.errors


def test_publishing_names_the_fields_that_are_missing():
    form = submit(make_event(live=False), kind="", unit="", start_date="", end_date="")
    assert set(form.errors) == {"kind", "unit", "start_date"}


def test_an_event_whose_date_is_not_known_can_be_published():
    form = submit(make_event(live=False), precision="unknown", start_date="", end_date="")
    assert form.is_valid(), form.errors


def test_a_translation_shows_the_facts_but_does_not_change_them():
    event = make_event(
        status=EventStatus.HELD,
        rows={"venues": [Venue(name="Hội trường", role="main", attendance=120)]},
        translations={"km": "កិច្ចប្រជុំ"},
    )
    khmer = event.get_translations().get()
    form = submit(
        khmer,
        title="ចំណងជើងថ្មី",
        status="cancelled",
        start_date="01/01/2030",
        **{"venues-0-attendance": "999", "venues-0-name": "សាលប្រជុំ", "venues-0-DELETE": "on"},
    )
    assert form.is_valid(), (form.errors, {k: f.errors for k, f in form.formsets.items() if not f.is_valid()})
    saved = form.save(commit=False)
    venue = saved.venues.get()
    assert (saved.title, saved.status, saved.start_date) == ("ចំណងជើងថ្មី", EventStatus.HELD, event.start_date)
    assert (venue.name, venue.attendance) == ("សាលប្រជុំ", 120)


def test_a_new_event_in_a_section_is_offered_the_sections_unit():
    from huunghi.site_setup import section_for

    unit = make_unit()
    section = section_for(EventPage, unit, "vi")
    form = form_class()(instance=EventPage(), parent_page=section)
    assert form.initial["unit"] == unit


def test_a_slug_is_made_from_the_vietnamese_title_on_the_server():
    event = EventPage(title="Giao lưu hữu nghị Đồng Tháp", live=False)
    index_page(EventIndexPage).add_child(instance=event)
    twin = EventPage(title="Giao lưu hữu nghị Đồng Tháp", live=False)
    index_page(EventIndexPage).add_child(instance=twin)
    assert (event.slug, twin.slug) == ("giao-luu-huu-nghi-dong-thap", "giao-luu-huu-nghi-dong-thap-2")
