"""Passwords that Wagtail keeps for pages and collections: not offered by us, and not to be guessed."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import CollectionViewRestriction, PageViewRestriction

from huunghi.events.models import ArticlePage, EventIndexPage, EventPage, HomePage, PlanPage
from huunghi.files.passwords import WRONG_PASSWORDS
from huunghi.partners.models import PartnerPage
from tests.factories import index_page, make_event

from .conftest import restrict

# Said here because `form` asks for its fixtures by name: a test must be known as one of the database beforehand.
pytestmark = pytest.mark.django_db
WORD = "hoa sen nở"


@pytest.fixture
def page_form(world):
    event = make_event("Trang có mật khẩu", unit=world.own)
    restriction = restrict(event, PageViewRestriction.PASSWORD, password=WORD)
    return reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, event.pk]), event.url


@pytest.fixture
def collection_form(world):
    document = get_document_model().objects.create(title="Tệp", file=ContentFile(b"%PDF-1.4\n", name="tep.pdf"))
    make_event(unit=world.own, body=f'[{{"type": "document", "value": {document.pk}, "id": "1"}}]')
    restriction = CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type="password", password=WORD
    )
    return reverse("wagtaildocs_authenticate_with_password", args=[restriction.pk]), document.url


@pytest.fixture(params=["page_form", "collection_form"])
def form(request):
    return request.getfixturevalue(request.param)


def give(client, form, word, address="192.0.2.7"):
    where, back = form
    return client.post(where, {"password": word, "return_url": back}, REMOTE_ADDR=address)


def test_the_right_password_opens_and_is_kept_by_nobody(client, form):
    assert client.get(form[1]).status_code == 200
    assert b"password" in client.get(form[1]).content
    answer = give(client, form, WORD)
    assert (answer.status_code, answer["Location"]) == (302, form[1])
    assert answer["Cache-Control"] == "private, no-store"
    opened = client.get(form[1])
    assert opened.status_code == 200
    assert b'type="password"' not in opened.getvalue()


def test_after_ten_wrong_passwords_a_neighbourhood_waits(client, form):
    for number in range(WRONG_PASSWORDS.most):
        assert give(client, form, f"sai {number}", f"192.0.2.{number + 1}").status_code == 200
    answer = give(client, form, "sai nữa")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= WRONG_PASSWORDS.seconds
    assert answer["Cache-Control"] == "private, no-store"
    assert give(client, form, WORD).status_code == 429
    assert client.get(form[0], REMOTE_ADDR="192.0.2.7").status_code == 200
    assert give(client, form, WORD, "198.51.100.1").status_code == 302


def test_the_right_password_forgives_the_wrong_ones(client, form):
    for _ in range(2):
        for number in range(WRONG_PASSWORDS.most - 1):
            assert give(client, form, f"sai {number}").status_code == 200
        assert give(client, form, WORD).status_code == 302


def test_each_form_counts_by_itself(client, page_form, collection_form):
    for number in range(WRONG_PASSWORDS.most):
        give(client, page_form, f"sai {number}")
    assert give(client, page_form, WORD).status_code == 429
    assert give(client, collection_form, WORD).status_code == 302


def test_the_form_of_another_page_is_no_form(world, client, page_form):
    stranger = make_event(unit=world.own)
    locked = restrict(make_event(unit=world.own), PageViewRestriction.LOGIN)
    own = PageViewRestriction.objects.get(restriction_type="password")
    for restriction, page in (
        (own.pk, stranger.pk),
        (locked.pk, locked.page_id),
        (own.pk, 999_999),
        (999_999, stranger.pk),
    ):
        address = reverse("wagtailcore_authenticate_with_password", args=[restriction, page])
        assert client.get(address).status_code == 404
        assert client.post(address, {"password": WORD, "return_url": "/"}).status_code == 404


def test_a_password_leads_to_no_other_site(client, page_form):
    answer = client.post(page_form[0], {"password": WORD, "return_url": "https://elsewhere.example/"})
    assert answer.status_code == 302
    assert "elsewhere" not in answer["Location"]


def test_our_pages_offer_no_passwords(world, client):
    for model in (EventPage, EventIndexPage, ArticlePage, PlanPage, PartnerPage, HomePage):
        assert model.private_page_options == []
    client.force_login(world.users["superuser"])
    for page in (make_event(unit=world.own), index_page(EventIndexPage)):
        address = reverse("wagtailadmin_pages:set_privacy", args=[page.pk])
        client.post(address, {"restriction_type": "password", "password": WORD, "groups": []})
        assert not PageViewRestriction.objects.filter(page=page.pk).exists()
