"""The documents of records that are shared: what a partner finds is no more than what it may read."""

import pytest

from huunghi.events.models import EventPhoto, Venue
from huunghi.partners.access import reader_for
from huunghi.partners.audiences import audiences_of
from huunghi.partners.models import WithheldRow
from huunghi.search.documents.extraction import APART, documents
from huunghi.search.feeding.fan_out import TREE
from huunghi.search.models import PendingChange
from tests.access.conftest import make_partner_of_readers, make_user, share
from tests.factories import make_event, make_image

pytestmark = pytest.mark.django_db
SECRET = "Chim hoàng yến"


def made_of(event):
    return {document.id: document for document in documents("event", [str(event.translation_key)])}


@pytest.fixture
def event():
    rows = {
        "venues": [Venue(name=SECRET), Venue(name="Nhà văn hoá")],
        "photos": [EventPhoto(image=make_image(), caption=SECRET)],
    }
    return make_event("Gặp gỡ", visibility="partners", rows=rows)


def test_a_share_is_an_audience_of_the_record(event):
    partner = make_partner_of_readers("KH-21")
    token = share(event, partner).token
    [document] = made_of(event).values()
    assert token in document.parts["vi"].audiences
    assert audiences_of(reader_for(make_user(groups=[partner.readers]))) & set(document.parts["vi"].audiences)


def test_withheld_rows_stand_only_in_the_document_that_the_partner_cannot_find(event):
    partner = make_partner_of_readers("KH-21")
    given = share(event, partner, withheld=[event.venues.all()[0], event.photos.all()[0]])
    made = made_of(event)
    key = str(event.translation_key)
    whole, less = made[key], made[f"{key}{APART}{partner.pk}"]
    assert SECRET in whole.parts["vi"].body
    assert given.token not in whole.parts["vi"].audiences
    assert SECRET not in str(less.parts)
    assert "Nhà văn hoá" in less.parts["vi"].body
    assert less.parts["vi"].audiences == [given.token]


def test_a_change_of_what_is_withheld_closes_what_the_index_held_and_feeds_the_new(event):
    partner = make_partner_of_readers("KH-21")
    given = share(event, partner)
    reader = reader_for(make_user(groups=[partner.readers]))
    before = given.token
    WithheldRow.objects.create(share=given, row_key=event.venues.all()[0].translation_key)
    assert before not in audiences_of(reader)
    [token] = [name for name in audiences_of(reader) if name.startswith("share:")]
    assert made_of(event)[f"{event.translation_key}{APART}{partner.pk}"].parts["vi"].audiences == [token]
    assert PendingChange.objects.filter(type=TREE, key=str(event.translation_key)).exists()
