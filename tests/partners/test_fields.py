import pytest
from django.core.exceptions import ValidationError

from huunghi.partners.fields import (
    NamesFormField,
    PartialDateFormField,
    first_day,
    format_partial_date,
    last_day,
    parse_partial_date,
    text_in,
)
from huunghi.partners.models import Place, PlaceName
from huunghi.partners.models.pages import ascii_slug


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("14/05/2019", "2019-05-14"),
        ("4/5/2019", "2019-05-04"),
        ("05/2019", "2019-05"),
        ("2019", "2019"),
        ("2019-05-14", "2019-05-14"),
        (" 14.05.2019 ", "2019-05-14"),
    ],
)
def test_a_partial_date_is_read_day_first_and_kept_as_exact_as_typed(typed, stored):
    assert parse_partial_date(typed) == stored


@pytest.mark.parametrize("typed", ["31/02/2019", "13/2019", "tháng 5", "05/14/2019", "19", "2019-5-1x"])
def test_what_is_no_date_of_the_calendar_is_refused(typed):
    with pytest.raises(ValidationError):
        parse_partial_date(typed)


def test_a_partial_date_covers_all_of_its_days():
    assert (str(first_day("2024-02")), str(last_day("2024-02"))) == ("2024-02-01", "2024-02-29")
    assert (str(first_day("2019")), str(last_day("2019"))) == ("2019-01-01", "2019-12-31")
    assert first_day("2019-05-14") == last_day("2019-05-14")


def test_a_stored_date_is_shown_day_first_in_the_form():
    field = PartialDateFormField()
    assert field.prepare_value("2019-05-14") == "14/05/2019"
    assert format_partial_date("2019-05") == "05/2019"
    assert not field.has_changed("2019-05-14", "14/05/2019")


def test_a_name_is_given_in_the_readers_language_else_in_the_source_language():
    names = {"vi": "Campuchia", "km": "កម្ពុជា"}
    assert text_in(names, "km") == ("កម្ពុជា", "km")
    assert text_in(names, "en") == ("Campuchia", "vi")
    assert text_in({"lo": "ກຳປູເຈຍ"}, "en") == ("ກຳປູເຈຍ", "lo")
    assert text_in({}, "en") == ("", "en")


def test_the_names_form_has_one_input_per_content_language():
    field = NamesFormField(required=False)
    assert field.languages == ["vi", "km", "en"]
    assert field.clean(["Gặp gỡ", "", " Meeting "]) == {"vi": "Gặp gỡ", "en": "Meeting"}


@pytest.mark.django_db
def test_the_shown_name_of_a_place_follows_its_name_rows():
    place = Place(key="test-place", kind="district")
    place.name_rows = [
        PlaceName(language="vi", text="Tên cũ", kind="former"),
        PlaceName(language="vi", text="Tên chính thức"),
        PlaceName(language="km", text="ឈ្មោះ"),
    ]
    place.save()
    assert place.labels == {"vi": "Tên chính thức", "km": "ឈ្មោះ"}

    row = PlaceName.objects.get(owner=place, text="Tên cũ")
    row.preferred = True
    row.save()
    place.refresh_from_db()
    assert place.name_in("vi") == "Tên cũ"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Giao lưu hữu nghị Đồng Tháp", "giao-luu-huu-nghi-dong-thap"),
        ("ការប្រជុំ", "karbrchoam"),
        ("!!!", ""),
    ],
)
def test_a_slug_keeps_every_letter_readable(title, slug):
    assert ascii_slug(title) == slug
