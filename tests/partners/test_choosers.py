"""What an editor types into the search box of a chooser or of a list of records."""

import pytest
from wagtail.search.backends import get_search_backend

from huunghi.partners.models import Organisation, Partner, Place
from tests.factories import make_organisation, make_partner, make_place

pytestmark = pytest.mark.django_db


def found(typed, model):
    return list(get_search_backend().autocomplete(typed, model.objects.all()))


@pytest.mark.parametrize("typed", ["Đắk Mới", "dak moi", "ដាក់ថ្មី"])
def test_a_new_place_is_found_by_its_names_with_and_without_accents(typed):
    place = make_place(vi="Đắk Mới", km="ដាក់ថ្មី")
    assert found(typed, Place) == [place]


def test_a_place_of_the_gazetteer_is_found_by_its_names():
    assert [place.key for place in found("dong thap", Place)] == ["VN-45"]


def test_a_new_organisation_is_found_without_accents():
    union = make_organisation(vi="Hội hữu nghị Việt – Lào tỉnh Đắk Mới")
    assert found("hoi huu nghi dak moi", Organisation) == [union]


def test_a_partner_is_found_by_its_own_name_and_by_that_of_its_place():
    named = make_partner("border-districts", names={"vi": "Các huyện biên giới Đắk Mới"})
    placed = make_partner(place=make_place(vi="Mường Đoàn"))
    assert found("huyen bien gioi", Partner) == [named]
    assert found("muong doan", Partner) == [placed]
